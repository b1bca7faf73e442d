"""Clocks: time left, share, level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.models.rules.sla import (
    Clock,
    Level,
    breaches_before,
    level,
    remaining,
    share_left,
)

START = datetime(2026, 11, 21, 9, tzinfo=UTC)
CLOCK = Clock(START + timedelta(hours=4), START)
MINUTES = st.integers(-2000, 2000).map(lambda count: timedelta(minutes=count))


def after(**time: float) -> datetime:
    return START + timedelta(**time)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, Level.SAFE),
        (119, Level.SAFE),
        (120, Level.RISK),
        (180, Level.RISK),
        (181, Level.BAD),
        (239, Level.BAD),
        (240, Level.OVER),
        (300, Level.OVER),
    ],
)
def test_levels_change_at_half_at_a_quarter_and_at_the_end(minutes: int, expected: Level) -> None:
    assert level(CLOCK, after(minutes=minutes)) is expected


def test_time_left_is_negative_once_it_is_over() -> None:
    assert remaining(CLOCK, after(hours=4, minutes=7)) == timedelta(minutes=-7)


def test_a_paused_clock_stands_still() -> None:
    paused = Clock(CLOCK.due_at, START, paused_at=after(hours=1))
    assert paused.is_paused
    assert remaining(paused, after(hours=9)) == timedelta(hours=3)
    assert level(paused, after(hours=9)) is Level.SAFE
    assert not breaches_before(paused, after(hours=9), timedelta(hours=2))


def test_a_stopped_clock_shows_what_was_left() -> None:
    stopped = Clock(CLOCK.due_at, START, paused_at=after(hours=1), stopped_at=after(hours=2))
    assert not stopped.is_paused
    assert remaining(stopped, after(hours=9)) == timedelta(hours=2)
    assert not breaches_before(stopped, after(hours=9), timedelta(hours=2))


def test_a_running_clock_breaches_within_the_time_asked_for() -> None:
    assert breaches_before(CLOCK, after(hours=2), timedelta(hours=2))
    assert not breaches_before(CLOCK, after(hours=1), timedelta(hours=2))
    assert breaches_before(CLOCK, after(hours=5), timedelta(hours=2))


def test_what_is_due_at_once_is_over_at_once() -> None:
    assert level(Clock(START, START), START) is Level.OVER
    assert share_left(Clock(START, START), START) == 0.0


@given(MINUTES, MINUTES)
def test_a_share_is_always_between_all_and_nothing(length: timedelta, passed: timedelta) -> None:
    clock = Clock(START + length, START)
    assert 0.0 <= share_left(clock, START + passed) <= 1.0


@given(st.lists(MINUTES, min_size=2, max_size=2).map(sorted))
def test_time_never_gives_a_clock_time_back(moments: list[timedelta]) -> None:
    early, late = (START + moment for moment in moments)
    assert share_left(CLOCK, early) >= share_left(CLOCK, late)
