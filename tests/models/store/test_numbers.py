from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent_desktop.errors import Refused
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.local import Local

TODAY = date(2026, 11, 21)


@pytest.fixture
def c(tmp_path: Path) -> Iterator[Connection]:
    local = Local(tmp_path / "local.db", bytes(32))
    with local.writing() as connection:
        yield connection
    local.close()


def test_a_protocol_has_day_sequence_and_check_digit(c: Connection) -> None:
    number.put_block(c, "protocol", 1234567, 1235066)
    taken = number.take(c, "protocol", TODAY)
    assert taken[:15] == "202611211234567"
    assert number.is_protocol(taken)


@pytest.mark.parametrize(
    ("digits", "check"),
    [("202611211234567", "8"), ("202611210000001", "8"), ("000000000000000", "0")],
)
def test_check_digits_computed_by_hand(digits: str, check: str) -> None:
    assert number.check_digit(digits) == check


def test_one_wrong_digit_is_noticed() -> None:
    good = number.written("protocol", 1234567, TODAY)
    wrong = [good[:i] + str((int(good[i]) + 1) % 10) + good[i + 1 :] for i in range(16)]
    assert sum(number.is_protocol(text) for text in wrong) <= 1  # 10 and 11 share the digit 0


def test_numbers_are_given_once_and_in_order_over_blocks(c: Connection) -> None:
    number.put_block(c, "ticket", 7, 8)
    number.put_block(c, "ticket", 100, 100)
    taken = [number.take(c, "ticket", TODAY) for _ in range(3)]
    assert taken == ["TK-7", "TK-8", "TK-100"]
    assert number.left(c, "ticket") == 0
    with pytest.raises(Refused) as refused:
        number.take(c, "ticket", TODAY)
    assert refused.value.reasons == {"": "numbers_used_up"}


def test_what_is_left_counts_the_rest_of_all_blocks(c: Connection) -> None:
    number.put_block(c, "order", 1, 500)
    number.put_block(c, "order", 501, 1000)
    assert number.take(c, "order", TODAY) == "SO-1"
    assert number.left(c, "order") == 999


def test_an_account_number_has_nine_digits(c: Connection) -> None:
    number.put_block(c, "account", 4711, 4712)
    assert number.take(c, "account", TODAY) == "000004711"


def test_protocols_go_round_after_ten_million_and_stay_numbers(c: Connection) -> None:
    """The centre counts on without end; the seven digits of a day begin again at zero."""
    number.put_block(c, "protocol", 9_999_999, 10_000_001)
    taken = [number.take(c, "protocol", TODAY) for _ in range(3)]
    assert [text[8:15] for text in taken] == ["9999999", "0000000", "0000001"]
    assert all(map(number.is_protocol, taken))
