"""The answers of the centre as values, and the reasons why it may give none.

Both ways to the centre (connection.py, hub_connection.py) and the hub's edge give these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from agent_desktop.errors import AgentDesktopError
from agent_desktop.models.store.cursor import Cursor

#: Rows as SQLite keeps them, by table.
Rows = dict[str, list[tuple[Any, ...]]]


class CursorUnknown(AgentDesktopError):
    """The mirror's cursor is of another life of the centre or too old: fetch all anew."""


class CentreFault(AgentDesktopError):
    """The centre answered with an error that is nobody's refusal; the text is for the log."""


class NotOffered(CentreFault):
    """The centre, or the hub before it, is of an older release and does not know this question."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A part of the feed: current rows and vanished ids by table, both as SQLite keeps them.

    `after` is where the next page begins; `is_last` when `upto` is reached.
    """

    upto: Cursor
    rows: Rows
    gone: dict[str, list[UUID]]
    after: tuple[str, int]
    is_last: bool


@dataclass(frozen=True, slots=True)
class SnapshotOffer:
    """A finished mirror file that this agent may begin with.

    It comes in parts of `part_size` bytes (the last one shorter), is encrypted with `key` and has
    the digest `sha256` as a whole. `cursor` is what it shows.
    """

    id: UUID
    cursor: Cursor
    rows: int
    size: int
    part_size: int
    sha256: bytes
    key: bytes

    @property
    def parts(self) -> int:
        """The number of its parts."""
        return -(-self.size // self.part_size)


class RowReader(Protocol):
    """Reads whole tables as they were at one moment. `expected` says about how many rows all
    have, `accounts` how many that of accounts has (0: nobody knows)."""

    @property
    def expected(self) -> int: ...
    @property
    def accounts(self) -> int: ...
    def entries(self) -> Iterator[tuple[Any, ...]] | None:
        """The directory's entries, made ready (directory_query.py); None where there are none
        and rows have to do."""

    def rows(
        self, table: str, at_once: int = 5000, *, unowned: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """All rows of `sync_v1.<table>` as SQLite keeps them, streamed; `unowned`: those that
        belong to no account are enough."""
