"""What a record is, whatever its kind: the base of all records and of their code words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Word(StrEnum):
    """A code word. A word this version does not know (a newer centre) reads as OTHER."""

    @classmethod
    def _missing_(cls, value: object) -> Word:
        return cls("")


@dataclass(frozen=True, slots=True)
class Record:
    """What every record has. `revision` is raised by the centre with each change."""

    id: UUID
    revision: int = 0
    pending: bool = False
