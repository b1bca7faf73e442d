"""Clocks that run towards a promise. Pure; all times are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Level(Enum):
    """How near a clock is to its end: more than half left, a quarter, less, nothing."""

    SAFE = "safe"
    RISK = "risk"
    BAD = "bad"
    OVER = "over"


#: Below these shares of time left a clock is no longer SAFE, no longer only at RISK.
RISK_BELOW = 0.50
BAD_BELOW = 0.25


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise made at `started_at` and due at `due_at`; it stands still since `paused_at`.

    `stopped_at` is when it was kept (or not): the clock shows what was left then. The centre
    moves `due_at` when a pause ends, so a clock needs to know only the pause that is running.
    """

    due_at: datetime
    started_at: datetime
    paused_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """True while the clock waits for the customer."""
        return self.paused_at is not None and self.stopped_at is None


def remaining(clock: Clock, now: datetime) -> timedelta:
    """Time left; negative once it is over."""
    return clock.due_at - (clock.stopped_at or clock.paused_at or now)


def share_left(clock: Clock, now: datetime) -> float:
    """The part of the whole time that is left, from 1.0 down to 0.0."""
    whole = clock.due_at - clock.started_at
    if whole <= timedelta(0):
        return 1.0 if remaining(clock, now) > timedelta(0) else 0.0
    return min(1.0, max(0.0, remaining(clock, now) / whole))


def level(clock: Clock, now: datetime) -> Level:
    """How near the clock is to its end."""
    if remaining(clock, now) <= timedelta(0):
        return Level.OVER
    share = share_left(clock, now)
    if share > RISK_BELOW:
        return Level.SAFE
    return Level.RISK if share >= BAD_BELOW else Level.BAD


def breaches_before(clock: Clock, now: datetime, within: timedelta) -> bool:
    """True if the clock is running and ends within that time (or is already over)."""
    return clock.stopped_at is None and not clock.is_paused and remaining(clock, now) <= within
