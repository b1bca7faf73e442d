"""What written telephone numbers mean: the corpus, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.models.rules.phone_number import (
    AREA_CODES,
    PhoneNumber,
    last_eight,
    parse,
    parse_many,
    shown,
    twins,
)

CORPUS = Path(__file__).with_name("phone_corpus.tsv")
AREAS = st.sampled_from(sorted(AREA_CODES))
MOBILES = st.builds("{}9{}{:07d}".format, AREAS, st.integers(6, 9), st.integers(0, 9_999_999))


def _lines() -> list[list[str]]:
    lines = CORPUS.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _word(number: PhoneNumber) -> str:
    """A number as the corpus writes it."""
    if number.withheld:
        return "withheld"
    extension = f"x{number.extension}" if number.extension else ""
    if number.e164:
        return f"{number.e164}{extension}"
    if number.national:
        return f"local:{number.national}{extension}"
    return f"internal:{number.extension}" if number.extension else "none"


@pytest.mark.parametrize(("region", "area", "written", "meaning"), _lines())
def test_corpus(region: str, area: str, written: str, meaning: str) -> None:
    assert " ".join(map(_word, parse_many(written, region, area))) == meaning


def test_the_corpus_is_large() -> None:
    assert len(_lines()) >= 150


def test_a_field_with_two_numbers_reads_as_its_first() -> None:
    assert parse("3222-9000/9001", area="11").e164 == 551132229000


def test_a_number_keeps_what_was_written() -> None:
    assert parse(" (11) 98765-4321 ").written == "(11) 98765-4321"
    assert [n.written for n in parse_many("11 3222-9000 / 9001")] == ["11 3222-9000", "9001"]


def test_numbers_are_shown_one_way() -> None:
    assert shown(5511987654321) == "+55 11 98765-4321"
    assert shown(551132229000) == "+55 11 3222-9000"
    assert shown(74951234567) == "+7 495 123-45-67"


def test_mobile_numbers_have_a_twin_of_eight_digits() -> None:
    assert twins(5511987654321) == (5511987654321, 551187654321)
    assert twins(551187654321) == (551187654321, 5511987654321)


def test_fixed_lines_and_foreigners_have_no_twin() -> None:
    assert twins(551132229000) == (551132229000,)
    assert twins(74951234567) == (74951234567,)
    assert twins(558007270120) == (558007270120,)


def test_a_number_without_area_is_found_by_its_last_eight_digits() -> None:
    assert last_eight(parse("98765-4321")) == 87654321
    assert last_eight(parse("8765-4321")) == 87654321
    assert last_eight(parse("11 98765-4321")) is None
    assert last_eight(parse("4102")) is None


@given(MOBILES)
def test_twins_know_each_other(national: str) -> None:
    for twin in twins(int(f"55{national}")):
        assert set(twins(twin)) == set(twins(int(f"55{national}")))


@given(MOBILES)
def test_old_and_new_writing_mean_the_same(national: str) -> None:
    old = parse(national[:2] + national[3:])
    assert old.e164 == parse(national).e164


@given(MOBILES)
def test_what_is_shown_reads_as_the_same_number(national: str) -> None:
    number = parse(national)
    if number.e164 is not None:
        assert parse(shown(number.e164)).e164 == number.e164
        assert parse(number.national).e164 == number.e164


@given(st.text())
def test_any_text_reads_as_something(text: str) -> None:
    for number in parse_many(text):
        assert number.valid == (number.e164 is not None)
        assert not (number.withheld and number.e164)


@given(st.text(alphabet="0123456789+-() /.;,xr#*@:ext", max_size=40))
def test_any_muddle_of_digits_reads_as_something(text: str) -> None:
    for number in parse_many(text):
        assert number.e164 is None or 0 < number.e164 < 10**16
