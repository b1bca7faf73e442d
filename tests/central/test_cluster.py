"""The launcher: a server of our own that survives being killed and leaves nothing running."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from agent_desktop.central import installation
from agent_desktop.central.postgres import Cluster, PostgresFailed
from tests.waiting import until

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A cluster that the tests of this file may kill."""
    own = Cluster(Path(tempfile.mkdtemp(prefix="ad-own-")), durable=False)
    try:
        yield own
    finally:
        own.destroy()


def answers(cluster: Cluster) -> bool:
    with psycopg.connect(cluster.dsn(), connect_timeout=10) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def pid_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return not Path(f"/proc/{pid}/cwd").exists()


def wait_until_gone(pid: int) -> None:
    until(lambda: is_gone(pid), 20, f"the end of process {pid}")


def test_start_stop_and_start_again(own: Cluster) -> None:
    own.start()
    assert answers(own)
    port = psycopg.conninfo.conninfo_to_dict(own.dsn())["port"]
    own.start()
    own.stop()
    assert not own.is_running
    own.stop()
    own.start()
    assert answers(own)
    assert psycopg.conninfo.conninfo_to_dict(own.dsn())["port"] == port


def test_another_process_may_stop_it(own: Cluster) -> None:
    own.start()
    twin = Cluster(own.folder)
    assert twin.is_running
    assert answers(twin)
    twin.stop()
    assert not own.is_running


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_killed_server_starts_again(own: Cluster) -> None:
    own.start()
    with psycopg.connect(own.dsn(), autocommit=True) as connection:
        connection.execute("create table if not exists kept (x int)")
    pid = pid_of(own)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert not own.is_running
    own.stop()
    own.start()
    with psycopg.connect(own.dsn()) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_a_number_reused_by_another_process_is_not_the_server(own: Cluster) -> None:
    own.start().stop()
    stale = own.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{own.data}\n")
    assert not own.is_running
    own.stop()
    stale.unlink()


def test_it_asks_for_a_password_and_listens_on_the_loopback_only(own: Cluster) -> None:
    own.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(own.dsn(password="wrong"))
    with psycopg.connect(own.dsn()) as connection:

        def show(name: str) -> object:
            row = connection.execute(f"show {name}").fetchone()
            return row[0] if row else None

        assert show("listen_addresses") == "127.0.0.1"
        assert show("unix_socket_directories") == ""
        assert show("password_encryption") == "scram-sha-256"
    assert len(str(psycopg.conninfo.conninfo_to_dict(own.dsn())["password"])) > 30
    assert (own.home / "password").stat().st_mode & 0o077 == 0 or os.name == "nt"


@pytest.mark.skipif(os.name == "nt", reason="Unix sockets")
def test_over_a_unix_socket_there_is_no_network(own: Cluster) -> None:
    own.stop()
    over_socket = Cluster(own.folder, own.folder / "s")
    over_socket.start()
    assert answers(over_socket)
    assert str(own.folder / "s") in over_socket.dsn()
    over_socket.stop()
    (own.home / "address").unlink()


def test_a_server_that_cannot_start_says_why(own: Cluster) -> None:
    own.start()
    own.stop()
    settings = own.data / "postgresql.conf"
    before = settings.read_text()
    settings.write_text(before + "no_such_setting = 1\n")
    with pytest.raises(PostgresFailed, match="no_such_setting"):
        own.start()
    settings.write_text(before)


@pytest.mark.skipif(not installation.is_root(), reason="only root has a home others cannot enter")
def test_roots_own_folder_is_no_obstacle(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "centre", durable=False)
    with cluster:
        assert answers(cluster)
        assert not cluster.home.is_relative_to(tmp_path)
        assert Cluster(closed / "centre").home == cluster.home
    home = cluster.home
    cluster.destroy()
    assert not home.exists()


def test_programs_are_found() -> None:
    found = installation.any_installation()
    assert found.is_complete
    wheel = installation.wheel_installation()
    assert wheel is None or wheel == found
