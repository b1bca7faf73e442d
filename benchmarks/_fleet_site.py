"""The site that fleet.py measures: a durable PostgreSQL of its own with many agents, edges of the
hub as processes, and what each of them costs."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from agent_desktop.central import database, hubs, staff  # noqa: E402
from agent_desktop.central.postgres import Cluster  # noqa: E402
from agent_desktop.sync.server import Server  # noqa: E402
from tests.pbx.certificates import write_certificates  # noqa: E402

ACCOUNTS = 2_000
_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Edge:
    """`agent-desktop hub` in a process of its own."""

    server: Server
    process: subprocess.Popen[bytes]


class Site:
    """A centre; `users` may sign in with the password x."""

    def __init__(self, cluster: Cluster, folder: Path, users: list[str]) -> None:
        self._cluster = cluster
        self._folder = folder
        self.users = users
        dsn = conninfo_to_dict(cluster.dsn("agent_desktop"))
        self.direct = Server(str(dsn["host"]), int(str(dsn["port"])), "agent_desktop")
        note = (cluster.data / "postmaster.pid").read_text()
        self._postmaster = psutil.Process(int(note.splitlines()[0]))
        write_certificates(folder / "certificates")

    @contextmanager
    def edges(self, count: int, connections: int) -> Iterator[list[Edge]]:
        """So many edges side by side."""
        with ExitStack() as ending:
            made = [self._edge(connections) for _ in range(count)]
            for edge in made:
                ending.callback(_end, edge.process)
            for edge in made:
                _wait_until_up(edge)
            yield made

    def _edge(self, connections: int) -> Edge:
        dsn = self._cluster.dsn("agent_desktop", user="fleet_hub", password="x")
        port = _free_port()
        certificate = self._folder / "certificates"
        command = [
            sys.executable, "-m", "agent_desktop", "hub", "--dsn", dsn, "--no-collector",
            "--listen", f"127.0.0.1:{port}", "--connections", str(connections),
            "--certificate", str(certificate / "good.pem"),
            "--key", str(certificate / "good.key"),
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        authority = str(certificate / "ca.pem")
        return Edge(Server.parse(f"https://localhost:{port}", authority), process)

    def cpu_seconds(self) -> float:
        """Processor time of PostgreSQL so far, with that of backends that have ended."""
        own = self._postmaster.cpu_times()
        return (
            own.user + own.system + own.children_user + own.children_system
            + sum(seconds_of(child) for child in self._postmaster.children())
        )  # fmt: skip

    def memory_mb(self) -> float:
        """Sum the memory of all PostgreSQL processes, shared pages counted once."""
        return sum(_pss(one) for one in [self._postmaster, *self._postmaster.children()])

    def settle(self) -> None:
        """Forget what was saved, so that each measurement begins alike."""
        with database.connect(self._cluster.dsn("agent_desktop")) as admin:
            for table in ("interaction", "feed", "intent_result", "presence"):
                admin.execute(f"truncate crm.{table} cascade")
            admin.execute("vacuum analyze")


@contextmanager
def filled(folder: Path, agents: int) -> Iterator[Site]:
    """A centre with so many agents and a few customers."""
    cluster = Cluster(folder / "pg")
    try:
        dsn = database.create_database(cluster.start().dsn(), "agent_desktop")
        with database.connect(cluster.dsn()) as admin:
            admin.execute(f"alter system set max_connections = {agents + 150}")
        cluster.stop()
        cluster.start()
        users = [f"desk{n}" for n in range(agents)]
        with database.connect(dsn) as admin:
            hubs.add_hub(admin, "fleet_hub", "x")
            for user in users:
                staff.add_agent(admin, staff.NewAgent(user, user, "x"))
            admin.execute(
                "insert into crm.account (id, number, name)"
                " select gen_random_uuid(), n, 'Cliente ' || n from generate_series(1, %s) n",
                (ACCOUNTS,),
            )
        yield Site(cluster, folder, users)
    finally:
        cluster.destroy()


def seconds_of(process: psutil.Process) -> float:
    """Processor time of a process so far; 0 of one that has just ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except psutil.Error:
        return 0.0


def _wait_until_up(edge: Edge) -> None:
    trusting = ssl.create_default_context(cafile=edge.server.root_certificate)
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until and edge.process.poll() is None:
        try:
            with (
                socket.create_connection(("127.0.0.1", edge.server.port), 1) as line,
                trusting.wrap_socket(line, server_hostname="localhost"),
            ):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the edge does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
