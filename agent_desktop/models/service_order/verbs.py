"""Service orders: work at the customer's from quotation to bill.

The desk checks and shows at once; the centre judges each move again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account.record import Account
from agent_desktop.models.installed_base.record import Contract, Meter, Unit
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.service_order import rules as order_rule
from agent_desktop.models.service_order.record import (
    OrderEvent,
    OrderItem,
    OrderState,
    ServiceOrder,
)
from agent_desktop.models.service_order.rules import MOVES as MOVES
from agent_desktop.models.service_order.rules import totals as totals
from agent_desktop.models.service_order.values import NewItem as NewItem
from agent_desktop.models.service_order.values import NewServiceOrder as NewServiceOrder
from agent_desktop.models.service_order.values import ServiceOrderView as ServiceOrderView
from agent_desktop.models.service_order.values import Totals as Totals
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store import tables
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket.record import Ticket


# -- reading ------------------------------------------------------------------------------------
def get(stores: Stores, order_id: UUID) -> ServiceOrder:
    """The order; Refused({"": "unknown_record"}) if this desk does not have it."""
    with reading(stores) as r:
        return r.get(ServiceOrder, order_id)


def view(stores: Stores, order_id: UUID) -> ServiceOrderView:
    """Everything the order page shows, as it was at one moment."""
    with reading(stores) as r:
        order = r.get(ServiceOrder, order_id)
        items = _items(r, order_id)
        events = r.where(OrderEvent, order_id=order_id)
        return ServiceOrderView(
            order=order,
            items=items,
            events=tuple(sorted(events, key=lambda event: event.happened_at or tables.EPOCH)),
            account=r.find(Account, order.account_id),
            unit=r.find(Unit, order.unit_id),
            meter=r.find(Meter, order.meter_id),
            ticket=r.find(Ticket, order.ticket_id),
            totals=totals(items),
            moves=order_rule.moves(order.state, stores.site.rights),
        )


def _items(r: Reading, order_id: UUID) -> tuple[OrderItem, ...]:
    found = r.where(OrderItem, order_id=order_id)
    return tuple(sorted(found, key=lambda item: item.position))


# -- making -------------------------------------------------------------------------------------
def create(stores: Stores, new: NewServiceOrder) -> ServiceOrder:
    """Make an order at once, with its number; it begins as a quotation.

    Refused at the field: title `missing`, account_id `unknown_account`, unit_id and meter_id
    `other_account`, items.<n>.<field> as order_rule.item_faults says.
    """
    now, me = stores.clock.now(), stores.site.agent
    today = local_day(now, stores.site.time_zone)
    _check_new(stores, new, today)
    order_id = uuid7()
    said: dict[str, Any] = {
        "account_id": new.account_id, "unit_id": new.unit_id, "meter_id": new.meter_id,
        "ticket_id": new.ticket_id, "interaction_id": new.interaction_id,
        "title": new.title.strip(), "note": new.note.strip(),
    }  # fmt: skip
    items = [_item(one, (at + 1) * order_rule.STEP) for at, one in enumerate(new.items)]
    with stores.local.writing() as c:
        said["number"] = number.take(c, "order", today)
        shown = {
            **said, "state": OrderState.QUOTATION, "created_at": now, "created_by": me.name,
            "updated_at": now, "updated_by": me.name,
        }  # fmt: skip
        effects = (
            Effect("service_order", order_id, new.account_id, Op.INSERT, shown),
            *(_item_effect(order_id, new.account_id, item) for item in items),
            _first_event(stores, order_id, new.account_id, now),
        )
        payload = {"id": order_id, **said, "items": items, "at": now}
        intent = Intent("order.create", payload, effects)
        pending.put(c, intent)
    stores.changed(intent.changes())
    return get(stores, order_id)


def _check_new(stores: Stores, new: NewServiceOrder, today: date) -> None:
    with reading(stores) as r:
        account = r.find(Account, new.account_id)
        unit = r.find(Unit, new.unit_id)
        meter = r.find(Meter, new.meter_id)
        contracts = r.of_account(Contract, new.account_id)
    wrong: dict[str, str] = {}
    if account is None:
        wrong["account_id"] = "unknown_account"
    if not new.title.strip():
        wrong["title"] = "missing"
    for name, asked, place in (("unit_id", new.unit_id, unit), ("meter_id", new.meter_id, meter)):
        if asked is not None and (place is None or place.account_id != new.account_id):
            wrong[name] = "other_account"
    for at, item in enumerate(new.items):
        faults = order_rule.item_faults(item, meter, contracts, today)
        wrong |= {f"items.{at}.{field}": code for field, code in faults.items()}
    if wrong:
        raise Refused(wrong)


def _item(new: NewItem, position: int) -> dict[str, Any]:
    return {
        "id": uuid7(), "position": position, "kind": new.kind, "name": new.name.strip(),
        "product_code": new.product_code, "quantity_milli": new.quantity_milli,
        "unit_price_cents": new.unit_price_cents, "charge": new.charge,
    }  # fmt: skip


def _item_effect(order_id: UUID, account_id: UUID | None, item: Mapping[str, Any]) -> Effect:
    values = {name: value for name, value in item.items() if name != "id"}
    values |= {"order_id": order_id, "account_id": account_id}
    return Effect("order_item", item["id"], account_id, Op.INSERT, values)


def _first_event(stores: Stores, order_id: UUID, account_id: UUID, at: datetime) -> Effect:
    """The centre gives the first event an id that follows from the order's, and so do we."""
    named = f"quotation:{order_id}".encode()
    event_id = UUID(hashlib.md5(named, usedforsecurity=False).hexdigest())
    return _event_effect(stores, event_id, order_id, account_id, OrderState.QUOTATION, "", at)


def _event_effect(
    stores: Stores,
    event_id: UUID,
    order_id: UUID,
    account_id: UUID | None,
    state: OrderState,
    text: str,
    at: datetime,
) -> Effect:
    values = {
        "order_id": order_id, "account_id": account_id, "state": state,
        "author": stores.site.agent.name, "text": text, "happened_at": at,
    }  # fmt: skip
    return Effect("order_event", event_id, account_id, Op.INSERT, values)


# -- changing -----------------------------------------------------------------------------------
def add_item(stores: Stores, order_id: UUID, new: NewItem) -> OrderItem:
    """Add a line while the order is a quotation or an order.

    Refused: `` is `not_editable`; name, quantity, unit_price, charge as order_rule says.
    """
    today = local_day(stores.clock.now(), stores.site.time_zone)
    with reading(stores) as r:
        order = r.get(ServiceOrder, order_id)
        meter = r.find(Meter, order.meter_id)
        contracts = _contracts(r, order)
        items = _items(r, order_id)
    if order.state not in order_rule.EDITABLE:
        raise Refused({"": "not_editable"})
    wrong = order_rule.item_faults(new, meter, contracts, today)
    if wrong:
        raise Refused(wrong)
    item = _item(new, max((one.position for one in items), default=0) + order_rule.STEP)
    effects = (_item_effect(order_id, order.account_id, item), _touched(stores, order, {}))
    pending.save(stores, Intent("order.item_add", {**item, "order_id": order_id}, effects))
    with reading(stores) as r:
        return r.get(OrderItem, item["id"])


def _contracts(r: Reading, order: ServiceOrder) -> tuple[Contract, ...]:
    return r.of_account(Contract, order.account_id) if order.account_id else ()


def move(stores: Stores, order_id: UUID, to: OrderState, text: str = "") -> ServiceOrder:
    """Take an order to its next state, or cancel it; `text` says why.

    Refused: `` is `wrong_state`, `not_allowed` (the right is missing) or `items_missing`.
    """
    with reading(stores) as r:
        order = r.get(ServiceOrder, order_id)
        has_items = bool(_items(r, order_id))
    code = order_rule.refusal(order.state, to, has_items, stores.site.rights)
    if code:
        raise Refused({"": code}, state=order.state, to=to)
    now, event_id = stores.clock.now(), uuid7()
    payload = {
        "id": order_id, "event_id": event_id, "from": order.state, "to": to,
        "text": text.strip(), "at": now,
    }  # fmt: skip
    effects = (
        _touched(stores, order, {"state": to}),
        _event_effect(stores, event_id, order_id, order.account_id, to, text.strip(), now),
    )
    pending.save(stores, Intent("order.move", payload, effects))
    return get(stores, order_id)


def _touched(stores: Stores, order: ServiceOrder, values: Mapping[str, Any]) -> Effect:
    stamp = {"updated_at": stores.clock.now(), "updated_by": stores.site.agent.name}
    return Effect("service_order", order.id, order.account_id, Op.CHANGE, {**values, **stamp})
