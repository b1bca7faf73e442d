from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from stdnum.br import cnpj, cpf

from agent_desktop.demo import callers as cast
from agent_desktop.demo.callers import CALLERS, CallerKind, NamedCustomer
from agent_desktop.demo.company_setting import DEMO_FACT_KEY
from agent_desktop.demo.customer_traits import CAST_SIZE
from agent_desktop.models.account.record import FactKind
from agent_desktop.models.rules import phone_number, security_question
from tests.demo.demo_company import NOW, TODAY, of_account, records


def account(role: NamedCustomer) -> dict[str, Any]:
    return records("account")[role.index]


def of(table: str, role: NamedCustomer) -> list[dict[str, Any]]:
    return of_account(table, role.id)


def numbers_of(e164: int) -> list[dict[str, Any]]:
    return [each for each in records("phone") if each["e164"] == e164]


@pytest.mark.parametrize("role", cast.ROLES, ids=lambda role: role.name)
def test_the_roles_are_in_the_company(role: NamedCustomer) -> None:
    found = account(role)
    assert (found["id"], found["number"], found["name"]) == (role.id, role.number, role.name)
    assert found["tax_id"] == role.tax_id
    assert (cnpj if len(role.tax_id) == 14 else cpf).is_valid(role.tax_id)
    numbers = {each["e164"] for each in of("phone", role)}
    assert int(role.phone[1:]) in numbers
    assert next(each["serial"] for each in of("meter", role)) == role.meter_serial


def test_the_cast_has_exactly_the_first_places() -> None:
    assert [role.index for role in cast.ROLES] == list(range(CAST_SIZE))


@pytest.mark.parametrize("role", cast.ROLES, ids=lambda role: role.name)
def test_what_a_role_answers_is_right(role: NamedCustomer) -> None:
    kept = {each["kind"]: each["digest"] for each in of("fact", role) if not each["contact_id"]}
    answers = role.answers()
    assert len(answers) >= 4
    for kind, typed in answers.items():
        normalised = security_question.normalised(FactKind(kind), typed, TODAY)
        assert normalised is not None
        assert security_question.agrees(DEMO_FACT_KEY, FactKind(kind), normalised, kept[kind]), kind
    assert account(role)["tax_id_digest"] == kept["tax_id"]


@pytest.mark.parametrize("role", cast.ROLES, ids=lambda role: role.name)
def test_written_numbers_of_the_cast_agree_with_the_phone_identity_engine(
    role: NamedCustomer,
) -> None:
    for each in of("phone", role):
        read = phone_number.parse(each["written"])
        assert (read.e164, read.extension) == (each["e164"], each["extension"]), each["written"]


def test_marina_is_as_in_the_pictures() -> None:
    marina = account(cast.MARINA)
    assert (marina["tax_id_masked"], marina["life_support"]) == ("•••.456.789-••", True)
    assert (marina["street"], marina["house"], marina["city"]) == (
        "R. das Acácias",
        "218",
        "Osasco",
    )
    is_open = [x for x in of("ticket", cast.MARINA) if x["status"] not in ("resolved", "closed")]
    assert {x["number"] for x in is_open} == {"TK-20418", "TK-20377", "TK-20290", "TK-20112"}
    assert [x["number"] for x in is_open if x["level"] == 2] == ["TK-20418"]
    assert {x["number"] for x in of("service_order", cast.MARINA)} == {"SO-7741", "SO-7702"}
    assert len(of("contact", cast.MARINA)) == 3
    assert len(of("interaction", cast.MARINA)) == 27
    assert {x["number"] for x in of("contract", cast.MARINA)} == {"55-901", "55-417"}
    overdue = [x for x in of("invoice", cast.MARINA) if not x["paid_on"]]
    assert [x["amount_cents"] for x in overdue] == [21_437]
    assert TODAY - overdue[0]["due_on"] == timedelta(days=6)


def test_marinas_unit_is_in_the_known_outage_and_the_ticket_has_41_minutes_left() -> None:
    outage = records("outage")[0]
    assert [unit["feeder"] for unit in of("unit", cast.MARINA)] == [outage["feeder"]]
    ticket = next(x for x in of("ticket", cast.MARINA) if x["number"] == "TK-20418")
    assert ticket["outage_id"] == outage["id"]
    assert ticket["due_at"] - NOW == timedelta(minutes=41)
    assert ticket["assignee_name"] == cast.PAULO.name


def test_the_quotation_is_1280_reais() -> None:
    order = next(x for x in of("service_order", cast.MARINA) if x["number"] == "SO-7702")
    items = [x for x in of("order_item", cast.MARINA) if x["order_id"] == order["id"]]
    assert sum(x["quantity_milli"] * x["unit_price_cents"] for x in items) == 128_000_000


def test_marinas_number_matches_her_her_husband_and_the_bakery_of_old() -> None:
    found = numbers_of(5511987654321)
    assert len(found) == 3
    assert {x["account_id"] for x in found} == {cast.MARINA.id, cast.PADARIA.id}
    assert [bool(x["valid_until"]) for x in found] == [False, False, True]


def test_three_accounts_share_a_line_and_nobody_has_the_unknown_number() -> None:
    shared = numbers_of(int(CALLERS[CallerKind.SHARED].number[1:]))
    assert {x["account_id"] for x in shared} == {role.id for role in cast.SHARING}
    assert numbers_of(int(cast.UNKNOWN_NUMBER[1:])) == []


def test_callers_are_of_every_kind_and_know_their_account() -> None:
    assert set(CALLERS) == set(CallerKind)
    assert CALLERS[CallerKind.WITHHELD].number == ""
    assert CALLERS[CallerKind.UNKNOWN].account_index is None
    assert not account(cast.SEBASTIAO)["active"]
    assert account(cast.ANTONIA)["life_support"]
    assert account(cast.OLGA)["language"] == "ru"
    assert account(cast.PADARIA)["kind"] == "company"
    for caller in CALLERS.values():
        assert bool(caller.answers) == (caller.account_index is not None)
        assert caller.facts["withheld"] == (caller.number == "")


def test_roles_answer_differently() -> None:
    for one, other in combinations(cast.ROLES, 2):
        same = {k for k, v in one.answers().items() if other.answers().get(k) == v}
        assert same <= {"postcode"}


def test_the_agents_have_their_parts() -> None:
    agents = {x["user_name"]: x for x in records("agent")}
    teams = {x["id"]: x["level"] for x in records("team")}
    assert (agents["rita"]["name"], agents["rita"]["extension"]) == ("Rita Souza", "4102")
    assert agents["paulo"]["business_role"] == "second_level"
    assert teams[agents["paulo"]["team_id"]] == 2
    assert agents["helena"]["business_role"] == "supervisor"
    assert agents["rita"]["id"] == cast.RITA.id
