"""Three-way merge per field: what both sides began with, what each made of it. Pure.

Fields that mean something only together (an address) are one unit: it is in conflict if both
sides changed any part of it differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent_desktop.models.store.outbox import ADDRESS

#: Fields that are merged as one.
UNITS: tuple[tuple[str, ...], ...] = (ADDRESS, ("status", "assignee_id", "assignee_name"))


@dataclass(frozen=True, slots=True)
class Merged:
    """`values`: all fields after the merge, theirs where both collide. `conflicts`: field names
    changed differently on both sides, whole units at a time."""

    values: Mapping[str, Any]
    conflicts: frozenset[str]


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Merge two versions of a record that both began as `base`.

    A field missing from `mine` was not changed here. Neither side loses a change silently:
    what cannot be merged stays theirs and is named in `conflicts`.
    """
    values, conflicts = dict(theirs), set[str]()
    for unit in _units({*mine}):
        ours = {field: mine.get(field, base.get(field)) for field in unit}
        began = {field: base.get(field) for field in unit}
        now = {field: theirs.get(field) for field in unit}
        if ours in (began, now):
            continue
        if now == began:
            values.update(ours)
        else:
            conflicts.update(unit)
    return Merged(values, frozenset(conflicts))


def _units(fields: set[str]) -> list[tuple[str, ...]]:
    """The units these fields belong to; a field of no unit is one of its own."""
    whole = [unit for unit in UNITS if fields.intersection(unit)]
    single = fields.difference(*UNITS)
    return [*whole, *((field,) for field in sorted(single))]
