"""A whole mirror.db made fast: filled without indexes, indexed last, then put into its place.

A half-made file is worth nothing and is deleted; until `finish` nothing is safe against a crash.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, StaticPool, create_engine
from sqlcipher3 import dbapi2 as sqlcipher

from agent_desktop.models.store import mirror, tables, working_set
from agent_desktop.models.store.bulk_directory import BulkDirectory
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.encrypted_file import connect, remove

CACHE_KIB = 256 * 1024


@cache
def _binary_columns(table: str) -> tuple[int, ...]:
    """Where the bytes stand in a row of the view."""
    columns = tables.MIRRORED[table].columns
    kinds = (tables.Uuid, LargeBinary)
    names = tables.VIEW_COLUMNS[table]
    return tuple(at for at, name in enumerate(names) if isinstance(columns[name].type, kinds))


def _quick(table: str, row: mirror.Row) -> mirror.Row:
    """The same row with bytes as SQLite's module binds them twice as fast: it looks for an
    adapter of each value that is no plain int, float, str or bytearray."""
    made = list(row)
    for at in _binary_columns(table):
        if type(made[at]) is bytes:
            made[at] = bytearray(made[at])
    return tuple(made)


class MirrorBuilder:
    """Use as a context manager: `add` rows table by table, then `finish`.

    Rows have the view's columns in their order, as SQLite keeps them: `tables.stored_row`
    makes them from typed ones. Each record may come once only. `held` are the accounts of
    which everything is kept (None: of all); of the others only the directory keeps something.
    """

    def __init__(self, path: Path, key: bytes, held: Collection[UUID] | None = None) -> None:
        self.path = path
        self._held = None if held is None else {one.bytes for one in held}
        remove(path)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._raw = connect(path, key)
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "locking_mode = EXCLUSIVE",
            f"cache_size = -{CACHE_KIB}",
        ):
            self._raw.execute(f"PRAGMA {pragma}")
        self._engine = create_engine(
            "sqlite://", module=sqlcipher, creator=lambda: self._raw, poolclass=StaticPool
        )
        with self._engine.connect() as c:
            mirror.make_tables(c, indexed=False)
        self._raw.execute("BEGIN")
        self._directory = BulkDirectory(self._raw)
        self._finished = False

    def __enter__(self) -> MirrorBuilder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.dispose()
        self._raw.close()
        if not self._finished:
            remove(self.path)

    def add(self, table: str, rows: Iterable[mirror.Row]) -> None:
        """Add rows of a table; streamed, so the rows may be a generator of millions."""
        self.store(table, self._directory.add(table, rows))

    def enter(self, entries: Iterable[mirror.Row]) -> None:
        """Fill the directory with entries made ready by the centre (sync/directory_query.py)
        instead of through `add`; everything else then comes through `store`."""
        self._directory.enter(entries)

    def store(self, table: str, seen: Iterable[mirror.Row]) -> None:
        """Store rows of a mirrored table, and nothing in the directory."""
        kept = seen if self._held is None else working_set.rows_of(table, seen, self._held)
        complete = (mirror.with_folded_name(table, _quick(table, row)) for row in kept)
        self._raw.executemany(mirror.insert_sql(table), complete)

    def finish(self, cursor: Cursor | None = None, kept: Mapping[str, Any] | None = None) -> None:
        """Index what was added, keep the cursor and other values, and make the file durable."""
        self._directory.finish()
        self._raw.execute("COMMIT")
        with self._engine.connect() as c:
            c.exec_driver_sql("BEGIN")
            for table in tables.MIRRORED.values():
                for index in sorted(table.indexes, key=lambda index: str(index.name)):
                    index.create(c)
            if self._held is not None:
                working_set.begin_part(c, self._held)
            if cursor is not None:
                mirror.keep_cursor(c, cursor)
            mirror.keep(c, mirror.LOADED_AT, datetime.now(UTC).isoformat())
            for key, value in (kept or {}).items():
                mirror.keep(c, key, value)
            c.exec_driver_sql(f"PRAGMA user_version = {mirror.SCHEMA}")
            c.commit()
        self._raw.close()
        self._make_durable()
        self._finished = True

    def _make_durable(self) -> None:
        self.path.chmod(0o600)
        with open(self.path, "rb+") as file:
            os.fsync(file.fileno())
