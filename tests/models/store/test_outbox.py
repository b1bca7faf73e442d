from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid6 import uuid7

from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import outbox, tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.intent import Effect, Intent, Op, State
from agent_desktop.models.store.outbox import IntentResult
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.work import work_item
from tests import given

ACCEPTED = IntentResult(State.ACCEPTED, xid=50)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = given.some_stores(tmp_path)
    yield opened
    opened.close()


def create_ticket(stores: Stores, account: UUID) -> tuple[int, UUID]:
    ticket = uuid7()
    effect = Effect("ticket", ticket, account, Op.INSERT, {"account_id": account})
    with stores.local.writing() as c:
        return pending.put(c, Intent("ticket.create", {"id": ticket}, (effect,))), ticket


def add_note(stores: Stores, account: UUID, ticket: UUID) -> int:
    note = uuid7()
    values = {"ticket_id": ticket, "account_id": account, "text": "n"}
    effect = Effect("ticket_note", note, account, Op.INSERT, values)
    with stores.local.writing() as c:
        return pending.put(c, Intent("ticket.note", {"id": note, "ticket_id": ticket}, (effect,)))


def settle(stores: Stores, n: int, answer: IntentResult) -> set[str]:
    with stores.local.writing() as c:
        outbox.take_next(c, 100)
        return set(outbox.settle(c, n, answer).kinds)


def shown(stores: Stores, table: str, account: UUID) -> list[dict[str, object]]:
    target = tables.MIRRORED[table]
    with stores.mirror.reading() as c:
        rows = c.execute(select(target).where(target.c.account_id == account)).mappings().all()
        return list(pending.laid_over(stores, c, table, rows, account_id=account))


def test_intents_go_out_in_order_and_cannot_be_undone_afterwards(stores: Stores) -> None:
    account = given.row(stores, "account")
    first, ticket = create_ticket(stores, account)
    second = add_note(stores, account, ticket)
    with stores.local.writing() as c:
        parcels = outbox.take_next(c, 10)
        assert outbox.count_unsent(c) == 2
    assert [(parcel.n, parcel.depends_on) for parcel in parcels] == [
        (first, ()),
        (second, (first,)),
    ]
    assert not pending.undo(stores, second)


def test_an_accepted_row_is_shown_until_the_mirror_contains_it(stores: Stores) -> None:
    account = given.row(stores, "account")
    n, ticket = create_ticket(stores, account)
    settle(stores, n, ACCEPTED)
    given.cursor(stores, "40:50:")
    assert [row["id"] for row in shown(stores, "ticket", account)] == [ticket]
    given.row(stores, "ticket", id=ticket, account_id=account, subject="as the centre has it")
    given.cursor(stores, "51:51:")
    (row,) = shown(stores, "ticket", account)
    assert (row["subject"], row["pending"]) == ("as the centre has it", False)
    with stores.local.writing() as c:
        outbox.forget_contained(c, Cursor(1, 1, "51:51:"))
        assert c.exec_driver_sql("SELECT count(*) FROM effect").scalar() == 0


def test_effects_still_running_in_the_snapshot_stay(stores: Stores) -> None:
    account = given.row(stores, "account")
    n, _ = create_ticket(stores, account)
    settle(stores, n, ACCEPTED)
    with stores.local.writing() as c:
        outbox.forget_contained(c, Cursor(1, 1, "50:60:50"))
    assert shown(stores, "ticket", account)


def test_a_refusal_takes_its_dependents_with_it_as_one_work_item(stores: Stores) -> None:
    account = given.row(stores, "account")
    first, ticket = create_ticket(stores, account)
    second = add_note(stores, account, ticket)
    other, _ = create_ticket(stores, account)
    kinds = settle(stores, first, IntentResult(State.REFUSED, "duplicate_number"))
    assert kinds == {"ticket", "ticket_note", "account", "work_item"}
    (work,) = work_item.work_items(stores)
    assert (work.n, work.code, work.table, work.record_id) == (
        first, "duplicate_number", "ticket", ticket,
    )  # fmt: skip
    assert [(d.n, d.code) for d in work.dependents] == [(second, "depends_on_refused")]
    with stores.local.writing() as c:
        assert [parcel.n for parcel in outbox.take_next(c, 10)] == [other]
    assert len(shown(stores, "ticket", account)) == 1
    work_item.done(stores, first)
    assert work_item.work_items(stores) == ()


def test_a_conflict_takes_back_the_fields_in_conflict_only(stores: Stores) -> None:
    account = given.row(stores, "account", email="old", note="", street="Rua A")
    values = {"email": "mine", "note": "mine", "street": "Rua B", "house": "5"}
    effect = Effect("account", account, account, Op.CHANGE, values)
    with stores.local.writing() as c:
        n = pending.put(c, Intent("account.change", {"id": account, "set": values}, (effect,)))
    theirs = {"address": {"value": "Rua C", "by": "bia", "at": "2026-11-21T10:00:00Z"}}
    settle(stores, n, IntentResult(State.CONFLICT, "conflict", {"address": "conflict"}, theirs, 60))
    with stores.mirror.reading() as c:
        rows = c.execute(select(tables.MIRRORED["account"])).mappings().all()
        (row,) = pending.laid_over(stores, c, "account", rows, account_id=account)
    assert (row["email"], row["note"], row["street"], row["house"]) == ("mine", "mine", "Rua A", "")
    (work,) = work_item.work_items(stores)
    assert (work.code, work.theirs, work.mine["set"]["street"]) == ("conflict", theirs, "Rua B")


def test_a_conflict_takes_back_the_whole_unit_of_a_field(stores: Stores) -> None:
    """The centre names status and assignee; the assignee's name goes with them."""
    ticket = given.row(stores, "ticket", status="open", assignee_name="Bia", subject="old")
    mine = {"assignee_id": given.AGENT.id, "assignee_name": "Ana", "subject": "mine"}
    effect = Effect("ticket", ticket, None, Op.CHANGE, mine)
    with stores.local.writing() as c:
        n = pending.put(c, Intent("ticket.change", {"id": ticket, "set": mine}, (effect,)))
    fields = {"status": "changed_elsewhere", "assignee_id": "changed_elsewhere"}
    settle(stores, n, IntentResult(State.CONFLICT, "changed_elsewhere", fields, {}, 60))
    with stores.mirror.reading() as c:
        rows = c.execute(select(tables.MIRRORED["ticket"])).mappings().all()
        (row,) = pending.laid_over(stores, c, "ticket", rows, ids=[ticket])
    assert (row["assignee_id"], row["assignee_name"], row["subject"]) == (None, "Bia", "mine")


def test_an_answer_told_twice_changes_nothing_more(stores: Stores) -> None:
    account = given.row(stores, "account")
    n, _ = create_ticket(stores, account)
    settle(stores, n, ACCEPTED)
    assert settle(stores, n, IntentResult(State.REFUSED, "late")) == set()
    assert work_item.work_items(stores) == ()


def test_accepted_intents_are_kept_for_a_restore_and_then_dropped(stores: Stores) -> None:
    account = given.row(stores, "account")
    n, _ = create_ticket(stores, account)
    settle(stores, n, ACCEPTED)
    with stores.local.writing() as c:
        outbox.drop_settled(c, datetime.now(UTC) + timedelta(days=13))
        assert outbox.send_again(c) == 1
        (parcel,) = outbox.take_next(c, 10)
        assert parcel.n == n
        outbox.settle(c, n, ACCEPTED)
        outbox.drop_settled(c, datetime.now(UTC) + timedelta(days=15))
        assert outbox.send_again(c) == 0
