"""What a desk shows before the centre has answered is what the centre then makes of it.

Every verb is done at a real desk; its records are read while unsent and once more when they have
come back from a real centre through the feed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import true
from uuid6 import uuid7

from agent_desktop.models.account import consent, verification
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import Account, FactKind, Phone
from agent_desktop.models.account.values import AccountDraft, NewAccount, NewPhone
from agent_desktop.models.agent.record import Team
from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.record import Interaction, InteractionCall
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.kind import Record
from agent_desktop.models.service_order import verbs as service_order
from agent_desktop.models.service_order.record import (
    OrderEvent,
    OrderItem,
    OrderState,
    ServiceOrder,
)
from agent_desktop.models.service_order.values import NewItem, NewServiceOrder
from agent_desktop.models.store import reading as row
from agent_desktop.models.store import tables
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.record import NoteKind, Ticket, TicketNote
from agent_desktop.models.ticket.values import NewTicket, TicketDraft
from agent_desktop.models.work.work_item import work_items
from tests.central_fixtures import Centre
from tests.sync.desk_at import Desk

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

KINDS = (
    Account, Phone, Interaction, InteractionCall, Ticket, TicketNote, ServiceOrder, OrderItem,
    OrderEvent,
)  # fmt: skip
#: What the centre stamps itself.
STAMPED = {"revision", "pending", "updated_at", "valid_from"}


@pytest.fixture
def open_desk(centre: Centre, tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Opens the desk of Sofia of the second level; its syncer runs only once it is started."""
    centre.insert("team", id=uuid7(), code="field", name="Field operations", level=2)
    centre.add_agent("sofia", business_role="second_level", team="field")
    opened: list[Desk] = []

    def open_one() -> Desk:
        opened.append(Desk(centre, tmp_path / "sofia", "sofia"))
        return opened[-1]

    yield open_one
    for desk in opened:
        desk.close()


def records(stores: Stores) -> dict[tuple[str, UUID], dict[str, Any]]:
    """Every record of the desk as screens see it, without what the centre stamps."""
    found: dict[tuple[str, UUID], dict[str, Any]] = {}
    with row.reading(stores) as r:
        for kind in KINDS:
            found |= {(kind.__name__, one.id): _plain(one) for one in _all(r, kind)}
    return found


def _all(r: row.Reading, kind: type[Record]) -> tuple[Record, ...]:
    return r.selected(kind, true(), lambda one: True)


def _plain(one: Record) -> dict[str, Any]:
    names = [field.name for field in fields(one) if field.name not in STAMPED]
    return {name: getattr(one, name) for name in names}


def work(stores: Stores, account_id: UUID, other_id: UUID) -> None:
    """One of everything an agent can do."""
    here = interaction.begin(stores, NewInteraction(number="+5511987654321", queue="Outages"))
    call = InteractionCall(uuid7(), interaction_id=here.id, number=here.number,
                           started_at=datetime.now(UTC))  # fmt: skip
    interaction.log_call(stores, call)
    missed = InteractionCall(uuid7(), number="+5511977778888", display_name="Z", queue="Outages",
                             started_at=datetime.now(UTC), ended_at=datetime.now(UTC),
                             end_reason="missed", mos=4.25)  # fmt: skip
    call_log.mark_seen(stores, [interaction.log_call(stores, missed).id])
    interaction.assign(stores, here.id, account_id)
    verification.check(stores, here.id, account_id, FactKind.BIRTH_ON, "12/03/1986")
    interaction.note(stores, here.id, "Whole street dark")
    interaction.act_for(stores, here.id, "Carla")
    interaction.set_reason(stores, here.id, "outage.reported")
    base = accounts.get(stores, account_id)
    accounts.change(stores, AccountDraft(base, {"email": "m@correio.ex", "house": "220"}))
    added = accounts.add_phone(stores, account_id, NewPhone("11 97777-0000 r. 3"))
    consent.set_do_not_call(stores, added.id, True, "Only in writing")
    consent.answered(stores, consent.may_call(stores, "11 97777-0000"), dial=True)
    phones = (NewPhone("11 3222-9000 r. 5"), NewPhone("11 96666-0000"))
    new = NewAccount("Nova", tax_id="111.444.777-35", email="n@correio.ex", phones=phones)
    accounts.create(stores, new)
    _tickets(stores, account_id, here.id)
    _orders(stores, account_id, here.id)
    interaction.move(stores, here.id, other_id)
    interaction.finish(stores, here.id, "outage.reported")


def _tickets(stores: Stores, account_id: UUID, here: UUID) -> None:
    made = ticket.create(stores, NewTicket(account_id, "Dark", category="outage.feeder",
                                           interaction_id=here))  # fmt: skip
    ticket.add_note(stores, made.id, "Checked the feeder")
    ticket.add_note(stores, made.id, "The crew is on its way", NoteKind.REPLY)
    changed = TicketDraft(ticket.get(stores, made.id), {"status": "in_work", "subject": "No power"})
    ticket.change(stores, changed)
    with row.reading(stores) as r:
        team = r.selected(Team, tables.MIRRORED["team"].c.level == 2, lambda team: True)[0]
    ticket.escalate(stores, made.id, team.id, "Feeder checked, crew sent")
    ticket.resolve(stores, made.id, "Insulator replaced")


def _orders(stores: Stores, account_id: UUID, here: UUID) -> None:
    labour = NewItem("Labour", quantity_milli=1500, unit_price_cents=12000)
    made = service_order.create(stores, NewServiceOrder(account_id, "Meter", interaction_id=here,
                                                        items=(labour,)))  # fmt: skip
    service_order.add_item(stores, made.id, NewItem("Meter", unit_price_cents=48600))
    for to in (OrderState.ORDER, OrderState.DISPATCHED, OrderState.CONFIRMED, OrderState.BILLED):
        service_order.move(stores, made.id, to, f"to {to}")


def test_the_centre_makes_of_it_what_the_desk_has_shown(
    centre: Centre, open_desk: Callable[[], Desk]
) -> None:
    marina = centre.add_account(name="Marina", birth_on="1986-03-12", active=True, house="218")
    pedro = centre.add_account(name="Pedro", active=True)
    first = open_desk().start().in_sync()
    first.close()
    desk = open_desk()
    desk.stores.site = first.stores.site
    work(desk.stores, marina, pedro)
    shown = records(desk.stores)
    desk.start()
    desk.until(lambda: not _touched(desk.stores))
    assert work_items(desk.stores) == ()
    made = records(desk.stores)
    assert made.keys() == shown.keys()
    assert _differing(shown, made) == {}


def _touched(stores: Stores) -> frozenset[str]:
    with row.reading(stores) as r:
        return r.touched


def _differing(
    shown: dict[tuple[str, UUID], dict[str, Any]], made: dict[tuple[str, UUID], dict[str, Any]]
) -> dict[tuple[str, str], tuple[Any, Any]]:
    return {
        (kind, name): (value, made[kind, record_id][name])
        for (kind, record_id), values in shown.items()
        for name, value in values.items()
        if made[kind, record_id][name] != value
    }
