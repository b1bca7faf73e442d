"""What was asked of a desk, and what it said it had saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Save:
    """One acknowledged save: these columns of this record have these values at the centre later.

    `order` counts what was asked of this workstation, over all its lives; `token` stands in the
    record's text and nowhere else.
    """

    order: int
    token: str
    table: str
    record: UUID
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change of a known record that was asked for; the centre may show it, or a later one."""

    order: int
    table: str
    record: UUID
    values: Mapping[str, Any] = field(default_factory=dict)
