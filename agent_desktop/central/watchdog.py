"""Ends what agents leave running: limits of a session are set by whoever has it, so an agent with a
prompt of his own can lift them, and only somebody else can see to it that nothing runs for ever.

Connections are ended, not statements: a statement can catch its cancelling and go on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from agent_desktop.central import audit
from agent_desktop.central.database import connect, owner_of

Connection = psycopg.Connection[TupleRow]
LOG = logging.getLogger(__name__)

LOOK_SECONDS = 10.0
SEAL_SECONDS = 60.0
HOUSE_SECONDS = 3600.0


class Reason(Enum):
    """Why a connection was ended."""

    STATEMENT = "statement too long"
    IDLE = "transaction left open"
    TRANSACTION = "transaction too long"
    LOCK = "lock held that no desk takes"


@dataclass(frozen=True, slots=True)
class Limits:
    """Longest times in seconds. A desk's own statements end after 30 s, its longest transaction
    is the first fetch of everything, row by row."""

    statement: float = 120.0
    idle_in_transaction: float = 90.0
    transaction: float = 3600.0


@dataclass(frozen=True, slots=True)
class Ended:
    """A connection that was ended: whose, why, and for how many seconds it had gone on."""

    user_name: str
    pid: int
    reason: Reason
    seconds: float


# Agents are who is in their group and has no power beyond it; a hub's edges do agents' work and
# keep no transaction either. Advisory locks are the hub's and the sealer's; none is an agent's.
_FOUND = """
select a.usename::text, a.pid, found.reason, found.seconds from pg_stat_activity a
join pg_roles r on r.oid = a.usesysid and not r.rolsuper and not r.rolcreaterole,
lateral (
  select case
    when a.state = 'active'
      and extract(epoch from clock_timestamp() - a.query_start) > %(statement)s then 'STATEMENT'
    when a.state like 'idle in transaction%%'
      and extract(epoch from clock_timestamp() - a.state_change) > %(idle)s then 'IDLE'
    when extract(epoch from clock_timestamp() - a.xact_start) > %(transaction)s then 'TRANSACTION'
    when exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory')
      and not pg_has_role(a.usesysid, 'edges', 'member')
      and extract(epoch from clock_timestamp() - a.state_change) > %(lock)s then 'LOCK'
    end as reason,
    extract(epoch from clock_timestamp() - coalesce(a.xact_start, a.query_start))::float as seconds
) found
where a.datname = current_database() and a.pid <> pg_backend_pid() and found.reason is not null
  and (pg_has_role(a.usesysid, 'agents', 'member') or pg_has_role(a.usesysid, 'edges', 'member'))
"""
#: An advisory lock taken for the length of one statement of ours is none of our business.
_LOCK_SECONDS = 5.0


def look(connection: Connection, limits: Limits | None = None) -> tuple[Ended, ...]:
    """End what is beyond the limits, and write it into the audit. The role of `connection` is a
    superuser, or has pg_signal_backend and pg_read_all_stats and may become crm_owner."""
    limits = limits or Limits()
    found = connection.execute(
        _FOUND,
        {
            "statement": limits.statement,
            "idle": limits.idle_in_transaction,
            "transaction": limits.transaction,
            "lock": min(_LOCK_SECONDS, limits.idle_in_transaction),
        },
    ).fetchall()
    ended = []
    for user_name, pid, reason, seconds in found:
        row = connection.execute("select pg_terminate_backend(%s)", (pid,)).fetchone()
        if row is not None and row[0]:
            ended.append(Ended(user_name, pid, Reason[reason], seconds))
    if ended:
        _note(connection, ended)
    return tuple(ended)


def _note(connection: Connection, ended: list[Ended]) -> None:
    with owner_of(connection):
        for one in ended:
            detail = {"user": one.user_name, "why": one.reason.value, "seconds": one.seconds}
            connection.execute(
                "insert into crm.audit (what, agent_id, detail) values ('ended',"
                " (select a.id from crm.agent a where a.user_name = %s), %s)",
                (one.user_name, Jsonb(detail)),
            )


class Watch:
    """Looks every LOOK_SECONDS and seals the audit every SEAL_SECONDS, until it is stopped; a
    server that is away is tried again. `tell` gets one line of words for what was done."""

    def __init__(self, dsn: str, tell: Callable[[str], None], limits: Limits | None = None) -> None:
        self._dsn = dsn
        self._tell = tell
        self._limits = limits
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End soon; from any thread."""
        self._stopping.set()

    def run(self, look_seconds: float = LOOK_SECONDS, seal_seconds: float = SEAL_SECONDS) -> None:
        """Watch until `stop`."""
        rounds = max(1, round(seal_seconds / look_seconds))
        while not self._stopping.is_set():
            try:
                with connect(self._dsn) as connection:
                    self._serve(connection, look_seconds, rounds)
            except psycopg.Error as error:
                LOG.warning("the watch goes on when the server does: %s", error)
                self._stopping.wait(look_seconds)

    def _keep_house(self, connection: Connection) -> None:
        """What the site's rules say is old goes: audit, calls of nobody, halves of files."""
        with owner_of(connection):
            row = connection.execute("select crm.keep_house()").fetchone()
        done = {what: n for what, n in (row[0] if row else {}).items() if n}
        if done:
            self._tell("dropped by the site's rules: " + _in_words(done))

    def _serve(self, connection: Connection, seconds: float, rounds: int) -> None:
        turn, house_rounds = 0, max(1, round(HOUSE_SECONDS / seconds))
        while not self._stopping.is_set():
            for one in look(connection, self._limits):
                self._tell(
                    f"ended {one.user_name} ({one.pid}): {one.reason.value}, {one.seconds:.0f} s"
                )
            if turn % house_rounds == 0:
                self._keep_house(connection)
            if turn % rounds == 0:
                sealed = audit.seal(connection)
                if sealed.rows:
                    self._tell(f"sealed batch {sealed.n}: {sealed.rows} rows, {sealed.hash}")
            turn += 1
            self._stopping.wait(seconds)


def _in_words(done: dict[str, int]) -> str:
    words = {
        "batches": "batches of the audit",
        "calls": "calls",
        "halves": "files half handed over",
    }
    return ", ".join(f"{n} {words.get(what, what)}" for what, n in done.items())
