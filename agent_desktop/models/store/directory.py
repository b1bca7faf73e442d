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
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models.account.record import Account, Phone
from agent_desktop.models.store import directory_entry as entry
from agent_desktop.models.store.encrypted_file import bare

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
#: Whether it is in the mirrored tables too, where more is known of it.
_KEPT = "EXISTS (SELECT 1 FROM account WHERE account.id = directory.id)"
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
def phones_between(
    c: Connection, ranges: Sequence[tuple[int, int]], most: int
) -> tuple[Phone, ...]:
    """The stored numbers in one of these ranges, both ends included, of accounts outside the
    working set."""
    which = " OR ".join(["e164 BETWEEN ? AND ?"] * len(ranges))
    query = _PHONES.format(f"({which}) AND NOT {_KEPT} LIMIT {most}")
    rows = bare(c).execute(query, tuple(end for both in ranges for end in both))
    return tuple(entry.phone_of(UUID(bytes=row[0]), *row[1:]) for row in rows)


def owners_between(c: Connection, ranges: Sequence[tuple[int, int]], most: int) -> list[Entry]:
    """Whose stored numbers are in one of these ranges, both ends included; an account for each
    of its numbers."""
    which = " OR ".join(["e164 BETWEEN ? AND ?"] * len(ranges))
    query = (
        f"SELECT {_ENTRY} FROM directory_phone JOIN directory d USING (n) {_WITH_PROFILE} "
        f"WHERE {which} LIMIT {most}"
    )
    return _entries(c, query, tuple(end for both in ranges for end in both))


def numbered(
    c: Connection, numbers: Collection[int], most: int
) -> tuple[list[tuple[Account, Phone]], bool]:
    """The stored numbers that are one of these, of accounts outside the working set, with the
    account; and whether an account of the working set has one too: there more is known of it."""
    query = _NUMBERED.format(", ".join("?" * len(numbers)), most)
    found = bare(c).execute(query, tuple(numbers)).fetchall()
    elsewhere = []
    for is_kept, tag, e164, flags, rest, one, *known in found:
        if not is_kept:
            account = entry.account_of(one, known[:4], known[4:])
            elsewhere.append((account, entry.phone_of(account.id, tag, e164, flags, rest)))
    return elsewhere, len(elsewhere) < len(found)


_NUMBERED = (
    f"SELECT {_KEPT}, tag, e164, flags, rest, id, number, name, tax_id_digest, tax_id_seen, "
    f"{_PROFILE} FROM directory_phone JOIN directory USING (n) "
    "JOIN directory_profile USING (profile) WHERE e164 IN ({}) LIMIT {}"
)


def phones_of(c: Connection, account_id: UUID) -> tuple[Phone, ...]:
    """The numbers of an account, wherever it is kept."""
    query = _PHONES.format("directory.id = ?")
    rows = bare(c).execute(query, (account_id.bytes,))
    return tuple(entry.phone_of(account_id, *row[1:]) for row in rows)


_PHONES = (
    "SELECT directory.id, tag, e164, flags, rest FROM directory_phone "
    "JOIN directory USING (n) WHERE {}"
)


# -- units and meters ---------------------------------------------------------------------------
def places(c: Connection, typed: str, most: int) -> list[UnitOrMeter]:
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
class UnitOrMeter:
    """A unit or a meter: whose it is, by what this file knows it again, and its code."""

    account_id: UUID
    owner: str
    kind: int
    tag: int
    code: str


def _places(
    c: Connection, typed: str, which: str, values: tuple[int, ...], most: int
) -> list[UnitOrMeter]:
    query = (
        "SELECT n, kind, tag, number, before FROM directory_place "
        f"WHERE {which} LIMIT {_MOST_LOOKED_AT}"
    )
    found = bare(c).execute(query, values).fetchall()
    fits = [row for row in found if _begins(entry.joined_code(row[3], row[4]), typed)]
    units = [row for row in fits if row[1] == UNIT][:most]
    chosen = units + [row for row in fits if row[1] == METER][:most]
    marks = ", ".join("?" * len(chosen))
    query = f"SELECT n, id, name FROM directory WHERE n IN ({marks})"
    found = bare(c).execute(query, [row[0] for row in chosen]).fetchall() if chosen else ()
    owners = {row[0]: (UUID(bytes=row[1]), row[2]) for row in found}
    return [
        UnitOrMeter(*owners[n], kind, tag, entry.joined_code(number, before))
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
class Entry(NamedTuple):
    """What a list of accounts shows, and what ranks it; `id` and `number` as they are stored."""

    id: bytes
    name: str
    active: bool
    number: int | str
    city: str


def entry_of(account: Account) -> Entry:
    """The same of an account of which more is known."""
    return Entry(account.id.bytes, account.name, account.active, account.number, account.city)


_ENTRY = "d.id, d.name, active, d.number, city"
_WITH_PROFILE = "JOIN directory_profile USING (profile)"


def entries(c: Connection, ids: Collection[bytes]) -> list[Entry]:
    """The accounts of these ids."""
    marks = ", ".join("?" * len(ids))
    query = f"SELECT {_ENTRY} FROM directory d {_WITH_PROFILE} WHERE d.id IN ({marks})"
    return _entries(c, query, tuple(ids))


def names_from(c: Connection, start: str, most: int) -> list[Entry]:
    """Accounts whose folded name begins so (its first letters at least), in the order of the
    alphabet."""
    begin = start[:START]
    query = (
        f"SELECT {_ENTRY} FROM directory_start s JOIN directory d ON d.n = s.n {_WITH_PROFILE} "
        "WHERE s.folded >= ? AND s.folded < ? ORDER BY s.folded, s.n LIMIT ?"
    )
    return _entries(c, query, (begin, f"{begin}\U0010ffff", most))


def names_like(c: Connection, start: str, parts: Collection[str], most: int) -> list[Entry]:
    """Accounts whose folded name has the same first letters as this longer text, and all these
    trigrams. Accounts come in the order of names, but for those that were named since: the
    lists of the trigrams are read between the first and the last of the beginning only."""
    first, last = bare(c).execute(_SPAN, (start[:START], start[:START])).fetchone()
    if first is None:
        return []
    span = f"{_HAVING} AND rowid BETWEEN ? AND ? LIMIT ?"
    rows = bare(c).execute(span, (_all_of(parts), first, last, most))
    return names_of(c, [row[0] for row in rows])


_SPAN = (
    "SELECT (SELECT n FROM directory_start WHERE folded = ? ORDER BY n LIMIT 1), "
    "(SELECT n FROM directory_start WHERE folded = ? ORDER BY n DESC LIMIT 1)"
)
_HAVING = f"SELECT rowid FROM {NAME_INDEX} WHERE {NAME_INDEX} MATCH ?"


def names_with(c: Connection, parts: Collection[str], most: int) -> list[Entry]:
    """Accounts whose folded name has all these trigrams somewhere."""
    return names_of(c, numbers_with(c, parts, most))


def numbers_with(c: Connection, parts: Collection[str], most: int) -> list[int]:
    """The numbers here (`n`) of the accounts whose folded name has all these trigrams."""
    return [row[0] for row in bare(c).execute(f"{_HAVING} LIMIT ?", (_all_of(parts), most))]


def _all_of(parts: Collection[str]) -> str:
    return " AND ".join(f'"{part}"' for part in parts)


def names_of(c: Connection, numbers: Collection[int]) -> list[Entry]:
    """The accounts of these numbers."""
    if not numbers:
        return []
    marks = ", ".join("?" * len(numbers))
    query = f"SELECT {_ENTRY} FROM directory d {_WITH_PROFILE} WHERE n IN ({marks})"
    return _entries(c, query, tuple(numbers))


def _entries(c: Connection, query: str, values: tuple[Any, ...]) -> list[Entry]:
    return [Entry._make(row) for row in bare(c).execute(query, values)]
