"""The records of a service order: head, items, and the moves it made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent_desktop.models.kind import Record, Word
from agent_desktop.models.site.record import ItemKind


class OrderState(Word):
    """Where a service order is in its life; see service_order.MOVES."""

    QUOTATION = "quotation"
    ORDER = "order"
    DISPATCHED = "dispatched"
    CONFIRMED = "confirmed"
    BILLED = "billed"
    CANCELLED = "cancelled"
    OTHER = ""


class Charge(Word):
    """Who pays a line: the customer, or nobody because of contract or warranty."""

    CHARGED = "charged"
    CONTRACT = "contract"
    WARRANTY = "warranty"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class ServiceOrder(Record):
    """Work to be done at the customer's, from quotation to bill."""

    number: str = ""
    account_id: UUID | None = None
    unit_id: UUID | None = None
    meter_id: UUID | None = None
    ticket_id: UUID | None = None
    interaction_id: UUID | None = None
    title: str = ""
    state: OrderState = OrderState.QUOTATION
    note: str = ""
    crew: str = ""
    window_from: datetime | None = None
    window_until: datetime | None = None
    due_at: datetime | None = None
    created_at: datetime | None = None
    created_by: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class OrderItem(Record):
    """A line of a service order: 1,500 `quantity_milli` are one and a half."""

    order_id: UUID | None = None
    account_id: UUID | None = None
    position: int = 0
    kind: ItemKind = ItemKind.SERVICE
    product_code: str = ""
    name: str = ""
    quantity_milli: int = 0
    unit_price_cents: int = 0
    charge: Charge = Charge.CHARGED


@dataclass(frozen=True, slots=True)
class OrderEvent(Record):
    """One move of a service order."""

    order_id: UUID | None = None
    account_id: UUID | None = None
    state: OrderState = OrderState.OTHER
    author: str = ""
    text: str = ""
    happened_at: datetime | None = None
