"""Service orders: sums, the way from quotation to bill, who may take which step."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from agent_desktop.errors import Refused
from agent_desktop.models.installed_base.record import Contract, Meter
from agent_desktop.models.service_order import rules as order_rule
from agent_desktop.models.service_order import verbs as service_order
from agent_desktop.models.service_order.record import Charge, OrderState
from agent_desktop.models.service_order.values import NewItem, NewServiceOrder
from agent_desktop.models.site.record import ItemKind
from tests.models.conftest import Company, as_second_level

TODAY = date(2026, 11, 21)
METER = NewItem("Meter three-phase", ItemKind.PART, "M-3F", 1000, 48600)
LABOUR = NewItem("Labour", ItemKind.TIME, "", 1500, 12000, Charge.CONTRACT)
SEAL = NewItem("Seal", ItemKind.PART, "", 1000, 1840, Charge.WARRANTY)
TRAVEL = NewItem("Travel", ItemKind.TRAVEL, "", 1000, 3500)
S = OrderState


def refused_by(what: Any) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        what()
    return refused.value.reasons


def new(company: Company, **more: Any) -> NewServiceOrder:
    base = {"account_id": company.id("marina"), "title": "Replace meter",
            "unit_id": company.id("acacias"), "meter_id": company.id("meter")}  # fmt: skip
    return NewServiceOrder(**{**base, **more})


# -- sums ---------------------------------------------------------------------------------------
def test_contract_and_warranty_cost_the_customer_nothing() -> None:
    sums = order_rule.totals((METER, LABOUR, SEAL, TRAVEL))
    assert (sums.full_cents, sums.covered_cents, sums.to_pay_cents) == (71940, 19840, 52100)


@pytest.mark.parametrize(
    ("milli", "price", "cents"),
    [(1500, 12000, 18000), (333, 100, 33), (335, 100, 34), (500, 1, 1), (499, 1, 0), (0, 9, 0)],
)
def test_half_a_cent_is_rounded_up(milli: int, price: int, cents: int) -> None:
    assert (
        order_rule.full_cents(NewItem("x", quantity_milli=milli, unit_price_cents=price)) == cents
    )


ITEMS = st.lists(
    st.builds(
        NewItem,
        st.just("x"),
        quantity_milli=st.integers(0, 10**7),
        unit_price_cents=st.integers(0, 10**8),
        charge=st.sampled_from([Charge.CHARGED, Charge.CONTRACT, Charge.WARRANTY]),
    )
)


@hypothesis_given(ITEMS)
def test_what_is_covered_and_what_is_paid_make_the_whole(items: list[NewItem]) -> None:
    sums = order_rule.totals(items)
    assert sums.covered_cents + sums.to_pay_cents == sums.full_cents
    assert 0 <= sums.to_pay_cents <= sums.full_cents


# -- the way ------------------------------------------------------------------------------------
def test_the_way_of_an_order() -> None:
    way = [S.QUOTATION, S.ORDER, S.DISPATCHED, S.CONFIRMED, S.BILLED]
    for before, after in itertools.pairwise(way):
        assert after in order_rule.MOVES[before]


@pytest.mark.parametrize("state", [S.BILLED, S.CANCELLED, S.OTHER])
def test_the_end_is_the_end(state: OrderState) -> None:
    assert order_rule.moves(state, {"order.confirm"}) == ()


@pytest.mark.parametrize("state", [S.QUOTATION, S.ORDER, S.DISPATCHED])
def test_cancelling_is_possible_until_the_work_is_confirmed(state: OrderState) -> None:
    assert order_rule.refusal(state, S.CANCELLED, False, ()) == ""
    assert order_rule.refusal(S.CONFIRMED, S.CANCELLED, True, ()) == "wrong_state"


@pytest.mark.parametrize(
    ("before", "after", "has_items", "rights", "code"),
    [
        (S.QUOTATION, S.ORDER, False, (), ""),
        (S.ORDER, S.DISPATCHED, False, (), "items_missing"),
        (S.ORDER, S.DISPATCHED, True, (), ""),
        (S.DISPATCHED, S.CONFIRMED, True, (), "not_allowed"),
        (S.DISPATCHED, S.CONFIRMED, True, ("order.confirm",), ""),
        (S.QUOTATION, S.DISPATCHED, True, (), "wrong_state"),
        (S.DISPATCHED, S.ORDER, True, (), "wrong_state"),
        (S.ORDER, S.ORDER, True, (), "wrong_state"),
    ],
)
def test_why_a_move_is_refused(
    before: OrderState, after: OrderState, has_items: bool, rights: tuple[str, ...], code: str
) -> None:
    assert order_rule.refusal(before, after, has_items, rights) == code


# -- items --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("item", "faults"),
    [
        (METER, {}),
        (replace(METER, name=" "), {"name": "missing"}),
        (replace(METER, quantity_milli=0), {"quantity": "not_positive"}),
        (replace(METER, unit_price_cents=-1), {"unit_price": "negative"}),
        (LABOUR, {"charge": "no_contract"}),
        (SEAL, {"charge": "no_warranty"}),
    ],
)
def test_an_item_is_checked_and_nothing_is_free_without_cover(
    item: NewItem, faults: dict[str, str]
) -> None:
    assert order_rule.item_faults(item, None, (), TODAY) == faults


def test_cover_lasts_until_its_last_day() -> None:
    meter = Meter(uuid4(), warranty_until=TODAY)
    contract = Contract(uuid4(), starts_on=TODAY, ends_on=TODAY)
    assert order_rule.item_faults(SEAL, meter, (), TODAY) == {}
    assert order_rule.item_faults(LABOUR, None, (contract,), TODAY) == {}
    after = TODAY.replace(day=22)
    assert order_rule.item_faults(SEAL, meter, (), after) == {"charge": "no_warranty"}
    assert order_rule.item_faults(LABOUR, None, (contract,), after) == {"charge": "no_contract"}


# -- with stores --------------------------------------------------------------------------------
def test_an_order_begins_as_a_quotation_with_its_number(company: Company) -> None:
    made = service_order.create(company.stores, new(company, items=(METER, LABOUR, SEAL, TRAVEL)))
    assert (made.number, made.state, made.pending) == ("SO-1000", S.QUOTATION, True)
    seen = service_order.view(company.stores, made.id)
    assert [item.position for item in seen.items] == [10, 20, 30, 40]
    assert seen.totals.to_pay_cents == 52100
    assert [event.state for event in seen.events] == [S.QUOTATION]
    assert seen.moves == (S.ORDER, S.CANCELLED)
    assert seen.meter is not None
    assert seen.meter.serial == "ELS77120443"


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"title": " "}, {"title": "missing"}),
        ({"account_id": uuid4(), "unit_id": None, "meter_id": None},
         {"account_id": "unknown_account"}),
        ({"meter_id": uuid4()}, {"meter_id": "other_account"}),
        ({"items": (METER, replace(METER, name=""))}, {"items.1.name": "missing"}),
        ({"meter_id": None, "items": (SEAL,)}, {"items.0.charge": "no_warranty"}),
    ],
)  # fmt: skip
def test_a_new_order_is_checked_at_its_fields(
    company: Company, values: dict[str, Any], reasons: dict[str, str]
) -> None:
    assert refused_by(lambda: service_order.create(company.stores, new(company, **values))) == (
        reasons
    )


def test_another_customers_meter_is_refused(company: Company) -> None:
    wrong = new(company, meter_id=company.id("old_meter"))
    assert refused_by(lambda: service_order.create(company.stores, wrong)) == {
        "meter_id": "other_account"
    }


def test_an_order_goes_its_way_and_each_step_is_told(company: Company) -> None:
    stores = company.stores
    made = service_order.create(stores, new(company))
    service_order.move(stores, made.id, S.ORDER, "accepted by phone")
    nothing = refused_by(lambda: service_order.move(stores, made.id, S.DISPATCHED))
    assert nothing == {"": "items_missing"}
    service_order.add_item(stores, made.id, METER)
    assert service_order.move(stores, made.id, S.DISPATCHED).state is S.DISPATCHED
    assert refused_by(lambda: service_order.move(stores, made.id, S.CONFIRMED)) == {
        "": "not_allowed"
    }
    as_second_level(company)
    service_order.move(stores, made.id, S.CONFIRMED)
    service_order.move(stores, made.id, S.BILLED)
    seen = service_order.view(stores, made.id)
    assert [event.state for event in seen.events] == [
        S.QUOTATION, S.ORDER, S.DISPATCHED, S.CONFIRMED, S.BILLED,
    ]  # fmt: skip
    assert seen.events[1].text == "accepted by phone"
    assert seen.moves == ()


def test_items_are_added_while_nobody_drives_out(company: Company) -> None:
    stores, order = company.stores, company.id("order")
    first = service_order.add_item(stores, order, METER)
    second = service_order.add_item(stores, order, LABOUR)
    assert (first.position, second.position) == (10, 20)
    service_order.move(stores, order, S.DISPATCHED)
    late = refused_by(lambda: service_order.add_item(stores, order, TRAVEL))
    assert late == {"": "not_editable"}
    assert len(service_order.view(stores, order).items) == 2


def test_an_order_shows_its_ticket(company: Company) -> None:
    seen = service_order.view(company.stores, company.id("order"))
    assert seen.ticket is not None
    assert seen.ticket.number == "TK-20418"
