"""Who has left is out within five seconds, whatever he is doing, and is told so."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from agent_desktop.central import staff
from tests.central_fixtures import Centre, ConnectAs, Connection
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


def sessions_of(centre: Centre, user: str) -> int:
    found: int = centre.one("select count(*) from pg_stat_activity where usename = %s", user)
    return found


def busy(connection: Connection, statement: str) -> threading.Thread:
    """Somebody whose connection is in the middle of a statement."""

    def work() -> None:
        with pytest.raises(psycopg.OperationalError):
            connection.execute(statement)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_open_connections_end_in_five_seconds_whatever_they_do(
    centre: Centre, connect_as: ConnectAs
) -> None:
    idle, asleep, reading, waiting = (connect_as("ana") for _ in range(4))
    for one in (asleep, reading):
        one.execute("set statement_timeout = 0")
    waiting.execute("listen feed")
    idle.execute("begin")
    idle.execute("select count(*) from sync_v1.account")
    workers = [
        busy(asleep, "select pg_sleep(600)"),
        busy(reading, "select count(*) from generate_series(1, 1000000000000) g"),
    ]
    active = "select count(*) from pg_stat_activity where state = 'active'"
    until(lambda: centre.one(active) >= 3)

    begun = time.monotonic()
    assert staff.offboard(centre.admin, "ana") == 4
    assert time.monotonic() - begun < staff.ENDED_SECONDS
    assert sessions_of(centre, "ana") == 0
    for worker in workers:
        worker.join(20)
        assert not worker.is_alive()
    with pytest.raises(psycopg.OperationalError):
        waiting.execute("select 1")


def test_without_ending_them_a_log_in_that_is_off_changes_nothing_for_open_sessions(
    centre: Centre, connect_as: ConnectAs
) -> None:
    """The control: NOLOGIN alone leaves the session open, so the command has to end it."""
    open_one = connect_as("ana")
    centre.admin.execute("alter role ana nologin")
    assert open_one.execute("select 1").fetchone() == (1,)


def test_who_left_is_told_so_only_with_his_password(centre: Centre, connect_as: ConnectAs) -> None:
    connect_as("ana")
    staff.offboard(centre.admin, "ana")
    with pytest.raises(psycopg.OperationalError, match="is not permitted to log in"):
        psycopg.connect(centre.dsn_of("ana"))
    guessed = centre.cluster.dsn(centre.name, user="ana", password="guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(guessed)


def test_a_role_lent_to_a_colleague_is_taken_back(centre: Centre, connect_as: ConnectAs) -> None:
    ana, bruno = connect_as("ana"), connect_as("bruno")
    try:
        ana.execute("grant ana to bruno")  # possible on PostgreSQL 15
    except psycopg.errors.InsufficientPrivilege:
        centre.admin.execute("grant ana to bruno")
    bruno.execute("set role ana")
    staff.offboard(centre.admin, "ana")
    with pytest.raises(psycopg.Error) as error:
        bruno.execute("select api_v1.position()")
    assert error.value.sqlstate == "AD001"
    bruno.execute("reset role")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bruno.execute("set role ana")
    assert centre.one("select pg_has_role('edges', 'ana', 'member')"), "edges keep theirs"
