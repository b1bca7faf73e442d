"""Names made comparable: the short way folds as the long one, and search asks for rare parts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.models.rules.text_fold import fold, rarest_first, trigrams


def without_accents(text: str) -> str:
    """By the book: decomposed, and what combines left out."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).lower()


@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x24F), max_size=12))
def test_accents_of_all_latin_alphabets_fall_off(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    plain = without_accents(text)
    if plain.isascii() and plain.isalnum():
        assert once == plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("JOÃO da Conceição", "joao da conceicao"),
        ("Joa\u0303o", "joao"),
        ("Ærøskøbing & Straße", "aeroskobing strasse"),
        ("Łukasz Đurić", "lukasz duric"),
        ("Щербакова", "shcherbakova"),
        ("Andréi Йосиф", "andrei iosif"),
    ],
)
def test_names_meet_however_they_are_written(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_rare_parts_come_first_in_turn_of_the_words_and_none_is_lost() -> None:
    ordered = rarest_first(["wanderlei", "maria", "de"])
    assert sorted(ordered) == sorted(trigrams("wanderlei") + trigrams("maria"))
    assert ordered[0] == "wan"
    assert {ordered[1], ordered[3], ordered[5]} == {"mar", "ari", "ria"}
    assert rarest_first(["maria", "maria"]) == rarest_first(["maria"])
