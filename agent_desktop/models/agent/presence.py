"""Who has a record in front of them and who types in which field: a hint, never a lock.

Frozen values only; sync/presence.py asks for them, the screens show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

#: What is longer is no field of ours.
LONGEST_FIELD = 60


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a desk is: the record in front (`kind` is its table) and the field being typed in."""

    kind: str = ""
    record_id: UUID | None = None
    field: str = ""


NOWHERE = Stand()


@dataclass(frozen=True, slots=True)
class OtherAgent:
    """Somebody else who has the record in front; `field` is empty while nothing is typed."""

    name: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class OtherDesk:
    """Another desk at which the same agent is signed in, and since when."""

    host: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """What a desk was told: who else is at `stand`, and where else this agent is."""

    stand: Stand = NOWHERE
    here: tuple[OtherAgent, ...] = ()
    elsewhere: tuple[OtherDesk, ...] = ()


NOBODY = Presence()


def presence_of(stand: Stand, told: Mapping[str, Any]) -> Presence:
    """What the centre (or an edge) answered. Raises ValueError, KeyError, TypeError."""
    return Presence(
        stand,
        tuple(OtherAgent(str(one["name"]), str(one["field"])) for one in told["here"]),
        tuple(
            OtherDesk(str(one["host"]), datetime.fromisoformat(one["since"]))
            for one in told["elsewhere"]
        ),
    )
