"""What is kept for how long: the audit drops whole batches and stays provable, calls of nobody go,
and masked values are not looked at by the thousand."""

from __future__ import annotations

import threading
from uuid import UUID, uuid4

import psycopg
import pytest

from agent_desktop.central import audit, database, watchdog
from tests.central.conftest import accepted, new_id
from tests.central_fixtures import Centre, ConnectAs, Pusher
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

# As if all that is sealed had been written and sealed so many days ago: times and hashes anew.
LONG_AGO = """
do $$
declare
  batch crm.audit_batch;
  before bytea := '';
begin
  set local session_replication_role = replica;
  update crm.audit set at = at - interval '400 days'
    where id in (select audit_id from crm.audit_member);
  for batch in select * from crm.audit_batch order by n loop
    batch.sealed_at := batch.sealed_at - interval '400 days';
    batch.previous := before;
    before := sha256(batch.previous || convert_to(
      jsonb_build_array(batch.n, (extract(epoch from batch.sealed_at) * 1000000)::bigint,
        batch.rows)::text
      || coalesce((select string_agg(E'\\n' || crm.audit_line(a), '' order by a.id)
        from crm.audit a join crm.audit_member m on m.audit_id = a.id where m.n = batch.n), ''),
      'UTF8'));
    update crm.audit_batch set sealed_at = batch.sealed_at, previous = batch.previous,
      hash = before where n = batch.n;
  end loop;
end
$$
"""


def begin(desk: Pusher) -> None:
    payload = {"id": new_id(), "protocol": f"20261122{uuid4().int % 10**7:07d}0"}
    accepted(desk.push("interaction.begin", payload))


def sealed(centre: Centre, desk: Pusher, batches: int) -> audit.Checked:
    for _ in range(batches):
        begin(desk)
        begin(desk)
        audit.seal(centre.admin)
    found = audit.check(centre.admin)
    assert found.faults == ()
    return found


def keep(centre: Centre) -> dict[str, int]:
    with database.owner_of(centre.admin):
        row = centre.admin.execute("select crm.keep_house()").fetchone()
    assert row is not None
    done: dict[str, int] = row[0]
    return done


def test_without_a_rule_all_is_kept(centre: Centre, ana: Pusher) -> None:
    sealed(centre, ana, 3)
    centre.admin.execute(LONG_AGO)
    assert audit.check(centre.admin).faults == ()
    assert keep(centre)["batches"] == 0


def test_old_batches_go_whole_and_the_rest_is_still_proven(centre: Centre, ana: Pusher) -> None:
    sealed(centre, ana, 3)
    centre.admin.execute(LONG_AGO)
    old = audit.check(centre.admin)
    young = sealed(centre, ana, 2)
    begin(ana)
    centre.admin.execute("update crm.site set audit_days = 365")
    first = centre.one("select hash from crm.audit_batch where n = 1").hex()
    assert keep(centre)["batches"] == 3
    assert keep(centre)["batches"] == 0
    assert centre.one("select array_agg(n order by n) from crm.audit_batch") == [4, 5]
    assert centre.one("select count(*) from crm.audit where at < now() - interval '1 year'") == 0
    found = audit.check(centre.admin, (young.n, young.hash))
    assert (found.n, found.faults) == (5, ())
    assert audit.check(centre.admin, (old.n, old.hash)).faults == (), "the last that went is known"
    assert "note a newer one" in audit.check(centre.admin, (1, first)).faults[0]
    assert audit.check(centre.admin, (3, first)).faults != ()
    sealed(centre, ana, 1)


def test_the_newest_batch_stays_however_old_it_is(centre: Centre, ana: Pusher) -> None:
    sealed(centre, ana, 2)
    centre.admin.execute(LONG_AGO)
    centre.admin.execute("update crm.site set audit_days = 1")
    assert keep(centre)["batches"] == 1
    assert audit.check(centre.admin).faults == ()
    sealed(centre, ana, 1)


FORGED = {
    "a batch less, and nothing said": """
        delete from crm.audit where id in (select audit_id from crm.audit_member where n = 1);
        delete from crm.audit_member where n = 1;
        insert into crm.audit_floor (n, hash, sealed_at) select n, hash, sealed_at
          from crm.audit_batch where n = 1;
        delete from crm.audit_batch where n = 1""",
    "before its time": """
        update crm.site set audit_days = 365;
        delete from crm.audit where id in (select audit_id from crm.audit_member where n = 1);
        delete from crm.audit_member where n = 1;
        insert into crm.audit_floor (n, hash, sealed_at) select n, hash, sealed_at
          from crm.audit_batch where n = 1;
        insert into crm.audit (what, detail) select 'trim',
          jsonb_build_object('upto', n, 'hash', encode(hash, 'hex'), 'days', 365)
          from crm.audit_floor;
        delete from crm.audit_batch where n = 1""",
    "the wrong end": """
        insert into crm.audit_floor (n, hash, sealed_at) select n, hash, sealed_at
          from crm.audit_batch where n = 2""",
}


@pytest.mark.parametrize("how", FORGED)
def test_who_drops_batches_by_hand_is_found(centre: Centre, ana: Pusher, how: str) -> None:
    sealed(centre, ana, 3)
    with centre.admin.transaction():
        centre.admin.execute("set local session_replication_role = replica")
        centre.admin.execute(FORGED[how].encode())
    assert audit.check(centre.admin).faults != ()


def test_an_agent_who_says_trimming_trims_nothing(centre: Centre, ana: Pusher) -> None:
    sealed(centre, ana, 1)
    ana.connection.execute("select set_config('crm.trimming', 'yes', false)")
    for statement in ("delete from crm.audit", "select crm.trim_audit()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ana.connection.execute(statement.encode())
    begin(ana)
    assert audit.check(centre.admin).faults == ()


# -- calls of nobody ----------------------------------------------------------------------------
def a_call(desk: Pusher, started_at: str) -> str:
    call = {
        "id": new_id(),
        "direction": "inbound",
        "number": "+5511987654321",
        "started_at": started_at,
        "ended_at": started_at,
        "end_reason": "missed",
    }
    accepted(desk.push("interaction.call", call))
    return call["id"]


def test_old_calls_of_nobody_go_by_themselves_whoever_s_they_were(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    bruno = Pusher(connect_as("bruno"))
    old = [a_call(desk, "2020-01-01T10:00:00Z") for desk in (ana, bruno)]
    young = a_call(ana, centre.one("select now()").isoformat())
    assert keep(centre)["calls"] == 2
    left = [str(r[0]) for r in centre.admin.execute("select id from crm.interaction_call")]
    assert left == [young]
    told = [str(r[0]) for r in centre.admin.execute("select id from crm.feed where op = 'delete'")]
    assert sorted(told) == sorted(old)


def test_an_agent_still_sees_his_own_only(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    bruno = Pusher(connect_as("bruno"))
    mine = a_call(ana, "2020-01-01T10:00:00Z")
    a_call(bruno, "2020-01-01T10:00:00Z")
    for role in ("ana", "agents"):
        ana.connection.execute(f"set role {role}".encode())
        rows = ana.connection.execute("select id from sync_v1.interaction_call").fetchall()
        assert [str(r[0]) for r in rows] == [mine]
        ana.connection.execute("reset role")
    assert accepted(ana.push("call.seen", {"ids": [mine], "at": "2026-11-21T11:00:00Z"}))


def test_the_collector_and_the_watch_keep_house(centre: Centre, ana: Pusher) -> None:
    a_call(ana, "2020-01-01T10:00:00Z")
    with psycopg.connect(centre.dsn, autocommit=True) as line:
        line.execute("set role collectors")
        row = line.execute("select hub_v1.keep_house()").fetchone()
        assert row is not None
        # A superuser who became the collector is nobody's agent, as a hub's log-in.
        assert row[0]["calls"] == 1
    a_call(ana, "2020-01-01T10:00:00Z")
    said: list[str] = []
    watch = watchdog.Watch(centre.dsn, said.append)
    thread = threading.Thread(target=watch.run, daemon=True)
    thread.start()
    until(lambda: any("calls" in words for words in said), 60)
    watch.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert any(words == "dropped by the site's rules: 1 calls" for words in said), said


def test_what_was_handed_over_half_goes_after_a_month(centre: Centre, ana: Pusher) -> None:
    file = '[{"name": "local.db", "bytes": 3000000}]'
    ana.connection.execute(
        "select api_v1.quarantine_begin('ana', 'set-aside-x', 'pc', %s::jsonb, %s)",
        (file, b"h" * 32),
    )
    assert keep(centre)["halves"] == 0
    centre.admin.execute("update crm.quarantine set begun_at = now() - interval '31 days'")
    assert keep(centre)["halves"] == 1


# -- looks at masked values ---------------------------------------------------------------------
def looks(desk: Pusher, account: UUID) -> str:
    try:
        desk.connection.execute("select api_v1.ask_reveal(%s, 'tax_id')", (account,))
    except psycopg.Error as error:
        return error.sqlstate or ""
    return ""


def test_so_many_looks_in_an_hour_and_no_more(
    centre: Centre, ana: Pusher, account: UUID, connect_as: ConnectAs
) -> None:
    centre.admin.execute("update crm.site set reveals_an_hour = 3")
    accounts = [account, *(centre.add_account() for _ in range(3))]
    assert [looks(ana, one) for one in accounts] == ["", "", "", "AD032"]
    row = ana.connection.execute("select api_v1.reveal(%s, 'tax_id')", (account,)).fetchone()
    assert row == (None,) or row == ("",), "what was asked for before is still shown"
    assert looks(Pusher(connect_as("bruno")), account) == ""
    with centre.admin.transaction():
        centre.admin.execute("set local session_replication_role = replica")
        centre.admin.execute("update crm.audit set at = at - interval '61 minutes'")
    assert looks(ana, account) == ""


def test_many_lines_at_once_are_no_way_round(
    centre: Centre, ana: Pusher, account: UUID, connect_as: ConnectAs
) -> None:
    centre.admin.execute("update crm.site set reveals_an_hour = 5")
    lines = [Pusher(connect_as("ana")) for _ in range(6)]
    answers: list[str] = []

    def look(desk: Pusher) -> None:
        answers.extend(looks(desk, account) for _ in range(3))

    threads = [threading.Thread(target=look, args=(desk,)) for desk in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [""] * 5 + ["AD032"] * 13
