"""How far the mirror is: the centre's snapshot it shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cursor:
    """The centre's generation and schema, and the text of the snapshot the mirror shows.

    `snapshot` is PostgreSQL's `xmin:xmax:xip,...`; it comes from the primary only.
    """

    generation: int
    schema: int
    snapshot: str

    def contains(self, xid: int) -> bool:
        """Whether the work of this transaction is in the mirror (pg_visible_in_snapshot)."""
        _, xmax, running = self.snapshot.split(":")
        if xid >= int(xmax):
            return False
        return str(xid) not in running.split(",")

    def is_ahead_of(self, other: Cursor) -> bool:
        """Whether this cursor knows transactions that `other`, the centre's, does not yet."""
        return int(self.snapshot.split(":")[1]) > int(other.snapshot.split(":")[1])

    def is_of_another_life(self, here: Cursor) -> bool:
        """Whether the centre, which is `here` now, was restored since, or another one took its
        place. Until the administrator says so, only that this cursor knows more tells it."""
        return self.generation != here.generation or self.is_ahead_of(here)
