"""What the centre does with intents about service orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.central.conftest import accepted, item, new_id, quoted, refusal
from tests.central_fixtures import Centre, Pusher


def move(desk: Pusher, order: str, before: str, after: str) -> Any:
    payload = {"id": order, "event_id": new_id(), "from": before, "to": after, "text": "so"}
    return desk.push("order.move", payload)


def test_create_with_items_and_its_first_event(centre: Centre, ana: Pusher, account: UUID) -> None:
    order = quoted(ana, account, items=2, created_by="Forged")
    row = centre.admin.execute(
        "select o.state, o.created_by, count(distinct i.id), min(e.state), min(e.author)"
        " from crm.service_order o join crm.order_item i on i.order_id = o.id"
        " join crm.order_event e on e.order_id = o.id where o.id = %s group by o.id",
        (order,),
    ).fetchone()
    assert row == ("quotation", "Ana", 2, "quotation", "Ana")


def test_create_refusals(centre: Centre, ana: Pusher, account: UUID) -> None:
    order = {
        "id": new_id(), "number": "SO-1", "account_id": str(account), "title": "x",
        "items": [{**item(1), "quantity_milli": -1}],
    }  # fmt: skip
    assert refusal(ana.push("order.create", order)) == "malformed"
    assert centre.one("select count(*) from crm.service_order") == 0, "nothing half done"
    order = {**order, "items": []}
    accepted(ana.push("order.create", order))

    def again(**other: object) -> str:
        return refusal(ana.push("order.create", {**order, "id": new_id(), **other}))

    assert again() == "duplicate_number"
    assert again(number="SO-2", account_id=new_id()) == "unknown_account"
    assert again(number="SO-2", account_id=None) == "unknown_account"
    assert again(number="SO-2", title="") == "missing"


def test_the_whole_way_to_the_bill(
    centre: Centre, ana: Pusher, sofia: Pusher, account: UUID
) -> None:
    order = quoted(ana, account)
    accepted(move(ana, order, "quotation", "order"))
    accepted(move(ana, order, "order", "dispatched"))
    assert refusal(move(ana, order, "dispatched", "confirmed")) == "not_allowed"
    accepted(move(sofia, order, "dispatched", "confirmed"))
    assert refusal(move(ana, order, "confirmed", "cancelled")) == "not_allowed"
    accepted(move(ana, order, "confirmed", "billed"))
    states = centre.one("select array_agg(state order by happened_at, id) from crm.order_event")
    assert sorted(states) == ["billed", "confirmed", "dispatched", "order", "quotation"]


def test_a_supervisor_confirms_too(ana: Pusher, helena: Pusher, account: UUID) -> None:
    order = quoted(ana, account)
    accepted(move(ana, order, "quotation", "order"))
    accepted(move(ana, order, "order", "dispatched"))
    accepted(move(helena, order, "dispatched", "confirmed"))


def test_move_refusals(ana: Pusher, account: UUID) -> None:
    order = quoted(ana, account, items=0)
    assert refusal(move(ana, order, "order", "dispatched")) == "wrong_state"
    assert refusal(move(ana, order, "quotation", "dispatched")) == "not_allowed"
    assert refusal(move(ana, order, "quotation", "nowhere")) == "not_allowed"
    assert refusal(move(ana, new_id(), "quotation", "order")) == "unknown_record"
    accepted(move(ana, order, "quotation", "order"))
    assert refusal(move(ana, order, "order", "dispatched")) == "items_missing"


def test_cancelled_until_confirmed(ana: Pusher, account: UUID) -> None:
    order = quoted(ana, account)
    accepted(move(ana, order, "quotation", "cancelled"))
    assert refusal(move(ana, order, "cancelled", "order")) == "not_allowed"


def test_items_are_added_while_it_can_be_edited(centre: Centre, ana: Pusher, account: UUID) -> None:
    order = quoted(ana, account)
    accepted(ana.push("order.item_add", {**item(2), "order_id": order}))
    accepted(move(ana, order, "quotation", "order"))
    accepted(ana.push("order.item_add", {**item(3), "order_id": order}))
    accepted(move(ana, order, "order", "dispatched"))
    late = {**item(4), "order_id": order}
    assert refusal(ana.push("order.item_add", late)) == "not_editable"
    assert refusal(ana.push("order.item_add", {**late, "order_id": new_id()})) == "unknown_record"
    assert centre.one("select count(*) from crm.order_item") == 3
