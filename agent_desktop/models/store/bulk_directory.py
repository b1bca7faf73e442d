"""Fills the directory of a fresh file at once.

Two ways lead into it. `add` takes rows of the views and makes of them what directory_writer.py
would have made, one by one in Python. `enter` takes entries the centre has made ready, an account
with its numbers and places in each (sync/directory_query.py): six rows of the centre cost one of
Python's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from agent_desktop.models.rules.text_fold import fold
from agent_desktop.models.store import directory_entry as entry
from agent_desktop.models.store import directory_writer as writer
from agent_desktop.models.store.directory import INDEXES, NAME_INDEX, START

Row = tuple[Any, ...]

#: Rows stored by one statement.
_AT_ONCE = 2_000
#: Bytes of the name index that are gathered before they are written: at a million names all of
#: it, so that each trigram has one list and not one in each of seven parts. The second figure is
#: the module's own, for what the feed brings later.
_GATHERED, _GATHERED_LATER = 64 << 20, 1 << 20
_ACCOUNT_COLUMNS = "id, number, name, tax_id_digest, tax_id_seen, profile"
# entry.as_number, said in SQL.
_NUMBER = (
    f"CASE WHEN CAST(?3 AS INTEGER) BETWEEN 0 AND {10**entry.MOST_DIGITS - 1} "
    "AND CAST(CAST(?3 AS INTEGER) AS TEXT) = ?3 THEN CAST(?3 AS INTEGER) ELSE ?3 END"
)
_ENTER_ACCOUNT = (
    f"INSERT INTO directory (n, {_ACCOUNT_COLUMNS}) VALUES (?1, ?2, {_NUMBER}, ?4, ?5, ?6, ?7)"
)
# jsonb_each, for what json_each gives of an array has to be read again for each of its values.
_ENTER_PART = (
    "INSERT INTO {} SELECT ?1, key, value ->> 0, value ->> 1, value ->> 2, value ->> 3 "
    "FROM jsonb_each('[[' || ?2 || ']]')"
)
_ENTER_PHONES = _ENTER_PART.format("directory_phone")
_ENTER_PLACES = _ENTER_PART.format("directory_place")
#: Columns of an entry before those of its profile.
_ENTRY = 7


class BulkDirectory:
    """`add` in any order of tables, or `enter`, then `finish`.

    What `add` brings is put aside and sorted in at the end: accounts by their names, so that
    those who are found together lie on the same pages, numbers and places by their accounts, so
    that pages are full. The pages of what was put aside are used again by the indexes.
    """

    _ASIDE = (
        f"CREATE TABLE aside_account ({_ACCOUNT_COLUMNS})",
        "CREATE TABLE aside_phone (owner BLOB, tag, e164, flags, rest)",
        "CREATE TABLE aside_place (owner BLOB, tag, kind, number, before)",
    )

    def __init__(self, raw: Any) -> None:
        """`raw` is the bare connection to the file, inside a transaction."""
        self._raw = raw
        self._profiles: dict[Row, int] = {}
        self._entered = 0
        raw.create_function("fold", 1, fold, deterministic=True)
        for statement in self._ASIDE:
            raw.execute(statement)

    # -- rows of the views ------------------------------------------------------------------
    def add(self, table: str, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows again, each taken over as it passes."""
        if table not in writer.SOURCES:
            yield from rows
            return
        target = {"account": "account", "phone": "phone"}.get(table, "place")
        taken: list[Row] = []
        for row in rows:
            values = self._values(table, row)
            if values is not None:
                taken.append(values)
            if len(taken) == _AT_ONCE:
                self._put_aside(target, taken)
            yield row
        self._put_aside(target, taken)

    def _values(self, table: str, row: Row) -> Row | None:
        """What is stored of a row. Bytes as bytearray: for others the module looks for an
        adapter, each time."""
        if table == "account":
            one, number, name, digest, seen = writer.account_values(row)
            profile = self._profile(writer.profile_values(row))
            return bytearray(one), number, name, _quick(digest), seen, profile
        owner = writer.owner_of(table, row)
        values = writer.part_values(table, row)
        return None if owner is None or values is None else (bytearray(owner), *values)

    def _put_aside(self, target: str, taken: list[Row]) -> None:
        """Store and empty a batch."""
        if taken:
            marks = ", ".join("?" * len(taken[0]))
            self._raw.executemany(f"INSERT INTO aside_{target} VALUES ({marks})", taken)
        taken.clear()

    def _profile(self, values: Row) -> int:
        return self._profiles.setdefault(values, len(self._profiles) + 1)

    # -- entries the centre has made ready ------------------------------------------------------
    def enter(self, entries: Iterable[Row]) -> None:
        """Entries as `directory_query.entries` says: the account, its numbers and its places as
        JSON, its profile. They get their numbers here in the order they come in."""
        rest = iter(entries)
        while some := list(islice(rest, _AT_ONCE)):
            numbered = list(enumerate(some, self._entered + 1))
            self._entered += len(some)
            self._raw.executemany(_ENTER_ACCOUNT, map(self._account, numbered))
            for at, query in ((5, _ENTER_PHONES), (6, _ENTER_PLACES)):
                given = [(n, row[at]) for n, row in numbered if row[at] is not None]
                self._raw.executemany(query, given)

    def _account(self, numbered: tuple[int, Row]) -> Row:
        n, row = numbered
        one, number, name, digest, seen = row[:5]
        profile = self._profile(row[_ENTRY:])
        return n, bytearray(one), number, name, _quick(digest), seen, profile

    # -- the end --------------------------------------------------------------------------------
    def finish(self) -> None:
        """Sort in what was put aside, and index names and all else."""
        marks = ", ".join("?" * (len(entry.PROFILE) + 1))
        profiles = ((number, *values) for values, number in self._profiles.items())
        self._raw.executemany(f"INSERT INTO directory_profile VALUES ({marks})", profiles)
        self._raw.execute(
            f"INSERT INTO directory ({_ACCOUNT_COLUMNS}) SELECT {_ACCOUNT_COLUMNS} "
            "FROM aside_account ORDER BY fold(name), id"
        )
        self._raw.execute("DROP TABLE aside_account")
        self._raw.execute(INDEXES[0])
        self._sort_in("phone", "a.tag, a.e164, a.flags, a.rest")
        self._sort_in("place", "a.tag, a.kind, a.number, a.before")
        self._index_names()
        for statement in INDEXES[1:]:
            self._raw.execute(statement)

    def _sort_in(self, part: str, columns: str) -> None:
        self._raw.execute(
            f"INSERT INTO directory_{part} SELECT n, row_number() OVER "
            f"(PARTITION BY n ORDER BY a.tag) - 1, {columns} FROM aside_{part} a "
            "JOIN directory d ON d.id = a.owner ORDER BY n, a.tag"
        )
        self._raw.execute(f"DROP TABLE aside_{part}")

    def _index_names(self) -> None:
        """Both name indexes; the short starts in their order, so that pages are full."""
        option = f"INSERT INTO {NAME_INDEX} ({NAME_INDEX}, rank) VALUES ('hashsize', ?)"
        self._raw.execute(option, (_GATHERED,))
        self._raw.execute(
            f"INSERT INTO {NAME_INDEX} (rowid, folded) "
            "SELECT n, fold(name) FROM directory ORDER BY n"
        )
        self._raw.execute(f"INSERT INTO {NAME_INDEX} ({NAME_INDEX}) VALUES ('optimize')")
        self._raw.execute(option, (_GATHERED_LATER,))
        self._raw.execute(
            f"INSERT INTO directory_start SELECT substr(fold(name), 1, {START}) AS folded, n "
            "FROM directory ORDER BY folded, n"
        )


def _quick(value: bytes | None) -> bytearray | None:
    return None if value is None else bytearray(value)
