"""How a generated row spells ids, times and days: as Python values or as mirror.db keeps them.

Inside the generator an id is a 128-bit number, a time the whole microseconds since 1970 and a
day its proleptic ordinal. Whole numbers are quick to compute with; only the last step makes a
UUID of them (for the centre) or 16 bytes (for a mirror), and that choice is this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID, SafeUUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: The ordinal of 1970-01-01, to go from microseconds to days.
EPOCH_ORDINAL = EPOCH.toordinal()
#: Brasília time; Brazil has had no daylight saving since 2019.
SITE_OFFSET = -3 * HOUR

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class RowFormat:
    """Three functions that turn numbers into the values of a row."""

    id: Callable[[int], object]
    at: Callable[[int], object]
    day: Callable[[int], object]


_new = UUID.__new__
_put = object.__setattr__
_UNKNOWN = SafeUUID.unknown


def _uuid(number: int) -> UUID:
    """UUID(int=number) without its checks of other arguments: less than half the time."""
    value = _new(UUID)
    _put(value, "int", number)
    _put(value, "is_safe", _UNKNOWN)
    return value


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _sixteen_bytes(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _itself(number: int) -> int:
    return number


@lru_cache(maxsize=40_000)
def _iso_day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


#: UUID, aware datetime, date: what a database driver takes.
PYTHON = RowFormat(_uuid, _moment, date.fromordinal)
#: 16 bytes, microseconds, ISO text: what models/store/tables.py keeps in SQLite.
MIRROR = RowFormat(_sixteen_bytes, _itself, _iso_day)


def microseconds(moment: datetime) -> int:
    """An aware time as whole microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def local_ordinal(at: int) -> int:
    """The ordinal of the day it is at the site at the time `at`."""
    return (at + SITE_OFFSET) // DAY + EPOCH_ORDINAL
