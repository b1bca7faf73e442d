"""The country pack: which rule holds, and when its deadline ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent_desktop.models.installed_base.record import Area, Voltage
from agent_desktop.models.rules.deadline_rules import (
    Case,
    country_pack,
    due_at,
    is_under,
    raised,
    response_due_at,
)
from agent_desktop.models.rules.law_rule import Certainty
from agent_desktop.models.ticket.record import Priority, TicketKind

ZONE = "America/Sao_Paulo"
ON = date(2026, 11, 13)
FRIDAY = datetime(2026, 11, 13, 15, tzinfo=UTC)


def case(category: str, **more: object) -> Case:
    return Case(**{"kind": TicketKind.REQUEST, "category": category, "on": ON, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (case("disconnection.wrongful"), "wrongful_cut"),
        (case("complaint.wrongful_cut", kind=TicketKind.COMPLAINT), "wrongful_cut"),
        (case("disconnection.reconnect"), "reconnection_urban"),
        (case("disconnection.reconnect", area=Area.RURAL), "reconnection_rural"),
        (case("disconnection.reconnect", priority=Priority.HIGH), "reconnection_urgent_urban"),
        (case("contract.transfer"), "transfer_urban"),
        (case("contract.transfer", area=Area.RURAL), "transfer_rural"),
        (case("contract.connection"), "connection_low"),
        (case("contract.connection", voltage=Voltage.HIGH), "connection_high"),
        (case("registration.life_support"), "life_support_data"),
        (case("outage.feeder"), "outage"),
        (case("outage.feeder", life_support=True), "life_support_outage"),
        (case("complaint.voltage", kind=TicketKind.COMPLAINT), "complaint"),
        (case("", kind=TicketKind.DEMAND), "demand_answer"),
        (case("billing.amount", kind=TicketKind.DEMAND), "demand_answer"),
    ],
)
def test_which_rule_holds(asked: Case, code: str) -> None:
    rule = country_pack().rule(asked)
    assert rule is not None
    assert rule.code == code


def test_before_the_law_was_in_force_no_rule_holds() -> None:
    assert country_pack().rule(case("contract.transfer", on=date(2021, 1, 1))) is None


def test_every_rule_names_its_source_and_how_sure_we_are() -> None:
    for entry in country_pack().entries:
        assert entry.rule.source
        assert entry.rule.standing in Certainty
    assert any(entry.rule.standing is Certainty.CHECK for entry in country_pack().entries)


def test_codes_and_dates_of_rules_are_unique() -> None:
    keys = [(entry.rule.code, entry.rule.valid_from) for entry in country_pack().entries]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("category", "due"),
    [
        ("disconnection.wrongful", datetime(2026, 11, 13, 19, tzinfo=UTC)),
        ("disconnection.reconnect", datetime(2026, 11, 14, 15, tzinfo=UTC)),
        ("contract.transfer", datetime(2026, 11, 19, 2, 59, 59, tzinfo=UTC)),
        ("registration.life_support", FRIDAY),
    ],
    ids=["4 hours at any hour", "24 hours", "3 business days", "at once"],
)
def test_when_a_deadline_ends(category: str, due: datetime) -> None:
    rule = country_pack().rule(case(category))
    assert rule is not None
    assert due_at(rule, FRIDAY, ZONE) == due


def test_an_unhurried_reconnection_asked_for_at_night_begins_in_the_morning() -> None:
    rule = country_pack().rule(case("disconnection.reconnect"))
    assert rule is not None
    night = datetime(2026, 11, 14, 1, tzinfo=UTC)
    assert due_at(rule, night, ZONE) == datetime(2026, 11, 17, 11, tzinfo=UTC)


def test_the_first_answer_depends_on_the_priority() -> None:
    pack = country_pack()
    urgent = response_due_at(pack, Priority.VERY_HIGH, FRIDAY)
    usual = response_due_at(pack, Priority.NORMAL, FRIDAY)
    assert urgent is not None
    assert usual is not None
    assert urgent < usual


def test_a_rule_raises_a_priority_and_never_lowers_it() -> None:
    assert raised(Priority.NORMAL, Priority.HIGH) is Priority.HIGH
    assert raised(Priority.VERY_HIGH, Priority.HIGH) is Priority.VERY_HIGH
    assert raised(Priority.NORMAL, Priority.OTHER) is Priority.NORMAL


def test_a_code_lies_under_its_parent_only() -> None:
    assert is_under("outage.feeder", "outage")
    assert is_under("outage", "outage")
    assert not is_under("outages", "outage")
