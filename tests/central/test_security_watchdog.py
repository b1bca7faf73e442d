"""What an agent leaves running is ended, whatever he does to his session's limits."""

from __future__ import annotations

import threading

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from agent_desktop.central import staff, watchdog
from agent_desktop.central.watchdog import Limits, Reason
from tests.central_fixtures import Centre, ConnectAs, Connection
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

NEVER = 1e6
LIFTED = (
    "set statement_timeout = 0",
    "set idle_in_transaction_session_timeout = 0",
    "set lock_timeout = 0",
)
RUNAWAYS = {
    "sleeps": "select pg_sleep(3600)",
    "counts": "select count(*) from generate_series(1, 1000000000000) g",
    "joins": "select count(*) from sync_v1.agent a, generate_series(1, 1000000000000) g",
    "catches its cancelling": """do $$ begin loop begin perform pg_sleep(3600);
        exception when query_canceled then null; end; end loop; end $$""",
}


def lifted(connection: Connection) -> Connection:
    for statement in LIFTED:
        connection.execute(statement.encode())
    return connection


def in_thread(connection: Connection, statement: str) -> threading.Thread:
    def work() -> None:
        with pytest.raises(psycopg.OperationalError):
            connection.execute(statement.encode())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def is_busy(centre: Centre, connection: Connection) -> bool:
    query = "select state = 'active' and query !~ '^set' from pg_stat_activity where pid = %s"
    return bool(centre.one(query, connection.info.backend_pid))


@pytest.mark.parametrize("how", RUNAWAYS)
def test_a_runaway_of_an_agent_who_lifted_the_limits_is_ended(
    centre: Centre, connect_as: ConnectAs, how: str
) -> None:
    ana, bruno = lifted(connect_as("ana")), connect_as("bruno")
    pid = ana.info.backend_pid
    thread = in_thread(ana, RUNAWAYS[how])
    until(lambda: is_busy(centre, ana))
    assert watchdog.look(centre.admin, Limits(statement=NEVER)) == (), "within the limit"
    time_of = "select clock_timestamp() - query_start > interval '0.2 s' from pg_stat_activity"
    until(lambda: centre.one(time_of + " where pid = %s", pid))

    (ended,) = watchdog.look(centre.admin, Limits(statement=0.2))
    assert (ended.user_name, ended.reason) == ("ana", Reason.STATEMENT)
    assert ended.pid == pid
    thread.join(30)
    assert not thread.is_alive()
    assert bruno.execute("select 1").fetchone() == (1,), "others go on"
    noted = centre.one("select detail ->> 'why' from crm.audit where what = 'ended'")
    assert noted == Reason.STATEMENT.value


def test_cancelling_alone_does_not_end_who_catches_it(
    centre: Centre, connect_as: ConnectAs
) -> None:
    """The control: it is why connections are ended."""
    ana = lifted(connect_as("ana"))
    thread = in_thread(ana, RUNAWAYS["catches its cancelling"])
    until(lambda: is_busy(centre, ana))
    centre.admin.execute("select pg_cancel_backend(%s)", (ana.info.backend_pid,))
    thread.join(0.5)
    assert thread.is_alive()
    watchdog.look(centre.admin, Limits(statement=0))
    thread.join(30)
    assert not thread.is_alive()


def test_transactions_left_open_and_locks_nobody_takes_are_ended(
    centre: Centre, connect_as: ConnectAs
) -> None:
    open_one, reader, locker = (lifted(connect_as(name)) for name in ("ana", "bruno", "carla"))
    open_one.execute("begin")
    open_one.execute("select count(*) from sync_v1.account")
    reader.execute("begin")
    reader.execute("select count(*) from sync_v1.account")
    long_ago = "select clock_timestamp() - state_change > interval '0.2 s' from pg_stat_activity"
    until(lambda: centre.one(long_ago + " where pid = %s", reader.info.backend_pid))
    reader.execute("select 1")  # works on and on in one transaction
    found = watchdog.look(centre.admin, Limits(idle_in_transaction=0.2, transaction=NEVER))
    assert {(e.user_name, e.reason) for e in found} >= {("ana", Reason.IDLE)}
    watchdog.look(centre.admin, Limits(idle_in_transaction=NEVER, transaction=0.2))
    for line in (open_one, reader):
        with pytest.raises(psycopg.OperationalError):
            line.execute("select 1")
    centre.admin.execute("grant execute on function pg_advisory_lock(bigint) to carla")
    locker.execute("select pg_advisory_lock(5)")
    limits = Limits(idle_in_transaction=0.0)
    until(lambda: Reason.LOCK in {e.reason for e in watchdog.look(centre.admin, limits)})


def test_administrators_and_the_watch_itself_are_left_alone(centre: Centre) -> None:
    other = psycopg.connect(centre.dsn)
    other.execute("select 1")  # leaves a transaction open
    assert watchdog.look(centre.admin, Limits(0, 0, 0)) == ()
    assert other.execute("select 1").fetchone() == (1,)
    other.close()


def test_the_watch_goes_round_and_outlives_its_own_connection(
    centre: Centre, connect_as: ConnectAs
) -> None:
    said: list[str] = []
    watch = watchdog.Watch(centre.dsn, said.append, Limits(statement=0.1))
    thread = threading.Thread(target=watch.run, args=(0.05, 0.1), daemon=True)
    thread.start()
    try:
        first = in_thread(lifted(connect_as("ana")), RUNAWAYS["sleeps"])
        first.join(30)
        assert not first.is_alive()
        until(lambda: {"ended", "sealed"} <= {words.split()[0] for words in said})
        centre.admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        second = in_thread(lifted(connect_as("bruno")), RUNAWAYS["counts"])
        second.join(30)
        assert not second.is_alive()
    finally:
        watch.stop()
        thread.join(30)
    assert not thread.is_alive()
    until(lambda: sum("statement too long" in words for words in said) >= 2)


# -- limits nobody can lift --------------------------------------------------------------------
def test_an_agent_has_so_many_connections_and_no_more(
    centre: Centre, connect_as: ConnectAs
) -> None:
    for _ in range(staff.CONNECTIONS):
        connect_as("ana")
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        connect_as("ana")
    for statement in ("alter role ana connection limit -1", "alter role ana reset all"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connect_as("bruno").execute(statement.encode())


def test_a_sort_that_fills_the_disk_is_stopped(connect_as: ConnectAs) -> None:
    ana = lifted(connect_as("ana"))
    ana.execute("set work_mem = '64kB'")
    with pytest.raises(psycopg.errors.ConfigurationLimitExceeded, match="temp_file_limit"):
        ana.execute(
            "select count(*) from (select g, repeat('x', 900) from generate_series(1, 2000000) g"
            " order by 2, 1 desc) s"
        )


def test_the_sessions_of_agents_begin_with_limits(centre: Centre) -> None:
    centre.add_agent("dora")
    with psycopg.connect(make_conninfo(centre.dsn_of("dora"), options="")) as line:
        found = [
            line.execute(f"show {name}".encode()).fetchone()
            for name in ("statement_timeout", "idle_in_transaction_session_timeout")
        ]
    assert found == [("1min",), ("1min",)]
