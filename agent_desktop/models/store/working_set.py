"""The working set: the accounts of which this desk keeps everything.

A mirror is whole (every account is kept in full, as at a small site) or a part: then the mirrored
tables hold the accounts of this set, and of all others only the directory knows something. An
account comes into the set with the agent's own work or by being opened. Then it is `WANTED`: the
syncer fetches the rest between two pulls and it is `HELD`. What the feed brings for any other
account changes the directory only.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models.kinds import BY_NAME, KINDS
from agent_desktop.models.store import own_work, tables

Row = tuple[Any, ...]

#: `state` is a `Held` word; times are microseconds since 1970, `fetched_at` by the desk's clock.
TABLE = (
    "CREATE TABLE working_set (account_id BLOB PRIMARY KEY, state TEXT NOT NULL, "
    "used_at INTEGER NOT NULL, fetched_at INTEGER) WITHOUT ROWID"
)
#: Tables of which everything that belongs to an account is kept with it.
OWNED = tuple(sorted(kind.name for kind in KINDS if kind.name == "account" or kind.owned))
#: Keys of the mirror's small values: that it is a part; what the centre said at sign-in.
_PART, SIGN_IN = "working_set", "sign_in"


class Held(Enum):
    """How much this desk has of an account: `ELSEWHERE` is a directory entry only."""

    HELD = "held"
    WANTED = "wanted"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Standing:
    """How much is here of an account, and since when (None: all along, by the feed)."""

    held: Held
    fetched_at: datetime | None = None
    used_at: datetime | None = None


def is_part(c: Connection) -> bool:
    """Whether this mirror keeps a working set only."""
    query = "SELECT 1 FROM kept WHERE key = ?"
    return c.exec_driver_sql(query, (_PART,)).first() is not None


def begin_part(c: Connection, held: Iterable[bytes]) -> None:
    """From now on the mirror is a part that holds these accounts (which it has in full)."""
    c.exec_driver_sql("INSERT OR REPLACE INTO kept VALUES (?, ?)", (_PART, json.dumps("part")))
    now = _stored(datetime.now(UTC))
    rows = [(one, Held.HELD.value, now) for one in held]
    if rows:
        c.exec_driver_sql("INSERT OR IGNORE INTO working_set VALUES (?, ?, ?, NULL)", rows)


def end_part(c: Connection) -> None:
    """The mirror is whole again; the caller has seen to it."""
    c.exec_driver_sql("DELETE FROM kept WHERE key = ?", (_PART,))
    c.exec_driver_sql("DELETE FROM working_set")


# -- what the feed brings -----------------------------------------------------------------------
def kept_of(c: Connection, table: str, rows: list[Row]) -> list[Row]:
    """Of rows of a view those this mirror stores. A row that is the agent's own work brings its
    account into the set."""
    at = _owner_at(table)
    if at is None or not rows or not is_part(c):
        return rows
    me = _agent(c)
    own = {bytes(row[at]) for row in rows if row[at] is not None and _is_own(table, row, me)}
    want(c, own)
    asked = {bytes(row[at]) for row in rows if row[at] is not None}
    held = _in_set(c, asked)
    return list(rows_of(table, rows, held))


def rows_of(table: str, rows: Iterable[Row], held: Collection[bytes]) -> Iterator[Row]:
    """The rows of a view that belong to one of these accounts, or to none."""
    at = _owner_at(table)
    for row in rows:
        if at is None or row[at] is None or bytes(row[at]) in held:
            yield row


@cache
def _owner_at(table: str) -> int | None:
    """Where the account stands in a row of the view; None if the table belongs to none."""
    if table not in OWNED:
        return None
    return tables.VIEW_COLUMNS[table].index("id" if table == "account" else "account_id")


def _agent(c: Connection) -> Mapping[str, Any]:
    """Who is signed in, as the centre said."""
    query = "SELECT value FROM kept WHERE key = ?"
    found = c.exec_driver_sql(query, (SIGN_IN,)).scalar()
    return dict(json.loads(found)["answer"]["agent"]) if found else {}


def _is_own(table: str, row: Row, me: Mapping[str, Any]) -> bool:
    """Whether the agent has this record to do."""
    kind = BY_NAME[table]
    if not me or kind.own_work is None:
        return False
    values = dict(zip(tables.VIEW_COLUMNS[table], row, strict=True))
    team = UUID(me["team_id"]).bytes if me.get("team_id") else None
    return own_work.is_own(kind, values, UUID(me["id"]).bytes, team)


def _in_set(c: Connection, ids: Collection[bytes]) -> set[bytes]:
    marks = ", ".join("?" * len(ids))
    query = f"SELECT account_id FROM working_set WHERE account_id IN ({marks})"
    return {bytes(row[0]) for row in c.exec_driver_sql(query, tuple(ids))}


def want(c: Connection, ids: Iterable[bytes]) -> None:
    """Put accounts into the set; the syncer fetches what is not here."""
    now = _stored(datetime.now(UTC))
    rows = [(one, Held.WANTED.value, now) for one in ids]
    if rows:
        c.exec_driver_sql("INSERT OR IGNORE INTO working_set VALUES (?, ?, ?, NULL)", rows)


def forget(c: Connection, ids: Iterable[UUID]) -> None:
    """Accounts left the scope: they are no longer of the set."""
    rows = [(one.bytes,) for one in ids]
    c.exec_driver_sql("DELETE FROM working_set WHERE account_id = ?", rows)


# -- opening ------------------------------------------------------------------------------------
def standing(c: Connection, account_id: UUID) -> Standing:
    """How much is here of an account."""
    query = "SELECT state, fetched_at, used_at FROM working_set WHERE account_id = ?"
    found = c.exec_driver_sql(query, (account_id.bytes,)).first()
    if found is None:
        return Standing(Held.ELSEWHERE if is_part(c) else Held.HELD)
    return Standing(Held(found[0]), _time(found[1]), _time(found[2]))


def used(c: Connection, account_id: UUID, now: datetime) -> None:
    """An account of the set was opened just now: it is the last to be dropped."""
    values = (_stored(now), account_id.bytes)
    c.exec_driver_sql("UPDATE working_set SET used_at = ? WHERE account_id = ?", values)


def wanted(c: Connection, most: int = 20) -> tuple[UUID, ...]:
    """The accounts to fetch, those opened last first."""
    query = (
        "SELECT account_id FROM working_set WHERE state = 'wanted' ORDER BY used_at DESC LIMIT ?"
    )
    return tuple(UUID(bytes=row[0]) for row in c.exec_driver_sql(query, (most,)))


def clear(c: Connection, account_id: UUID) -> None:
    """Delete all this mirror has of an account but its directory entry."""
    for table in OWNED:
        column = "id" if table == "account" else "account_id"
        query = f'DELETE FROM "{table}" WHERE {column} = ?'
        c.exec_driver_sql(query, (account_id.bytes,))


def arrived(c: Connection, account_id: UUID, now: datetime) -> None:
    """All rows of a wanted account have been stored (mirror.store_account): it is held. A mirror
    that is whole holds everybody and keeps no list."""
    if not is_part(c):
        forget(c, [account_id])
        return
    values = (_stored(now), account_id.bytes)
    query = "UPDATE working_set SET state = 'held', fetched_at = ? WHERE account_id = ?"
    c.exec_driver_sql(query, values)


def _stored(moment: datetime) -> int:
    return (moment - tables.EPOCH) // tables.MICROSECOND


def _time(stored: int | None) -> datetime | None:
    return None if stored is None else tables.EPOCH + stored * tables.MICROSECOND
