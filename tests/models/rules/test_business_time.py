"""Brazilian business days and the ends of deadlines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.models.rules.business_time import (
    add_business_days,
    business_day_from,
    business_days_between,
    business_days_later,
    day_bounds,
    days_later,
    easter,
    holidays,
    is_business_day,
    local_day,
    service_start,
)

ZONE = "America/Sao_Paulo"
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1818, date(1818, 3, 22)),
        (2000, date(2000, 4, 23)),
        (2019, date(2019, 4, 21)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year: int, sunday: date) -> None:
    assert easter(year) == sunday


@given(st.integers(1600, 2600))
def test_easter_is_a_sunday_of_march_or_april(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 1, 1),
        date(2024, 3, 29),
        date(2025, 4, 18),
        date(2026, 4, 3),
        date(2027, 3, 26),
        date(2025, 4, 21),
        date(2026, 5, 1),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 2),
        date(2027, 11, 15),
        date(2024, 11, 20),
        date(2026, 12, 25),
    ],
)
def test_national_holidays(day: date) -> None:
    assert day in holidays(day.year)
    assert not is_business_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 11, 20),  # a national holiday only since 2024
        date(2026, 2, 17),  # Carnival: optional
        date(2026, 6, 4),  # Corpus Christi: optional
    ],
)
def test_optional_holidays_are_business_days(day: date) -> None:
    assert is_business_day(day)


def test_local_holidays_may_be_added() -> None:
    assert not is_business_day(date(2026, 1, 26), also={date(2026, 1, 26)})


def test_the_first_day_is_not_counted_and_the_last_one_is() -> None:
    friday = date(2026, 11, 13)
    assert add_business_days(friday, 1) == date(2026, 11, 16)
    assert add_business_days(friday, 5) == date(2026, 11, 23)  # the 20th is a holiday
    assert add_business_days(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_a_deadline_ends_with_the_day_at_the_place() -> None:
    opened = datetime(2026, 11, 13, 23, 30, tzinfo=UTC)  # 20:30 in São Paulo
    assert business_days_later(opened, 5, ZONE) == datetime(2026, 11, 24, 2, 59, 59, tzinfo=UTC)


def test_late_in_the_evening_it_is_still_the_same_day_there() -> None:
    assert local_day(datetime(2026, 11, 14, 2, tzinfo=UTC), ZONE) == date(2026, 11, 13)


def test_calendar_days_roll_on_to_a_business_day() -> None:
    opened = datetime(2026, 11, 14, 15, tzinfo=UTC)  # a Saturday, seven days later one again
    assert local_day(days_later(opened, 7, ZONE), ZONE) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        (datetime(2026, 11, 13, 15, tzinfo=UTC), datetime(2026, 11, 13, 15, tzinfo=UTC)),
        (datetime(2026, 11, 13, 9, tzinfo=UTC), datetime(2026, 11, 13, 11, tzinfo=UTC)),
        (datetime(2026, 11, 13, 22, tzinfo=UTC), datetime(2026, 11, 16, 11, tzinfo=UTC)),
        (datetime(2026, 11, 15, 15, tzinfo=UTC), datetime(2026, 11, 16, 11, tzinfo=UTC)),
    ],
    ids=["within hours", "before eight", "after six on a Friday", "on a Sunday"],
)
def test_work_that_only_begins_in_working_hours(asked: datetime, begins: datetime) -> None:
    assert service_start(asked, ZONE) == begins


def test_a_day_has_its_bounds_in_utc() -> None:
    begin, end = day_bounds(date(2026, 11, 21), ZONE)
    assert begin == datetime(2026, 11, 21, 3, tzinfo=UTC)
    assert end - begin == timedelta(days=1)


@given(DAYS, st.integers(1, 40))
def test_business_days_added_are_counted_again(day: date, count: int) -> None:
    end = add_business_days(day, count)
    assert is_business_day(end)
    assert business_days_between(day, end) == count


@given(DAYS)
def test_rolling_on_stops_at_the_first_business_day(day: date) -> None:
    rolled = business_day_from(day)
    assert is_business_day(rolled)
    assert rolled == day or business_days_between(day, rolled) == 1
