"""Whether a record is the agent's own work, from what its kind says of it.

The work is a person's or, while no person has it, a team's; it ends with the states that are done.
Values are those that SQLite keeps: ids as 16 bytes, states as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent_desktop.models.kind import Kind


def is_own(kind: Kind[Any], row: Mapping[str, Any], person: bytes, team: bytes | None) -> bool:
    """Whether this person, or this team with nobody on it, still has the record to do."""
    work, life = kind.own_work, kind.life
    if work is None or life is None or row[life.column] in life.done:
        return False
    has_it = row[work.person]
    if has_it is not None:
        return bytes(has_it) == person
    theirs = row[work.team] if work.team else None
    return theirs is not None and team is not None and bytes(theirs) == team


def condition(kind: Kind[Any], person: bytes, team: bytes | None) -> tuple[str, tuple[Any, ...]]:
    """The same as SQL over the mirrored table, with its values. Raises ValueError for a kind that
    is nobody's work."""
    work, life = kind.own_work, kind.life
    if work is None or life is None:
        raise ValueError(f"{kind.name} is nobody's work")
    done = sorted(life.done)
    undone = f"{life.column} NOT IN ({', '.join('?' * len(done))})"
    if not work.team:
        return f"{undone} AND {work.person} = ?", (*done, person)
    free = f"({work.person} IS NULL AND {work.team} = ?)"
    return f"{undone} AND ({work.person} = ? OR {free})", (*done, person, team)
