"""The desk's standing with the centre, as one frozen value for the header.

Imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class SyncState(Enum):
    """IN_SYNC nothing to send; SENDING connected with unsent work; OFFLINE the centre does not
    answer (or refuses the agent); RESYNCING the mirror is being made anew."""

    IN_SYNC = "in_sync"
    SENDING = "sending"
    OFFLINE = "offline"
    RESYNCING = "resyncing"


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`unsent` intents the centre has not answered; `since` when this state began, in UTC.

    `code` says why it is offline: unreachable, wrong_password, agent_disabled, centre_fault,
    centre_older (it does not know what this release reads), store_damaged. While resyncing
    `fetched` counts rows (of a finished file: those it will bring), `expected` is about how many
    there will be, and `seconds_left` how long it may still take; 0 and None while nobody can know.
    """

    state: SyncState
    unsent: int = 0
    since: datetime | None = None
    code: str = ""
    fetched: int = 0
    expected: int = 0
    seconds_left: int | None = None
