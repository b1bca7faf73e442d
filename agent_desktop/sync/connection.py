"""The desk's direct line to the centre: one PostgreSQL connection as the agent.

Large sites have a hub between; hub_connection.py is the line to it. line.py is what both are.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, TypeVar
from uuid import UUID

import psycopg

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.models.agent.presence import Presence, Stand, presence_of
from agent_desktop.models.rules.password import PasswordRule, rule_from
from agent_desktop.models.store.centre_search import CentreFound
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.sync import queries, search_query, tls_fault
from agent_desktop.sync.centre import CentreFault, CursorUnknown, Page, Rows, SnapshotOffer
from agent_desktop.sync.queries import Reader
from agent_desktop.sync.server import DATABASE, Server

__all__ = ["DATABASE", "Centre", "CentreFault", "CursorUnknown", "Page", "Reader", "Server"]

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
#: A desk does not follow each hint at once: between two pulls it rests some four times as long as
#: the last one took, so that many desks leave each other room, the more the busier the centre is.
MOST_REST_SECONDS = 1.0
# What a server says that took the password, or did not look at it: busy, or a standby. What libpq
# says when the line broke after the password was on its way: nobody has said a word about it.
_NOT_THE_PASSWORD = (
    *("too many", "starting", "shutting", "read-only", "standby", "recovery"),
    *("closed the connection", "connection has been closed", "could not receive", "could not send"),
    *("connection reset", "timed out", "timeout expired", "ssl error", "syscall"),
    *("not currently accepting connections", "does not exist"),  # in maintenance
)

Found = TypeVar("Found")


class Centre:
    """A connection to the centre as one agent; close it, or use it as a context manager."""

    def __init__(self, server: Server, user: str, password: str) -> None:
        """Log in. Raises SignInFailed (wrong_password, agent_disabled), CentreUnreachable."""
        self._connection = _connect(server, user, password)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._rested_at = 0.0
        self._connection.read_only = True  # only for transactions; push is a bare statement

    def __enter__(self) -> Self:
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

    # -- what is asked (see line.py) ---------------------------------------------------------
    def sign_in(self, client: UUID, host: str) -> dict[str, Any]:
        """See Line."""
        return self._ask(lambda c: queries.sign_in(c, client, host))

    def position(self) -> Cursor:
        """See Line."""
        return self._ask(queries.position)

    def lease_numbers(self, client: UUID, kind: str) -> tuple[int, int]:
        """See Line."""
        return self._ask(lambda c: queries.lease_numbers(c, client, kind))

    def push(self, client: UUID, parcel: Parcel) -> IntentResult:
        """See Line."""
        return self._ask(lambda c: queries.push(c, client, parcel))

    def reveal(self, account_id: UUID, field: str) -> str | None:
        """See Line."""
        # Two transactions: the value comes only once the trace is there for good.
        self._ask(lambda c: queries.ask_reveal(c, account_id, field))
        return self._ask(lambda c: queries.reveal(c, account_id, field))

    def search(self, typed: str) -> CentreFound:
        """See Line."""
        code = self._ask(lambda c: search_query.ask_search(c, typed))
        if code:
            return CentreFound(code)
        return search_query.found_of(self._ask(lambda c: search_query.search(c, typed)))

    def owner(self, table: str, record_id: UUID) -> UUID | None:
        """See Line."""
        return self._ask(lambda c: search_query.owner(c, table, record_id))

    def acknowledge(self, client: UUID, cursor: Cursor) -> None:
        """See Line."""
        self._ask(lambda c: queries.acknowledge(c, client, cursor))

    def presence(self, client: UUID, stand: Stand) -> Presence:
        """See Line."""
        return presence_of(stand, self._ask(lambda c: queries.presence(c, client, stand)))

    def leave(self, client: UUID) -> None:
        """See Line."""
        self._ask(lambda c: queries.leave(c, client))

    def snapshot_offer(self, mirror_schema: int) -> SnapshotOffer | None:
        """See Line."""
        return self._ask(lambda c: queries.snapshot_offer(c, mirror_schema))

    def snapshot_part(self, snapshot: UUID, n: int) -> bytes | None:
        """See Line."""
        return self._ask(lambda c: queries.snapshot_part(c, snapshot, n))

    def password_rule(self) -> PasswordRule:
        """See Line."""
        return rule_from(self._ask(queries.password_rule))

    def change_password(self, verifier: str) -> None:
        """See Line."""
        self._ask(lambda c: queries.change_password(c, verifier))

    def quarantine(self, step: str, *values: Any) -> Any:
        """See Line."""
        return self._ask(lambda c: queries.quarantine(c, step, *values))

    def departed(self, user_names: Sequence[str]) -> list[str]:
        """See Line."""
        return self._ask(lambda c: queries.departed(c, user_names))

    def account_rows(self, account_id: UUID) -> Rows:
        """See Line."""
        with self._talking(), self._connection.transaction():
            return queries.account_rows(self._connection, account_id)

    def pull(
        self,
        since: Cursor,
        upto: Cursor | None = None,
        after: tuple[str, int] = ("", 0),
        most: int = 500,
    ) -> Page:
        """See Line."""
        began = time.monotonic()
        with self._talking(), self._connection.transaction():
            page = queries.pull(self._connection, since, upto, after, most)
        now = time.monotonic()
        self._rested_at = now + min(MOST_REST_SECONDS, (now - began) * random.uniform(3, 5))
        return page

    def own_rows(self) -> Rows:
        """See Line."""
        with self._talking(), self._connection.transaction():
            return queries.own_rows(self._connection)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[Cursor, Reader]]:
        """See Line."""
        with self._told(), self._connection.transaction():
            yield queries.position(self._connection), Reader(self._connection)

    # -- hints -----------------------------------------------------------------------------
    def listen(self) -> None:
        """Ask for hints that the feed has something new."""
        with self._talking():
            self._connection.execute("listen feed")

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """See Line."""
        with self._told(), selectors.DefaultSelector() as selector:
            selector.register(self._connection.fileno(), selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            came = selector.select(seconds)
            if came and not any(key.fileobj is wake for key, _ in came):
                selector.unregister(self._connection.fileno())
                selector.select(max(0.0, self._rested_at - time.monotonic()))
            for _ in self._connection.notifies(timeout=0):
                pass
        return bool(came)

    # -- errors ----------------------------------------------------------------------------
    def _ask(self, question: Callable[[psycopg.Connection[Any]], Found]) -> Found:
        """One question and its answer."""
        with self._talking():
            return question(self._connection)

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
            queries.raise_ours(error, broken=self._connection.broken or self._connection.closed)


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
    if used_password and not any(sign in words.lower() for sign in _NOT_THE_PASSWORD):
        return SignInFailed("wrong_password")  # a server that speaks another language
    code = tls_fault.code_of(words, server.host, server.port, server.root_certificate)
    reason = words.strip().splitlines()[0] if words.strip() else "no answer"
    return CentreUnreachable(reason, code or "unreachable")
