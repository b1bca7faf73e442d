"""What the centre does with intents about accounts: creating, merging, phones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.central.conftest import accepted, new_id, refusal
from tests.central_fixtures import Centre, Pusher

ADDRESS = {
    "street": "Rua A", "house": "1", "complement": "", "district": "Centro",
    "city": "Campinas", "state_code": "SP", "postcode": "13010000",
}  # fmt: skip


def new_account(**other: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "number": f"9{UUID(new_id()).int % 10**8:08d}",
        "kind": "person",
        "name": "Olga Petrova",
        "stage": "suspect",
        "language": "ru",
        **other,
    }


def test_create_with_phones_and_tax_id(centre: Centre, ana: Pusher) -> None:
    phones = [
        {"id": new_id(), "written": "(19) 99999-0000", "e164": 5519999990000, "kind": "mobile"},
        {"id": new_id(), "written": "4102", "e164": None, "extension": "4102", "kind": "work"},
    ]
    accepted(ana.push("account.create", new_account(phones=phones, tax_id="390.533.447-05")))
    row = centre.admin.execute(
        "select name, tax_id, tax_id_kind, tax_id_masked, updated_by, scope from crm.account"
    ).fetchone()
    assert row == ("Olga Petrova", "39053344705", "cpf", "•••.533.447-••", "Ana", "company")
    found = centre.admin.execute(
        "select e164, extension, preferred from crm.phone order by preferred desc"
    ).fetchall()
    assert found == [(5519999990000, "", True), (None, "4102", False)]


def test_create_refusals(centre: Centre, ana: Pusher) -> None:
    first = new_account(tax_id="39053344705")
    accepted(ana.push("account.create", first))
    twice = ana.push("account.create", new_account(tax_id="390.533.447-05"))
    assert refusal(twice) == "duplicate_tax_id"
    assert twice["fields"] == {"tax_id": "duplicate_tax_id"}
    number = new_account(number=first["number"])
    assert refusal(ana.push("account.create", number)) == "duplicate_number"
    assert ana.push("account.create", new_account(name=""))["fields"] == {"name": "missing"}
    assert refusal(ana.push("account.create", new_account(kind="robot"))) == "malformed"
    assert refusal(ana.push("account.create", {**first, "number": "1"})) == "duplicate_record"
    assert centre.one("select count(*) from crm.account") == 1


def test_an_inactive_account_does_not_block_its_tax_id(centre: Centre, ana: Pusher) -> None:
    centre.add_account(tax_id="39053344705", active=False)
    accepted(ana.push("account.create", new_account(tax_id="39053344705")))


def test_phone_add(centre: Centre, ana: Pusher, account: UUID) -> None:
    phone = {"id": new_id(), "account_id": str(account), "written": "99999 0001", "kind": "home"}
    accepted(ana.push("phone.add", {**phone, "e164": 551999990001, "extension": ""}))
    assert centre.one("select written from crm.phone") == "99999 0001"
    nobody = {**phone, "id": new_id(), "account_id": new_id()}
    assert refusal(ana.push("phone.add", nobody)) == "unknown_account"


def change(desk: Pusher, account: UUID, base: dict[str, Any], wish: dict[str, Any]) -> Any:
    return desk.push("account.change", {"id": str(account), "base": base, "set": wish})


def test_different_fields_merge(centre: Centre, ana: Pusher, helena: Pusher, account: UUID) -> None:
    accepted(change(ana, account, {"email": "marina@example.com"}, {"email": "new@example.com"}))
    accepted(change(helena, account, {"name": "Marina Alves"}, {"name": "Marina A. Alves"}))
    row = centre.admin.execute("select name, email, updated_by from crm.account").fetchone()
    assert row == ("Marina A. Alves", "new@example.com", "Helena")


def test_the_same_field_stands_side_by_side_and_the_rest_is_applied(
    centre: Centre, ana: Pusher, helena: Pusher, account: UUID
) -> None:
    accepted(change(helena, account, {"email": "marina@example.com"}, {"email": "h@example.com"}))
    accepted(change(helena, account, {"note": ""}, {"note": "something else"}))
    result = change(
        ana,
        account,
        {"email": "marina@example.com", "language": "pt"},
        {"email": "a@example.com", "language": "ru"},
    )
    assert (result["state"], result["code"]) == ("conflict", "changed_elsewhere")
    assert result["fields"] == {"email": "changed_elsewhere"}
    theirs = result["theirs"]
    assert set(theirs) == {"email"}
    assert theirs["email"]["value"] == "h@example.com"
    assert theirs["email"]["by"] == "Helena"
    assert theirs["email"]["at"].endswith("+00:00")
    row = centre.admin.execute("select email, language from crm.account").fetchone()
    assert row == ("h@example.com", "ru")


def test_the_same_change_twice_is_no_conflict(ana: Pusher, helena: Pusher, account: UUID) -> None:
    base, wish = {"email": "marina@example.com"}, {"email": "new@example.com"}
    accepted(change(helena, account, base, wish))
    accepted(change(ana, account, base, wish))


def test_an_address_is_one(centre: Centre, ana: Pusher, helena: Pusher) -> None:
    account = centre.add_account(name="Marina", **ADDRESS)
    accepted(change(helena, account, ADDRESS, {**ADDRESS, "house": "2"}))
    result = change(ana, account, ADDRESS, {**ADDRESS, "street": "Rua B"})
    assert result["state"] == "conflict"
    assert set(result["theirs"]) == set(ADDRESS)
    assert result["theirs"]["house"]["value"] == "2"
    row = centre.admin.execute("select street, house from crm.account").fetchone()
    assert row == ("Rua A", "2")


def test_what_an_import_changed_is_told_with_the_account_s_last_writer(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    centre.admin.execute("update crm.account set email = 'erp@example.com', updated_by = 'ERP'")
    result = change(ana, account, {"email": "marina@example.com"}, {"email": "x@example.com"})
    assert result["theirs"]["email"]["by"] == "ERP"


@pytest.mark.parametrize("field", ["tax_id", "birth_on", "scope", "updated_by", "number"])
def test_what_an_agent_may_not_change(ana: Pusher, account: UUID, field: str) -> None:
    result = change(ana, account, {}, {field: "x"})
    assert refusal(result) == "unknown_field"


def test_change_of_an_unknown_account(ana: Pusher) -> None:
    assert refusal(change(ana, UUID(new_id()), {}, {"name": "x"})) == "unknown_account"
