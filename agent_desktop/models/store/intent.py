"""Intents: what was saved here, and how it looks until the mirror shows it.

A save is one commit in local.db: the intent as the centre will get it, and its effects, the
changes to mirrored rows that a screen lays over the mirror meanwhile. The mirror itself changes
only by the feed. outbox.py carries intents to the centre and takes its answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, delete, select

from agent_desktop.models.store import directory, local, mirror, tables
from agent_desktop.models.store.changes import Changes, changes_of
from agent_desktop.models.store.encrypted_file import bare
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.work.work_item import work_items

__all__ = ["Effect", "Intent", "Op", "State", "laid_over", "put", "save", "undo", "work_items"]


class Op(Enum):
    """What an effect does to a row."""

    INSERT = "insert"
    CHANGE = "change"


class State(Enum):
    """Where an intent is. Everything but UNSENT is the centre's answer."""

    UNSENT = "unsent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an intent does to one mirrored row: some of its columns get these values.

    `account_id` names the account on whose pages the row is seen afterwards; for the table
    `account` it is the row's own id, for tables without an account it is None.
    """

    table: str
    id: UUID
    account_id: UUID | None
    op: Op
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a person did, as docs/data.md §3 spells it, with its effects at this desk.

    The payload may hold UUIDs, times, dates and enums; they are written as text. Times must
    be aware.
    """

    kind: str
    payload: Mapping[str, Any]
    effects: tuple[Effect, ...] = field(default=())

    def changes(self) -> Changes:
        """What screens have to read again once the intent is saved."""
        return changes_of((effect.table, effect.id, effect.account_id) for effect in self.effects)


def save(stores: Stores, *intents: Intent) -> Changes:
    """Put intents in one commit and publish what they altered."""
    with stores.local.writing() as c:
        for intent in intents:
            put(c, intent)
    changes = Changes()
    for intent in intents:
        changes |= intent.changes()
    stores.changed(changes)
    return changes


# A save, and every look at a record with something unsent, goes through these: SQLAlchemy would
# take longer than SQLite.
_NEW_INTENT = (
    "INSERT INTO intent (kind, payload, hash, depends_on, state, made_at) VALUES (?, ?, ?, ?, ?, ?)"
)
_NEW_EFFECT = (
    'INSERT INTO effect (n, position, table_name, id, account_id, op, "values") '
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_CREATORS = (
    "SELECT DISTINCT e.n FROM effect e JOIN intent i ON i.n = e.n "
    "WHERE e.id IN ({}) AND e.op = 'insert' AND i.state = 'unsent' ORDER BY e.n"
)
_EFFECTS = (
    'SELECT e.id, e.op, e."values", i.xid FROM effect e JOIN intent i ON i.n = e.n '
    "WHERE e.table_name = ? {} ORDER BY e.n, e.position"
)
_SET = (
    'SELECT e.id, json_extract(e."values", ?), i.xid FROM effect e JOIN intent i ON i.n = e.n '
    "WHERE e.table_name = ? ORDER BY e.n, e.position"
)


def put(c: Connection, intent: Intent) -> int:
    """Keep an intent and its effects inside the caller's `local.writing()`; returns its n."""
    said = tables.plain(intent.payload)
    payload, depends_on = _canonical(said), json.dumps(_creators(c, ids_in(said)))
    digest = hashlib.sha256(f"{intent.kind}\n{payload}\n{depends_on}".encode()).digest()
    made_at = (datetime.now(UTC) - tables.EPOCH) // tables.MICROSECOND
    row = (intent.kind, payload, digest, depends_on, State.UNSENT.value, made_at)
    n: int = bare(c).execute(_NEW_INTENT, row).lastrowid
    rows = [_row(n, i, effect) for i, effect in enumerate(intent.effects)]
    bare(c).executemany(_NEW_EFFECT, rows)
    return n


#: A plain payload as JSON that is the same text for the same content.
_canonical = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode


def _row(n: int, position: int, effect: Effect) -> tuple[Any, ...]:
    unknown = effect.values.keys() - _columns(effect.table)
    if unknown:
        raise ValueError(f"{effect.table} has no column {', '.join(sorted(unknown))}")
    owner = None if effect.account_id is None else effect.account_id.bytes
    values = _canonical(tables.plain(effect.values))
    return n, position, effect.table, effect.id.bytes, owner, effect.op.value, values


@cache
def _columns(table: str) -> frozenset[str]:
    return frozenset(column.name for column in tables.MIRRORED[table].columns)


def ids_in(value: Any) -> Iterable[UUID]:
    """Every UUID that stands anywhere in a plain payload."""
    if isinstance(value, str) and len(value) == 36:
        try:
            yield UUID(value)
        except ValueError:
            return
    elif isinstance(value, dict):
        for item in value.values():
            yield from ids_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item)


def _creators(c: Connection, ids: Iterable[UUID]) -> list[int]:
    """The unsent intents that create any of these records."""
    plain = [one.bytes for one in set(ids)]
    found = bare(c).execute(_CREATORS.format(_marks(plain)), plain)
    return [row[0] for row in found]


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def undo(stores: Stores, n: int) -> bool:
    """Take back an intent the centre has not been offered yet, with its effects.

    False if it may have been sent, or if a later unsent intent builds on it: then only the
    compensating command helps.
    """
    intent, effect = local.intent.c, local.effect.c
    with stores.local.writing() as c:
        untouched = select(intent.n).where(
            intent.n == n, intent.state == State.UNSENT.value, intent.tried == 0
        )
        if c.execute(untouched).first() is None or n in _depended_on(c):
            return False
        touched = c.execute(
            select(effect.table_name, effect.id, effect.account_id).where(effect.n == n)
        ).all()
        c.execute(delete(local.effect).where(effect.n == n))
        c.execute(delete(local.intent).where(intent.n == n))
    stores.changed(changes_of((row[0], row[1], row[2]) for row in touched))
    return True


def _depended_on(c: Connection) -> set[int]:
    """Every intent that an unsent one depends on."""
    unsent = select(local.intent.c.depends_on).where(local.intent.c.state == State.UNSENT.value)
    return {n for listed in c.execute(unsent).scalars() for n in json.loads(listed)}


# ---------------------------------------------------------------- laying over the mirror


def laid_over(
    stores: Stores,
    c: Connection,
    table: str,
    rows: Iterable[Mapping[str, Any] | RowMapping],
    *,
    account_id: UUID | None = None,
    ids: Collection[UUID] | None = None,
) -> tuple[dict[str, Any], ...]:
    """Mirror rows as they are with everything saved here; each gets `pending: bool`.

    `c` is the `mirror.reading()` the rows come from. Rows created here come last. Say which
    rows were asked for: those of an account, or those with certain ids; with neither, every
    pending row of the table may come in and the caller filters again. Rows moved to another
    account leave, rows moved to this one come. Full rows are expected (all columns).
    """
    shown = {row["id"]: {**row, "pending": False} for row in rows}
    effects = _effects(stores, c, table, *_reach(table, account_id, ids, shown))
    made = {one for one, op, _ in effects if op == Op.INSERT.value}
    missing = {one for one, _, _ in effects} - made - shown.keys()
    base = _mirror_rows(c, table, missing) if missing else {}
    for one, op, changed in effects:
        target = shown.get(one) or base.get(one)
        if target is None and op == Op.INSERT.value:
            target = tables.blank(table, one)
        if target is not None:  # a change of a row this agent may no longer see shows nothing
            values = tables.typed(table, json.loads(changed))
            shown[one] = {**target, **values, "pending": True}
    return tuple(row for row in shown.values() if _belongs(table, row, account_id))


def _reach(
    table: str,
    account_id: UUID | None,
    ids: Collection[UUID] | None,
    shown: Collection[UUID],
) -> tuple[str, list[Any]]:
    """Which effects concern the rows that were asked for: a condition and its values."""
    if account_id is None and ids is None:
        return "", []
    plain = [one.bytes for one in {*shown, *(ids or ())}]
    of_account = "" if account_id is None else " OR account_id = ?"
    reached = f"id IN ({_marks(plain)}){of_account}"
    owner = [] if account_id is None else [account_id.bytes]
    touched = f"AND e.id IN (SELECT id FROM effect WHERE table_name = ? AND ({reached}))"
    return touched, [table, *plain, *owner]


def _effects(
    stores: Stores, c: Connection, table: str, reach: str, values: Sequence[Any]
) -> list[tuple[UUID, str, str]]:
    """(id, op, values) of the effects the mirror, as `c` sees it, does not contain; in the order
    they were saved."""
    found = _waiting(stores, c, _EFFECTS.format(reach), [table, *values])
    return [(UUID(bytes=one), op, changed) for one, op, changed, _ in found]


def _waiting(stores: Stores, c: Connection, query: str, values: Sequence[Any]) -> list[Any]:
    """What a question about effects finds, whose last column is `xid`, but for the effects the
    mirror contains."""
    with stores.local.reading() as here:
        found = bare(here).execute(query, values).fetchall()
    if all(row[-1] is None for row in found):
        return list(found)
    cursor = mirror.read_cursor(c)
    return [row for row in found if row[-1] is None or not cursor or not cursor.contains(row[-1])]


def set_here(stores: Stores, c: Connection, table: str, column: str) -> dict[bytes, Any]:
    """The rows made or changed here that the mirror, as `c` sees it, does not show so yet: their
    stored ids with the plain value a column was given last, None if it was given none."""
    found: dict[bytes, Any] = {}
    for one, value, _ in _waiting(stores, c, _SET, [f"$.{column}", table]):
        found[one] = found.get(one) if value is None else value
    return found


def ids_where(
    stores: Stores, table: str, column: str, condition: str, values: Sequence[Any]
) -> list[UUID]:
    """The rows of which a column, a text or a number, was set here to something that meets a
    condition in SQL; also those of which it has been set to something else since."""
    given = f'SELECT id, json_extract("values", ?) AS "{column}" FROM effect WHERE table_name = ?'
    query = f"SELECT DISTINCT id FROM ({given}) WHERE {condition}"
    with stores.local.reading() as here:
        found = bare(here).execute(query, [f"$.{column}", table, *values])
        return [UUID(bytes=row[0]) for row in found]


def _mirror_rows(c: Connection, table: str, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    target = tables.MIRRORED[table]
    found = c.execute(select(target).where(target.c.id.in_(ids))).mappings()
    rows = {row["id"]: dict(row) for row in found}
    if table == "account" and len(rows) < len(ids):
        known = directory.accounts(c, [one for one in ids if one not in rows])
        rows |= {one: directory.as_row(account) for one, account in known.items()}
    return rows


def _belongs(table: str, row: Mapping[str, Any], account_id: UUID | None) -> bool:
    if account_id is None or "account_id" not in tables.MIRRORED[table].columns:
        return True
    return bool(row["account_id"] == account_id)
