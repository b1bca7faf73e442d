"""What a desk asks of the centre, whichever way it gets there: directly or through a hub.

`Line` is the whole interface: feed (pull, wait), intents (push), and what stands around them.
Not for several threads at once, but `abort` may be called from any. Every method raises
CentreUnreachable when the line is broken or the server too busy, SignInFailed when the agent is
no longer one, CentreFault for what should not happen.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, Self
from uuid import UUID

from agent_desktop.errors import AgentDesktopError
from agent_desktop.models.agent.presence import Presence, Stand
from agent_desktop.models.rules.password import PasswordRule
from agent_desktop.models.store.centre_search import CentreFound
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.sync.server import Server

#: Rows as SQLite keeps them, by table.
Rows = dict[str, list[tuple[Any, ...]]]


class CursorUnknown(AgentDesktopError):
    """The mirror's cursor is of another life of the centre or too old: fetch all anew."""


class CentreFault(AgentDesktopError):
    """The centre answered with an error that is nobody's refusal; the text is for the log."""


class NotOffered(CentreFault):
    """The centre, or the hub before it, is of an older release and does not know this question."""


@dataclass(frozen=True, slots=True)
class Page:
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
        """How many parts it has."""
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


class Line(Protocol):
    """The centre as one agent sees it."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def close(self) -> None:
        """End the line; a broken one too."""

    def abort(self) -> None:
        """Break the line, from any thread: whoever waits for it gets CentreUnreachable."""

    def sign_in(self, client: UUID, host: str) -> dict[str, Any]:
        """What the centre tells a desk (docs/data.md §2)."""

    def position(self) -> Cursor:
        """Where the centre is now."""

    def lease_numbers(self, client: UUID, kind: str) -> tuple[int, int]:
        """A block of numbers for this desk's file: its first and its last."""

    def push(self, client: UUID, parcel: Parcel) -> IntentResult:
        """Offer one intent; the same one may be offered again and gets the same answer."""

    def reveal(self, account_id: UUID, field: str) -> str | None:
        """A masked value in full (`tax_id`, `birth_on`); the centre keeps who looked."""

    def password_rule(self) -> PasswordRule:
        """What a new password must be like, and how long this agent's is good."""

    def change_password(self, verifier: str) -> None:
        """Take another password from now on, as its SCRAM verifier (queries.scram_verifier)."""

    def quarantine(self, step: str, *values: Any) -> Any:
        """A step of handing sealed files over to the centre; hand_over.py knows them."""

    def search(self, typed: str) -> CentreFound:
        """What this text is a part of. The centre keeps who looked for which part of a tax id,
        and allows so many searches a minute."""

    def owner(self, table: str, record_id: UUID) -> UUID | None:
        """Whose a ticket, service_order or interaction is; None for one that is not seen."""

    def departed(self, user_names: Sequence[str]) -> list[str]:
        """Which of these are agents who have left, as far as this one may see them."""

    def acknowledge(self, client: UUID, cursor: Cursor) -> None:
        """Tell how far this desk's mirror is, so that the centre knows what it has forgotten."""

    def presence(self, client: UUID, stand: Stand) -> Presence:
        """Tell where this desk is, hear who else is there. Good for 30 s; a hint, kept nowhere."""

    def leave(self, client: UUID) -> None:
        """This desk is nowhere any more."""

    def pull(
        self,
        since: Cursor,
        upto: Cursor | None = None,
        after: tuple[str, int] = ("", 0),
        most: int = 500,
    ) -> Page:
        """The next page of what `since` does not contain. The first page sets `upto`.

        Raises CursorUnknown when the mirror must be made anew.
        """

    def snapshot(self) -> AbstractContextManager[tuple[Cursor, RowReader]]:
        """One moment of the whole centre: its cursor, and a reader of its tables."""

    def own_rows(self) -> Rows:
        """What this agent needs first: lists and people, own open tickets and interactions with
        all of their accounts, own calls. A few thousand rows at most."""

    def account_rows(self, account_id: UUID) -> Rows:
        """All there is of one account, in one moment: what has `account_id`, and itself."""

    def snapshot_offer(self, mirror_schema: int) -> SnapshotOffer | None:
        """A finished file to begin with, for a mirror of this shape; None if there is none."""

    def snapshot_part(self, snapshot: UUID, n: int) -> bytes | None:
        """A part of the file, from 0; None when the file is no more."""

    def listen(self) -> None:
        """Ask for hints that the feed has something new."""

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """Wait until a hint comes, until `wake` can be read, or for so many seconds; False then."""


def open_line(server: Server, user: str, password: str) -> Line:
    """Log in to the centre as this agent, directly or through the hub.

    Raises SignInFailed (wrong_password, agent_disabled), CentreUnreachable.
    """
    if server.is_hub:
        from agent_desktop.sync.hub_connection import HubConnection

        return HubConnection(server, user, password)
    from agent_desktop.sync.connection import Centre

    return Centre(server, user, password)
