"""Do not call: when the agent is asked, and what is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account import consent
from agent_desktop.models.account.consent import CallPermit, PermitReason, may_call
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.record import InteractionDirection
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.dial_plan import NumberKind
from agent_desktop.models.site.site import DialSettings
from agent_desktop.models.store import local
from agent_desktop.models.store.stores import Stores
from tests import given
from tests.models.conftest import Company

MARINA = "+5511987654321"
TODAY = local_day(datetime.now(UTC), "America/Sao_Paulo")


@pytest.fixture
def marina_asked(company: Company) -> Company:
    """Marina asked not to be called on her mobile."""
    consent.set_do_not_call(company.stores, company.id("marina_phone"), True, " Only in writing ")
    return company


def permit(stores: Stores, number: str, into: UUID | None = None) -> tuple[bool, PermitReason]:
    found = may_call(stores, number, into)
    return found.allowed, found.reason


ASK = (False, PermitReason.DO_NOT_CALL)
FREE = (True, PermitReason.NOBODY_ASKED)


def test_a_wish_is_kept_at_once_with_its_day(marina_asked: Company) -> None:
    found = may_call(marina_asked.stores, MARINA)
    [wish] = found.wishes
    assert (wish.name, wish.reason, wish.on) == ("Marina Albuquerque", "Only in writing", TODAY)
    assert found.accounts == (marina_asked.id("marina"),)
    ended = consent.set_do_not_call(marina_asked.stores, wish.phone_id, False, "x")
    assert (ended.do_not_call, ended.do_not_call_reason, ended.do_not_call_on) == (False, "", None)
    assert permit(marina_asked.stores, MARINA) == FREE


@pytest.mark.parametrize(
    "written",
    [MARINA, "(11) 98765-4321", "0 15 11 98765-4321", "11 8765-4321", "98765-4321", "8765-4321"],
)
def test_however_the_number_is_written(marina_asked: Company, written: str) -> None:
    assert permit(marina_asked.stores, written) == ASK


def test_behind_the_prefix_for_an_outside_line(marina_asked: Company) -> None:
    stores = marina_asked.stores
    stores.site = replace(stores.site, dial_plan=DialSettings(outside_prefix="9", area_code="11"))
    assert permit(stores, "9 11 98765-4321") == ASK
    assert may_call(stores, "9 11 98765-4321").dialled.number == "+5511987654321"


@pytest.mark.parametrize("written", ["190", "1 9 0", "0190", "188"])
def test_emergency_numbers_are_never_asked_about(marina_asked: Company, written: str) -> None:
    """Not even when somebody stored one as a customer's number, with a wish."""
    given.row(marina_asked.stores, "phone", account_id=marina_asked.id("joao"), e164=190,
              written="190", do_not_call=True)  # fmt: skip
    assert permit(marina_asked.stores, written) == (True, PermitReason.EMERGENCY)


def test_what_is_nobodys_is_not_asked_about(marina_asked: Company) -> None:
    assert permit(marina_asked.stores, "4102") == (True, PermitReason.NOT_PUBLIC)
    assert permit(marina_asked.stores, "0800 727 0120") == (True, PermitReason.NOT_PUBLIC)
    assert permit(marina_asked.stores, "+5511933330000") == FREE
    found = may_call(marina_asked.stores, "anonymous")
    assert (found.allowed, found.reason) == (False, PermitReason.UNREADABLE)
    assert found.dialled.kind is NumberKind.UNREADABLE


def test_one_wish_of_a_shared_number_asks(company: Company) -> None:
    given.row(company.stores, "phone", account_id=company.id("pedro"), e164=551133334444,
              do_not_call=True, do_not_call_on=date(2026, 1, 2))  # fmt: skip
    found = may_call(company.stores, "+551133334444")
    assert [wish.name for wish in found.wishes] == ["Pedro Albuquerque"]
    assert not found.allowed


def test_a_number_that_passed_on_takes_no_wish_along(company: Company) -> None:
    given.row(company.stores, "phone", account_id=company.id("joao"), e164=5511933330000,
              do_not_call=True, valid_until=date(2022, 1, 1))  # fmt: skip
    assert permit(company.stores, "+5511933330000") == FREE


def test_a_contact_of_an_account_has_wishes_too(company: Company) -> None:
    given.row(company.stores, "phone", account_id=company.id("marina"), do_not_call=True,
              contact_id=company.id("husband"), e164=5511922221111)  # fmt: skip
    [wish] = may_call(company.stores, "+5511922221111").wishes
    assert (wish.name, wish.account_id) == ("João Albuquerque", company.id("marina"))


# -- the customer rang ----------------------------------------------------------------------------
def rang(company: Company, number: str, account: str = "", **more: object) -> UUID:
    new = replace(NewInteraction(number=number, queue="Outages"), **more)  # type: ignore[arg-type]
    begun = interaction.begin(company.stores, new)
    if account:
        interaction.assign(company.stores, begun.id, company.id(account))
    return begun.id


def test_who_rang_is_called_back_without_asking(marina_asked: Company) -> None:
    stores = marina_asked.stores
    by_number = rang(marina_asked, "011 8765-4321")
    assert permit(stores, MARINA, by_number) == (True, PermitReason.CALL_BACK)
    by_account = rang(marina_asked, "", "marina")
    assert permit(stores, MARINA, by_account) == (True, PermitReason.CALL_BACK)


def test_only_into_the_open_contact_that_the_same_customer_began(marina_asked: Company) -> None:
    stores = marina_asked.stores
    assert permit(stores, MARINA, rang(marina_asked, "+551132229000", "joao")) == ASK
    ours = rang(marina_asked, MARINA, "marina", direction=InteractionDirection.OUTBOUND)
    assert permit(stores, MARINA, ours) == ASK
    finished = rang(marina_asked, MARINA, "marina")
    interaction.finish(stores, finished, "bill.copy")
    assert permit(stores, MARINA, finished) == ASK
    assert permit(stores, MARINA, uuid7()) == ASK


# -- the answer -----------------------------------------------------------------------------------
def asked(stores: Stores) -> list[dict[str, object]]:
    with stores.local.reading() as c:
        found = c.execute(select(local.intent.c.payload).where(local.intent.c.kind == "call.asked"))
        return [json.loads(payload) for payload in found.scalars()]


@pytest.mark.parametrize("dial", [True, False])
def test_what_the_agent_chose_is_written_down(marina_asked: Company, dial: bool) -> None:
    found: CallPermit = may_call(marina_asked.stores, MARINA)
    consent.answered(marina_asked.stores, found, dial)
    [line] = asked(marina_asked.stores)
    assert (line["number"], line["dialled"]) == (MARINA, dial)
    assert line["account_id"] == str(marina_asked.id("marina"))
    assert line["wishes"] == [str(marina_asked.id("marina_phone"))]


def test_where_nobody_asked_nothing_is_written(company: Company) -> None:
    consent.answered(company.stores, may_call(company.stores, MARINA), True)
    assert asked(company.stores) == []


def test_a_number_that_is_not_there_has_no_wish(company: Company) -> None:
    with pytest.raises(Refused):
        consent.set_do_not_call(company.stores, uuid7(), True)
