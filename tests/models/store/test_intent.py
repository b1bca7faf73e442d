from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid6 import uuid7

from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import tables
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.stores import Stores
from tests import given


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = given.some_stores(tmp_path)
    yield opened
    opened.close()


def ticket_intent(account_id: UUID, ticket_id: UUID, **values: object) -> Intent:
    made = {"account_id": account_id, "subject": "No power", "status": "open", **values}
    return Intent(
        "ticket.create",
        {"id": ticket_id, "account_id": account_id, "at": datetime.now(UTC)},
        (Effect("ticket", ticket_id, account_id, Op.INSERT, made),),
    )


def tickets(stores: Stores, account_id: UUID) -> tuple[dict[str, object], ...]:
    with stores.mirror.reading() as c:
        ticket = tables.MIRRORED["ticket"]
        of_account = select(ticket).where(ticket.c.account_id == account_id)
        rows = c.execute(of_account).mappings().all()
        return pending.laid_over(stores, c, "ticket", rows, account_id=account_id)


def test_a_created_row_is_seen_at_once_with_its_types(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina")
    due = datetime(2026, 11, 24, 12, tzinfo=UTC)
    pending.save(stores, ticket_intent(account, ticket := uuid7(), due_at=due))
    (row,) = tickets(stores, account)
    assert row["id"] == ticket
    assert row["due_at"] == due
    assert row["account_id"] == account
    assert row["description"] == ""
    assert row["pending"] is True


def test_changes_are_laid_over_the_mirror_in_order(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina")
    ticket = given.row(stores, "ticket", account_id=account, subject="Old", priority="low")
    for subject in ("New", "Newer"):
        effect = Effect("ticket", ticket, account, Op.CHANGE, {"subject": subject})
        pending.save(stores, Intent("ticket.change", {"id": ticket}, (effect,)))
    (row,) = tickets(stores, account)
    assert (row["subject"], row["priority"], row["pending"]) == ("Newer", "low", True)


def test_a_row_moved_to_another_account_leaves_one_page_and_comes_to_the_other(
    stores: Stores,
) -> None:
    marina, paulo = given.rows(stores, "account", {"name": "Marina"}, {"name": "Paulo"})
    in_mirror = given.row(stores, "ticket", account_id=marina)
    pending.save(stores, ticket_intent(marina, made_here := uuid7()))
    moves = tuple(
        Effect("ticket", ticket, paulo, Op.CHANGE, {"account_id": paulo})
        for ticket in (in_mirror, made_here)
    )
    pending.save(stores, Intent("interaction.move", {"account_id": paulo}, moves))
    assert tickets(stores, marina) == ()
    assert {row["id"] for row in tickets(stores, paulo)} == {in_mirror, made_here}


def test_an_intent_depends_on_the_unsent_one_that_creates_what_it_names(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina")
    ticket = uuid7()
    with stores.local.writing() as c:
        first = pending.put(c, ticket_intent(account, ticket))
        pending.put(c, Intent("ticket.note", {"id": uuid7(), "ticket_id": ticket}))
        listed = c.exec_driver_sql("SELECT depends_on FROM intent ORDER BY n").scalars().all()
    assert listed == ["[]", f"[{first}]"]


def test_undo_before_the_push_takes_intent_and_effects_back(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina")
    with stores.local.writing() as c:
        n = pending.put(c, ticket_intent(account, uuid7()))
    assert pending.undo(stores, n)
    assert tickets(stores, account) == ()
    assert not pending.undo(stores, n)


def test_what_others_build_on_cannot_be_undone(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina")
    ticket = uuid7()
    with stores.local.writing() as c:
        first = pending.put(c, ticket_intent(account, ticket))
        second = pending.put(c, Intent("ticket.note", {"ticket_id": ticket}))
    assert not pending.undo(stores, first)
    assert pending.undo(stores, second)
    assert pending.undo(stores, first)


def test_a_number_of_an_undone_intent_is_never_given_again(stores: Stores) -> None:
    with stores.local.writing() as c:
        first = pending.put(c, Intent("ticket.note", {}))
    pending.undo(stores, first)
    with stores.local.writing() as c:
        assert pending.put(c, Intent("ticket.note", {})) > first


def test_an_unknown_column_is_a_programming_error_and_saves_nothing(stores: Stores) -> None:
    effect = Effect("ticket", uuid7(), None, Op.CHANGE, {"colour": "red"})
    with pytest.raises(ValueError):
        pending.save(stores, Intent("ticket.change", {}, (effect,)))
    with stores.local.reading() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM intent").scalar() == 0


def test_days_come_back_as_days(stores: Stores) -> None:
    account, phone = given.row(stores, "account"), uuid7()
    values = {"account_id": account, "valid_from": date(2026, 1, 2)}
    effect = Effect("phone", phone, account, Op.INSERT, values)
    pending.save(stores, Intent("phone.add", {"id": phone}, (effect,)))
    with stores.mirror.reading() as c:
        (row,) = pending.laid_over(stores, c, "phone", (), ids=[phone])
    assert row["valid_from"] == date(2026, 1, 2)


def test_saving_publishes_records_and_their_account(stores: Stores) -> None:
    heard: list[Changes] = []
    stores.listen(heard.append)
    account, ticket = uuid7(), uuid7()
    pending.save(stores, ticket_intent(account, ticket))
    assert heard[0].kinds == {"ticket": {ticket}, "account": {account}}
