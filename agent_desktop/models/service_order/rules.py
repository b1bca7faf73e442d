"""The rules of a service order's life and of its sums. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from agent_desktop.models.installed_base.record import Contract, Meter
from agent_desktop.models.service_order.record import (
    SERVICE_ORDER,
    Charge,
    OrderItem,
    OrderState,
)
from agent_desktop.models.service_order.values import NewItem, Totals

_LIFE = SERVICE_ORDER.life
assert _LIFE is not None
#: Every move there is, with the right it takes ("" for none).
MOVES: Mapping[OrderState, Mapping[OrderState, str]] = {
    OrderState(before): {OrderState(to): right for to, right in ways.items()}
    for before, ways in _LIFE.moves.items()
}
#: States in which items may still be added.
EDITABLE = frozenset({OrderState.QUOTATION, OrderState.ORDER})
#: Items of an order are numbered in steps, so that one fits between two.
STEP = 10


def moves(state: OrderState, rights: Collection[str]) -> tuple[OrderState, ...]:
    """The states an order may go to next, as far as these rights reach."""
    ways = MOVES.get(state, {})
    return tuple(to for to, right in ways.items() if right in ("", *rights))


def refusal(before: OrderState, after: OrderState, has_items: bool, rights: Collection[str]) -> str:
    """Why an order may not move: wrong_state, not_allowed, items_missing; empty if it may."""
    if after not in MOVES.get(before, {}):
        return "wrong_state"
    if after not in moves(before, rights):
        return "not_allowed"
    return "items_missing" if after is OrderState.DISPATCHED and not has_items else ""


def full_cents(item: OrderItem | NewItem) -> int:
    """What an item is worth: thousandths times cents, half a cent rounded up."""
    return (item.quantity_milli * item.unit_price_cents + 500) // 1000


def to_pay_cents(item: OrderItem | NewItem) -> int:
    """What the customer pays for an item: nothing under contract or warranty."""
    return 0 if item.charge in (Charge.CONTRACT, Charge.WARRANTY) else full_cents(item)


def totals(items: Iterable[OrderItem | NewItem]) -> Totals:
    """The sums of an order, of rounded items, as they stand on paper."""
    listed = tuple(items)
    full = sum(map(full_cents, listed))
    pay = sum(map(to_pay_cents, listed))
    return Totals(full, full - pay, pay)


def item_faults(
    item: NewItem, meter: Meter | None, contracts: Collection[Contract], today: date
) -> dict[str, str]:
    """What is wrong with an item, by field; nothing is free without what covers it."""
    wrong: dict[str, str] = {}
    if not item.name.strip():
        wrong["name"] = "missing"
    if item.quantity_milli <= 0:
        wrong["quantity"] = "not_positive"
    if item.unit_price_cents < 0:
        wrong["unit_price"] = "negative"
    if item.charge is Charge.WARRANTY and not in_warranty(meter, today):
        wrong["charge"] = "no_warranty"
    if item.charge is Charge.CONTRACT and not any(is_valid(one, today) for one in contracts):
        wrong["charge"] = "no_contract"
    return wrong


def in_warranty(meter: Meter | None, today: date) -> bool:
    """True until the last day of the meter's warranty."""
    return meter is not None and meter.warranty_until is not None and meter.warranty_until >= today


def is_valid(contract: Contract, today: date) -> bool:
    """Whether a contract runs on a day; its end is the last day."""
    begun = contract.starts_on is None or contract.starts_on <= today
    return begun and (contract.ends_on is None or contract.ends_on >= today)
