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
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models.store import directory, tables
from agent_desktop.models.store.changes import Changes

if TYPE_CHECKING:
    from agent_desktop.models.store.stores import Stores

Row = tuple[Any, ...]

#: `state` is a `Held` word; times are microseconds since 1970, `fetched_at` by the desk's clock.
TABLE = (
    "CREATE TABLE working_set (account_id BLOB PRIMARY KEY, state TEXT NOT NULL, "
    "used_at INTEGER NOT NULL, fetched_at INTEGER) WITHOUT ROWID"
)
#: Tables of which everything that belongs to an account is kept with it.
OWNED = tuple(
    name for name, table in tables.MIRRORED.items()
    if name == "account" or "account_id" in table.columns
)  # fmt: skip
#: A page that reads its account again within this time does not use it anew.
SAME_USE = timedelta(minutes=10)
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
    _want(c, own)
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
    """An unresolved ticket of the agent or, with nobody on it, of their team; an open contact
    of the agent."""
    if not me or table not in ("ticket", "interaction"):
        return False
    names = tables.VIEW_COLUMNS[table]
    value = dict(zip(names, row, strict=True))
    mine, team = UUID(me["id"]).bytes, UUID(me["team_id"]).bytes if me.get("team_id") else None
    if table == "interaction":
        return _same(value["agent_id"], mine) and value["status"] == "open"
    if value["resolved_at"] is not None:
        return False
    assignee = value["assignee_id"]
    return _same(assignee, mine) or (assignee is None and _same(value["team_id"], team))


def _same(stored: Any, wanted: bytes | None) -> bool:
    return stored is not None and wanted is not None and bytes(stored) == wanted


def _in_set(c: Connection, ids: Collection[bytes]) -> set[bytes]:
    marks = ", ".join("?" * len(ids))
    query = f"SELECT account_id FROM working_set WHERE account_id IN ({marks})"
    return {bytes(row[0]) for row in c.exec_driver_sql(query, tuple(ids))}


def _want(c: Connection, ids: Iterable[bytes]) -> None:
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


def how_much(stores: Stores, account_id: UUID) -> Held:
    """How much of an account is at this desk now."""
    with stores.mirror.reading() as c:
        return standing(c, account_id).held


def opened(stores: Stores, account_id: UUID) -> Standing:
    """An account is opened: keep it from now on, and have it fetched if it is not here.

    Publishes `working_set` when something is to be fetched, which wakes the syncer; it publishes
    again when the account is there. Offline it stays WANTED and what the directory knows stays.
    """
    with stores.mirror.reading() as c:
        found = standing(c, account_id)
        known = found.held is Held.WANTED or directory.is_there(c, account_id)
        whole = not is_part(c)
    if whole or not known or _is_fresh(found):
        return found
    with stores.mirror.writing() as c:
        _want(c, [account_id.bytes])
        now = (_stored(datetime.now(UTC)), account_id.bytes)
        c.exec_driver_sql("UPDATE working_set SET used_at = ? WHERE account_id = ?", now)
    if found.held is Held.HELD:
        return found
    stores.changed(Changes({"working_set": frozenset({account_id})}))
    return Standing(Held.WANTED)


def ask_for(stores: Stores, account_id: UUID) -> Standing:
    """The centre says there is this account: have it fetched, also where no directory knows it
    yet and in a mirror that is whole, which it has not reached. Publishes as `opened` does."""
    with stores.mirror.reading() as c:
        here = "SELECT 1 FROM account WHERE id = ?"
        is_here = c.exec_driver_sql(here, (account_id.bytes,)).first() is not None
    if is_here:
        return opened(stores, account_id)
    with stores.mirror.writing() as c:
        _want(c, [account_id.bytes])
    stores.changed(Changes({"working_set": frozenset({account_id})}))
    return Standing(Held.WANTED)


def _is_fresh(found: Standing) -> bool:
    """Whether it is here and was used a moment ago, so that nothing has to be written down."""
    used = found.used_at
    return found.held is Held.HELD and used is not None and datetime.now(UTC) - used < SAME_USE


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
