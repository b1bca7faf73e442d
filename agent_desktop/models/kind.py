"""What a kind of record is, declared once: the whole contract between desk, centre and screens.

A `Kind` holds facts and never behaviour. What follows from it elsewhere: the mirrored table and
its converters (store/tables.py), numbers, search, worklist, working set, eviction, the rows that
move with an interaction, the generic verbs (records.py), and at the centre the rows of crm.kind,
crm.kind_field and crm.kind_move, by which its generic functions know what may be set and reached.

This module imports the standard library only, so that screens may import records before the first
paint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from uuid import UUID


class Word(StrEnum):
    """A code word. A word this version does not know (a newer centre) reads as OTHER."""

    @classmethod
    def _missing_(cls, value: object) -> Word:
        return cls("")


@dataclass(frozen=True, slots=True)
class Record:
    """What every record has. `revision` is raised by the centre with each change.

    The annotations of a record are its mirrored table, in order, between `id` and `revision`.
    """

    id: UUID
    revision: int = 0
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Most:
    """How many characters a text may have, at the desk and at the centre."""

    characters: int


#: Texts by their size; a bare `str` is a Line.
Line = Annotated[str, Most(300)]
Prose = Annotated[str, Most(20_000)]


@dataclass(frozen=True, slots=True)
class Measure:
    """Marks a whole number that is 0, and never unknown, where nothing was measured."""


Measured = Annotated[int, Measure()]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the mirrored table, named `<table>_by_<name>` or, with nothing before it, by its
    first column. `expression` replaces the columns, `where` makes it partial; both are SQL."""

    columns: tuple[str, ...] = ()
    name: str = ""
    where: str = ""
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """The number people say. `prefix` stands before it ("TK-"); blocks of it are leased to desks
    as `series` ("ticket"), which local.db remembers and which must therefore never change."""

    series: str
    prefix: str = ""
    column: str = "number"


@dataclass(frozen=True, slots=True)
class Life:
    """The states of a record: `moves[from][to]` is the right that the move takes, "" for none.
    `done` are the states in which nothing is left to do."""

    moves: Mapping[str, Mapping[str, str]]
    start: str
    done: frozenset[str]
    column: str = "state"


class OnMove(StrEnum):
    """What happens to a reference when its record moves to another account."""

    KEEP = "keep"
    CLEAR = "clear"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Tie:
    """A reference of a record to another one, by the column that holds its id."""

    column: str
    on_move: OnMove = OnMove.KEEP


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Who has the record to do: the column of the person, and of the team that has it while no
    person has; by which columns it is urgent. Empty where there is none."""

    person: str = "assignee_id"
    team: str = ""
    due: str = ""
    priority: str = ""


#: What the centre can do for a kind that has no rules of its own.
VERBS = ("create", "change", "move", "link", "note")


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """One kind of record.

    `name` is its table at the centre and in the mirror. `title` is the column that a list shows.
    `units` are the columns that may be changed, those that are merged as one together.
    `created` are the columns that may be given when it is made and never again.
    `required` may not be empty. `parts` are the tables of rows that move and are erased with it.
    `parent` is the column that names the record a part belongs to; empty for a record of its own.
    `presence` says that who has it open is told to colleagues.
    `verbs` are the words of VERBS that the centre does for it; a kind with rules of its own has
    verbs of its own instead.
    """

    name: str
    record: type[R]
    indexes: tuple[Index, ...] = ()
    number: Number | None = None
    title: str = ""
    units: tuple[tuple[str, ...], ...] = ()
    created: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    parent: str = ""
    life: Life | None = None
    ties: tuple[Tie, ...] = ()
    own_work: OwnWork | None = None
    presence: bool = False
    verbs: tuple[str, ...] = ()

    @property
    def owned(self) -> bool:
        """Whether its records belong to an account, and take their scope from it."""
        return "account_id" in self.record.__annotations__
