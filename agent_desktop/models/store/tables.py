"""The tables of mirror.db: what the centre knows and this desk may know too.

Each table has the columns of the centre's view of the same name in `sync_v1`, in the same
order; the feed fills them and nothing else writes them. Ids are UUIDs kept as 16 bytes, times
are UTC microseconds since 1970 kept as integers, dates are ISO text, money is whole cents.
`account.folded_name` is the only column the desk computes itself (see rules/text_fold.py); it is
indexed twice: as a B-tree for one or two letters, and as trigrams in `mirror.NAME_INDEX`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)

from agent_desktop.models.kind import Index as KindIndex
from agent_desktop.models.kind import Kind, Measure, Record
from agent_desktop.models.kinds import KINDS
from agent_desktop.models.rules.text_clean import sendable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Uuid(TypeDecorator[UUID]):
    """A UUID as 16 bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.bytes

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> UUID | None:
        return None if value is None else UUID(bytes=value)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time as whole microseconds since 1970."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A date as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


metadata = MetaData()

#: What a field's annotation is in the mirror. Texts are never unknown, whatever is in them.
_OF_TYPE: dict[Any, tuple[Any, bool]] = {
    UUID: (Uuid, True),
    datetime: (UtcTime, True),
    date: (Day, True),
    bytes: (LargeBinary, True),
    int: (Integer, True),
    float: (Float, False),
    bool: (Boolean, False),
    str: (Text, False),
}


def _column(name: str, hint: Any) -> Column[Any]:
    """The column of a field. Texts are empty and measured numbers 0 where nothing is known; flags
    have no default, since the feed always says one."""
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    plain = get_args(hint)[0] if marks else hint
    kinds = [one for one in get_args(plain) if one is not type(None)] or [plain]
    of = str if issubclass(kinds[0], Enum) else kinds[0]
    stored, nullable = _OF_TYPE[of]
    default = {str: "", float: "0"}.get(of)
    if any(isinstance(mark, Measure) for mark in marks):
        nullable, default = False, "0"
    return Column(name, stored, nullable=nullable, server_default=default)


def _table(kind: Kind[Any]) -> Table:
    """The mirrored table of a kind: its id first, the centre's revision of the row last.

    `account` alone has SQLite's hidden row number, because its name index is keyed by it.
    """
    hints = get_type_hints(kind.record, include_extras=True)
    own = [field.name for field in fields(kind.record) if field.name not in _OF_EVERY_RECORD]
    table = Table(
        kind.name,
        metadata,
        Column("id", Uuid, primary_key=True),
        *(_column(name, hints[name]) for name in own),
        Column("revision", Integer, nullable=False),
        sqlite_with_rowid=kind.name == "account",
    )
    # A part is found by the record it belongs to.
    by_account = [KindIndex(("account_id",))] if kind.owned and not kind.parent else []
    for index in (*kind.indexes, *by_account):
        _index(table, index)
    return table


_OF_EVERY_RECORD = frozenset(field.name for field in fields(Record))


def _index(table: Table, index: KindIndex) -> None:
    name = index.name or f"by_{index.columns[0].removesuffix('_id')}"
    what: list[Any] = [table.c[one] for one in index.columns] or [text(index.expression)]
    where = text(index.where) if index.where else None
    made = Index(f"{table.name}_{name}", *what, sqlite_where=where)
    if index.expression:  # which names its columns in SQL only
        table.append_constraint(made)


for _kind in KINDS:
    _table(_kind)

_folded_name = Column("folded_name", Text, nullable=False, server_default="")
metadata.tables["account"].append_column(_folded_name)

#: Every mirrored table by name. The mirror has no foreign keys, so their order means nothing.
MIRRORED: dict[str, Table] = {table.name: table for table in metadata.sorted_tables}

#: The columns of `sync_v1.<table>`, in the view's order.
VIEW_COLUMNS: dict[str, tuple[str, ...]] = {
    name: tuple(column.name for column in table.columns if column.name != "folded_name")
    for name, table in MIRRORED.items()
}

_STORED: dict[type, Callable[[Any], Any]] = {
    Uuid: lambda value: value.bytes,
    UtcTime: lambda value: (value - EPOCH) // MICROSECOND,
    Day: lambda value: value.isoformat(),
}
_FROM_PLAIN: dict[type, Callable[[Any], Any]] = {
    Uuid: UUID,
    UtcTime: datetime.fromisoformat,
    Day: date.fromisoformat,
    LargeBinary: bytes.fromhex,
}


@cache
def _converters(table: str) -> tuple[Callable[[Any], Any] | None, ...]:
    """For each view column: what makes its value what SQLite keeps; None if it is that."""
    columns = MIRRORED[table].columns
    return tuple(_STORED.get(type(columns[name].type)) for name in VIEW_COLUMNS[table])


def stored_row(table: str, row: Sequence[Any]) -> tuple[Any, ...]:
    """A typed row in the order of the view's columns, with each value as SQLite keeps it.

    UUIDs become 16 bytes, times microseconds, dates ISO text. For bulk work, which goes past
    SQLAlchemy's typed statements.
    """
    return tuple(
        value if convert is None or value is None else convert(value)
        for convert, value in zip(_converters(table), row, strict=True)
    )


def plain(value: Any) -> Any:
    """A value as JSON and the centre know it: UUID as text, times as ISO 8601 in UTC, bytes as
    hex, text without what no store takes (text_clean.py)."""
    if isinstance(value, str):
        return sendable(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def typed(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a table's columns with their types again; the reverse of `plain`."""
    columns = MIRRORED[table].columns
    return {name: _typed(columns[name].type, value) for name, value in values.items()}


def _typed(kind: Any, value: Any) -> Any:
    convert = _FROM_PLAIN.get(type(kind))
    return value if value is None or convert is None else convert(value)


def blank(table: str, record_id: UUID) -> dict[str, Any]:
    """A full row of which only the id is known: what is empty of each kind, revision 0."""
    row = {column.name: empty(column) for column in MIRRORED[table].columns}
    return {**row, "id": record_id, "revision": 0}


def empty(column: Column[Any]) -> object:
    """What stands in a column of which nothing is known: empty text, False, 0 or None."""
    if isinstance(column.type, Text):
        return ""
    if isinstance(column.type, Boolean):
        return False
    return 0 if isinstance(column.type, Integer | Float) and not column.nullable else None
