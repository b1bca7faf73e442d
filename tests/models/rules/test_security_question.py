"""Reading typed answers, however they are typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from agent_desktop.models.account.record import FactKind
from agent_desktop.models.rules.security_question import (
    agrees,
    amount_cents,
    birth_day,
    digest,
    normalised,
)

TODAY = date(2026, 11, 21)
KEY = bytes(range(32))


@pytest.mark.parametrize(
    "typed",
    [
        "01/02/1986",
        "1/2/1986",
        "1.2.1986",
        "01-02-1986",
        "01 02 1986",
        "01021986",
        "010286",
        "1/2/86",
        "1986-02-01",
        "1986/2/1",
        "1 fev 1986",
        "1 de fevereiro de 1986",
        "1º de fevereiro de 1986",
        "1º fev 1986",
        "1 Feb 1986",
        "1st February 1986",
        "1 февраля 1986",
        "1 февраля 1986 г.",
        "  01/02/1986. ",
    ],
)
def test_a_day_of_birth_is_read_in_any_writing(typed: str) -> None:
    assert birth_day(typed, TODAY) == date(1986, 2, 1)


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        ("5 mar 1990", 3), ("5 abr 1990", 4), ("5 maio 1990", 5), ("5 ago 1990", 8),
        ("5 set 1990", 9), ("5 out 1990", 10), ("5 dez 1990", 12), ("5 aug 1990", 8),
        ("5 dec 1990", 12), ("5 мая 1990", 5), ("5 июня 1990", 6), ("5 июля 1990", 7),
        ("5 августа 1990", 8), ("5 сентября 1990", 9), ("5 октября 1990", 10),
        ("5 ноября 1990", 11), ("5 декабря 1990", 12), ("5 января 1990", 1),
        ("5 апреля 1990", 4), ("5 марта 1990", 3),
    ],
)  # fmt: skip
def test_months_have_names_in_three_languages(typed: str, month: int) -> None:
    assert birth_day(typed, TODAY) == date(1990, month, 5)


@pytest.mark.parametrize(
    "typed",
    ["", "x", "1986", "31/02/1986", "01/13/1986", "01/02/2030", "01/02/1850", "1 foo 1986", "1 2"],
)
def test_what_is_no_day_of_birth_is_not_read(typed: str) -> None:
    assert birth_day(typed, TODAY) is None


def test_two_digits_of_a_year_mean_the_past() -> None:
    assert birth_day("01/02/05", TODAY) == date(2005, 2, 1)
    assert birth_day("01/02/27", TODAY) == date(1927, 2, 1)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("214,37", 21437), ("214.37", 21437), ("R$ 214,37", 21437), ("R$214,37", 21437),
        ("214,37 reais", 21437), ("214", 21400), ("214,3", 21430), ("1.214,37", 121437),
        ("1,214.37", 121437), ("1.214", 121400), ("1 214,37", 121437), ("0,05", 5),
        ("214,37 руб.", 21437), ("1.234.567,89", 123456789),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_any_writing(typed: str, cents: int) -> None:
    assert amount_cents(typed) == cents


@pytest.mark.parametrize("typed", ["", "abc", "12,34,56", "1.23.456", "-5", ",50", "1,2345"])
def test_what_is_no_amount_is_not_read(typed: str) -> None:
    assert amount_cents(typed) is None


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (FactKind.BIRTH_ON, "12 mar 1986", "1986-03-12"),
        (FactKind.TAX_ID, "390.533.447-05", "39053344705"),
        (FactKind.TAX_ID, "12.abc.345/01de-35", "12ABC34501DE35"),
        (FactKind.POSTCODE, "06010-000", "06010000"),
        (FactKind.POSTCODE, "0601", None),
        (FactKind.LAST_BILL, "R$ 214,37", "21437"),
        (FactKind.METER_SERIAL, "els-77120443", "ELS77120443"),
        (FactKind.METER_SERIAL, "--", None),
    ],
)
def test_answers_are_normalised_as_the_centre_does(
    kind: FactKind, typed: str, expected: str | None
) -> None:
    assert normalised(kind, typed, TODAY) == expected


def test_a_digest_depends_on_key_kind_and_answer() -> None:
    kept = digest(KEY, FactKind.POSTCODE, "06010000")
    assert len(kept) == 16
    assert agrees(KEY, FactKind.POSTCODE, "06010000", kept)
    assert not agrees(KEY, FactKind.POSTCODE, "06010001", kept)
    assert not agrees(KEY, FactKind.TAX_ID, "06010000", kept)
    assert not agrees(bytes(32), FactKind.POSTCODE, "06010000", kept)
    assert not agrees(KEY, FactKind.POSTCODE, "06010000", None)


@hypothesis_given(st.dates(date(1900, 1, 1), TODAY))
def test_every_day_reads_the_same_in_every_writing(day: date) -> None:
    for shape in ("%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d%m%Y"):
        assert birth_day(day.strftime(shape), TODAY) == day


@hypothesis_given(st.text(), st.sampled_from([kind for kind in FactKind if kind]))
def test_any_text_is_read_or_not_but_never_fails(typed: str, kind: FactKind) -> None:
    normalised(kind, typed, TODAY)
