"""A real hub for tests: its own process, real TLS with an authority made for the run."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from agent_desktop.central import database, hubs
from agent_desktop.sync.server import Server
from tests.central_fixtures import Centre
from tests.pbx.certificates import write_certificates
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


class HubLogin:
    """A hub's log-in at a centre, dropped in the end: roles are the cluster's."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.name = f"hub_{uuid.uuid4().hex[:8]}"
        with database.connect(centre.dsn) as admin:
            hubs.add_hub(admin, self.name, "hub's password")

    @property
    def dsn(self) -> str:
        return self.centre.cluster.dsn(self.centre.name, user=self.name, password="hub's password")

    def drop(self) -> None:
        with psycopg.connect(self.centre.dsn, autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = %s",
                (self.name,),
            )
            role = sql.Identifier(self.name)
            admin.execute(sql.SQL("drop owned by {}").format(role))
            admin.execute(sql.SQL("drop role {}").format(role))


@contextmanager
def hub_login(centre: Centre) -> Iterator[HubLogin]:
    login = HubLogin(centre)
    try:
        yield login
    finally:
        login.drop()


class Hub:
    """`agent-desktop hub` in a process of its own."""

    def __init__(
        self,
        dsn: str,
        folder: Path,
        *options: str,
        certificate: str = "good",
        program: tuple[str, ...] = ("-m", "agent_desktop"),
        port: int = 0,
    ) -> None:
        self.certificates = folder / "certificates"
        if not self.certificates.exists():
            write_certificates(self.certificates)
        self.port = port or _free_port()
        command = [sys.executable, *program, "hub", "--dsn", dsn]
        command += ["--listen", f"127.0.0.1:{self.port}", *options]
        command += ["--certificate", str(self.certificates / f"{certificate}.pem")]
        command += ["--key", str(self.certificates / f"{certificate}.key")]
        self.log = folder / f"hub-{self.port}.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log, stderr=log,
            )  # fmt: skip
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

        def answers() -> bool:
            assert self._process.poll() is None, f"no hub: {self.log.read_text()}"
            try:
                with (
                    socket.create_connection(("127.0.0.1", self.port), 1) as line,
                    trusting.wrap_socket(line),
                ):
                    return True
            except OSError:
                return False

        until(answers, PATIENCE_SECONDS, lambda: f"a hub: {self.log.read_text()}")

    @property
    def server(self) -> Server:
        """The hub as a desk is told of it."""
        authority = str(self.certificates / "ca.pem")
        return Server.parse(f"https://localhost:{self.port}", authority)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it as a service is ended; it has to be quick and clean about it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()
                raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
