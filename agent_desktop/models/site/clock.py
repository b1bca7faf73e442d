"""What time it is at the centre, as well as this desk knows it.

Promises, protocol numbers and the times of records go by it, so that a desk whose clock is wrong
by hours promises nothing wrong, also while the centre is away. No SQLAlchemy here.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

#: A clock that is wrong by no more than this is believed: the centre's answer was on its way too.
TOLERANCE = timedelta(seconds=5)
RIGHT = timedelta(0)


class SiteClock:
    """The desk's clock, put right by what the centre's showed last.

    In between, time goes by a clock that nobody sets: one that is set while the program runs
    changes nothing. `ahead` is by how much this desk's clock was wrong when it was last known.
    """

    def __init__(self, ahead: timedelta = RIGHT) -> None:
        self._seen = (datetime.now(UTC) - ahead, seconds_up())

    def is_told(self, at: datetime) -> None:
        """The centre's clock shows `at` (aware) now."""
        self._seen = (at, seconds_up())

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        here = datetime.now(UTC)
        return here - self._ahead_at(here)

    def of(self, here: datetime) -> datetime:
        """The moment at which this desk's clock, as it goes now, showed `here`."""
        return here - self.ahead

    @property
    def ahead(self) -> timedelta:
        """By how much this desk's clock is ahead of the centre's; less than nothing if behind."""
        return self._ahead_at(datetime.now(UTC))

    def _ahead_at(self, here: datetime) -> timedelta:
        at, uptime = self._seen
        ahead = here - at - timedelta(seconds=seconds_up() - uptime)
        return ahead if abs(ahead) > TOLERANCE else RIGHT


def seconds_up() -> float:
    """Seconds by a clock that is never set and goes on while the computer sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # of Windows: goes on as well
