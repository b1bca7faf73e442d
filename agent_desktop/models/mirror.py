"""mirror.db: what the centre knows and this desk may know too.

Only the feed writes here, always together with the cursor it comes from. The file may be
deleted at any time; it is then rebuilt from the centre.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, insert, null, select

from agent_desktop.errors import StoreDamaged
from agent_desktop.models import tables
from agent_desktop.models.cursor import Cursor
from agent_desktop.models.encrypted_file import EncryptedFile, remove
from agent_desktop.models.folding import fold

SCHEMA = 2

#: FTS5 over account.folded_name: `rowid` is the account's rowid. detail=none keeps it small and
#: knows no phrases: ask for the AND of all trigrams (folding.trigrams), without rank.
NAME_INDEX = "account_name"
NAME_INDEX_SQL = (
    f"CREATE VIRTUAL TABLE {NAME_INDEX} USING fts5(folded_name, content='', "
    "contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1')"
)

own = MetaData()
kept = Table("kept", own, Column("key", Text, primary_key=True), Column("value", Text))

Row = tuple[Any, ...]

_NAME_AT = tables.VIEW_COLUMNS["account"].index("name")


class Mirror(EncryptedFile):
    """The mirror of the centre. A file of another schema version is thrown away and made anew."""

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__(path, key, tables.metadata, schema=SCHEMA, synchronous="NORMAL")

    def _begin(self) -> None:
        try:
            super()._begin()
        except _OtherSchema:
            remove(self.path)
            super()._begin()

    def _make(self, c: Connection, found: int) -> None:
        if found:
            raise _OtherSchema(f"schema {found}")
        make_tables(c)

    def replace_with(self, fresh: Path) -> None:
        """Take a finished file (see mirror_builder.py) in place of the present one."""
        with self._emptied():
            remove(self.path)
            os.replace(fresh, self.path)

    def cursor(self) -> Cursor | None:
        """The centre's snapshot this mirror shows; None before the first bootstrap."""
        with self.reading() as c:
            return read_cursor(c)


class _OtherSchema(StoreDamaged):
    """The file was made by another version of the program."""


def make_tables(c: Connection, *, indexed: bool = True) -> None:
    """Make all tables of a mirror; without indexes for a file that is filled in bulk."""
    own.create_all(c)
    for table in tables.MIRRORED.values():
        indexes, table.indexes = table.indexes, table.indexes if indexed else set()
        try:
            table.create(c)
        finally:
            table.indexes = indexes
    c.exec_driver_sql(NAME_INDEX_SQL)


def keep(c: Connection, key: str, value: Any) -> None:
    """Keep a small JSON value in the mirror (cursor, sign-in answer, lease)."""
    c.execute(insert(kept).prefix_with("OR REPLACE"), {"key": key, "value": json.dumps(value)})


def kept_value(c: Connection, key: str) -> Any:
    """A value kept with `keep`; None if there is none."""
    found = c.execute(select(kept.c.value).where(kept.c.key == key)).scalar()
    return None if found is None else json.loads(found)


def read_cursor(c: Connection) -> Cursor | None:
    """The cursor inside a transaction of the mirror."""
    found = kept_value(c, "cursor")
    return None if found is None else Cursor(**found)


def keep_cursor(c: Connection, cursor: Cursor) -> None:
    """Keep the cursor, in the transaction that applied what it stands for."""
    fields = {name: getattr(cursor, name) for name in ("generation", "schema", "snapshot")}
    keep(c, "cursor", fields)


# ---------------------------------------------------------------- applying the feed


def with_folded_name(table: str, row: Row) -> Row:
    """A stored row of the view with the columns the desk adds to it."""
    return (*row, fold(row[_NAME_AT])) if table == "account" else row


@cache
def insert_sql(table: str) -> str:
    """The statement that stores a row `with_folded_name`, over an older one if there is one."""
    names = [column.name for column in tables.MIRRORED[table].columns]
    marks = ", ".join("?" * len(names))
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in names[1:])
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f'INSERT INTO "{table}" ({listed}) VALUES ({marks}) '
        f"ON CONFLICT (id) DO UPDATE SET {changed}"
    )


def apply_rows(c: Connection, table: str, rows: Iterable[Row]) -> None:
    """Store rows of `sync_v1.<table>` over what is there.

    A row has the view's columns in their order, as SQLite keeps them (tables.stored_row).
    """
    stored = [with_folded_name(table, row) for row in rows]
    if not stored:
        return
    before = _name_rows(c, [row[0] for row in stored]) if table == "account" else {}
    c.exec_driver_sql(insert_sql(table), stored)
    if table == "account":
        _index_names(c, stored, before)


def owners(c: Connection, table: str, ids: Iterable[UUID]) -> list[tuple[UUID, UUID | None]]:
    """(id, account id) of those of these records that are there; accounts own themselves."""
    target = tables.MIRRORED[table].c
    owner = target.get("account_id", target.id if table == "account" else null())
    found = c.execute(select(target.id, owner).where(target.id.in_(list(ids))))
    return [(row[0], row[1]) for row in found]


def forget_rows(c: Connection, table: str, ids: Iterable[UUID]) -> None:
    """Delete records that are gone or that this agent may no longer see."""
    wanted = list(ids)
    if not wanted:
        return
    if table == "account":
        rows = _name_rows(c, [record_id.bytes for record_id in wanted])
        _unindex_names(c, [rowid for rowid, _ in rows.values()])
    target = tables.MIRRORED[table]
    c.execute(delete(target).where(target.c.id.in_(wanted)))


def _name_rows(c: Connection, ids: list[bytes]) -> dict[bytes, tuple[int, str]]:
    """id -> (rowid, folded name) of the accounts that are there."""
    marks = ", ".join("?" * len(ids))
    found = c.exec_driver_sql(
        f"SELECT id, rowid, folded_name FROM account WHERE id IN ({marks})", tuple(ids)
    )
    return {row[0]: (row[1], row[2]) for row in found}


def _index_names(
    c: Connection, stored: Sequence[Row], before: dict[bytes, tuple[int, str]]
) -> None:
    """Bring the name index in line with accounts just stored; unchanged names cost nothing."""
    folded = {row[0]: row[-1] for row in stored}
    renamed = [key for key, name in folded.items() if before.get(key, (0, None))[1] != name]
    _unindex_names(c, [before[key][0] for key in renamed if key in before])
    now = _name_rows(c, renamed) if renamed else {}
    if now:
        c.exec_driver_sql(
            f"INSERT INTO {NAME_INDEX} (rowid, folded_name) VALUES (?, ?)", list(now.values())
        )


def _unindex_names(c: Connection, rowids: list[int]) -> None:
    if rowids:
        c.exec_driver_sql(
            f"DELETE FROM {NAME_INDEX} WHERE rowid = ?", [(rowid,) for rowid in rowids]
        )
