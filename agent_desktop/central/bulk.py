"""Loads a whole company at once, past the triggers, and sets what they would have set.

One transaction: a load that is killed leaves nothing. Desks see it as a new generation and fetch
everything anew, since twelve million lines of the feed would help nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from agent_desktop.central.database import is_superuser
from agent_desktop.errors import Refused

Connection = psycopg.Connection[TupleRow]
Tables = Iterable[tuple[str, tuple[str, ...], Iterator[tuple[object, ...]]]]
Tell = Callable[["LoadProgress"], None]

# How often the loader says how far it is.
_EVERY_ROWS = 2_000
# What follows the copying takes about this share of its time.
_AFTERWARDS = 0.4
_GUESS_AFTER_SECONDS = 3


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How far a load is: rows so far, the step it is at, and the seconds it may still take
    (None while nobody can know)."""

    step: str
    rows: int
    seconds_left: float | None


class _Pace:
    """Counts rows and guesses the time left from `expected` rows in all."""

    def __init__(self, tell: Tell, expected: int | None) -> None:
        self._tell = tell
        self._expected = expected
        self._began = time.monotonic()
        self.rows = 0

    def counted(
        self, step: str, rows: Iterator[tuple[object, ...]]
    ) -> Iterator[tuple[object, ...]]:
        """The rows, counted as they pass."""
        self.at(step)
        for row in rows:
            yield row
            self.rows += 1
            if self.rows % _EVERY_ROWS == 0:
                self.at(step)

    def at(self, step: str) -> None:
        """Say what is being done now."""
        self._tell(LoadProgress(step, self.rows, self._seconds_left()))

    def _seconds_left(self) -> float | None:
        taken = time.monotonic() - self._began
        if not self._expected or not self.rows or taken < _GUESS_AFTER_SECONDS:
            return None
        each = taken / self.rows
        return each * (max(0, self._expected - self.rows) + _AFTERWARDS * self._expected)


def load(
    connection: Connection, tables: Tables, tell: Tell, expected: int | None = None
) -> Mapping[str, int]:
    """Fill an empty centre with `tables`; returns the number of rows in each.

    Refused: `superuser_needed` (triggers cannot be passed by otherwise), `not_empty`.
    """
    if not is_superuser(connection):
        raise Refused({"": "superuser_needed"})
    pace = _Pace(tell, expected)
    with connection.transaction():
        _refuse_if_filled(connection)
        connection.execute("set local session_replication_role = replica")
        connection.execute("set local maintenance_work_mem = '512MB'")
        indexes = _drop_indexes(connection)
        counts = {
            name: _copy(connection, name, columns, pace.counted(name, rows))
            for name, columns, rows in tables
        }
        for definition in indexes:
            pace.at("indexes")
            connection.execute(definition)
        pace.at("facts")
        connection.execute("select crm.refresh_facts()")
        pace.at("search")
        connection.execute("select crm.refresh_search()")
        _skip_numbers(connection)
        connection.execute("update crm.site set generation = generation + 1")
        pace.at("statistics")
        connection.execute("analyze")
    return counts


def _refuse_if_filled(connection: Connection) -> None:
    found = connection.execute("select exists (select from crm.account)").fetchone()
    if found and found[0]:
        raise Refused({"": "not_empty"})


def _copy(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Iterator[tuple[object, ...]],
) -> int:
    """COPY one table. Of facts only those of contacts: the others follow from the records."""
    if table == "fact":
        contact = columns.index("contact_id")
        rows = (row for row in rows if row[contact] is not None)
    order = sql.SQL("copy crm.{} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(order) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def _drop_indexes(connection: Connection) -> list[str]:
    """Drop the indexes that are no constraint's; returns what makes them again. Building one
    over full tables is several times faster than keeping it up row by row."""
    found = connection.execute(
        "select c.oid::regclass::text, pg_get_indexdef(c.oid)"
        " from pg_index i join pg_class c on c.oid = i.indexrelid"
        " where c.relnamespace = 'crm'::regnamespace"
        "   and c.relkind = 'i' and not c.relispartition"  # not the feed's
        "   and not exists (select from pg_constraint k where k.conindid = c.oid)"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"drop index {name}")
    return [definition for _, definition in found]


def _skip_numbers(connection: Connection) -> None:
    """Blocks leased from now on begin behind the numbers that were loaded. Protocol numbers
    carry their day, so those of the past do not matter."""
    for kind, table, number in (
        ("ticket", "ticket", "substr(number, 4)"),
        ("order", "service_order", "substr(number, 4)"),
        ("account", "account", "number"),
    ):
        connection.execute(
            f"update crm.number_kind set next = greatest(next,"
            f" (select (max({number}::bigint) / 1000 + 1) * 1000 + 1 from crm.{table}"
            f"  where {number} ~ '^[0-9]{{1,12}}$')) where kind = '{kind}'"
        )
