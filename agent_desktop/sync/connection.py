"""The desk's direct way to the centre: one PostgreSQL connection as the agent.

Large sites have a hub between (hub_connection.py). centre.py says what both offer.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, ParamSpec, Self, TypeVar

import psycopg

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.sync import queries, tls_fault
from agent_desktop.sync.queries import Reader
from agent_desktop.sync.questions import PULL, Question
from agent_desktop.sync.server import Server

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

Given = ParamSpec("Given")
Found = TypeVar("Found")


class DirectConnection:
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
        """Break the connection, from any thread: who waits for it gets CentreUnreachable."""
        # libpq is not asked, since another thread may be inside it: the socket is shut below it.
        with contextlib.suppress(psycopg.Error, OSError):
            one = socket.socket(fileno=self._connection.fileno())
            try:
                one.shutdown(socket.SHUT_RDWR)
            finally:
                one.detach()

    # -- what is asked -----------------------------------------------------------------------
    def ask(
        self, question: Question[Given, Found], *values: Given.args, **named: Given.kwargs
    ) -> Found:
        """One question and its answer (Centre.ask)."""
        began = time.monotonic()
        with self._talking(), contextlib.ExitStack() as moment:
            # One statement is a moment of its own, and saves two turns to the server.
            if question.one_moment:
                moment.enter_context(self._connection.transaction())
            answer = question.sql(self._connection, *values, **named)
        # Only a pull is what hints ask for; a search that took long is no sign of a busy centre.
        if question is PULL:
            now = time.monotonic()
            self._rested_at = now + min(MOST_REST_SECONDS, (now - began) * random.uniform(3, 5))
        return answer

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[Cursor, Reader]]:
        """One moment of the whole centre: its cursor, and a reader of its tables."""
        with self._told(), self._connection.transaction():
            yield queries.position(self._connection), Reader(self._connection)

    # -- hints -----------------------------------------------------------------------------
    def listen(self) -> None:
        """Ask for hints that the feed has something new."""
        with self._talking():
            self._connection.execute("listen feed")

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """Wait until a hint comes, `wake` can be read or the time is over (Centre.wait)."""
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
    """The meaning of a failed log-in. PostgreSQL gives no code here, only words."""
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
