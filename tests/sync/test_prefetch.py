"""Reading ahead: all items in order, errors to the taker, and no thread left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count, islice

import pytest

from agent_desktop.sync.prefetch import ReadAhead


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_all_items_come_in_order_from_another_thread() -> None:
    threads: list[str] = []

    def items() -> Iterator[int]:
        for n in range(50):
            threads.append(threading.current_thread().name)
            yield n

    with ReadAhead(items()) as taken:
        assert list(taken) == list(range(50))
    assert set(threads) == {"read ahead"}
    assert "read ahead" not in names()


def test_it_is_only_a_little_ahead_and_ends_when_the_taker_leaves() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for n in count():
            made.append(n)
            yield n

    with ReadAhead(items()) as taken:
        assert list(islice(taken, 3)) == [0, 1, 2]
    assert len(made) < 12
    assert "read ahead" not in names()


def test_an_error_comes_behind_what_was_read_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ConnectionError("cut")

    with ReadAhead(items()) as taken:
        assert next(taken) == 1
        with pytest.raises(ConnectionError, match="cut"):
            next(taken)
    assert "read ahead" not in names()
