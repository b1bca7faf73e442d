"""An agent with bad intent and a SQL prompt: forged authors and times, other people's rows, hints,
statistics, locks. What is denied outright stands in test_attack.py."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central import watchdog
from agent_desktop.central.watchdog import Limits
from tests.central.conftest import begun, new_id, opened
from tests.central_fixtures import Centre, ConnectAs, Connection, Pusher
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

LONG_AGO, SOME_DAY = "1999-01-01T00:00:00Z", "2199-01-01T00:00:00Z"
FORGED: dict[str, Any] = {
    "author": "Bruno", "agent_name": "Bruno", "created_by": "Bruno", "updated_by": "Bruno",
    "written_at": LONG_AGO, "created_at": LONG_AGO, "updated_at": LONG_AGO, "started_at": LONG_AGO,
    "revision": 99, "scope": "vip", "status": "closed", "level": 2, "active": False,
    "xid": "1", "sip_secret": "x", "tax_id_digest": "x",
}  # fmt: skip


@pytest.fixture
def vip(centre: Centre) -> UUID:
    """An account that only who has its scope may see."""
    return centre.add_account(name="Quite Secret Person", city="Nowhere", scope="vip")


# -- forged author, time, version --------------------------------------------------------------
def test_who_did_it_and_when_is_the_centre_s_word(
    centre: Centre, ana: Pusher, account: UUID, connect_as: ConnectAs
) -> None:
    connect_as("bruno")
    bruno = str(centre.agents["bruno"])
    forged = {**FORGED, "agent_id": bruno, "assignee_id": bruno, "at": LONG_AGO}
    interaction = begun(ana, account, **forged)
    ticket = opened(ana, account, **forged)
    note = new_id()
    ana.push("ticket.note", {**forged, "id": note, "ticket_id": ticket, "text": "mine"})

    def row(query: str, key: str) -> tuple[Any, ...]:
        found = centre.admin.execute(query.encode(), (key,)).fetchone()
        assert found is not None
        return found

    recently = datetime.now(UTC) - timedelta(minutes=5)
    name, agent, scope, revision = row(
        "select agent_name, agent_id, scope, revision from crm.interaction where id = %s",
        interaction,
    )
    assert (name, agent, scope) == ("Ana", centre.agents["ana"], "company")
    assert revision < 99
    by, updated, at, status, scope = row(
        "select created_by, updated_by, updated_at, status, scope from crm.ticket where id = %s",
        ticket,
    )
    assert (by, updated, status, scope) == ("Ana", "Ana", "open", "company")
    assert at > recently
    author, scope = row("select author, scope from crm.ticket_note where id = %s", note)
    assert (author, scope) == ("Ana", "company")
    writes = centre.one(
        "select count(*) from crm.audit where what = 'write' and agent_id = %s and at > %s",
        centre.agents["ana"],
        recently,
    )
    assert writes == 3


def test_nothing_happens_in_the_future(centre: Centre, ana: Pusher, account: UUID) -> None:
    begun(ana, account, at=SOME_DAY)
    opened(ana, account, at=SOME_DAY)
    for table, column in (("interaction", "started_at"), ("ticket", "created_at")):
        assert centre.one(f"select bool_and({column} <= now()) from crm.{table}")


@pytest.mark.parametrize("field", sorted(FORGED.keys() - {"active"}))
def test_a_change_reaches_only_the_fields_it_may(
    centre: Centre, ana: Pusher, account: UUID, field: str
) -> None:
    def kept() -> tuple[Any, ...]:
        found = centre.admin.execute(
            "select scope, active, revision, updated_by, tax_id_digest from crm.account"
            " where id = %s",
            (account,),
        ).fetchone()
        assert found is not None
        return found

    before = kept()
    change = {"id": str(account), "base": {field: None}, "set": {field: FORGED[field]}}
    assert ana.push("account.change", change)["state"] != "conflict"
    after = kept()
    assert after[:2] == before[:2]
    assert after[2] in (before[2], before[2] + 1)
    assert after[3] in (before[3], "Ana")
    assert after[4] == before[4]


# -- other people's rows -----------------------------------------------------------------------
LEAKS = (
    "select name::int from sync_v1.account",
    "select 1 / (length(name) - 19) from sync_v1.account",
    "select cast('<' || name as xml) from sync_v1.account",
    "select count(*) from sync_v1.account where name like 'Quite%'",
    "select set_config('x.y', name, false) from sync_v1.account",
    "select query_to_xml('select name from sync_v1.account', true, false, '')::text",
    "select id from sync_v1.account where to_tsvector(name) @@ 'secret'::tsquery",
    "select string_agg(a::text, ' ') from sync_v1.account a",
    "select json_agg(a)::text from sync_v1.account a",
    "do $$ declare r record; begin for r in select * from sync_v1.account loop"
    " raise exception '%', r; end loop; end $$",
)


@pytest.mark.parametrize("statement", LEAKS)
def test_hidden_rows_leak_through_no_expression(ana: Pusher, vip: UUID, statement: str) -> None:
    try:
        found = ana.connection.execute(statement.encode())
        told = str(found.fetchall()) if found.description else ""
    except psycopg.Error as error:
        told = str(error)
    assert "Secret" not in told
    assert "Nowhere" not in told
    assert str(vip) not in told


def test_hidden_rows_leak_through_no_statistics(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    for _ in range(300):
        centre.add_account(name="Quite Secret Person", scope="vip")
    centre.admin.execute("analyze crm.account")
    line = ana.connection
    assert line.execute(
        "select count(*) from pg_stats where schemaname = 'crm' and tablename = 'account'"
    ).fetchone() == (0,)
    for statement in ("select * from pg_statistic", "select * from pg_stat_statements"):
        with pytest.raises(psycopg.Error):
            line.execute(statement.encode())
    line.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        line.execute("select * from sync_v1.account")


def test_what_others_do_is_not_to_be_read(centre: Centre, ana: Pusher, vip: UUID) -> None:
    centre.admin.execute("select 'Quite Secret Person' as searched_for")
    seen = ana.connection.execute(
        "select coalesce(string_agg(query, ' '), '') from pg_stat_activity"
        " where usename <> current_user"
    ).fetchone()
    assert seen is not None
    assert "Secret" not in seen[0]
    backend = centre.admin.info.backend_pid
    for function in ("pg_cancel_backend", "pg_terminate_backend"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ana.connection.execute(f"select {function}(%s)".encode(), (backend,))


def test_a_note_in_a_hidden_record_is_not_written(
    centre: Centre, ana: Pusher, vip: UUID, connect_as: ConnectAs
) -> None:
    centre.add_agent("vera", scopes=("company", "vip"))
    vera = Pusher(connect_as("vera"))
    ticket, interaction = opened(vera, vip), begun(vera, vip)
    for kind, payload in (
        ("ticket.note", {"id": new_id(), "ticket_id": ticket, "text": "x"}),
        ("ticket.escalate", {"id": ticket, "note_id": new_id(), "handover": "x"}),
        ("interaction.change", {"id": interaction, "set": {"notes": "x"}}),
        ("interaction.finish", {"id": interaction, "reason": "x"}),
        ("phone.add", {"id": new_id(), "account_id": str(vip), "written": "1", "e164": 1}),
        ("order.create", {"id": new_id(), "number": "SO-1", "account_id": str(vip), "items": []}),
    ):
        assert ana.push(kind, payload)["state"] == "refused", kind
    assert centre.one("select count(*) from crm.ticket_note") == 0
    assert centre.one("select count(*) from crm.service_order") == 0


# -- hints -------------------------------------------------------------------------------------
def test_a_hint_says_nothing(centre: Centre, ana: Pusher, vip: UUID) -> None:
    ana.connection.execute("listen feed")
    centre.admin.execute("update crm.account set name = 'Another Secret' where id = %s", (vip,))
    centre.add_account(tax_id="39053344705")
    heard = list(ana.connection.notifies(timeout=5, stop_after=1))
    assert heard
    assert {note.payload for note in heard} == {""}


# -- settings of one's own ---------------------------------------------------------------------
def test_settings_kept_for_ones_own_role_give_nothing(
    centre: Centre, ana: Pusher, vip: UUID
) -> None:
    """An agent may change the defaults of his own role; none of them is a right."""
    for setting in ("role = crm_owner", "session_authorization = postgres", "search_path = x"):
        try:
            ana.connection.execute(f"alter role ana set {setting}".encode())
        except psycopg.Error:
            continue
    for value in ("vip", "company,vip"):
        ana.connection.execute("select set_config('crm.scope_set', %s, false)", (value,))
        found = ana.connection.execute("select count(*) from sync_v1.account where id = %s", (vip,))
        assert found.fetchone() == (0,)
    with psycopg.connect(centre.dsn_of("ana"), autocommit=True) as again:
        assert again.execute("select current_user, session_user").fetchone() == ("ana", "ana")
        assert again.execute("select count(*) from sync_v1.account").fetchone() == (0,)


WAL = "select pg_logical_emit_message(false, 'x', repeat('x', 1000))"


def test_nothing_is_written_past_the_functions(ana: Pusher) -> None:
    for statement in (WAL, "select nextval('crm.feed_seq')", "select setval('crm.feed_seq', 1)"):
        with pytest.raises(psycopg.Error) as error:
            ana.connection.execute(statement.encode())
        assert error.value.sqlstate in ("42501", "42P01", "3F000")


# -- locks -------------------------------------------------------------------------------------
def changes(desk: Pusher, account: UUID, email: str) -> dict[str, Any]:
    change = {"id": str(account), "base": {"email": "marina@example.com"}, "set": {"email": email}}
    return desk.push("account.change", change)


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(work()), daemon=True)
    thread.start()
    return thread, done


def test_who_sits_on_a_record_is_taken_off_it(
    centre: Centre, ana: Pusher, account: UUID, connect_as: ConnectAs
) -> None:
    bruno = Pusher(connect_as("bruno"))
    ana.connection.execute("set idle_in_transaction_session_timeout = 0")
    ana.connection.execute("begin")
    changes(ana, account, "ana@example.com")
    thread, done = in_thread(lambda: changes(bruno, account, "bruno@example.com"))
    waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    until(lambda: centre.one(waits) == 1)
    until(lambda: watchdog.look(centre.admin, Limits(idle_in_transaction=0.2)))
    thread.join(30)
    assert not thread.is_alive()
    assert isinstance(done[0], dict)
    assert done[0]["state"] == "accepted"
    assert centre.one("select email from crm.account where id = %s", account) == "bruno@example.com"


def test_readers_who_stay_keep_nobody_from_writing(
    centre: Centre, ana: Pusher, account: UUID, connect_as: ConnectAs
) -> None:
    line: Connection = ana.connection
    line.execute("begin isolation level repeatable read")
    position = line.execute("select api_v1.position() ->> 'snapshot'").fetchone()
    assert position is not None
    line.execute("select * from sync_v1.log(%s, %s, '', 0, 10)", (position[0], position[0]))
    for mode in ("access share", "share", "exclusive", "access exclusive"):
        line.execute("savepoint s")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute(f"lock table sync_v1.account in {mode} mode".encode())
        line.execute("rollback to s")
    bruno = Pusher(connect_as("bruno"))
    bruno.connection.execute("set lock_timeout = '5s'")
    assert changes(bruno, account, "bruno@example.com")["state"] == "accepted"
    line.execute("rollback")


def test_a_deadlock_of_ones_own_making_costs_others_nothing(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    """Two lines of one agent lock each other out; a colleague's work goes on meanwhile."""
    one, other = (centre.add_account(email="marina@example.com") for _ in range(2))
    twin, bruno = Pusher(connect_as("ana"), uuid.uuid4()), Pusher(connect_as("bruno"))
    for desk, account in ((ana, one), (twin, other)):
        desk.connection.execute("begin")
        changes(desk, account, "x@example.com")
    thread, _ = in_thread(lambda: _fails(lambda: changes(ana, other, "y@example.com")))
    third = centre.add_account(email="marina@example.com")
    assert changes(bruno, third, "z@example.com")["state"] == "accepted"
    _fails(lambda: changes(twin, one, "y@example.com"))
    thread.join(60)
    assert not thread.is_alive()


def _fails(work: Callable[[], object]) -> bool:
    try:
        work()
    except psycopg.Error:
        return True
    return False
