"""mirror.db: what the centre knows and this desk may know too.

Only the feed writes here, always together with the cursor it comes from. The file may be
deleted at any time; it is then rebuilt from the centre.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Index, MetaData, Table, Text, delete, insert, select
from sqlalchemy.sql.visitors import iterate

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.rules.text_fold import fold
from agent_desktop.models.store import directory_writer, tables, working_set
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.encrypted_file import EncryptedFile, bare, remove

#: The shape of the file, raised with any change of it (also of the directory, and of `fold`);
#: the centre's schema stands in the cursor.
SCHEMA = 4
#: Keys of small values: when all was fetched anew, and when the centre last had something new.
LOADED_AT, CHANGED_AT = "loaded_at", "changed_at"

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
    directory_writer.make(c, indexed=indexed)
    c.exec_driver_sql(working_set.TABLE)


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
    keep(c, CHANGED_AT, datetime.now(UTC).isoformat())


# ---------------------------------------------------------------- applying the feed


def with_folded_name(table: str, row: Row) -> Row:
    """A stored row of the view with the columns the desk adds to it."""
    return (*row, fold(row[_NAME_AT])) if table == "account" else row


@cache
def insert_sql(table: str) -> str:
    """The statement that stores a row `with_folded_name` in a fresh file."""
    names = [column.name for column in tables.MIRRORED[table].columns]
    listed = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({listed}) VALUES ({", ".join("?" * len(names))})'


def _store(c: Connection, table: str, stored: Sequence[Row]) -> None:
    """Store such rows over older ones. SQLite writes an index anew for each column that is set,
    changed or not, and each of its pages has to be encrypted: columns with an index are
    therefore set by themselves, where they differ."""
    plain, differing = _store_sql(table)
    bare(c).executemany(plain, stored)
    for at, statement in differing:
        bare(c).executemany(statement, [(row[at], row[0]) for row in stored])


@cache
def _store_sql(table: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The statement for whole rows, and those for their columns with an index."""
    target = tables.MIRRORED[table]
    names = [column.name for column in target.columns]
    indexed = {column.name for index in target.indexes for column in _columns_of(index)}
    plain = ", ".join(f'"{name}" = excluded."{name}"' for name in names[1:] if name not in indexed)
    differing = tuple(
        (at, f'UPDATE "{table}" SET "{name}" = ?1 WHERE id = ?2 AND "{name}" IS NOT ?1')
        for at, name in enumerate(names)
        if name in indexed
    )
    return f"{insert_sql(table)} ON CONFLICT (id) DO UPDATE SET {plain}", differing


def _columns_of(index: Index) -> Iterator[Column[Any]]:
    """The columns it is made of or depends on."""
    yield from index.columns
    condition = index.dialect_options["sqlite"]["where"]
    if condition is not None:
        yield from (one for one in iterate(condition) if isinstance(one, Column))


def apply_rows(c: Connection, table: str, rows: Iterable[Row]) -> None:
    """Store rows of `sync_v1.<table>` over what is there.

    A row has the view's columns in their order, as SQLite keeps them (tables.stored_row). The
    directory takes what it keeps of any account; the row itself is stored only if its account
    is of the working set (or has just come into it by this row).
    """
    given = list(rows)
    directory_writer.put(c, table, given)
    stored = [with_folded_name(table, row) for row in working_set.kept_of(c, table, given)]
    _store(c, table, stored)


def store_account(
    c: Connection, account_id: UUID, rows: Mapping[str, Iterable[Row]], now: datetime
) -> None:
    """Store all the centre has of one account, in place of what is here of it.

    `rows` are those of `working_set.OWNED`, of one moment of the centre that is not before this
    mirror's cursor. Only the thread that pulls may call it, between two pulls: what happened
    after that moment comes with the next one, also what was deleted meanwhile.
    """
    working_set.clear(c, account_id)
    directory_writer.clear_parts(c, account_id)
    for table in working_set.OWNED:
        apply_rows(c, table, rows.get(table, ()))
    working_set.arrived(c, account_id, now)


def owners(c: Connection, table: str, ids: Iterable[UUID]) -> list[tuple[UUID, UUID | None]]:
    """(id, account id) of those of these records that are there; accounts own themselves."""
    wanted = [one.bytes for one in ids]
    marks = ", ".join("?" * len(wanted))
    owner = "account_id" if "account_id" in tables.MIRRORED[table].c else "NULL"
    sources = {f'SELECT id, {"id" if table == "account" else owner} FROM "{table}"'}
    if table == "account":
        sources.add("SELECT id, id FROM directory")
    found: dict[bytes, bytes | None] = {}
    for source in sources:
        found |= bare(c).execute(f"{source} WHERE id IN ({marks})", wanted).fetchall()
    return [(UUID(bytes=one), UUID(bytes=owner) if owner else None) for one, owner in found.items()]


def forget_rows(c: Connection, table: str, ids: Iterable[UUID]) -> None:
    """Delete records that are gone or that this agent may no longer see."""
    wanted = list(ids)
    if not wanted:
        return
    directory_writer.forget(c, table, wanted)
    if table == "account":
        working_set.forget(c, wanted)
    target = tables.MIRRORED[table]
    c.execute(delete(target).where(target.c.id.in_(wanted)))
