"""Who is calling: candidates, their rank and the reasons."""

from __future__ import annotations

import pytest

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.identification import (
    MOST_CANDIDATES,
    CallerFacts,
    Candidate,
    Identification,
    Rank,
    identify,
)
from agent_desktop.models.account.record import PhoneKind
from agent_desktop.models.account.values import NewAccount, NewPhone
from tests import given
from tests.models.conftest import Company


def ring(company: Company, number: str, **more: object) -> Identification:
    return identify(company.stores, CallerFacts(number, **more))  # type: ignore[arg-type]


def told(candidate: Candidate) -> tuple[str, Rank, list[str]]:
    codes = [reason.code for reason in candidate.reasons]
    return candidate.account.name, candidate.rank, codes


@pytest.mark.parametrize(
    "number",
    [
        "+5511987654321",
        "11987654321",
        "011987654321",
        "0 15 11 98765-4321",
        "1187654321",
        "sip:+5511987654321@pbx.example",
    ],
)
def test_the_only_account_with_a_number_is_the_best_match(company: Company, number: str) -> None:
    (only,) = ring(company, number).candidates
    assert told(only) == ("Marina Albuquerque", Rank.BEST, ["mobile"])
    assert (only.city, only.tax_id_masked) == ("Osasco", "•••.533.447-••")


def test_a_number_stored_without_the_ninth_digit_is_found_and_says_so(company: Company) -> None:
    (only,) = ring(company, "+5511987651111").candidates
    assert told(only) == ("João Conceição", Rank.BEST, ["twin"])


def test_a_number_shared_by_three_accounts_gives_three_possible_ones(company: Company) -> None:
    found = ring(company, "+551133334444").candidates
    assert [candidate.rank for candidate in found] == [Rank.POSSIBLE] * 3
    assert {c.account.name for c in found} == {
        "João Conceição", "Pedro Albuquerque", "Сергей Петров",
    }  # fmt: skip
    assert found[0].reasons[-1].code == "shared"
    assert found[0].reasons[-1].params == {"count": 3}


def test_a_typed_tax_id_raises_one_to_best_and_comes_first(company: Company) -> None:
    given.row(company.stores, "phone", account_id=company.id("pedro"), e164=5511987654321,
              written="11987654321", kind="mobile")  # fmt: skip
    found = ring(company, "+5511987654321", typed_tax_id="390.533.447-05").candidates
    assert [told(c)[:2] for c in found] == [
        ("Marina Albuquerque", Rank.BEST),
        ("Pedro Albuquerque", Rank.POSSIBLE),
    ]
    assert found[0].reasons[0].code == "phone_and_tax_id"


def test_a_typed_tax_id_is_enough_without_a_known_number(company: Company) -> None:
    (only,) = ring(company, "+5511900000000", typed_tax_id="12ABC34501DE35").candidates
    assert told(only) == ("Padaria Estrela Ltda", Rank.BEST, ["tax_id"])


def test_a_withheld_caller_who_typed_a_tax_id_is_found(company: Company) -> None:
    (only,) = ring(company, "", withheld=True, typed_tax_id="39053344705").candidates
    assert only.account.name == "Marina Albuquerque"


def test_a_tax_id_with_wrong_check_digits_is_not_used(company: Company) -> None:
    assert ring(company, "+5511900000000", typed_tax_id="39053344706").candidates == ()


def test_a_number_valid_until_a_past_date_is_an_old_number(company: Company) -> None:
    (only,) = ring(company, "+5511955550000").candidates
    assert told(only) == ("Padaria Estrela Ltda", Rank.OLD_NUMBER, ["old_number"])
    assert str(only.reasons[0].params["until"]) == "2022-12-31"


def test_a_typed_tax_id_raises_even_an_old_number(company: Company) -> None:
    (only,) = ring(company, "+5511955550000", typed_tax_id="12ABC34501DE35").candidates
    assert only.rank is Rank.BEST


def test_an_account_with_an_old_number_does_not_make_the_present_one_doubtful(
    company: Company,
) -> None:
    given.row(company.stores, "phone", account_id=company.id("joao"), e164=5511955550000)
    found = ring(company, "+5511955550000").candidates
    assert [(c.account.name, c.rank) for c in found] == [
        ("João Conceição", Rank.BEST),
        ("Padaria Estrela Ltda", Rank.OLD_NUMBER),
    ]


def test_an_inactive_account_is_told_and_comes_last(company: Company) -> None:
    (only,) = ring(company, "+5511944440000").candidates
    assert told(only) == ("Rosa Lima", Rank.INACTIVE, ["mobile", "inactive"])


def test_the_number_of_a_contact_names_the_contact(company: Company) -> None:
    (only,) = ring(company, "+5511922220000").candidates
    assert only.contact is not None
    assert told(only) == ("Marina Albuquerque", Rank.BEST, ["mobile", "contact"])
    assert only.contact.name == "João Albuquerque"


def test_the_main_number_of_a_company_says_that_it_is_one(company: Company) -> None:
    (only,) = ring(company, "+551132229000").candidates
    assert told(only)[2] == ["extension"]


def test_the_name_the_line_sent_decides_between_equals(company: Company) -> None:
    first = ring(company, "+551133334444", display_name="SERGEI PETROV").candidates[0]
    assert first.account.name == "Сергей Петров"
    assert first.reasons[-1].code == "name"


def test_a_number_without_its_area_is_only_possible(company: Company) -> None:
    (only,) = ring(company, "98765-4321").candidates
    assert told(only) == ("Marina Albuquerque", Rank.POSSIBLE, ["without_area"])


@pytest.mark.parametrize(
    ("number", "withheld", "nothing"),
    [
        ("anonymous", False, "withheld"),
        ("", False, "withheld"),
        ("+5511987654321", True, "withheld"),
        ("4102", False, "internal"),
        ("maria", False, "unreadable"),
        ("+5511900000000", False, "unknown_number"),
        ("+74951234567", False, "unknown_number"),
    ],
)
def test_nobody_is_found_for_a_reason(
    company: Company, number: str, withheld: bool, nothing: str
) -> None:
    found = ring(company, number, withheld=withheld)
    assert found.candidates == ()
    assert found.nothing == nothing


def test_an_account_made_here_a_moment_ago_is_found(company: Company) -> None:
    accounts.create(company.stores, NewAccount("Nova Cliente", phones=(NewPhone("11 96666-0000"),)))
    (only,) = ring(company, "+5511966660000").candidates
    assert only.account.name == "Nova Cliente"
    assert only.account.pending


def test_never_more_than_twenty(company: Company) -> None:
    for at in range(30):
        owner = given.row(company.stores, "account", name=f"Flat {at:02}", active=True)
        given.row(company.stores, "phone", account_id=owner, e164=551130300000)
    assert len(ring(company, "+551130300000").candidates) == MOST_CANDIDATES


def test_a_number_an_account_has_twice_gives_one_candidate(company: Company) -> None:
    given.row(company.stores, "phone", account_id=company.id("marina"), e164=551187654321,
              kind="home", written="8765-4321")  # fmt: skip
    (only,) = ring(company, "+5511987654321").candidates
    assert only.rank is Rank.BEST


def test_the_kind_of_number_is_in_the_reason(company: Company) -> None:
    found = ring(company, "+551133334444").candidates
    assert found[0].reasons[0].params["kind"] is PhoneKind.HOME
