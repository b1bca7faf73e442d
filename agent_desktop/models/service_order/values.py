"""What the verbs of service orders take and give, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agent_desktop.models.account.record import Account
from agent_desktop.models.installed_base.record import Meter, Unit
from agent_desktop.models.service_order.record import (
    Charge,
    OrderEvent,
    OrderItem,
    OrderState,
    ServiceOrder,
)
from agent_desktop.models.site.record import ItemKind
from agent_desktop.models.ticket.record import Ticket


@dataclass(frozen=True, slots=True)
class NewItem:
    """A line of an order as the form holds it."""

    name: str
    kind: ItemKind = ItemKind.SERVICE
    product_code: str = ""
    quantity_milli: int = 1000
    unit_price_cents: int = 0
    charge: Charge = Charge.CHARGED


@dataclass(frozen=True, slots=True)
class NewServiceOrder:
    """A service order as the form holds it; it begins as a quotation."""

    account_id: UUID
    title: str
    unit_id: UUID | None = None
    meter_id: UUID | None = None
    ticket_id: UUID | None = None
    interaction_id: UUID | None = None
    note: str = ""
    items: tuple[NewItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order is worth, what contract and warranty cover, what the customer pays."""

    full_cents: int
    covered_cents: int
    to_pay_cents: int


@dataclass(frozen=True, slots=True)
class ServiceOrderView:
    """Everything the order page shows. `moves` are the states it may go to next, as far as
    this agent's rights reach; `events` oldest first."""

    order: ServiceOrder
    items: tuple[OrderItem, ...]
    events: tuple[OrderEvent, ...]
    account: Account | None
    unit: Unit | None
    meter: Meter | None
    ticket: Ticket | None
    totals: Totals
    moves: tuple[OrderState, ...] = ()
