"""The centre's time at a desk whose own clock is wrong, jumps, or is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from agent_desktop.models.site import clock as site_clock
from agent_desktop.models.site.clock import RIGHT, SiteClock

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Time:
    """True time passes; the desk's clock shows what it is set to."""

    def __init__(self) -> None:
        self.passed = timedelta(0)
        self.wrong = timedelta(0)

    def now(self, _zone: object = UTC) -> datetime:
        return NOON + self.passed + self.wrong

    def uptime(self) -> float:
        return self.passed.total_seconds()

    @property
    def true(self) -> datetime:
        return NOON + self.passed


@pytest.fixture
def time() -> Iterator[Time]:
    made = Time()
    with (
        mock.patch.object(site_clock, "seconds_up", made.uptime),
        mock.patch.object(site_clock, "datetime", mock.Mock(now=made.now)),
    ):
        yield made


@pytest.mark.parametrize("hours", [5, -7, 24 * 30])
def test_a_clock_that_is_wrong_is_put_right_by_the_centre_s_word(time: Time, hours: int) -> None:
    time.wrong = hours * HOUR
    clock = SiteClock()
    assert clock.now() == time.now(), "nobody said anything yet"
    clock.is_told(time.true)
    time.passed = 3 * HOUR
    assert clock.now() == time.true
    assert clock.ahead == hours * HOUR
    assert clock.of(time.now() - HOUR) == time.true - HOUR


def test_setting_the_clock_while_the_program_runs_changes_nothing(time: Time) -> None:
    time.wrong = 2 * HOUR
    clock = SiteClock(time.wrong)
    time.passed = HOUR
    time.wrong = timedelta(0)  # put right
    assert clock.now() == time.true
    assert clock.ahead == RIGHT
    time.wrong = -9 * HOUR  # and wrong again
    assert clock.now() == time.true
    assert clock.of(time.now()) == time.true


def test_a_clock_that_is_right_is_believed_to_the_microsecond(time: Time) -> None:
    clock = SiteClock()
    clock.is_told(time.true - timedelta(seconds=3))  # the answer was on its way for so long
    assert clock.now() == time.now()
    assert clock.of(NOON) == NOON
    time.wrong = timedelta(seconds=30)
    assert clock.now() < time.now()


def test_without_a_clock_for_a_sleeping_computer_the_steady_one_does() -> None:
    with mock.patch.object(site_clock, "time", mock.Mock(spec=["monotonic"])) as given:
        given.monotonic.return_value = 12.5
        assert site_clock.seconds_up() == 12.5
    assert site_clock.seconds_up() > 0
