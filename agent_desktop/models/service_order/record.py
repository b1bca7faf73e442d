"""The records of a service order: head, items, and the moves it made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent_desktop.models.kind import Index, Kind, Life, Number, OnMove, Record, Tie, Word
from agent_desktop.models.site.record import ItemKind


class OrderState(Word):
    """Where a service order is in its life; the moves are in SERVICE_ORDER."""

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


_S = OrderState

SERVICE_ORDER = Kind(
    "service_order",
    ServiceOrder,
    indexes=(Index(("number",)), Index(("ticket_id",))),
    number=Number("order", "SO-"),
    title="title",
    created=("unit_id", "meter_id", "ticket_id", "interaction_id", "title", "note"),
    required=("title",),
    parts=("order_item", "order_event"),
    life=Life(
        # What is billed or cancelled stays so.
        moves={
            _S.QUOTATION: {_S.ORDER: "", _S.CANCELLED: ""},
            _S.ORDER: {_S.DISPATCHED: "", _S.CANCELLED: ""},
            _S.DISPATCHED: {_S.CONFIRMED: "order.confirm", _S.CANCELLED: ""},
            _S.CONFIRMED: {_S.BILLED: ""},
            _S.BILLED: {},
            _S.CANCELLED: {},
        },
        start=_S.QUOTATION,
        done=frozenset({_S.BILLED, _S.CANCELLED}),
    ),
    ties=(
        Tie("unit_id", OnMove.CLEAR),
        Tie("meter_id", OnMove.CLEAR),
        Tie("ticket_id"),
        Tie("interaction_id"),
    ),
    presence=True,
)
ORDER_ITEM = Kind(
    "order_item", OrderItem, indexes=(Index(("order_id",)),), title="name", parent="order_id"
)
ORDER_EVENT = Kind(
    "order_event", OrderEvent, indexes=(Index(("order_id",)),), title="text", parent="order_id"
)
