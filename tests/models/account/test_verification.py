"""Typed answers are compared, counted and logged."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from agent_desktop.errors import Refused
from agent_desktop.models.account import verification
from agent_desktop.models.account.caller import AnswerResult
from agent_desktop.models.account.record import FactKind
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.store import local
from tests.models.conftest import Company


@pytest.fixture
def call(company: Company) -> UUID:
    """An interaction that has begun."""
    return interaction.begin(company.stores, NewInteraction(number="+5511987654321")).id


def answer(company: Company, call: UUID, kind: FactKind, typed: str) -> AnswerResult:
    return verification.check(company.stores, call, company.id("marina"), kind, typed)


def logged(company: Company) -> list[dict[str, object]]:
    here = local.intent.c
    with company.stores.local.reading() as c:
        found = c.execute(select(here.payload).where(here.kind == "verification.log"))
        return [json.loads(text) for text in found.scalars()]


def test_the_questions_are_those_with_a_known_answer(company: Company) -> None:
    found = verification.questions(company.stores, company.id("marina"))
    assert [question.kind for question in found] == [
        FactKind.BIRTH_ON, FactKind.TAX_ID, FactKind.POSTCODE, FactKind.LAST_BILL,
        FactKind.METER_SERIAL,
    ]  # fmt: skip


def test_an_account_nothing_is_known_of_has_no_questions(company: Company) -> None:
    assert verification.questions(company.stores, company.id("sergei")) == ()


def test_two_right_answers_are_enough(company: Company, call: UUID) -> None:
    assert answer(company, call, FactKind.BIRTH_ON, "12 mar 1986") == AnswerResult(True, 1, 2, 3)
    assert answer(company, call, FactKind.LAST_BILL, "R$ 214,37") == AnswerResult(True, 2, 2, 3)
    assert interaction.get(company.stores, call).verified_count == 2
    assert interaction.get(company.stores, call).verified_needed == 2


def test_the_same_fact_counts_once(company: Company, call: UUID) -> None:
    answer(company, call, FactKind.BIRTH_ON, "12/03/1986")
    assert answer(company, call, FactKind.BIRTH_ON, "12.03.86").count == 1
    assert interaction.get(company.stores, call).verified_count == 1


def test_every_answer_is_logged_and_what_was_typed_is_not(company: Company, call: UUID) -> None:
    answer(company, call, FactKind.BIRTH_ON, "13/03/1986")
    answer(company, call, FactKind.BIRTH_ON, "12/03/1986")
    lines = logged(company)
    assert [line["passed"] for line in lines] == [False, True]
    assert "1986" not in json.dumps([{**line, "at": ""} for line in lines])


def test_a_wrong_answer_counts_nothing(company: Company, call: UUID) -> None:
    assert answer(company, call, FactKind.POSTCODE, "06010-001") == AnswerResult(False, 0, 2, 2)
    assert interaction.get(company.stores, call).verified_count == 0


def test_after_three_wrong_answers_a_fact_is_not_asked_again(company: Company, call: UUID) -> None:
    wrong = [answer(company, call, FactKind.POSTCODE, f"0601000{at + 1}") for at in range(3)]
    assert [one.tries_left for one in wrong] == [2, 1, 0]
    with pytest.raises(Refused) as refused:
        answer(company, call, FactKind.POSTCODE, "06010-000")
    assert refused.value.reasons == {"answer": "too_many_tries"}
    assert len(logged(company)) == 3
    assert answer(company, call, FactKind.BIRTH_ON, "12/03/1986").passed


def test_wrong_answers_of_one_interaction_do_not_spoil_the_next(
    company: Company, call: UUID
) -> None:
    for _ in range(3):
        answer(company, call, FactKind.POSTCODE, "06010001")
    second = interaction.begin(company.stores, NewInteraction()).id
    assert answer(company, second, FactKind.POSTCODE, "06010-000").passed


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (FactKind.BIRTH_ON, "", "missing"),
        (FactKind.BIRTH_ON, "in the spring", "unreadable"),
        (FactKind.LAST_BILL, "a lot", "unreadable"),
    ],
)
def test_what_cannot_be_an_answer_is_no_try(
    company: Company, call: UUID, kind: FactKind, typed: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        answer(company, call, kind, typed)
    assert refused.value.reasons == {"answer": code}
    assert logged(company) == []


def test_a_fact_nobody_knows_cannot_be_asked(company: Company, call: UUID) -> None:
    with pytest.raises(Refused) as refused:
        verification.check(
            company.stores, call, company.id("pedro"), FactKind.POSTCODE, "06010-000"
        )
    assert refused.value.reasons == {"answer": "not_asked"}


def test_answers_for_another_account_do_not_count_for_this_one(
    company: Company, call: UUID
) -> None:
    answer(company, call, FactKind.BIRTH_ON, "12/03/1986")
    found = verification.check(
        company.stores, call, company.id("pedro"), FactKind.BIRTH_ON, "01/01/1990"
    )
    assert found.count == 1
