"""The edge's connections to the centre: lent for one question, in which the agent speaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from agent_desktop.errors import CentreUnreachable
from agent_desktop.sync import queries
from agent_desktop.sync.connection import DirectConnection
from agent_desktop.sync.questions import Question
from agent_desktop.sync.server import Server

Connection = psycopg.Connection[Any]
Given = ParamSpec("Given")
Found = TypeVar("Found")

_OPTIONS = {
    "options": "-c statement_timeout=30s -c lock_timeout=10s -c TimeZone=UTC -c DateStyle=ISO"
    " -c idle_in_transaction_session_timeout=60s",
    "application_name": "agent-desktop edge",
    "target_session_attrs": "read-write",
}
#: How long a desk waits for a connection before it is told to come again.
WAIT_SECONDS = 10.0


class AgentAccess:
    """Asks the centre in agents' names; the hub's own log-in has no right of its own.

    Every method raises what sync/centre.py names.
    """

    def __init__(self, dsn: str, *, most: int = 20) -> None:
        self._dsn = dsn
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            dsn,
            kwargs={"autocommit": True, **_OPTIONS},
            min_size=1,
            max_size=most,
            timeout=WAIT_SECONDS,
            open=False,
            check=ConnectionPool.check_connection,
        )

    def open(self) -> None:
        """Begin; the centre may be away."""
        self._pool.open()

    def close(self) -> None:
        """End all connections."""
        self._pool.close()

    def check_password(self, user: str, password: str) -> None:
        """One log-in as the agent. Raises SignInFailed, CentreUnreachable."""
        parts = conninfo_to_dict(self._dsn)
        server = Server(
            str(parts.get("host") or "localhost"),
            int(parts.get("port") or 5432),
            str(parts["dbname"]),
            str(parts.get("sslrootcert") or ""),
        )
        DirectConnection(server, user, password).close()

    def token_keys(self) -> Sequence[str]:
        """The keys that tokens are signed with."""
        with self._lent(read_only=False) as connection:
            connection.execute("set local role edges")
            row = connection.execute("select hub_v1.token_keys()").fetchone()
        assert row is not None
        keys: list[str] = row[0]
        return keys

    def ask(
        self,
        user: str,
        question: Question[Given, Found],
        *values: Given.args,
        **named: Given.kwargs,
    ) -> Found:
        """One question as this agent, in a transaction of its own."""
        with self.speaking(user, read_only=question.reads) as connection:
            return question.sql(connection, *values, **named)

    @contextmanager
    def speaking(self, user: str, *, read_only: bool) -> Iterator[Connection]:
        """A transaction in which `user` speaks: one moment if it only reads."""
        with self._lent(read_only) as connection:
            # Local: with the transaction it ends, so that the connection is nobody's again.
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(user)))
            yield connection

    @contextmanager
    def _lent(self, read_only: bool) -> Iterator[Connection]:
        try:
            with self._pool.connection() as connection:
                level = psycopg.IsolationLevel
                connection.isolation_level = (
                    level.REPEATABLE_READ if read_only else level.READ_COMMITTED
                )
                connection.read_only = read_only
                try:
                    with connection.transaction():
                        yield connection
                except psycopg.Error as error:
                    queries.raise_ours(error, broken=connection.broken or connection.closed)
        except PoolTimeout as error:
            raise CentreUnreachable(f"the hub is busy: {error}") from None
