"""Reading records: rows of the mirror with everything saved here laid over them.

A `Reading` is one moment of the mirror. Most of the time nothing unsent concerns the tables that
are read; then rows become records directly, without SQLAlchemy's result machinery, because this
is what stands between a ringing call and the account on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select

from agent_desktop.errors import Refused
from agent_desktop.models.account.record import Account, Phone
from agent_desktop.models.kind import Record, Word
from agent_desktop.models.kinds import KINDS
from agent_desktop.models.store import directory, tables
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.encrypted_file import bare
from agent_desktop.models.store.stores import Stores

R = TypeVar("R", bound=Record)

TABLES: Mapping[type[Record], Table] = {kind.record: tables.MIRRORED[kind.name] for kind in KINDS}


@contextmanager
def reading(stores: Stores) -> Iterator[Reading]:
    """One short read transaction: everything read in it is of one moment."""
    # Before the mirror's moment: what is saved later is simply later.
    with stores.local.reading() as here:
        touched = frozenset(name for (name,) in bare(here).execute(_TOUCHED))
    with stores.mirror.reading() as c:
        yield Reading(stores, c, touched)


# The tables with effects, by one look into the index for each: a day without the centre leaves
# many effects, and every record that is read asks this.
_TOUCHED = (
    "WITH RECURSIVE touched(name) AS (SELECT min(table_name) FROM effect UNION ALL "
    "SELECT (SELECT min(table_name) FROM effect WHERE table_name > name) FROM touched "
    "WHERE name IS NOT NULL) SELECT name FROM touched WHERE name IS NOT NULL"
)


class Reading:
    """Records as they look now. `touched` names the tables in which something saved here waits
    to be seen in the mirror, or was seen there since the last pull."""

    def __init__(self, stores: Stores, c: Connection, touched: frozenset[str]) -> None:
        self.stores = stores
        self.c = c
        self.touched = touched
        # Accounts outside the working set that were read already.
        self._outside: dict[UUID, Account] = {}

    def get(self, kind: type[R], record_id: UUID) -> R:
        """The record of that id; Refused({"": "unknown_record"}) if this desk has none."""
        found = self.find(kind, record_id)
        if found is None:
            raise Refused({"": "unknown_record"}, table=TABLES[kind].name)
        return found

    def find(self, kind: type[R], record_id: UUID | None) -> R | None:
        """The record of that id, None if this desk has none (or no id was given)."""
        return None if record_id is None else self.by_ids(kind, [record_id]).get(record_id)

    def by_ids(self, kind: type[R], ids: Collection[UUID]) -> dict[UUID, R]:
        """Records by their ids; those this desk does not have are left out."""
        asked = [one for one in ids if one not in self._outside]
        marks = ", ".join("?" * len(asked))
        plain = tuple(one.bytes for one in asked)
        found = self._plain(kind, f"id IN ({marks})", plain, ids=asked) if asked else ()
        known = {one.id: one for one in found}
        if kind is Account and len(known) < len(ids):
            more: Any = self._from_directory([one for one in ids if one not in known])
            known |= more
        return known

    def _from_directory(self, ids: Collection[UUID]) -> dict[UUID, Account]:
        """Accounts outside the working set: what the directory knows of them."""
        found = {one: self._outside[one] for one in ids if one in self._outside}
        if len(found) < len(ids):
            found |= directory.accounts(self.c, [one for one in ids if one not in found])
        if "account" not in self.touched:
            return found
        rows = [directory.as_row(one) for one in found.values()]
        laid = self._laid(Account, rows, ids=ids)
        return {one.id: one for one in laid}

    def of_account(
        self, kind: type[R], account_id: UUID, *, newest: str = "", most: int = -1
    ) -> tuple[R, ...]:
        """All records of an account; with `newest` the last `most` by that column."""
        ordered = f" ORDER BY {newest} DESC LIMIT {most}" if newest else ""
        return self._plain(
            kind, f"account_id = ?{ordered}", (account_id.bytes,), account_id=account_id
        )

    def accounts(self, ids: Collection[UUID], **equal: str | bytes) -> tuple[Account, ...]:
        """Accounts the directory led to whose columns still have these values, and those made
        or changed here whose do."""
        found = self.by_ids(Account, {*ids, *self._set_to(TABLES[Account], equal)})
        return tuple(one for one in found.values() if _has(one, equal))

    def entries(self, ids: Collection[bytes]) -> dict[bytes, directory.Entry]:
        """What a list shows of these accounts, by their ids as they are stored."""
        if "account" in self.touched:
            known = self.by_ids(Account, [UUID(bytes=one) for one in ids]).values()
            return {one.id.bytes: directory.entry_of(one) for one in known}
        outside = {one.bytes: known for one, known in self._outside.items()}
        found = {one: directory.entry_of(outside[one]) for one in ids if one in outside}
        asked = [one for one in ids if one not in found]
        return found | {one.id: one for one in directory.entries(self.c, asked)} if asked else found

    def numbered(self, numbers: Collection[int], most: int) -> tuple[tuple[Phone, ...], bool]:
        """What the directory knows of telephone numbers (directory.numbered). It comes with
        their owners, who need not be asked for again."""
        found, has_more = directory.numbered(self.c, numbers, most)
        self._outside |= {owner.id: owner for owner, _ in found}
        return tuple(phone for _, phone in found), has_more

    def set_here(self, table: str, column: str) -> dict[bytes, Any]:
        """The records that were made or changed here, by their stored ids, with the plain value
        this column was given; None if it was not."""
        if table not in self.touched:
            return {}
        return pending.set_here(self.stores, self.c, table, column)

    def where(self, kind: type[R], **equal: UUID | str) -> tuple[R, ...]:
        """Records whose columns have these ids or texts. Meant for columns with an index."""
        condition = " AND ".join(f'"{name}" = ?' for name in equal)
        values = tuple(v.bytes if isinstance(v, UUID) else v for v in equal.values())
        if TABLES[kind].name not in self.touched:
            return self._plain(kind, condition, values)
        found = self._plain(kind, condition, values, ids=self._set_to(TABLES[kind], equal))
        return tuple(one for one in found if _has(one, equal))

    def selected(
        self,
        kind: type[R],
        condition: ColumnElement[bool],
        keep: Callable[[R], bool],
        most: int | None = None,
    ) -> tuple[R, ...]:
        """Records that meet a condition in the mirror (`most` of them), and `keep` after what
        was saved here was laid over them."""
        table = TABLES[kind]
        rows = self.c.execute(select(table).where(condition).limit(most)).mappings().all()
        return tuple(one for one in self._laid(kind, rows) if keep(one))

    def matching(
        self,
        kind: type[R],
        condition: str,
        values: tuple[Any, ...],
        keep: Callable[[R], bool],
        most: int,
        *,
        by: str = "",
    ) -> tuple[R, ...]:
        """The same with a condition in SQL over stored values, for what stands before a ring
        becomes a page. Name the column with `by` if the condition is about this one only, a
        text or a number: then not everything that waits is looked at."""
        table, here = TABLES[kind].name, None
        if by and table in self.touched:
            here = pending.ids_where(self.stores, table, by, condition, values)
        found = self._plain(kind, f"{condition} LIMIT {most}", values, ids=here)
        return tuple(one for one in found if keep(one))

    def _set_to(self, table: Table, equal: Mapping[str, Any]) -> list[UUID]:
        """The records of which one of these columns was set here to that value."""
        if table.name not in self.touched:
            return []
        return [
            one
            for name, value in equal.items()
            for one in pending.ids_where(
                self.stores, table.name, name, f'"{name}" = ?', (tables.plain(value),)
            )
        ]

    def _plain(
        self,
        kind: type[R],
        condition: str,
        values: tuple[Any, ...],
        account_id: UUID | None = None,
        ids: Collection[UUID] | None = None,
    ) -> tuple[R, ...]:
        any_kind: Any = kind  # a class is hashable whatever its instances are
        sql, names, typed, final = _shape(any_kind)
        rows = bare(self.c).execute(f"{sql} WHERE {condition}", values)
        if TABLES[kind].name not in self.touched:
            return tuple(
                kind(**{n: f(value) for n, f, value in zip(names, final, row, strict=True)})
                for row in rows
            )
        mapped = [
            {n: value if value is None else t(value)
             for n, t, value in zip(names, typed, row, strict=True)}
            for row in rows
        ]  # fmt: skip
        return self._laid(kind, mapped, account_id=account_id, ids=ids)

    def _laid(
        self,
        kind: type[R],
        rows: Iterable[Mapping[str, Any] | RowMapping],
        *,
        account_id: UUID | None = None,
        ids: Collection[UUID] | None = None,
    ) -> tuple[R, ...]:
        name = TABLES[kind].name
        if name in self.touched:
            rows = pending.laid_over(
                self.stores, self.c, name, rows, account_id=account_id, ids=ids
            )
        return tuple(made(kind, row) for row in rows)


def _has(one: Record, equal: Mapping[str, Any]) -> bool:
    return all(getattr(one, name) == value for name, value in equal.items())


# -- one row ------------------------------------------------------------------------------------
Convert = Callable[[Any], Any]


def made(kind: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """A record from a full row of its table; other columns are left out."""
    any_kind: Any = kind
    return kind(**{name: read(row.get(name)) for name, read in _readers(any_kind)})


@cache
def _readers(kind: Any) -> tuple[tuple[str, Convert], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _reader(hints[field.name])) for field in fields(kind))


def _reader(hint: Any) -> Convert:
    """How a typed value becomes a field: text, words, numbers and flags are never None."""
    if isinstance(hint, type) and issubclass(hint, Word):
        return _word(hint)
    empty = {int: 0, float: 0.0, bool: False, str: ""}
    if hint not in empty:
        return _same
    return lambda value: hint(value) if value is not None else empty[hint]


def _word(words: type[Word]) -> Convert:
    known = {word.value: word for word in words}
    return lambda value: known.get(value or "", known[""])


def _same(value: Any) -> Any:
    return value


@cache
def _shape(kind: Any) -> tuple[str, tuple[str, ...], tuple[Convert, ...], tuple[Convert, ...]]:
    """How a kind is read without SQLAlchemy: the statement, the columns, and what makes of a
    stored value the typed one and the field of the record."""
    table, readers = TABLES[kind], dict(_readers(kind))
    names = tables.VIEW_COLUMNS[table.name]
    typed = tuple(_STORED.get(type(table.columns[name].type), _same) for name in names)
    final = tuple(
        read if read is not _same else _optional(convert)
        for read, convert in zip((readers[name] for name in names), typed, strict=True)
    )
    listed = ", ".join(f'"{name}"' for name in names)
    return f'SELECT {listed} FROM "{table.name}"', names, typed, final


def _optional(convert: Convert) -> Convert:
    if convert is _same:
        return _same
    return lambda value: None if value is None else convert(value)


def _time(value: int) -> datetime:
    return tables.EPOCH + timedelta(microseconds=value)


_STORED: Mapping[type, Convert] = {
    tables.Uuid: lambda value: UUID(bytes=value),
    tables.UtcTime: _time,
    tables.Day: date.fromisoformat,
}
