from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from agent_desktop.models.agent import state_log
from agent_desktop.models.agent.state import AgentState, AgentStatus
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.intent import Intent
from agent_desktop.models.work import work_item
from agent_desktop.sync.status import SyncState
from agent_desktop.sync.syncer import send_rest
from tests.central_fixtures import Centre
from tests.sync.desk_at import Desk, count, execute

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(centre: Centre, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens desks of agents, each in a folder of its own; closes all of them in the end."""
    opened: list[Desk] = []

    def open_one(user: str = "ana", password: str = "", folder: str = "") -> Desk:
        if user not in centre.agents:
            centre.add_agent(user)
        opened.append(Desk(centre, tmp_path / (folder or user), user, password))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.close()


def name_of(desk: Desk, account: UUID, column: str = "name") -> object:
    row = desk.sees("account", account)
    return row and row[column]


def test_a_first_sync_brings_records_and_numbers(centre: Centre, open_desk: OpenDesk) -> None:
    marina = centre.add_account(name="Marina", city="Recife", customer_since="2020-02-03")
    desk = open_desk().start().in_sync()
    row = desk.sees("account", marina)
    assert row is not None
    assert (row["name"], row["city"], str(row["customer_since"])) == (
        "Marina", "Recife", "2020-02-03",
    )  # fmt: skip
    assert row["folded_name"] == "marina"
    with desk.stores.local.reading() as c:
        assert {number.left(c, kind) for kind in number.PREFIXES} == {500}
    assert desk.stores.site.agent.user_name == "ana"
    assert SyncState.RESYNCING in {status.state for status in desk.statuses}


def test_what_others_change_arrives_and_is_told(centre: Centre, open_desk: OpenDesk) -> None:
    marina = centre.add_account(name="Marina")
    desk = open_desk().start().in_sync()
    paulo = centre.add_account(name="Paulo")
    execute(centre, "update crm.account set name = 'Marina R.' where id = %s", marina)
    desk.until(lambda: name_of(desk, marina) == "Marina R." and name_of(desk, paulo) == "Paulo")
    desk.until(lambda: {marina, paulo} <= desk.changes.kinds.get("account", frozenset()))
    execute(centre, "delete from crm.account where id = %s", paulo)
    desk.until(lambda: name_of(desk, paulo) is None)


def test_a_record_that_leaves_the_scope_is_forgotten(centre: Centre, open_desk: OpenDesk) -> None:
    execute(centre, "insert into crm.scope (name) values ('vip') on conflict do nothing")
    marina = centre.add_account(name="Marina")
    desk = open_desk().start().in_sync()
    execute(centre, "update crm.account set scope = 'vip' where id = %s", marina)
    desk.until(lambda: name_of(desk, marina) is None)


def test_a_local_save_is_at_the_centre_and_comes_back(centre: Centre, open_desk: OpenDesk) -> None:
    marina = centre.add_account(name="Marina")
    desk = open_desk().start().in_sync()
    interaction, protocol = desk.begin(marina)
    seen = desk.sees("interaction", interaction)
    assert seen is not None
    assert seen["pending"]
    desk.until(lambda: (row := desk.sees("interaction", interaction)) and not row["pending"])
    assert centre.one("select protocol from crm.interaction") == protocol
    row = desk.sees("interaction", interaction)
    assert row is not None
    assert row["agent_name"] == "Ana"  # stamped by the centre, not by us


def test_what_was_saved_offline_arrives_when_the_centre_is_back(
    own_centre: Centre, tmp_path: Path
) -> None:
    own_centre.add_agent("ana")
    marina = own_centre.add_account(name="Marina")
    desk = Desk(own_centre, tmp_path / "ana", "ana").start()
    try:
        desk.in_sync()
        own_centre.cluster.stop()
        desk.offline()
        saved = [desk.begin(marina)[1] for _ in range(3)]
        desk.until(lambda: desk.syncer.status.unsent == 3)
        assert desk.syncer.status.since is not None
        own_centre.cluster.start()
        desk.syncer.try_now()
        desk.in_sync()
    finally:
        desk.close()
    with psycopg.connect(own_centre.dsn) as again:
        found = again.execute("select protocol from crm.interaction order by protocol").fetchall()
    assert [row[0] for row in found] == sorted(saved)


def test_a_refused_intent_takes_its_dependents_and_no_other(
    centre: Centre, open_desk: OpenDesk
) -> None:
    marina = centre.add_account(name="Marina")
    desk = open_desk()
    desk.start().in_sync()
    _, protocol = desk.begin(marina)
    desk.in_sync()
    bad, _ = desk.begin(marina, protocol=protocol)  # given twice
    finish = Intent("interaction.finish", {"id": bad, "reason": "x", "at": "2026-11-21T10:00:00Z"})
    pending.save(desk.stores, finish)
    desk.begin(marina)
    desk.until(lambda: count(centre, "interaction") == 2)
    desk.in_sync()
    (work,) = work_item.work_items(desk.stores)
    assert work.code == "duplicate_protocol"
    assert [dependent.code for dependent in work.dependents] == ["depends_on_refused"]
    assert desk.sees("interaction", bad) is None


def merged(desk: Desk, account: UUID) -> bool:
    row = desk.sees("account", account)
    assert row is not None
    return (row["email"], row["note"], row["pending"]) == ("new@x", "calls at noon", False)


def test_two_desks_change_different_fields_and_both_arrive(
    centre: Centre, open_desk: OpenDesk
) -> None:
    marina = centre.add_account(name="Marina", email="old@x", note="")
    ana, bia = open_desk("ana").start().in_sync(), open_desk("bia").start().in_sync()
    ana.change_account(marina, {"email": "old@x"}, {"email": "new@x"})
    bia.change_account(marina, {"note": ""}, {"note": "calls at noon"})
    for desk in (ana, bia):
        desk.until(partial(merged, desk, marina))
        assert work_item.work_items(desk.stores) == ()


def test_two_desks_change_the_same_field_and_the_later_one_sees_both(
    centre: Centre, open_desk: OpenDesk
) -> None:
    marina = centre.add_account(name="Marina", email="old@x", city="Recife")
    ana, bia = open_desk("ana").start().in_sync(), open_desk("bia").start().in_sync()
    ana.change_account(marina, {"email": "old@x"}, {"email": "ana@x"})
    ana.until(lambda: centre.one("select email from crm.account") == "ana@x")
    bia.change_account(marina, {"email": "old@x", "note": ""}, {"email": "bia@x", "note": "n"})
    (work,) = bia.until(lambda: work_item.work_items(bia.stores))
    assert work.theirs["email"]["value"] == "ana@x"
    assert work.mine["set"]["email"] == "bia@x"
    bia.until(lambda: name_of(bia, marina, "email") == "ana@x")
    bia.until(lambda: name_of(bia, marina, "note") == "n")


def test_another_generation_makes_the_mirror_anew_and_sends_again(
    centre: Centre, open_desk: OpenDesk
) -> None:
    marina = centre.add_account(name="Marina")
    desk = open_desk().start().in_sync()
    interaction, _ = desk.begin(marina)
    desk.until(lambda: (row := desk.sees("interaction", interaction)) and not row["pending"])
    # A restore from a backup made before the save: record and result are gone.
    execute(
        centre,
        "with a as (delete from crm.intent_result), b as (delete from crm.interaction)"
        " update crm.site set generation = generation + 1",
    )
    desk.until(lambda: desk.changes.everything and count(centre, "interaction") == 1)
    desk.in_sync()
    row = desk.sees("interaction", interaction)
    assert row is not None
    assert not row["pending"]


def test_a_wrong_password_is_told_and_changes_nothing(centre: Centre, open_desk: OpenDesk) -> None:
    desk = open_desk(password="not this one").start()
    pending.save(desk.stores, Intent("ticket.note", {"text": "typed"}))
    desk.offline("wrong_password")
    desk.until(lambda: desk.syncer.status.unsent == 1)


def test_numbers_are_leased_again_at_half(centre: Centre, open_desk: OpenDesk) -> None:
    desk = open_desk().start().in_sync()
    with desk.stores.local.writing() as c:
        for _ in range(251):
            number.take(c, "ticket", date(2026, 11, 21))
    desk.syncer.wake()

    def left() -> int:
        with desk.stores.local.reading() as c:
            return number.left(c, "ticket")

    desk.until(lambda: left() == 749)


def test_a_damaged_mirror_is_made_anew(centre: Centre, open_desk: OpenDesk, tmp_path: Path) -> None:
    marina = centre.add_account(name="Marina")
    desk = open_desk().start().in_sync()
    desk.syncer.resync()
    desk.until(lambda: desk.changes.everything)
    desk.in_sync()
    assert name_of(desk, marina) == "Marina"


def test_the_last_state_of_a_shift_arrives_before_the_end(
    centre: Centre, open_desk: OpenDesk
) -> None:
    """Log-off ends the syncer; that the agent left must not wait for the next morning."""
    desk = open_desk().start().in_sync()
    now = datetime.now(UTC)
    state_log.note(desk.stores, AgentStatus(AgentState.READY, now))
    state_log.note(desk.stores, AgentStatus(AgentState.LOGGED_OUT, now))
    send_rest(desk.syncer, desk.stores, seconds=30)
    assert centre.one("select array_agg(state order by logged_at) from crm.agent_state") == [
        "ready",
        "logged_out",
    ]


def test_states_of_the_agent_are_nobodys_unsent_work(open_desk: OpenDesk) -> None:
    """Offline: neither counted in the header, nor waited for."""
    desk = open_desk()
    state_log.note(desk.stores, AgentStatus(AgentState.READY, datetime.now(UTC)))
    send_rest(desk.syncer, desk.stores, seconds=600)
    assert desk.syncer.status.unsent == 0
