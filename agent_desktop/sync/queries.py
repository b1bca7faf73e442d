"""The questions to the centre as one agent, in SQL: by a desk's own connection, and by a hub's
edge in its agent's name.

Each function takes a connection in which the agent speaks. Rows come out as SQLite keeps them
(tables.stored_row): the server does the converting, so that the desk's process holds the
interpreter as little as possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn
from uuid import UUID

import psycopg
from psycopg import sql

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.models.agent.presence import Stand
from agent_desktop.models.store import tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.sync import directory_query
from agent_desktop.sync.answers import (
    CentreFault,
    CursorUnknown,
    FeedPage,
    NotOffered,
    Rows,
    SnapshotOffer,
)
from agent_desktop.sync.prefetch import ReadAhead

Connection = psycopg.Connection[Any]

# SQLSTATE classes that pass by themselves: connection, resources, operator, lock, system.
_PASSING = ("08", "25", "40", "53", "55", "57", "58")
# A schema, table, column or function that an older centre does not have.
_UNKNOWN_THERE = ("3F000", "42P01", "42703", "42883")

# ---------------------------------------------------------------- functions of api_v1


def sign_in(connection: Connection, client: UUID, host: str) -> Mapping[str, Any]:
    """The centre's word to a desk at sign-in."""
    answer: Mapping[str, Any] = _one(connection, "select api_v1.sign_in(%s, %s)", client, host)
    return answer


def position(connection: Connection) -> Cursor:
    """The position of the centre in this transaction."""
    found = _one(connection, "select api_v1.position()")
    return Cursor(found["generation"], found["schema"], found["snapshot"])


def lease_numbers(connection: Connection, client: UUID, kind: str) -> tuple[int, int]:
    """A block of numbers."""
    query = "select first, last from api_v1.lease_numbers(%s, %s)"
    row = connection.execute(query, (client, kind)).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def push(connection: Connection, client: UUID, parcel: Parcel) -> IntentResult:
    """Offer one intent."""
    found = _one(
        connection,
        "select api_v1.push(%s, %s, %s, %s, %s::jsonb, %s::bigint[])",
        client,
        parcel.n,
        parcel.hash,
        parcel.kind,
        parcel.payload,
        list(parcel.depends_on),
    )
    return IntentResult(
        state=State(found["state"]),
        code=found.get("code") or "",
        fields=found.get("fields") or {},
        theirs=found.get("theirs") or {},
        xid=int(found["xid"]) if found.get("xid") else None,
    )


def ask_reveal(connection: Connection, account_id: UUID, field: str) -> None:
    """Leave the trace of a look at a masked value; in a transaction before the look."""
    _one(connection, "select api_v1.ask_reveal(%s, %s)", account_id, field)


def reveal(connection: Connection, account_id: UUID, field: str) -> str | None:
    """A masked value in full."""
    value: str | None = _one(connection, "select api_v1.reveal(%s, %s)", account_id, field)
    return value


def password_rule(connection: Connection) -> Mapping[str, Any]:
    """The rule for a new password, and the days that this one is good."""
    answer: Mapping[str, Any] = _one(connection, "select api_v1.password_rule()")
    return answer


def change_password(connection: Connection, verifier: str) -> None:
    """Take another password, which only its verifier tells of."""
    _one(connection, "select api_v1.change_password(%s)", verifier)


def scram_verifier(password: str) -> str:
    """The verifier that PostgreSQL keeps of a password. libpq makes it, with a connection that
    leads nowhere: how a password is prepared is its own affair."""
    nowhere = psycopg.pq.PGconn.connect_start(b"=")
    try:
        return nowhere.encrypt_password(password.encode(), b"", b"scram-sha-256").decode()
    finally:
        nowhere.finish()


def quarantine_begin(
    connection: Connection, owner: str, label: str, host: str, files: str, digest: bytes
) -> Mapping[str, Any]:
    """Begin to hand over an agent's sealed files (`files` as JSON), or go on: what the centre has
    of them (`id`, `have` parts, `is_whole`)."""
    query = "select api_v1.quarantine_begin(%s, %s, %s, %s::jsonb, %s)"
    found: Mapping[str, Any] = _one(connection, query, owner, label, host, files, digest)
    return found


def quarantine_put(connection: Connection, begun: str, n: int, part: bytes) -> None:
    """Hand over a part, from 0."""
    _one(connection, "select api_v1.quarantine_put(%s::uuid, %s, %s)", begun, n, part)


def quarantine_end(connection: Connection, begun: str) -> bool:
    """True if the centre has all parts, and they are what was told at the beginning."""
    return bool(_one(connection, "select api_v1.quarantine_end(%s::uuid)", begun))


def departed(connection: Connection, user_names: Sequence[str]) -> list[str]:
    """Those of these agents who have left, as far as this one may see them."""
    query = "select user_name from sync_v1.agent where user_name = any(%s) and not active"
    return [row[0] for row in connection.execute(query, (list(user_names),)).fetchall()]


def acknowledge(connection: Connection, client: UUID, cursor: Cursor) -> None:
    """Keep how far a desk's mirror is."""
    query = "select api_v1.acknowledge(%s, %s, %s)"
    connection.execute(query, (client, cursor.generation, cursor.snapshot))


def presence(connection: Connection, client: UUID, stand: Stand) -> Mapping[str, Any]:
    """Tell where a desk is; who else is there, as the centre says it (models/agent/presence.py)."""
    query = "select api_v1.presence(%s, %s, %s, %s)"
    where = (stand.kind, stand.record_id, stand.field)
    found: Mapping[str, Any] = _one(connection, query, client, *where)
    return found


def presence_pass(connection: Connection, client: UUID, stand: Stand) -> Mapping[str, Any]:
    """The names of a desk and its agent, and whether that agent sees the record."""
    query = "select api_v1.presence_pass(%s, %s, %s)"
    found: Mapping[str, Any] = _one(connection, query, client, stand.kind, stand.record_id)
    return found


def leave(connection: Connection, client: UUID) -> None:
    """A desk is nowhere any more."""
    connection.execute("select api_v1.leave_presence(%s)", (client,))


def snapshot_offer(connection: Connection, mirror_schema: int) -> SnapshotOffer | None:
    """A finished file for this agent."""
    found = _one(connection, "select api_v1.snapshot_offer(%s)", mirror_schema)
    return None if found is None else offer_of(found)


def offer_of(found: Mapping[str, Any]) -> SnapshotOffer:
    """An offer as the centre writes it."""
    return SnapshotOffer(
        id=UUID(found["id"]),
        cursor=Cursor(found["generation"], found["schema"], found["snapshot"]),
        rows=found["rows"],
        size=found["bytes"],
        part_size=found["part_bytes"],
        sha256=bytes.fromhex(found["sha256"]),
        key=bytes.fromhex(found["key"]),
    )


def snapshot_part(connection: Connection, snapshot: UUID, n: int) -> bytes | None:
    """A part of such a file."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute("select api_v1.snapshot_part(%s, %s)", (snapshot, n)).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])


def _one(connection: Connection, query: str, *values: Any) -> Any:
    """The only value of the only row."""
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


# ---------------------------------------------------------------- the feed


def pull(
    connection: Connection,
    since: Cursor,
    upto: Cursor | None = None,
    after: tuple[str, int] = ("", 0),
    most: int = 500,
) -> FeedPage:
    """The next page of what `since` does not contain, inside one REPEATABLE READ transaction. The
    first page sets `upto`. Raises CursorUnknown when the mirror must be made anew."""
    here = position(connection)
    if (here.generation, here.schema) != (since.generation, since.schema):
        raise CursorUnknown("the centre's generation changed")
    if since.is_ahead_of(here):
        raise CursorUnknown("the mirror is ahead of the centre")
    target = upto or here
    lines = connection.execute(
        "select xid, seq, table_name, id, op from sync_v1.log(%s, %s, %s, %s, %s)",
        (since.snapshot, target.snapshot, *after, most),
    ).fetchall()
    rows, gone = _current(connection, lines)
    last = (lines[-1][0], lines[-1][1]) if lines else after
    return FeedPage(target, rows, gone, last, is_last=len(lines) < most)


def _current(
    connection: Connection, lines: Sequence[tuple[Any, ...]]
) -> tuple[Rows, dict[str, list[UUID]]]:
    """The records of these lines as they are now, and the ids of those that are not."""
    ids: dict[str, set[UUID]] = {}
    for _, _, table, record_id, _ in lines:
        if table in tables.MIRRORED:
            ids.setdefault(table, set()).add(record_id)
    rows, gone = {}, {}
    for table, wanted in ids.items():
        rows[table] = _rows_with(connection, table, "id", list(wanted))
        gone[table] = list(wanted - {UUID(bytes=row[0]) for row in rows[table]})
    return rows, gone


def _rows_with(
    connection: Connection, table: str, column: str, values: list[UUID]
) -> list[tuple[Any, ...]]:
    query = select_rows(table) + sql.SQL(" where {} = any(%s)").format(sql.Identifier(column))
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(query, (values,)).fetchall()


# ---------------------------------------------------------------- whole tables

_EXPECTED = """
select coalesce(sum(greatest(t.reltuples, 0)), 0)::bigint
from pg_class v
join pg_namespace s on s.oid = v.relnamespace and s.nspname = 'sync_v1'
join pg_class t on t.relname = v.relname and t.relkind = 'r'
join pg_namespace n on n.oid = t.relnamespace and n.nspname = 'crm'
where v.relkind = 'v'
"""


#: The server makes the next ones while these are stored.
_ENTRIES_AT_ONCE = 2_000
_ACCOUNTS = (
    "select greatest(t.reltuples, 0)::bigint from pg_class t join pg_namespace n "
    "on n.oid = t.relnamespace where n.nspname = 'crm' and t.relname = 'account'"
)


class Reader:
    """Reads whole tables in one transaction. `expected` is about how many rows all have and
    `accounts` one of them, as the centre's statistics say; 0 when it does not know."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.expected: int = _one(connection, _EXPECTED)
        self.accounts: int = _one(connection, _ACCOUNTS)

    def entries(self, *, in_order: bool = False) -> Iterator[tuple[Any, ...]]:
        """The directory's entries, made ready; `in_order` as in directory_query.py."""
        query = directory_query.entries(in_order=in_order).encode()
        with self._connection.cursor(name="entries", binary=True) as cursor:
            cursor.execute(query)
            with ReadAhead(iter(lambda: cursor.fetchmany(_ENTRIES_AT_ONCE), [])) as batches:
                for batch in batches:
                    yield from batch

    def rows(
        self, table: str, at_once: int = 5000, *, unowned: bool = False
    ) -> Iterator[tuple[Any, ...]]:
        """All rows of a table, or those that belong to no account, streamed."""
        query = select_rows(table)
        if unowned and "account_id" in tables.VIEW_COLUMNS[table]:
            query += sql.SQL(" where account_id is null")
        with self._connection.cursor(name=f"all_{table}", binary=True) as cursor:
            cursor.itersize = at_once
            yield from cursor.execute(query)


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


# ---------------------------------------------------------------- what an agent needs first

_OWN_ACCOUNTS = """
with me as (
  select a.id from sync_v1.agent a
  where a.user_name = coalesce(nullif(current_setting('role'), 'none'), session_user::text))
select distinct account_id from (
  (select t.account_id from sync_v1.ticket t, me
    where t.assignee_id = me.id and t.resolved_at is null order by t.due_at limit 300)
  union all
  (select i.account_id from sync_v1.interaction i, me where i.agent_id = me.id
    order by i.started_at desc limit 300)
) own where account_id is not null
"""
#: Lists and people: small whatever the size of the site.
_SMALL = ("team", "agent", "product", "code_entry", "outage")
_MOST_SMALL = 20_000


def own_rows(connection: Connection) -> Rows:
    """The rows this agent needs first: lists and people, own open tickets and interactions with
    all of their accounts, own calls. A few thousand rows at most; inside one REPEATABLE READ
    transaction."""
    found: Rows = {}
    for table in _SMALL:
        query = select_rows(table) + sql.SQL(" limit {}").format(sql.Literal(_MOST_SMALL))
        with connection.cursor(binary=True) as cursor:
            found[table] = cursor.execute(query).fetchall()
    accounts = [row[0] for row in connection.execute(_OWN_ACCOUNTS).fetchall()]
    found["account"] = _rows_with(connection, "account", "id", accounts)
    for table, columns in tables.VIEW_COLUMNS.items():
        if "account_id" in columns:
            found[table] = _rows_with(connection, table, "account_id", accounts)
    found["interaction_call"] += own_calls(connection)
    return found


def account_rows(connection: Connection, account_id: UUID) -> Rows:
    """All there is of one account: what has `account_id`, and itself; inside one REPEATABLE READ
    transaction."""
    found = {"account": _rows_with(connection, "account", "id", [account_id])}
    for table, columns in tables.VIEW_COLUMNS.items():
        if "account_id" in columns:
            found[table] = _rows_with(connection, table, "account_id", [account_id])
    return found


def own_calls(connection: Connection) -> list[tuple[Any, ...]]:
    """Calls that belong to no customer: each agent sees only their own, so that no file made
    for many holds them."""
    query = select_rows("interaction_call") + sql.SQL(
        " where interaction_id is null and account_id is null"
    )
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(query).fetchall()


# ---------------------------------------------------------------- errors


def raise_ours(error: psycopg.Error, broken: bool) -> NoReturn:
    """Raise our name for an error of an open connection."""
    state, words = error.sqlstate or "", str(error).strip()
    if state == "AD001":
        raise SignInFailed("agent_disabled") from None
    if state == "AD040":
        raise SignInFailed("password_ended") from None
    if state == "AD021":
        raise SignInFailed("file_of_another_agent") from None
    if state == "AD011":
        raise CursorUnknown(words) from None
    if broken or state == "AD010" or state[:2] in _PASSING or not state:
        raise CentreUnreachable(words) from None
    kind = NotOffered if state in _UNKNOWN_THERE else CentreFault
    raise kind(f"{state}: {words}") from None
