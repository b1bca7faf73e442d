"""Keeps the directory in line with what the feed brings; bulk_directory.py makes a whole one.

Rows are those of the views, as SQLite keeps them (tables.stored_row).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models import directory_entry as entry
from agent_desktop.models import tables
from agent_desktop.models.directory import INDEXES, METER, NAME_INDEX, START, TABLES, UNIT
from agent_desktop.models.folding import fold

Row = tuple[Any, ...]

#: The tables of which the directory keeps something.
SOURCES = ("account", "phone", "unit", "meter")

_AT = {table: {name: at for at, name in enumerate(tables.VIEW_COLUMNS[table])} for table in SOURCES}
_CODES = {"unit": (UNIT, "number"), "meter": (METER, "serial")}
_PROFILE_OF = itemgetter(*(_AT["account"][name] for name in entry.PROFILE))
_PUT_ACCOUNT = (
    "INSERT INTO directory (id, number, name, tax_id_digest, tax_id_seen, profile) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
_CHANGE_ACCOUNT = (
    "UPDATE directory SET id = ?, number = ?, name = ?, tax_id_digest = ?, tax_id_seen = ?, "
    "profile = ? WHERE n = ?"
)
_UNINDEX_NAME = f"INSERT INTO {NAME_INDEX} ({NAME_INDEX}, rowid, folded) VALUES ('delete', ?, ?)"
_INDEX_NAME = f"INSERT INTO {NAME_INDEX} (rowid, folded) VALUES (?, ?)"


def make(c: Connection, *, indexed: bool = True) -> None:
    """Make the directory's tables; without indexes for a file that is filled in bulk."""
    for statement in (*TABLES, *(INDEXES if indexed else ())):
        c.exec_driver_sql(statement)


# -- row by row ---------------------------------------------------------------------------------
def put(c: Connection, table: str, rows: Iterable[Row]) -> None:
    """Take over what the directory keeps of these rows, in place of what it had."""
    if table == "account":
        for row in rows:
            _put_account(c, row)
    elif table in SOURCES:
        for row in rows:
            _put_part(c, table, row)


def _put_account(c: Connection, row: Row) -> None:
    new = (*account_values(row), _profile(c, row))
    found = c.exec_driver_sql(
        "SELECT n, number, name, tax_id_digest, tax_id_seen, profile FROM directory WHERE id = ?",
        (new[0],),
    ).first()
    folded = fold(row[_AT["account"]["name"]])
    if found is None:
        n = c.exec_driver_sql(f"{_PUT_ACCOUNT} RETURNING n", new).scalar_one()
        _name(c, n, folded)
    elif tuple(found[1:]) != new[1:]:
        c.exec_driver_sql(_CHANGE_ACCOUNT, (*new, found[0]))
        before = fold(found[2])
        if before != folded:
            _unname(c, found[0], before)
            _name(c, found[0], folded)


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


def _profile(c: Connection, row: Row) -> int:
    """The number of the set of code words this account has; a new one if it is the first."""
    values = profile_values(row)
    known = " AND ".join(f"{name} = ?" for name in entry.PROFILE)
    query = f"SELECT profile FROM directory_profile WHERE {known}"
    found = c.exec_driver_sql(query, values).scalar()
    if found is None:
        marks = ", ".join("?" * len(values))
        query = (
            f"INSERT INTO directory_profile ({', '.join(entry.PROFILE)}) VALUES ({marks}) "
            "RETURNING profile"
        )
        found = c.exec_driver_sql(query, values).scalar_one()
    return int(found)


def _name(c: Connection, n: int, folded: str) -> None:
    c.exec_driver_sql(_INDEX_NAME, (n, folded))
    c.exec_driver_sql("INSERT INTO directory_start VALUES (?, ?)", (folded[:START], n))


def _unname(c: Connection, n: int, folded: str) -> None:
    c.exec_driver_sql(_UNINDEX_NAME, (n, folded))
    query = "DELETE FROM directory_start WHERE folded = ? AND n = ?"
    c.exec_driver_sql(query, (folded[:START], n))


def _put_part(c: Connection, table: str, row: Row) -> None:
    """A number or a place. A page of the feed may bring it before its account, whose row is
    then on the same page: until then the account is an entry without a name."""
    owner = owner_of(table, row)
    if owner is None:
        return
    target = "directory_phone" if table == "phone" else "directory_place"
    n = c.exec_driver_sql("SELECT n FROM directory WHERE id = ?", (bytes(owner),)).scalar()
    values = part_values(table, row)
    if n is None:
        blank = tables.blank("account", UUID(bytes=bytes(owner)))
        names = tables.VIEW_COLUMNS["account"]
        _put_account(c, tables.stored_row("account", [blank[name] for name in names]))
        return _put_part(c, table, row)
    c.exec_driver_sql(f"DELETE FROM {target} WHERE n = ? AND tag = ?", (n, entry.tag_of(row[0])))
    if values is None:
        return
    query = f"SELECT coalesce(max(k) + 1, 0) FROM {target} WHERE n = ?"
    k = c.exec_driver_sql(query, (n,)).scalar_one()
    marks = ", ".join("?" * len(values))
    c.exec_driver_sql(f"INSERT INTO {target} VALUES (?, ?, {marks})", (n, k, *values))


def owner_of(table: str, row: Row) -> bytes | None:
    """The account of a number or a place."""
    owner: bytes | None = row[_AT[table]["account_id"]]
    return owner


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
        c.exec_driver_sql(query, (account_id.bytes,))


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
        c.exec_driver_sql(f"DELETE FROM {target} WHERE tag IN ({marks})", tags)


def _forget_account(c: Connection, record_id: UUID) -> None:
    query = "SELECT n, name FROM directory WHERE id = ?"
    found = c.exec_driver_sql(query, (record_id.bytes,)).first()
    if found is None:
        return
    n, name = found
    _unname(c, n, fold(name))
    for target in ("directory_phone", "directory_place", "directory"):
        c.exec_driver_sql(f"DELETE FROM {target} WHERE n = ?", (n,))
