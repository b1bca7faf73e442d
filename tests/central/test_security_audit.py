"""The audit: what is in it, how it is sealed, and that nobody changes it unnoticed."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central import admin, audit
from tests.central.conftest import accepted, new_id, refusal
from tests.central_fixtures import Centre, ConnectAs, Pusher

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


@pytest.fixture
def ana(centre: Centre, connect_as: ConnectAs) -> Pusher:
    """A desk at a centre whose audit is empty still."""
    desk = Pusher(connect_as("ana"))
    connect_as("bruno")
    with centre.admin.transaction():
        centre.admin.execute("alter table crm.audit disable trigger only_added")
        centre.admin.execute("truncate crm.audit, crm.audit_open")
        centre.admin.execute("alter table crm.audit enable trigger only_added")
    return desk


def begin(desk: Pusher, number: int) -> None:
    payload = {"id": new_id(), "protocol": f"20261122{number:08d}"}
    accepted(desk.push("interaction.begin", payload))


def in_batches(centre: Centre, desk: Pusher) -> audit.Checked:
    """Three batches of four rows each, and what the check says of them."""
    for batch in range(3):
        for row in range(4):
            begin(desk, 10 * batch + row)
        assert audit.seal(centre.admin).rows == 4
    found = audit.check(centre.admin)
    assert (found.n, found.rows, found.waiting, found.faults) == (3, 12, 0, ())
    return found


# -- what is in it ---------------------------------------------------------------------------
def test_each_write_is_there_with_its_outcome_and_without_its_values(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    change = {"id": str(account), "base": {"email": ""}, "set": {"email": "new@example.com"}}
    ana.push("account.change", change)
    refusal(ana.push("ticket.note", {"id": new_id(), "ticket_id": new_id(), "text": "x"}))
    ana.push("nonsense", {"id": "no uuid", "set": 5})
    rows = centre.admin.execute(
        "select agent_id, record_id, detail ->> 'kind', detail ->> 'state', detail -> 'fields',"
        " detail::text from crm.audit where what = 'write' order by id"
    ).fetchall()
    assert [row[2:4] for row in rows] == [
        ("account.change", "conflict"),
        ("ticket.note", "refused"),
        ("nonsense", "refused"),
    ]
    assert rows[0][:2] == (centre.agents["ana"], account)
    assert rows[0][4] == ["email"]
    assert "new@example.com" not in rows[0][5]
    assert rows[2][1] is None


def test_what_is_sent_again_is_one_write(centre: Centre, ana: Pusher) -> None:
    payload = {"id": new_id(), "protocol": "2026112200000010"}
    for _ in range(3):
        accepted(ana.push_as(1, "interaction.begin", payload))
    assert centre.one("select count(*) from crm.audit where what = 'write'") == 1


def test_nobody_looks_and_takes_the_trace_away(centre: Centre, ana: Pusher) -> None:
    """Once a value was shown in the transaction that wrote the trace: a rollback left none."""
    account = centre.add_account(tax_id="39053344705")
    line = ana.connection
    for frame in ("{}", "savepoint s; {}; rollback to s"):
        line.execute("begin")
        for step in frame.format(f"select api_v1.ask_reveal('{account}', 'tax_id')").split("; "):
            line.execute(step.encode())
        with pytest.raises(psycopg.Error) as error:
            line.execute("select api_v1.reveal(%s, 'tax_id')", (account,))
        assert error.value.sqlstate == "AD031"
        line.execute("rollback")
    assert centre.one("select count(*) from crm.audit where what = 'reveal'") == 0

    line.execute("select api_v1.ask_reveal(%s, 'tax_id')", (account,))
    line.execute("begin")
    shown = line.execute("select api_v1.reveal(%s, 'tax_id')", (account,)).fetchone()
    line.execute("rollback")
    assert shown == ("39053344705",)
    assert centre.one("select count(*) from crm.audit where what = 'reveal'") == 1


def test_asking_is_for_one_agent_one_account_one_field_one_minute(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    account, other = (centre.add_account(tax_id=n) for n in ("39053344705", "52998224725"))
    ana.connection.execute("select api_v1.ask_reveal(%s, 'tax_id')", (account,))
    for line, who, field in (
        (connect_as("bruno"), account, "tax_id"),
        (ana.connection, other, "tax_id"),
        (ana.connection, account, "birth_on"),
    ):
        with pytest.raises(psycopg.Error) as error:
            line.execute("select api_v1.reveal(%s, %s)", (who, field))
        assert error.value.sqlstate == "AD031"
    centre.admin.execute("alter table crm.audit disable trigger only_added")
    centre.admin.execute("update crm.audit set at = at - interval '2 minutes'")
    with pytest.raises(psycopg.Error) as error:
        ana.connection.execute("select api_v1.reveal(%s, 'tax_id')", (account,))
    assert error.value.sqlstate == "AD031"


# -- sealing -----------------------------------------------------------------------------------
def test_writers_and_the_sealer_do_not_wait_for_each_other(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    bruno = Pusher(connect_as("bruno"))
    for desk in (ana, bruno):
        desk.connection.execute("set lock_timeout = '1ms'")
    ana.connection.execute("begin")
    begin(ana, 1)  # an earlier id, committed later
    begin(bruno, 2)
    centre.admin.execute("set lock_timeout = '1ms'")
    assert audit.seal(centre.admin).rows == 1
    begin(bruno, 3)
    with psycopg.connect(centre.dsn) as sealer:
        sealer.execute("select crm.seal_audit()")  # still open
        begin(bruno, 4)
        assert audit.seal(centre.admin).rows == 0, "one seals at a time"
    ana.connection.execute("commit")
    assert audit.seal(centre.admin).rows == 2, "the late one and the newest"
    found = audit.check(centre.admin)
    assert (found.n, found.rows, found.faults) == (3, 4, ())


def test_nothing_new_makes_no_batch(centre: Centre, ana: Pusher) -> None:
    assert audit.seal(centre.admin).rows == 0
    assert audit.check(centre.admin) == audit.Checked(0, "", 0, 0, ())
    begin(ana, 1)
    assert audit.check(centre.admin).waiting == 1
    sealed = audit.seal(centre.admin)
    again = audit.seal(centre.admin)
    assert (again.rows, again.n, again.hash) == (0, 1, sealed.hash)


def test_a_collector_may_seal_and_read_nothing(centre: Centre, ana: Pusher) -> None:
    begin(ana, 1)
    with psycopg.connect(centre.dsn, autocommit=True) as line:
        line.execute("set role collectors")
        assert line.execute("select hub_v1.audit_waiting()").fetchone() == (1,)
        row = line.execute("select hub_v1.seal_audit() ->> 'rows'").fetchone()
        assert row == ("1",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            line.execute("select * from crm.audit")
    assert audit.check(centre.admin).faults == ()


# -- tampering ---------------------------------------------------------------------------------
FIRST = "(select min(id) from crm.audit)"
TAMPERING = {
    "an update": f"update crm.audit set agent_id = gen_random_uuid() where id = {FIRST} + 5",
    "another time": "update crm.audit set at = at + interval '1 s' where id % 4 = 0",
    "a delete": f"delete from crm.audit where id = {FIRST} + 2",
    "a delete with its membership": f"""
        with gone as (delete from crm.audit where id = {FIRST} returning id)
        delete from crm.audit_member where audit_id in (select id from gone)""",
    "all of a batch": """
        with gone as (delete from crm.audit_member where n = 2 returning audit_id)
        delete from crm.audit where id in (select audit_id from gone)""",
    "a batch and its rows": """
        with batch as (delete from crm.audit_batch where n = 2),
        gone as (delete from crm.audit_member where n = 2 returning audit_id)
        delete from crm.audit where id in (select audit_id from gone)""",
    "two change places": f"""
        with pair as (select * from crm.audit where id between {FIRST} and {FIRST} + 1)
        update crm.audit a set at = b.at, detail = b.detail, record_id = b.record_id
        from pair b where a.id in (select id from pair) and a.id <> b.id""",
    "two batches change places": "alter table crm.audit_batch drop constraint audit_batch_n_check;"
    " update crm.audit_batch set n = -n where n > 1;"
    " update crm.audit_batch set n = 5 + n where n < 0",
    "another time of sealing": """
        update crm.audit_batch set sealed_at = sealed_at - interval '1 day' where n = 3""",
    "into another batch": f"update crm.audit_member set n = 3 where audit_id = {FIRST}",
    "a row that is in no batch": "delete from crm.audit_member where n = 3",
    "a new row under an old number": f"""
        with gone as (delete from crm.audit where id = {FIRST} returning *)
        insert into crm.audit (id, at, what) overriding system value
        select id, at, 'x' from gone""",
    "a hash made to fit": f"""
        update crm.audit set what = 'x' where id = {FIRST};
        update crm.audit_batch b set hash = sha256(b.previous || convert_to(
          jsonb_build_array(b.n, (extract(epoch from b.sealed_at) * 1000000)::bigint, b.rows)::text
          || (select string_agg(E'\\n' || crm.audit_line(a), '' order by a.id)
              from crm.audit a join crm.audit_member m on m.audit_id = a.id
              where m.n = b.n), 'UTF8')) where n = 1""",
}


@pytest.mark.parametrize("how", TAMPERING)
def test_a_superuser_who_tampers_is_found(centre: Centre, ana: Pusher, how: str) -> None:
    in_batches(centre, ana)
    with centre.admin.transaction():
        centre.admin.execute("set local session_replication_role = replica")  # no triggers
        centre.admin.execute(TAMPERING[how].encode())
    assert audit.check(centre.admin).faults != ()
    begin(ana, 99)
    audit.seal(centre.admin)
    assert audit.check(centre.admin).faults != (), "sealing more does not hide it"


def test_a_row_put_there_later_for_an_earlier_day_is_found(centre: Centre, ana: Pusher) -> None:
    in_batches(centre, ana)
    centre.admin.execute("insert into crm.audit (what, at) values ('x', now() - interval '2 days')")
    assert audit.check(centre.admin).faults == ()
    audit.seal(centre.admin)
    (fault,) = audit.check(centre.admin).faults
    assert "dated back" in fault


REWRITTEN = """
truncate crm.audit_batch, crm.audit_member, crm.audit_open;
update crm.audit set what = 'nothing' where id = (select min(id) from crm.audit);
insert into crm.audit_open select id from crm.audit;
"""
CUT = """
delete from crm.audit_batch where n = 3;
with gone as (delete from crm.audit_member where n = 3 returning audit_id)
delete from crm.audit where id in (select audit_id from gone);
"""


@pytest.mark.parametrize("how", [REWRITTEN, CUT])
def test_who_writes_the_whole_chain_anew_or_cuts_its_end_is_found_by_a_noted_hash(
    centre: Centre, ana: Pusher, how: str
) -> None:
    noted = in_batches(centre, ana)
    known = (noted.n, noted.hash)
    assert audit.check(centre.admin, known).faults == ()
    with centre.admin.transaction():
        centre.admin.execute("set local session_replication_role = replica")
        centre.admin.execute(how.encode())
    audit.seal(centre.admin)
    assert audit.check(centre.admin).faults == (), "the chain alone cannot tell"
    assert len(audit.check(centre.admin, known).faults) == 1


@pytest.mark.parametrize("table", ["audit", "audit_batch", "audit_member"])
def test_not_even_the_owner_changes_what_was_written(
    centre: Centre, ana: Pusher, table: str
) -> None:
    begin(ana, 1)
    audit.seal(centre.admin)
    for statement in (f"delete from crm.{table}", f"truncate crm.{table}"):
        centre.admin.execute("set role crm_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added"):
            centre.admin.execute(statement.encode())
        centre.admin.execute("reset role")


# -- the command -------------------------------------------------------------------------------
def test_the_command_tells_the_hash_to_note_and_finds_what_was_changed(
    centre: Centre,
    ana: Pusher,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(admin.DSN_VARIABLE, centre.dsn)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said: Callable[[], str] = lambda: capsys.readouterr().out  # noqa: E731
    begin(ana, 1)
    assert admin.main(["seal-audit"]) == 0
    digest = said().split()[-1]
    assert len(digest) == 64
    assert admin.main(["check-audit", "--known", f"1:{digest}"]) == 0
    assert digest in said()
    assert admin.main(["check-audit", "--known", "nonsense"]) == 1
    with centre.admin.transaction():
        centre.admin.execute("set local session_replication_role = replica")
        centre.admin.execute("update crm.audit set what = 'x'")
    assert admin.main(["check-audit"]) == 1
    assert "batch 1 was changed" in capsys.readouterr().err
