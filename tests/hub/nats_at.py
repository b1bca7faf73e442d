"""A real nats-server for tests, which may be killed and started again."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

from tests.waiting import until

PROGRAM = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin")
PATIENCE_SECONDS = 30
USER, PASSWORD = "hub", "only hubs"


class NatsAt:
    """On the loopback, with a user and a password; with TLS if there is a `certificate`."""

    def __init__(self, folder: Path, certificate: Path | None = None) -> None:
        self._certificate = certificate
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._log = folder / "nats.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"nats://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a hub is given."""
        return {"AGENT_DESKTOP_NATS_USER": USER, "AGENT_DESKTOP_NATS_PASSWORD": PASSWORD}

    def start(self) -> None:
        assert PROGRAM is not None
        command = [PROGRAM, "-a", "127.0.0.1", "-p", str(self.port), "--user", USER]
        if self._certificate is not None:
            key = self._certificate.with_suffix(".key")
            command += ["--tls", "--tlscert", str(self._certificate), "--tlskey", str(key)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, "--pass", PASSWORD], stdout=log, stderr=log)
        until(self._answers, PATIENCE_SECONDS, lambda: f"nats-server: {self._log.read_text()}")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"no nats-server: {self._log.read_text()}"
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                return line.recv(4) == b"INFO"
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
