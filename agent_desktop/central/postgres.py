"""Runs a private PostgreSQL server for the demo, the tests and small sites.

It listens on the loopback (or a Unix socket) only, asks everybody for a password, and its
superuser's password is random and known to this user alone. Everything it needs to know stands
in its folder, so any process of the same user may stop it or go on using it, also after a kill.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from agent_desktop.central.installation import LINUX, Installation, any_installation, is_root
from agent_desktop.errors import AgentDesktopError

SUPERUSER = "postgres"
#: Who the server runs as when we are root; PostgreSQL refuses to run as root.
NOBODY = 65534
_SECONDS = 60
_ROOT_HOME = Path("/var/lib/agent-desktop")
_TRIES = 5

_SETTINGS = {
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "idle_in_transaction_session_timeout": "10min",
}
# For tests: a crash of the machine may lose everything, a crash of the server nothing.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class PostgresFailed(AgentDesktopError):
    """A program of PostgreSQL failed; the text is what it said."""


class Cluster:
    """A PostgreSQL server of our own, with its data below `folder`.

    `address` is a TCP port on 127.0.0.1, or the folder of a Unix socket; None takes a free port
    and keeps it. `durable=False` is for tests.
    """

    def __init__(
        self,
        folder: Path,
        address: int | Path | None = None,
        *,
        installation: Installation | None = None,
        durable: bool = True,
    ) -> None:
        self.folder = folder.absolute()
        self._address = address
        self._installation = installation
        self._durable = durable

    # -- where things are ------------------------------------------------------------------
    @property
    def home(self) -> Path:
        """Where the server's files are: the folder itself, or, when we are root and the
        server's user cannot enter it, a place below /var/lib that the folder names."""
        if not is_root() or _others_may_enter(self.folder):
            return self.folder
        name = self.folder / "kept-in"
        if not name.exists():
            name.write_text(secrets.token_hex(8), "ascii")
        return _ROOT_HOME / name.read_text("ascii")

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.data / "server.log"

    def dsn(self, database: str = "postgres", **other: Any) -> str:
        """How the superuser connects; `other` are more libpq parameters, such as user."""
        address = (self.home / "address").read_text("utf-8")
        host, port = ("127.0.0.1", address) if address.isdigit() else (address, "5432")
        known = {"user": SUPERUSER, "password": self._password(), "host": host, "port": port}
        return make_conninfo(**{**known, "dbname": database, **other})

    def _password(self) -> str:
        return (self.home / "password").read_text("ascii")

    # -- life ------------------------------------------------------------------------------
    def start(self) -> Cluster:
        """Make the cluster if there is none, and run it if it does not run. Returns itself.

        Raises PostgresFailed with what the server said.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._open_home()
        if not (self.data / "PG_VERSION").exists():
            self._make()
        if not self.is_running:
            self._clear_after_kill()
            self._run()
            self._close_doors()
        return self

    def stop(self) -> None:
        """End the server and wait for its end; nothing happens when it does not run.

        Open sessions are ended first. What a killed server left is cleared by the next start.
        """
        if not self.is_running:
            return
        try:
            self.pg_ctl("stop", "--mode=fast")
        except PostgresFailed:
            self.pg_ctl("stop", "--mode=immediate")

    def destroy(self) -> None:
        """Stop it and delete everything below its folder."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether the server of this very data directory runs, not just any process that got
        the same number after it was killed."""
        pid = self._noted_pid()
        if pid is None:
            return False
        if LINUX:
            return _works_in(pid, self.data)
        try:
            self.pg_ctl("status")
        except PostgresFailed:
            return False
        return True

    def _noted_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    # -- steps -----------------------------------------------------------------------------
    def _open_home(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if is_root():
            # The server passes through on its way to its data; it cannot list what is here.
            self.home.chmod(0o711)
            if self.home.parent == _ROOT_HOME:
                _ROOT_HOME.chmod(0o711)

    def _make(self) -> None:
        """A new cluster with a random password. Half a cluster of a killed try is removed."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self._give_to_server(self.data)
        password = secrets.token_urlsafe(32)
        _write_private(self.home / "password", password)
        handed = self.home / "password.initdb"
        _write_private(handed, password)
        self._give_to_server(handed)
        try:
            self._program("initdb", *self._initdb_options(handed))
        finally:
            handed.unlink()
        settings = _SETTINGS | ({} if self._durable else _NOT_DURABLE)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _initdb_options(self, password_file: Path) -> tuple[str, ...]:
        sync = () if self._durable else ("--no-sync",)
        return (
            f"--pgdata={self.data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--data-checksums",
            *sync,
        )

    def _run(self) -> None:
        """Start the server; another try when somebody else took the free port meanwhile."""
        for tries_left in reversed(range(_TRIES)):
            address = self._choose_address()
            try:
                self.pg_ctl("start", f"--log={self.log}", f"--options={_listen(address)}")
            except PostgresFailed as error:
                self._forget_address()
                if not tries_left or "in use" not in str(error):
                    raise
            else:
                return

    def _clear_after_kill(self) -> None:
        """Remove a killed server's note of its number, once all its processes are gone.

        PostgreSQL does that itself, unless the number is another process's by now or nobody
        fetched the dead one, as in a container without an init.
        """
        note = self.data / "postmaster.pid"
        if not LINUX or not note.exists():
            return
        deadline = time.monotonic() + _SECONDS
        while any(_works_in(pid, self.data) for pid in _process_numbers()):
            if time.monotonic() > deadline:
                raise PostgresFailed(f"processes of a killed server still work in {self.data}")
            time.sleep(0.05)
        note.unlink()

    def _close_doors(self) -> None:
        """Nobody but the superuser enters the databases that every cluster has."""
        with psycopg.connect(self.dsn(), autocommit=True, connect_timeout=_SECONDS) as connection:
            for name in ("postgres", "template1"):
                connection.execute(f"revoke all on database {name} from public")

    def _choose_address(self) -> str:
        kept = self.home / "address"
        if self._address is not None:
            address = str(self._address)
        elif kept.exists() and _is_free(kept.read_text("utf-8")):
            return kept.read_text("utf-8")
        else:
            address = str(_free_port())
        if isinstance(self._address, Path):
            self._address.mkdir(parents=True, exist_ok=True)
            self._give_to_server(self._address)
        kept.write_text(address, "utf-8")
        return address

    def _forget_address(self) -> None:
        (self.home / "address").unlink(missing_ok=True)

    def pg_ctl(self, verb: str, *options: str) -> None:
        wait = () if verb == "status" else ("--wait", f"--timeout={_SECONDS}")
        self._program("pg_ctl", verb, f"--pgdata={self.data}", *wait, *options)

    def _program(self, name: str, *options: str) -> None:
        """Run one program as the server's user; its words go to a file, since a server it
        starts would keep a pipe open for ever."""
        installation = self._installation or any_installation()
        words = self.home / f"{name}.log"
        with words.open("w+", encoding="utf-8", errors="replace") as output:
            status = subprocess.run(
                [installation.program(name), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                timeout=2 * _SECONDS,
                check=False,
                **_as_server(),
            ).returncode
            output.seek(0)
            said = output.read()
        if status:
            raise PostgresFailed(f"{name} {options[0]}: {said.strip()}\n{self._last_words()}")

    def _last_words(self) -> str:
        try:
            return "".join(self.log.read_text("utf-8", "replace").splitlines(True)[-10:])
        except OSError:
            return ""

    def _give_to_server(self, path: Path) -> None:
        if is_root():
            os.chown(path, NOBODY, NOBODY)


def _works_in(pid: int, folder: Path) -> bool:
    """Whether a process lives and works in this folder; PostgreSQL's all do in their data."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False


def _process_numbers() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def _as_server() -> dict[str, Any]:
    """How to start a program as the server's user, and without a window on Windows."""
    # Settings of a person's own psql must not reach the server.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    options: dict[str, Any] = {"env": environment}
    if is_root():
        options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW
    return options


def _listen(address: str) -> str:
    """The server's options: one port on the loopback, or one socket and no network."""
    if address.isdigit():
        return f"-c listen_addresses=127.0.0.1 -c port={address} -c unix_socket_directories="
    return f"-c listen_addresses= -c port=5432 -c unix_socket_directories='{address}'"


def _others_may_enter(folder: Path) -> bool:
    """Whether a stranger can reach what is in this folder, all the way from the root."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in folder.resolve().parents)


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(address: str) -> bool:
    if not address.isdigit():
        return True
    with socket.socket() as probe:
        if os.name == "posix":  # as PostgreSQL does: lines that ended a moment ago do not count
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(address)))
        except OSError:
            return False
    return True
