"""Rows of service orders in every state, with their items and moves."""

from __future__ import annotations

from collections.abc import Iterator

from agent_desktop.demo import customer_traits, staff
from agent_desktop.demo.call_topics import ORDER_THEMES, OrderTheme
from agent_desktop.demo.catalogue import PRODUCTS
from agent_desktop.demo.chance import Deck, IdKind, dice, faces, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.row_format import DAY, HOUR, Row

#: Generated orders have the numbers from here on, two for each account.
FIRST_ORDER = 10_000
ORDERS_PER_ACCOUNT = 2

_STATES: tuple[str | None, ...] = faces([
    (240, None), (3, "quotation"), (3, "order"), (3, "dispatched"), (3, "confirmed"),
    (3, "billed"), (1, "cancelled"),
])  # fmt: skip
#: The states an order has gone through when it is in a state.
PATHS = {
    "quotation": ("quotation",),
    "order": ("quotation", "order"),
    "dispatched": ("quotation", "order", "dispatched"),
    "confirmed": ("quotation", "order", "dispatched", "confirmed"),
    "billed": ("quotation", "order", "dispatched", "confirmed", "billed"),
    "cancelled": ("quotation", "cancelled"),
}
EVENT_TEXTS = {
    "quotation": "Quotation told by telephone",
    "order": "Quotation accepted by telephone",
    "dispatched": "By planning board, by skill and zone",
    "confirmed": "Done, signed by the customer",
    "billed": "Sent to the ERP",
    "cancelled": "Customer changed their mind",
}
_CREWS = ("Luiz Ferreira · meter crew 7", "Sandra Melo · meter crew 3", "Network crew 12")


def _state(index: int, o: bytes) -> str | None:
    state = _STATES[o[0]]
    return (
        state
        if state and customer_traits.is_supplied(customer_traits.account_dice(index))
        else None
    )


def _created(s: CompanySetting, state: str, o: bytes) -> int:
    """Open orders are days old, finished ones weeks."""
    days = 1 + o[1] % 6 if state in ("quotation", "order", "dispatched") else 15 + o[1] * 2
    return s.now - days * DAY - o[2] * HOUR // 40


def _window(s: CompanySetting, state: str, created: int, o: bytes) -> int | None:
    """When the crew's two hours begin."""
    if state in ("quotation", "order", "cancelled"):
        return None
    near = s.now + (1 + o[3] % 30) * HOUR if state == "dispatched" else created + 5 * DAY
    return near // HOUR * HOUR


def service_order(s: CompanySetting, index: int) -> Iterator[Row]:
    """The account's order, if it has one."""
    o = dice(Deck.ORDER, index)
    state = _state(index, o)
    if state is None:
        return
    make_id, at, author = s.spelling.id, s.spelling.at, staff.FIRST_LEVEL[o[4] % 4].name
    created = _created(s, state, o)
    window = _window(s, state, created, o)
    unit = make_id(id_number(IdKind.UNIT, index))
    yield (
        make_id(id_number(IdKind.SERVICE_ORDER, index)),
        f"SO-{FIRST_ORDER + index * ORDERS_PER_ACCOUNT}",
        make_id(id_number(IdKind.ACCOUNT, index)), unit, make_id(id_number(IdKind.METER, index)),
        None, None, _theme(o).title, state, "",
        "" if window is None else _CREWS[o[5] % len(_CREWS)],
        None if window is None else at(window),
        None if window is None else at(window + 2 * HOUR),
        at(created + 7 * DAY), at(created), author, at(created + len(PATHS[state]) * HOUR), author,
    )  # fmt: skip


def _theme(o: bytes) -> OrderTheme:
    return ORDER_THEMES[o[6]]


def order_item(s: CompanySetting, index: int) -> Iterator[Row]:
    """The items of the order."""
    o = dice(Deck.ORDER, index)
    if _state(index, o) is None:
        return
    for n, (code, quantity, charge) in enumerate(_theme(o).items):
        product = PRODUCTS[code]
        yield (
            s.spelling.id(id_number(IdKind.ORDER_ITEM, index, n)),
            s.spelling.id(id_number(IdKind.SERVICE_ORDER, index)),
            s.spelling.id(id_number(IdKind.ACCOUNT, index)), 10 * (n + 1), product.kind, code,
            product.name, quantity, product.unit_price_cents, charge,
        )  # fmt: skip


def order_event(s: CompanySetting, index: int) -> Iterator[Row]:
    """The moves of the order up to its state."""
    o = dice(Deck.ORDER, index)
    state = _state(index, o)
    if state is None:
        return
    created, author = _created(s, state, o), staff.FIRST_LEVEL[o[4] % 4].name
    for n, reached in enumerate(PATHS[state]):
        yield (
            s.spelling.id(id_number(IdKind.ORDER_EVENT, index, n)),
            s.spelling.id(id_number(IdKind.SERVICE_ORDER, index)),
            s.spelling.id(id_number(IdKind.ACCOUNT, index)), reached, author,
            EVENT_TEXTS[reached], s.spelling.at(created + n * HOUR),
        )  # fmt: skip
