from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.models.store import draft
from agent_desktop.models.store.draft import DraftField
from agent_desktop.models.store.stores import Stores
from tests import given


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = given.some_stores(tmp_path)
    yield opened
    opened.close()


def test_text_and_cursor_come_back_after_the_program_was_started_again(tmp_path: Path) -> None:
    stores = given.some_stores(tmp_path)
    draft.save(stores, "ticket:new:s1", {"subject": DraftField("Погас свет", 3)})
    stores.close()
    again = given.some_stores(tmp_path)
    assert draft.load(again, "ticket:new:s1") == {"subject": DraftField("Погас свет", 3)}
    again.close()


def test_fields_are_kept_one_by_one(stores: Stores) -> None:
    draft.save(stores, "p", {"a": DraftField("1"), "b": DraftField("2")})
    draft.save(stores, "p", {"a": DraftField("1 more", 6)})
    assert draft.load(stores, "p") == {"a": DraftField("1 more", 6), "b": DraftField("2")}


def test_a_dropped_place_is_gone_and_the_others_stay(stores: Stores) -> None:
    draft.save(stores, "old", {"a": DraftField("1")})
    draft.save(stores, "new", {"a": DraftField("2")})
    assert draft.places(stores) == ("new", "old")
    draft.drop(stores, "new")
    assert draft.places(stores) == ("old",)


@pytest.mark.parametrize(
    ("place", "field"), [("sign_in", "password"), ("senha", "text"), ("agent:sip_secret", "text")]
)
def test_secrets_are_refused(stores: Stores, place: str, field: str) -> None:
    with pytest.raises(ValueError):
        draft.save(stores, place, {field: DraftField("x")})
    assert draft.places(stores) == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("card 4111 1111 1111 1111 ok", "card •••• •••• •••• 1111 ok"),
        ("378282246310005", "•••••••••••0005"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),  # fails the card's own check
        ("2026112112345679", "2026112112345679"),  # a protocol number
        ("5511987654321", "5511987654321"),  # a phone
        ("33.000.167/0001-01", "33.000.167/0001-01"),
    ],
)
def test_card_numbers_lose_their_digits_and_nothing_else_does(typed: str, kept: str) -> None:
    assert draft.without_cards(typed) == kept
    assert len(kept) == len(typed)  # so the cursor stays where it was


def test_window_state_is_kept(stores: Stores) -> None:
    assert draft.load_window(stores, "main") is None
    draft.save_window(stores, "main", b"\x00\x01")
    draft.save_window(stores, "main", b"\x02")
    assert draft.load_window(stores, "main") == b"\x02"
