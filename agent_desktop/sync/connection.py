"""The desk's only door to the centre: one PostgreSQL connection as the agent.

Rows come out as SQLite keeps them (tables.stored_row): the server does the converting, so that
this process holds the interpreter as little as possible. Not for several threads at once, but
`abort` may be called from any.
"""

from __future__ import annotations

import contextlib
import ipaddress
import selectors
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from psycopg import sql

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.models import tables
from agent_desktop.models.cursor import Cursor
from agent_desktop.models.outbox import Answer, Parcel
from agent_desktop.models.pending import State
from agent_desktop.sync import tls_fault

DATABASE = "agent_desktop"
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
#: A centre that says nothing for this long, although the network lives, is given up.
SILENCE_SECONDS = STATEMENT_SECONDS + 10

_OPTIONS = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "TimeZone": "UTC",
    "DateStyle": "ISO",
}
# SQLSTATE classes that pass by themselves: connection, resources, operator, lock, system.
_PASSING = ("08", "25", "40", "53", "55", "57", "58")
# What a server says that took the password, or did not look at it: busy, or a standby.
_NOT_THE_PASSWORD = ("too many", "starting", "shutting", "read-only", "standby", "recovery")


class CursorUnknown(AgentDesktopError):
    """The mirror's cursor is of another life of the centre or too old: fetch all anew."""


class CentreFault(AgentDesktopError):
    """The centre answered with an error that is nobody's refusal; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the centre is. `root_certificate` is a file, empty for the system's list."""

    host: str
    port: int = 5432
    database: str = DATABASE
    root_certificate: str = ""

    @classmethod
    def parse(cls, text: str, root_certificate: str = "") -> Server:
        """Read `host[:port][/database]`; raises ValueError."""
        parts = urlsplit(f"//{text.strip()}")
        if not parts.hostname:
            raise ValueError("no host")
        database = parts.path.strip("/") or DATABASE
        return cls(parts.hostname, parts.port or 5432, database, root_certificate)

    @property
    def is_loopback(self) -> bool:
        """Whether the centre is on this machine, where nobody listens in."""
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the feed: current rows and vanished ids by table, both as SQLite keeps them.

    `after` is where the next page begins; `is_last` when `upto` is reached.
    """

    upto: Cursor
    rows: dict[str, list[tuple[Any, ...]]]
    gone: dict[str, list[UUID]]
    after: tuple[str, int]
    is_last: bool


class Centre:
    """A connection to the centre as one agent; close it, or use it as a context manager.

    Every method raises CentreUnreachable when the line is broken or the server too busy,
    SignInFailed when the agent is no longer one, CentreFault for what should not happen.
    """

    def __init__(self, server: Server, user: str, password: str) -> None:
        """Log in. Raises SignInFailed (wrong_password, agent_disabled), CentreUnreachable."""
        self._connection = _connect(server, user, password)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True  # only for transactions; push is a bare statement

    def __enter__(self) -> Centre:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; a broken one too."""
        with contextlib.suppress(psycopg.Error):
            self._connection.close()

    def abort(self) -> None:
        """Break the line, from any thread: whoever waits for the centre gets CentreUnreachable."""
        with contextlib.suppress(psycopg.Error, OSError):
            line = socket.socket(fileno=self._connection.fileno())
            try:
                line.shutdown(socket.SHUT_RDWR)
            finally:
                line.detach()

    # -- functions of api_v1 ---------------------------------------------------------------
    def sign_in(self, client: UUID, host: str) -> dict[str, Any]:
        """What the centre tells a desk (docs/data.md §2)."""
        answer: dict[str, Any] = self._one("select api_v1.sign_in(%s, %s)", client, host)
        return answer

    def position(self) -> Cursor:
        """Where the centre is now."""
        return Cursor(**self._one("select api_v1.position()"))

    def lease_numbers(self, client: UUID, kind: str) -> tuple[int, int]:
        """A block of numbers for this desk's file: its first and its last."""
        with self._talking():
            query = "select first, last from api_v1.lease_numbers(%s, %s)"
            row = self._connection.execute(query, (client, kind)).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def push(self, client: UUID, parcel: Parcel) -> Answer:
        """Offer one intent; the same one may be offered again and gets the same answer."""
        found = self._one(
            "select api_v1.push(%s, %s, %s, %s, %s::jsonb, %s::bigint[])",
            client,
            parcel.n,
            parcel.hash,
            parcel.kind,
            parcel.payload,
            list(parcel.depends_on),
        )
        return Answer(
            state=State(found["state"]),
            code=found.get("code") or "",
            fields=found.get("fields") or {},
            theirs=found.get("theirs") or {},
            xid=int(found["xid"]) if found.get("xid") else None,
        )

    def reveal(self, account_id: UUID, field: str) -> str | None:
        """A masked value in full (`tax_id`, `birth_on`); the centre keeps who looked."""
        # Two transactions: the value comes only once the trace is there for good.
        self._one("select api_v1.ask_reveal(%s, %s)", account_id, field)
        value: str | None = self._one("select api_v1.reveal(%s, %s)", account_id, field)
        return value

    def departed(self, user_names: Sequence[str]) -> list[str]:
        """Which of these are agents who have left, as far as this one may see them."""
        with self._talking():
            query = "select user_name from sync_v1.agent where user_name = any(%s) and not active"
            rows = self._connection.execute(query, (list(user_names),)).fetchall()
        return [row[0] for row in rows]

    # -- the feed --------------------------------------------------------------------------
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
        with self._talking(), self._connection.transaction():
            here = self._position()
            if (here.generation, here.schema) != (since.generation, since.schema):
                raise CursorUnknown("the centre's generation changed")
            if since.is_ahead_of(here):
                raise CursorUnknown("the mirror is ahead of the centre")
            target = upto or here
            lines = self._connection.execute(
                "select xid, seq, table_name, id, op from sync_v1.log(%s, %s, %s, %s, %s)",
                (since.snapshot, target.snapshot, *after, most),
            ).fetchall()
            rows, gone = self._current(lines)
        last = (lines[-1][0], lines[-1][1]) if lines else after
        return Page(target, rows, gone, last, is_last=len(lines) < most)

    def _current(
        self, lines: Sequence[tuple[Any, ...]]
    ) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, list[UUID]]]:
        """The records of these lines as they are now, and the ids of those that are not."""
        ids: dict[str, set[UUID]] = {}
        for _, _, table, record_id, _ in lines:
            if table in tables.MIRRORED:
                ids.setdefault(table, set()).add(record_id)
        rows, gone = {}, {}
        for table, wanted in ids.items():
            query = select_rows(table) + sql.SQL(" where id = any(%s)")
            with self._connection.cursor(binary=True) as cursor:
                rows[table] = cursor.execute(query, (list(wanted),)).fetchall()
            gone[table] = list(wanted - {UUID(bytes=row[0]) for row in rows[table]})
        return rows, gone

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[Cursor, Reader]]:
        """One moment of the whole centre: its cursor, and a reader of its tables."""
        with self._told(), self._connection.transaction():
            yield self._position(), Reader(self._connection)

    def _position(self) -> Cursor:
        row = self._connection.execute("select api_v1.position()").fetchone()
        assert row is not None
        return Cursor(**row[0])

    # -- hints -----------------------------------------------------------------------------
    def listen(self) -> None:
        """Ask for hints that the feed has something new."""
        with self._talking():
            self._connection.execute("listen feed")

    def wait(self, seconds: float, wake: socket.socket) -> None:
        """Wait until a hint comes, until `wake` can be read, or for so many seconds."""
        with self._told(), selectors.DefaultSelector() as selector:
            selector.register(self._connection.fileno(), selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            selector.select(seconds)
            for _ in self._connection.notifies(timeout=0):
                pass

    # -- errors ----------------------------------------------------------------------------
    def _one(self, query: str, *values: Any) -> Any:
        """The only value of the only row."""
        with self._talking():
            row = self._connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    @contextlib.contextmanager
    def _talking(self) -> Iterator[None]:
        """Errors by our names, and an end to silence."""
        silence = threading.Timer(SILENCE_SECONDS, self.abort)
        silence.daemon = True
        silence.start()
        try:
            with self._told():
                yield
        finally:
            silence.cancel()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            _raise_ours(error, broken=self._connection.broken or self._connection.closed)


class Reader:
    """Reads whole tables in the transaction of `Centre.snapshot`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, table: str, at_once: int = 5000) -> Iterator[tuple[Any, ...]]:
        """All rows of `sync_v1.<table>` as SQLite keeps them, streamed."""
        with self._connection.cursor(name=f"all_{table}", binary=True) as cursor:
            cursor.itersize = at_once
            yield from cursor.execute(select_rows(table))


@cache
def select_rows(table: str) -> sql.Composed:
    """`select ... from sync_v1.<table>` with each value as SQLite keeps it."""
    columns = tables.MIRRORED[table].columns
    values = [_as_stored(name, columns[name].type) for name in tables.VIEW_COLUMNS[table]]
    return sql.SQL("select {} from sync_v1.{}").format(
        sql.SQL(", ").join(values), sql.Identifier(table)
    )


def _as_stored(name: str, kind: object) -> sql.Composed:
    forms = {
        tables.Uuid: "uuid_send({})",
        tables.UtcTime: "(extract(epoch from {}) * 1000000)::bigint",
        tables.Day: "{}::text",
    }
    return sql.SQL(forms.get(type(kind), "{}")).format(sql.Identifier(name))


def _connect(server: Server, user: str, password: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(
            host=server.host,
            port=server.port,
            dbname=server.database,
            user=user,
            password=password,
            **_encryption(server),
            require_auth="scram-sha-256",  # never a password in clear, whoever asks for it
            gssencmode="disable",
            target_session_attrs="read-write",
            connect_timeout=CONNECT_SECONDS,
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
            tcp_user_timeout=SILENCE_SECONDS * 1000,
            application_name="agent-desktop",
            options=" ".join(f"-c {name}={value}" for name, value in _OPTIONS.items()),
            autocommit=True,
        )
    except psycopg.Error as error:
        # The library's error carries the password; neither it nor its chain goes further.
        failure: AgentDesktopError = _why_not_connected(error, server)
    raise failure


def _encryption(server: Server) -> dict[str, Any]:
    """TLS with a verified name, except on the loopback, where the demo's server has none; with an
    authority of the site there too."""
    if server.is_loopback and not server.root_certificate:
        return {"sslmode": "prefer"}
    return {"sslmode": "verify-full", "sslrootcert": server.root_certificate or "system"}


def _why_not_connected(error: psycopg.Error, server: Server) -> AgentDesktopError:
    """What a failed log-in means. PostgreSQL gives no code here, only words."""
    words = str(error)
    if "password authentication failed" in words:
        return SignInFailed("wrong_password")
    if "is not permitted to log in" in words or "permission denied for database" in words:
        return SignInFailed("agent_disabled")
    used_password = error.pgconn is not None and error.pgconn.used_password
    if used_password and not any(sign in words for sign in _NOT_THE_PASSWORD):
        return SignInFailed("wrong_password")  # a server that speaks another language
    code = tls_fault.code_of(words, server.host, server.port, server.root_certificate)
    reason = words.strip().splitlines()[0] if words.strip() else "no answer"
    return CentreUnreachable(reason, code or "unreachable")


def _raise_ours(error: psycopg.Error, broken: bool) -> NoReturn:
    """Raise our name for an error of an open connection."""
    state, words = error.sqlstate or "", str(error).strip()
    if state == "AD001":
        raise SignInFailed("agent_disabled") from None
    if state == "AD021":
        raise SignInFailed("file_of_another_agent") from None
    if state == "AD011":
        raise CursorUnknown(words) from None
    if broken or state == "AD010" or state[:2] in _PASSING or not state:
        raise CentreUnreachable(words) from None
    raise CentreFault(f"{state}: {words}") from None
