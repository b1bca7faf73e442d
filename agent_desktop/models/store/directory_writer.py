"""Keeps the directory in line with what the feed brings; bulk_directory.py makes a whole one.

Rows are those of the views, as SQLite keeps them (tables.stored_row).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models.rules.text_fold import fold
from agent_desktop.models.store import directory_entry as entry
from agent_desktop.models.store import tables
from agent_desktop.models.store.directory import INDEXES, METER, NAME_INDEX, START, TABLES, UNIT
from agent_desktop.models.store.encrypted_file import bare

Row = tuple[Any, ...]

#: The tables of which the directory keeps something.
SOURCES = ("account", "phone", "unit", "meter")

_AT = {table: {name: at for at, name in enumerate(tables.VIEW_COLUMNS[table])} for table in SOURCES}
_CODES = {"unit": (UNIT, "number"), "meter": (METER, "serial")}
_PROFILE_OF = itemgetter(*(_AT["account"][name] for name in entry.PROFILE))
_PUT_ACCOUNT = (
    "INSERT INTO directory (id, number, name, tax_id_digest, tax_id_seen, profile, n) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_COLUMNS = ("id", "number", "name", "tax_id_digest", "tax_id_seen", "profile")
_UNINDEX_NAME = f"INSERT INTO {NAME_INDEX} ({NAME_INDEX}, rowid, folded) VALUES ('delete', ?, ?)"
_INDEX_NAME = f"INSERT INTO {NAME_INDEX} (rowid, folded) VALUES (?, ?)"
_START_NAME = f"INSERT INTO directory_start (n, folded) VALUES (?, substr(?, 1, {START}))"
_UNSTART_NAME = f"DELETE FROM directory_start WHERE n = ? AND folded = substr(?, 1, {START})"


def make(c: Connection, *, indexed: bool = True) -> None:
    """Make the directory's tables; without indexes for a file that is filled in bulk."""
    for statement in (*TABLES, *(INDEXES if indexed else ())):
        bare(c).execute(statement)


# -- what the feed brings -----------------------------------------------------------------------
# One statement of each kind for all rows, through the driver: a page of the feed is some
# thousands of them, and SQLAlchemy costs each 0.1 ms.
def put(c: Connection, table: str, rows: Collection[Row]) -> None:
    """Take over what the directory keeps of these rows, in place of what it had."""
    if table == "account":
        _put_accounts(c, rows)
    elif table in SOURCES:
        _put_parts(c, table, rows)


def _put_accounts(c: Connection, rows: Iterable[Row]) -> None:
    latest = {bytes(row[0]): row for row in rows}
    known = _known(c, latest, "n, number, name, tax_id_digest, tax_id_seen, profile")
    profiles = _Profiles(c)
    new: list[Row] = []
    renamed: list[tuple[int, str, str]] = []
    for record_id, row in latest.items():
        values = (*account_values(row), profiles.number(profile_values(row)))
        before = known.get(record_id)
        if before is None:
            new.append(values)
        elif _change_account(c, before, values):
            renamed.append((before[0], fold(before[2]), fold(values[2])))
    _insert_accounts(c, new)
    renamed = [one for one in renamed if one[1] != one[2]]
    _unname(c, [(n, before) for n, before, _ in renamed])
    _name(c, [(n, now) for n, _, now in renamed])


def _change_account(c: Connection, before: Row, values: Row) -> bool:
    """Set what differs, and no more: each index of a column that is set is written anew.
    Returns whether the name does."""
    differing = [at for at in range(1, len(values)) if before[at] != values[at]]
    if differing:
        changes = ", ".join(f"{_COLUMNS[at]} = ?" for at in differing)
        given = (*(values[at] for at in differing), before[0])
        bare(c).execute(f"UPDATE directory SET {changes} WHERE n = ?", given)
    return _COLUMNS.index("name") in differing


def _known(c: Connection, ids: Collection[bytes], columns: str) -> dict[bytes, Row]:
    """Of these accounts those that are there, with some of their columns."""
    marks = ", ".join("?" * len(ids))
    query = f"SELECT id, {columns} FROM directory WHERE id IN ({marks})"
    return {row[0]: row[1:] for row in bare(c).execute(query, tuple(ids))}


def _insert_accounts(c: Connection, new: Sequence[Row]) -> None:
    if not new:
        return
    (last,) = bare(c).execute("SELECT coalesce(max(n), 0) FROM directory").fetchone()
    numbered = [(*values, last + at) for at, values in enumerate(new, 1)]
    bare(c).executemany(_PUT_ACCOUNT, numbered)
    _name(c, [(values[-1], fold(values[2])) for values in numbered])


def account_values(row: Row) -> tuple[Any, ...]:
    """What the directory keeps of an account, without its profile."""
    at = _AT["account"]
    digest = row[at["tax_id_digest"]]
    seen = entry.seen_of_tax_id(row[at["tax_id_kind"]], row[at["tax_id_masked"]])
    return (
        bytes(row[0]), entry.as_number(row[at["number"]]), row[at["name"]],
        None if digest is None else bytes(digest), seen or None,
    )  # fmt: skip


def profile_values(row: Row) -> tuple[Any, ...]:
    """The code words of an account, for which one number stands."""
    values: tuple[Any, ...] = _PROFILE_OF(row)
    return values


class _Profiles:
    """The numbers of sets of code words, each asked for once."""

    def __init__(self, c: Connection) -> None:
        self._raw = bare(c)
        self._numbers: dict[Row, int] = {}

    def number(self, values: Row) -> int:
        """The number of this set; a new one if it is the first account with it."""
        if values not in self._numbers:
            self._numbers[values] = self._stored(values)
        return self._numbers[values]

    def _stored(self, values: Row) -> int:
        known = " AND ".join(f"{name} = ?" for name in entry.PROFILE)
        query = f"SELECT profile FROM directory_profile WHERE {known}"
        found = self._raw.execute(query, values).fetchone()
        if found is not None:
            return int(found[0])
        marks = ", ".join("?" * len(values))
        query = f"INSERT INTO directory_profile ({', '.join(entry.PROFILE)}) VALUES ({marks})"
        return int(self._raw.execute(query, values).lastrowid)


def _name(c: Connection, folded: Sequence[tuple[int, str]]) -> None:
    bare(c).executemany(_INDEX_NAME, folded)
    bare(c).executemany(_START_NAME, folded)


def _unname(c: Connection, folded: Sequence[tuple[int, str]]) -> None:
    bare(c).executemany(_UNINDEX_NAME, folded)
    bare(c).executemany(_UNSTART_NAME, folded)


def owner_of(table: str, row: Row) -> bytes | None:
    """The account of a number or a place."""
    owner = row[_AT[table]["account_id"]]
    return None if owner is None else bytes(owner)


def _put_parts(c: Connection, table: str, rows: Iterable[Row]) -> None:
    """Numbers or places. A page of the feed may bring them before their account, whose row is
    then on the same page: until then the account is an entry without a name."""
    latest = {bytes(row[0]): row for row in rows}.values()
    owned = [(owner, row) for row in latest if (owner := owner_of(table, row)) is not None]
    ids = {owner for owner, _ in owned}
    numbers = _known(c, ids, "n")
    if missing := ids - numbers.keys():
        _put_accounts(c, map(_blank_account, missing))
        numbers |= _known(c, missing, "n")
    target = "directory_phone" if table == "phone" else "directory_place"
    parts = [(*numbers[owner], entry.tag_of(bytes(row[0]))) for owner, row in owned]
    bare(c).executemany(f"DELETE FROM {target} WHERE n = ? AND tag = ?", parts)
    values = ((*numbers[owner], part_values(table, row)) for owner, row in owned)
    stored = [(n, *some) for n, some in values if some is not None]
    if stored:
        marks = ", ".join("?" * (len(stored[0]) - 1))
        query = f"SELECT coalesce(max(k) + 1, 0) FROM {target} WHERE n = ?1"
        bare(c).executemany(f"INSERT INTO {target} VALUES (?1, ({query}), {marks})", stored)


def _blank_account(record_id: bytes) -> Row:
    blank = tables.blank("account", UUID(bytes=record_id))
    return tables.stored_row("account", [blank[name] for name in tables.VIEW_COLUMNS["account"]])


def part_values(table: str, row: Row) -> tuple[Any, ...] | None:
    """What is kept of a number or place; None if there is nothing to find it by."""
    at = _AT[table]
    tag = entry.tag_of(bytes(row[0]))
    if table == "phone":
        e164 = row[at["e164"]]
        if e164 is None:
            return None
        return tag, e164, entry.phone_flags(row, at), entry.phone_rest(row, at)
    kind, column = _CODES[table]
    number, before = entry.split_code(row[at[column]])
    return None if number is None else (tag, kind, number, before)


def clear_parts(c: Connection, account_id: UUID) -> None:
    """Take out an account's numbers and places; whoever does puts in those it has now."""
    for target in ("directory_phone", "directory_place"):
        query = f"DELETE FROM {target} WHERE n = (SELECT n FROM directory WHERE id = ?)"
        bare(c).execute(query, (account_id.bytes,))


def forget(c: Connection, table: str, ids: Collection[UUID]) -> None:
    """Take out what is gone. Numbers and places that go without their account are looked for
    from end to end (their ids are not indexed): some 0.3 s at a million accounts, and rare."""
    if table == "account":
        for record_id in ids:
            _forget_account(c, record_id)
    elif table in SOURCES:
        target = "directory_phone" if table == "phone" else "directory_place"
        marks = ", ".join("?" * len(ids))
        tags = tuple(entry.tag_of(one.bytes) for one in ids)
        bare(c).execute(f"DELETE FROM {target} WHERE tag IN ({marks})", tags)


def _forget_account(c: Connection, record_id: UUID) -> None:
    for n, name in _known(c, [record_id.bytes], "n, name").values():
        _unname(c, [(n, fold(name))])
        for target in ("directory_phone", "directory_place", "directory"):
            bare(c).execute(f"DELETE FROM {target} WHERE n = ?", (n,))
