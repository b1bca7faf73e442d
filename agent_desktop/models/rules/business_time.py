"""Days on which deadlines run: Brazil's national holidays, business days, deadlines. Pure.

Carnival and Corpus Christi are not in the list: they are optional holidays, and counting them
as business days can only make a deadline earlier, never too late. Local holidays belong to the
country pack of a site and may be given as `also`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
#: (month, day, first year) of the fixed national holidays of Brazil. 20 November became a
#: national one with Law 14.759/2023.
_FIXED = (
    (1, 1, 1900),
    (4, 21, 1900),
    (5, 1, 1900),
    (9, 7, 1900),
    (10, 12, 1980),
    (11, 2, 1900),
    (11, 15, 1900),
    (11, 20, 2024),
    (12, 25, 1900),
)
#: When a service that only begins within working hours may begin (REN 1000/2021 art. 362).
OPENS, CLOSES = time(8), time(18)
_LAST_MOMENT = time(23, 59, 59)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous rule of 1876)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """National holidays of Brazil; of the moveable ones only Good Friday is one."""
    fixed = {date(year, month, day) for month, day, since in _FIXED if year >= since}
    return frozenset({*fixed, easter(year) - 2 * DAY})


def is_business_day(day: date, also: Collection[date] = ()) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays(day.year) and day not in also


def business_day_from(day: date, also: Collection[date] = ()) -> date:
    """The day itself if it is a business day, else the next one."""
    while not is_business_day(day, also):
        day += DAY
    return day


def add_business_days(day: date, count: int, also: Collection[date] = ()) -> date:
    """The business day that many business days after `day`, which is not counted itself."""
    for _ in range(count):
        day = business_day_from(day + DAY, also)
    return day


def business_days_between(start: date, end: date, also: Collection[date] = ()) -> int:
    """Business days after `start` up to and with `end`; 0 if `end` is not later."""
    days = (start + DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day, also) for day in days)


def local_day(at: datetime, zone: str) -> date:
    """The day it is at a place at a UTC time."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The UTC times at which a place's day begins and the next one begins."""
    place = ZoneInfo(zone)
    begin, end = (datetime.combine(d, time(0), place) for d in (day, day + DAY))
    return begin.astimezone(UTC), end.astimezone(UTC)


def service_start(at: datetime, zone: str, also: Collection[date] = ()) -> datetime:
    """`at` itself within working hours of a business day, else when they next begin."""
    local = at.astimezone(ZoneInfo(zone))
    day = local.date()
    if is_business_day(day, also) and OPENS <= local.time() < CLOSES:
        return at
    if not is_business_day(day, also) or local.time() >= CLOSES:
        day = business_day_from(day + DAY, also)
    return datetime.combine(day, OPENS, local.tzinfo).astimezone(UTC)


def days_later(at: datetime, count: int, zone: str, also: Collection[date] = ()) -> datetime:
    """The end of the day that many calendar days later, moved on to a business day.

    The first day is not counted and the last one is.
    """
    day = business_day_from(local_day(at, zone) + DAY * count, also)
    return _end_of(day, zone)


def business_days_later(
    at: datetime, count: int, zone: str, also: Collection[date] = ()
) -> datetime:
    """The end of the business day that many business days later; the first is not counted."""
    return _end_of(add_business_days(local_day(at, zone), count, also), zone)


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, _LAST_MOMENT, ZoneInfo(zone)).astimezone(UTC)
