"""Accounts: what their page shows, and changing them."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy import select

from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import ADDRESS, AccountKind, PhoneKind, Segment
from agent_desktop.models.account.values import AccountDraft, NewAccount, NewPhone
from agent_desktop.models.store import local
from tests.models.conftest import Company


def sent(company: Company) -> list[tuple[str, dict[str, object]]]:
    here = local.intent.c
    with company.stores.local.reading() as c:
        found = c.execute(select(here.kind, here.payload).order_by(here.n))
        return [(kind, json.loads(payload)) for kind, payload in found]


def test_the_page_shows_everything_of_the_account(company: Company) -> None:
    page = accounts.overview(company.stores, company.id("marina"))
    assert page.account.name == "Marina Albuquerque"
    assert page.phones[0].preferred
    assert [contact.name for contact in page.contacts] == ["João Albuquerque"]
    assert [unit.number for unit in page.units] == ["7712345"]
    assert [meter.serial for meter in page.meters] == ["ELS77120443"]
    assert [contract.number for contract in page.contracts] == ["55-901"]
    assert [bill.number for bill in page.invoices] == ["F-1"]
    assert [ticket.number for ticket in page.tickets] == ["TK-20418", "TK-20290"]
    assert [order.number for order in page.orders] == ["SO-7741"]
    assert [one.protocol for one in page.interactions] == ["2026112100000070"]
    assert [outage.code for outage in page.outages] == ["OSA-12"]
    assert [alert.code for alert in page.alerts] == ["life_support", "outage", "overdue"]


def test_an_unknown_account_is_refused(company: Company) -> None:
    for read in (accounts.get, accounts.overview, accounts.glance):
        with pytest.raises(Refused) as refused:
            read(company.stores, uuid4())
        assert refused.value.reasons == {"": "unknown_record"}


def test_the_glance_says_the_few_things_that_count(company: Company) -> None:
    seen = accounts.glance(company.stores, company.id("padaria"))
    assert (seen.open_tickets, seen.second_level_tickets) == (1, 1)
    assert [alert.code for alert in seen.alerts] == ["supply_cut"]
    assert seen.last_interaction is None


# -- changing -----------------------------------------------------------------------------------
def test_only_what_differs_is_sent(company: Company) -> None:
    base = accounts.get(company.stores, company.id("marina"))
    draft = AccountDraft(base, {"name": base.name, "email": " marina@correio.ex "})
    changed = accounts.change(company.stores, draft)
    assert (changed.email, changed.pending) == ("marina@correio.ex", True)
    ((kind, payload),) = sent(company)
    assert kind == "account.change"
    assert payload["base"] == {"email": "marina.a@correio.ex"}
    assert payload["set"] == {"email": "marina@correio.ex"}


def test_a_form_without_changes_sends_nothing(company: Company) -> None:
    base = accounts.get(company.stores, company.id("marina"))
    assert not accounts.change(company.stores, AccountDraft(base, {"name": base.name})).pending
    assert sent(company) == []


def test_an_address_is_sent_whole(company: Company) -> None:
    base = accounts.get(company.stores, company.id("marina"))
    accounts.change(company.stores, AccountDraft(base, {"house": "220"}))
    ((_, payload),) = sent(company)
    assert set(payload["set"]) == set(payload["base"]) == set(ADDRESS)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "  ", "missing"),
        ("email", "marina", "wrong_email"),
        ("email", "a b@c.de", "wrong_email"),
        ("postcode", "0601", "wrong_postcode"),
        ("state_code", "ZZ", "unknown"),
        ("segment", "rich", "unknown"),
        ("number", "1", "not_changeable"),
        ("tax_id_masked", "x", "not_changeable"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    company: Company, field: str, typed: str, code: str
) -> None:
    base = accounts.get(company.stores, company.id("marina"))
    with pytest.raises(Refused) as refused:
        accounts.change(company.stores, AccountDraft(base, {field: typed}))
    assert refused.value.reasons == {field: code}
    assert sent(company) == []


# -- creating -----------------------------------------------------------------------------------
def test_a_new_customer_is_there_at_once_with_a_number(company: Company) -> None:
    new = NewAccount(
        " Carla   Dias ", email="carla@correio.ex", tax_id="111.444.777-35",
        phones=(NewPhone("11 98888-1234/1235"), NewPhone("(11) 3222-1111 r. 12", PhoneKind.WORK)),
    )  # fmt: skip
    made = accounts.create(company.stores, new)
    assert (made.name, made.number, made.pending) == ("Carla Dias", "000001000", True)
    assert made.tax_id_masked == "•••.444.777-••"
    phones = accounts.overview(company.stores, made.id).phones
    assert [(p.e164, p.extension) for p in phones] == [
        (5511988881234, ""), (5511988881235, ""), (551132221111, "12"),
    ]  # fmt: skip
    ((kind, payload),) = sent(company)
    assert (kind, payload["tax_id"]) == ("account.create", "11144477735")


def test_a_company_is_commercial_until_somebody_knows_better(company: Company) -> None:
    made = accounts.create(company.stores, NewAccount("Bar Sol", kind=AccountKind.COMPANY))
    assert made.segment is Segment.COMMERCIAL


@pytest.mark.parametrize(
    ("new", "reasons"),
    [
        (NewAccount(" "), {"name": "missing"}),
        (NewAccount("A", email="x"), {"email": "wrong_email"}),
        (NewAccount("A", tax_id="111.444.777-36"), {"tax_id": "wrong_check_digit"}),
        (NewAccount("A", phones=(NewPhone("12"),)), {"phones.0": "wrong_phone"}),
        (NewAccount("A", tax_id="390.533.447-05"), {"tax_id": "duplicate_tax_id"}),
    ],
)
def test_a_new_customer_is_checked_at_the_fields(
    company: Company, new: NewAccount, reasons: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refused:
        accounts.create(company.stores, new)
    assert refused.value.reasons == reasons
    assert sent(company) == []


def test_a_duplicate_names_the_account_that_has_the_tax_id(company: Company) -> None:
    with pytest.raises(Refused) as refused:
        accounts.create(company.stores, NewAccount("A", tax_id="390.533.447-05"))
    assert refused.value.details["account_id"] == company.id("marina")


def test_two_new_customers_made_here_cannot_share_a_tax_id(company: Company) -> None:
    accounts.create(company.stores, NewAccount("A", tax_id="111.444.777-35"))
    with pytest.raises(Refused):
        accounts.create(company.stores, NewAccount("B", tax_id="111.444.777-35"))


def test_a_number_can_be_added_to_a_contact(company: Company) -> None:
    phone = accounts.add_phone(
        company.stores, company.id("marina"), NewPhone("11 97777-0000"), company.id("husband")
    )
    assert (phone.e164, phone.contact_id) == (5511977770000, company.id("husband"))
    assert sent(company)[0][1]["account_id"] == str(company.id("marina"))
