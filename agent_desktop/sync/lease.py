"""Lets an agent sign in while the centre is down, by its last answer, kept in the mirror.

The lease runs from the last talk with the centre. Time is the desk's own clock; a clock that
stands before a moment already seen was set back, and then nothing it says is believed. By how much
that clock is ahead of the centre's is kept beside it, for work made while the centre is away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.errors import SignInFailed
from agent_desktop.models.site.clock import RIGHT, SiteClock
from agent_desktop.models.site.site import Site, site_from
from agent_desktop.models.store.mirror import keep, kept_value

#: How far a clock may go backwards without being called set back (it is corrected now and then).
TOLERANCE = timedelta(minutes=5)
KEY = "sign_in"
CLOCK = "clock"
#: Seconds; what it changes by less than AS_GOOD is not written.
AHEAD = "clock_ahead"
AS_GOOD = timedelta(seconds=5)


def begun(answer: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The values a mirror keeps of the centre's sign-in answer; the lease begins now.

    Without the telephone's secret, which is kept in the keyring and in no file.
    """
    line = {k: v for k, v in (answer.get("sip") or {}).items() if k != "secret"}
    ahead = now - datetime.fromisoformat(answer["server_time"])
    return {
        KEY: {"answer": {**answer, "sip": line}, "at": now.isoformat()},
        CLOCK: now.isoformat(),
        AHEAD: ahead.total_seconds(),
    }


def keep_answer(c: Connection, answer: Mapping[str, Any], now: datetime) -> None:
    """Keep the centre's sign-in answer inside `mirror.writing()`."""
    for key, value in begun(answer, now).items():
        keep(c, key, value)


def see_clock(c: Connection, now: datetime, ahead: timedelta) -> None:
    """Keep that this moment was seen, and how wrong the clock that showed it is, inside
    `mirror.writing()`."""
    seen = kept_value(c, CLOCK)
    # Never earlier than what was seen before: a clock that was set back must stay noticed.
    if seen is None or datetime.fromisoformat(seen) < now:
        keep(c, CLOCK, now.isoformat())
    if abs(ahead - _ahead(c)) > AS_GOOD:
        keep(c, AHEAD, ahead.total_seconds())


def kept_clock(c: Connection) -> SiteClock:
    """The centre's clock as it was known here last."""
    return SiteClock(_ahead(c))


def _ahead(c: Connection) -> timedelta:
    seconds = kept_value(c, AHEAD)
    return RIGHT if seconds is None else timedelta(seconds=seconds)


def told(clock: SiteClock, answer: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The centre's answer has just come: the lease begins as `begun` says, the clock is set."""
    clock.is_told(datetime.fromisoformat(answer["server_time"]))
    return begun(answer, now)


def kept_site(c: Connection, client: UUID, now: datetime) -> Site:
    """The site as it was told last, if the lease still runs.

    Raises SignInFailed: never_signed_in_here, clock_set_back, lease_expired.
    """
    kept = kept_value(c, KEY)
    if kept is None:
        raise SignInFailed("never_signed_in_here")
    told_at = datetime.fromisoformat(kept["at"])
    seen = datetime.fromisoformat(kept_value(c, CLOCK) or kept["at"])
    # Else a clock set back would make any lease last for ever.
    if now < max(seen, told_at) - TOLERANCE:
        raise SignInFailed("clock_set_back")
    if now > told_at + timedelta(seconds=kept["answer"]["lease_seconds"]):
        raise SignInFailed("lease_expired")
    return site_from(kept["answer"], client)
