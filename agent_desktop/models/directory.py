"""The directory: a little of every account in the scope, enough to know who is calling.

Names, city, flags, the tax id as digest and the signs of it that may be seen, telephone numbers,
units and meters. It lies in mirror.db beside the mirrored tables and is kept up by what the feed
brings (directory_writer.py). The mirrored tables hold everything, but at a large site only of the
working set (working_set.py); the directory holds all. An account's number here, `n`, means
nothing outside this file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models import directory_entry as entry
from agent_desktop.models.encrypted_file import bare
from agent_desktop.models.record import Account, Phone

#: How many letters of a folded name are kept in order, for what is typed first.
START = 8
#: Enough of a digest to find few; the whole one is compared.
DIGEST_START = 5
#: FTS5 over folded names: `rowid` is `directory.n`. detail=none keeps it small and knows no
#: phrases: ask for the AND of all trigrams (folding.trigrams), without rank. It keeps no text
#: and deletes with the old one, so a change of `fold` needs a new schema of the mirror.
NAME_INDEX = "directory_name"
UNIT, METER = 0, 1

_PROFILE = ", ".join(entry.PROFILE)
TABLES = (
    "CREATE TABLE directory (n INTEGER PRIMARY KEY, id BLOB NOT NULL, number NOT NULL, "
    "name TEXT NOT NULL, tax_id_digest BLOB, tax_id_seen TEXT, profile INTEGER NOT NULL)",
    f"CREATE TABLE directory_profile (profile INTEGER PRIMARY KEY, {_PROFILE}, "
    f"UNIQUE ({_PROFILE}))",
    "CREATE TABLE directory_start (folded TEXT NOT NULL, n INTEGER NOT NULL, "
    "PRIMARY KEY (folded, n)) WITHOUT ROWID",
    f"CREATE VIRTUAL TABLE {NAME_INDEX} USING fts5(folded, content='', columnsize=0, "
    "detail=none, tokenize='trigram case_sensitive 1')",
    "CREATE TABLE directory_phone (n INTEGER NOT NULL, k INTEGER NOT NULL, tag INTEGER NOT NULL, "
    "e164 INTEGER NOT NULL, flags INTEGER NOT NULL, rest, PRIMARY KEY (n, k)) WITHOUT ROWID",
    "CREATE TABLE directory_place (n INTEGER NOT NULL, k INTEGER NOT NULL, tag INTEGER NOT NULL, "
    "kind INTEGER NOT NULL, number INTEGER, before TEXT, PRIMARY KEY (n, k)) WITHOUT ROWID",
)
INDEXES = (
    "CREATE UNIQUE INDEX directory_by_id ON directory (id)",
    "CREATE INDEX directory_by_number ON directory (number)",
    f"CREATE INDEX directory_by_tax_id ON directory (substr(tax_id_digest, 1, {DIGEST_START}))",
    "CREATE INDEX directory_phone_by_e164 ON directory_phone (e164)",
    "CREATE INDEX directory_place_by_number ON directory_place (number)",
)

_ACCOUNTS = (
    "SELECT id, number, name, tax_id_digest, tax_id_seen, "
    f"{_PROFILE} FROM directory JOIN directory_profile USING (profile)"
)
#: Only what is not in the mirrored tables, where more is known of it.
_ELSEWHERE = "NOT EXISTS (SELECT 1 FROM account WHERE account.id = directory.id)"
#: How many digits of a code may follow what was typed.
_MOST_MISSING = 8
_MOST_LOOKED_AT = 24


def accounts(c: Connection, ids: Collection[UUID]) -> dict[UUID, Account]:
    """Accounts by their ids, as far as the directory knows them."""
    marks = ", ".join("?" * len(ids))
    rows = bare(c).execute(f"{_ACCOUNTS} WHERE id IN ({marks})", tuple(i.bytes for i in ids))
    found = (entry.account_of(row[0], row[1:5], row[5:]) for row in rows)
    return {account.id: account for account in found}


def as_row(account: Account) -> dict[str, Any]:
    """The account as a row of the mirrored table; what the directory does not know is empty."""
    return {field.name: getattr(account, field.name) for field in fields(account)}


def ids_of_number(c: Connection, number: str) -> list[UUID]:
    """The accounts of that account number."""
    query = "SELECT id FROM directory WHERE number = ?"
    return _ids(c, query, (entry.as_number(number),))


def ids_of_tax_id(c: Connection, digest: bytes, most: int) -> list[UUID]:
    """The accounts whose tax id has this digest."""
    query = (
        f"SELECT id FROM directory WHERE substr(tax_id_digest, 1, {DIGEST_START}) = ? "
        "AND tax_id_digest = ? LIMIT ?"
    )
    return _ids(c, query, (digest[:DIGEST_START], digest, most))


def _ids(c: Connection, query: str, values: tuple[Any, ...]) -> list[UUID]:
    return [UUID(bytes=row[0]) for row in bare(c).execute(query, values)]


def is_there(c: Connection, account_id: UUID) -> bool:
    """Whether this account is in the scope at all."""
    return bool(_ids(c, "SELECT id FROM directory WHERE id = ?", (account_id.bytes,)))


# -- telephone numbers --------------------------------------------------------------------------
def phones(c: Connection, numbers: Collection[int], most: int) -> tuple[Phone, ...]:
    """The stored numbers that are one of these, of accounts outside the working set."""
    marks = ", ".join("?" * len(numbers))
    return _phones(c, f"e164 IN ({marks})", tuple(numbers), most)


def phones_between(
    c: Connection, ranges: Sequence[tuple[int, int]], most: int
) -> tuple[Phone, ...]:
    """The stored numbers in one of these ranges, both ends included, of accounts outside the
    working set."""
    which = " OR ".join(["e164 BETWEEN ? AND ?"] * len(ranges))
    return _phones(c, f"({which})", tuple(end for both in ranges for end in both), most)


def owners_between(c: Connection, ranges: Sequence[tuple[int, int]], most: int) -> list[UUID]:
    """Whose stored numbers are in one of these ranges, both ends included."""
    which = " OR ".join(["e164 BETWEEN ? AND ?"] * len(ranges))
    query = f"SELECT id FROM directory_phone JOIN directory USING (n) WHERE {which} LIMIT {most}"
    return _ids(c, query, tuple(end for both in ranges for end in both))


def phones_of(c: Connection, account_id: UUID) -> tuple[Phone, ...]:
    """The numbers of an account, wherever it is kept."""
    query = _PHONES.format("directory.id = ?")
    rows = bare(c).execute(query, (account_id.bytes,))
    return tuple(entry.phone_of(account_id, *row[1:]) for row in rows)


_PHONES = (
    "SELECT directory.id, tag, e164, flags, rest FROM directory_phone "
    "JOIN directory USING (n) WHERE {}"
)


def _phones(c: Connection, which: str, values: tuple[int, ...], most: int) -> tuple[Phone, ...]:
    query = _PHONES.format(f"{which} AND {_ELSEWHERE} LIMIT {most}")
    rows = bare(c).execute(query, values)
    return tuple(entry.phone_of(UUID(bytes=row[0]), *row[1:]) for row in rows)


# -- units and meters ---------------------------------------------------------------------------
def places(c: Connection, typed: str, most: int) -> list[Place]:
    """Units and meters whose code begins with these letters and digits, whether the letters
    before its digits were typed or not; if there are whole ones, only these."""
    digits = "".join(sign for sign in typed if sign in "0123456789").lstrip("0")
    if not 0 < len(digits) <= entry.MOST_DIGITS:
        return []
    number, longest = int(digits), entry.MOST_DIGITS - len(digits)
    whole = _places(c, typed, "number = ?", (number,), most)
    if any(_whole(place.code) == typed for place in whole):
        return whole
    scales = [10**missing for missing in range(1, min(_MOST_MISSING, longest) + 1)]
    ranges = " OR ".join(["number BETWEEN ? AND ?"] * len(scales))
    ends = [end for s in scales for end in (number * s, number * s + s - 1)]
    return whole + (_places(c, typed, f"({ranges})", tuple(ends), most) if scales else [])


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or a meter: whose it is, by what this file knows it again, and its code."""

    account_id: UUID
    kind: int
    tag: int
    code: str


def _places(
    c: Connection, typed: str, which: str, values: tuple[int, ...], most: int
) -> list[Place]:
    query = (
        "SELECT n, kind, tag, number, before FROM directory_place "
        f"WHERE {which} LIMIT {_MOST_LOOKED_AT}"
    )
    found = bare(c).execute(query, values).fetchall()
    fits = [row for row in found if _begins(entry.joined_code(row[3], row[4]), typed)]
    units = [row for row in fits if row[1] == UNIT][:most]
    chosen = units + [row for row in fits if row[1] == METER][:most]
    marks = ", ".join("?" * len(chosen))
    query = f"SELECT n, id FROM directory WHERE n IN ({marks})"
    owners = dict(bare(c).execute(query, [row[0] for row in chosen]).fetchall())
    return [
        Place(UUID(bytes=owners[n]), kind, tag, entry.joined_code(number, before))
        for n, kind, tag, number, before in chosen
        if n in owners
    ]


def _whole(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign.isalnum())


def _begins(code: str, typed: str) -> bool:
    """Whether a code begins so; its letters, and zeros before its digits, may be left out."""
    plain = _whole(code)
    digits = plain.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return any(form.startswith(typed) for form in (plain, digits, digits.lstrip("0")))


# -- names --------------------------------------------------------------------------------------
#: An account's id as it is stored, its name, and whether it is active.
Name = tuple[bytes, str, bool]
_NAMES = "SELECT directory.id, name, active FROM directory JOIN directory_profile USING (profile)"


def names_from(c: Connection, start: str, most: int) -> list[Name]:
    """(id, name, active) of accounts whose folded name begins so (its first letters at least),
    in the order of the alphabet."""
    begin = start[:START]
    query = (
        "SELECT d.id, d.name, p.active FROM directory_start s JOIN directory d ON d.n = s.n "
        "JOIN directory_profile p ON p.profile = d.profile "
        "WHERE s.folded >= ? AND s.folded < ? ORDER BY s.folded, s.n LIMIT ?"
    )
    return _names(c, query, (begin, f"{begin}\U0010ffff", most))


def names_with(c: Connection, parts: Collection[str], most: int) -> list[Name]:
    """Accounts whose folded name has all these trigrams somewhere."""
    return names_of(c, numbers_with(c, parts, most))


def numbers_with(c: Connection, parts: Collection[str], most: int) -> list[int]:
    """The numbers here (`n`) of the accounts whose folded name has all these trigrams."""
    match = " AND ".join(f'"{part}"' for part in parts)
    query = f"SELECT rowid FROM {NAME_INDEX} WHERE {NAME_INDEX} MATCH ? LIMIT ?"
    return [row[0] for row in bare(c).execute(query, (match, most))]


def names_of(c: Connection, numbers: Collection[int]) -> list[Name]:
    """The accounts of these numbers."""
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    return _names(c, f"{_NAMES} WHERE n IN ({marks})", tuple(numbers))


def _names(c: Connection, query: str, values: tuple[Any, ...]) -> list[Name]:
    return [(row[0], row[1], row[2]) for row in bare(c).execute(query, values).fetchall()]
