"""Tells the centre what the program's KINDS say: crm.kind, its fields and moves, and the verbs that
the centre does for kinds without rules of their own (functions/record.sql)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from agent_desktop.models.kind import Kind, Most
from agent_desktop.models.kinds import KINDS

Connection = psycopg.Connection[TupleRow]
Row = tuple[Any, ...]

#: Words that desks used before verbs were named by their kind; unsent work still has them.
_OLD_WORDS = {"phone.add": ("create", "phone")}
#: A bare `str` is a line (models/kind.py).
_LINE = 300
#: What a new record may be given beside its own columns, as far as it has them.
_BELONGS_TO = ("account_id", "interaction_id")

#: The tables written here, their columns, and how many of these are the key.
_TABLES = {
    "kind": (
        (
            "name",
            "number_column",
            "number_prefix",
            "owned",
            "parent",
            "state_column",
            "start_state",
            "parts",
            "verbs",
        ),
        1,
    ),
    "kind_field": (("kind", "field", "unit", "created", "required", "tied", "most"), 2),
    "kind_move": (("kind", "from_state", "to_state", "needs_right"), 3),
    "verb": (("name", "function", "kind"), 1),
}


def declare(connection: Connection, kinds: Sequence[Kind[Any]] = KINDS) -> list[str]:
    """Write what these kinds say and remove what is declared no longer; returns the tables that
    changed, a line each, none the second time. To be called in a transaction, as crm_owner."""
    rows = {
        "kind": [_kind(kind) for kind in kinds],
        "kind_field": [row for kind in kinds for row in _fields(kind)],
        "kind_move": [row for kind in kinds for row in _moves(kind)],
        "verb": list(_verbs(kinds)),
    }
    changed = [table for table in rows if _replace(connection, table, rows[table])]
    # An upgrade empties crm.verb; what its rows follow from is in crm.kind.
    return [f"crm.{table} as KINDS say" for table in changed if table != "verb"]


def _kind(kind: Kind[Any]) -> Row:
    number, life = kind.number, kind.life
    return (
        kind.name,
        number.column if number else "",
        number.prefix if number else "",
        kind.owned,
        kind.parent,
        life.column if life else "",
        str(life.start) if life else "",
        list(kind.parts),
        list(kind.verbs),
    )


def _fields(kind: Kind[Any]) -> Iterator[Row]:
    hints = get_type_hints(kind.record, include_extras=True)
    state = kind.life.column if kind.life else ""
    units = {column: n for n, unit in enumerate(kind.units, 1) for column in unit}
    # A state is reached by a move, and a part belongs to whom its whole belongs.
    units.pop(state, None)
    given = {*kind.created, *units, kind.parent, *(() if kind.parent else _BELONGS_TO)}
    given |= {kind.number.column} if kind.number else set()
    tied = {tie.column for tie in kind.ties}
    for column in kind.record.__annotations__:
        yield (
            kind.name,
            column,
            units.get(column),
            column in given - {state},
            column in kind.required,
            column in tied,
            _most(hints[column]),
        )


def _most(hint: Any) -> int | None:
    """How many characters the column may have; None for what is not a text."""
    if get_origin(hint) is Annotated:
        sizes = [mark.characters for mark in get_args(hint)[1:] if isinstance(mark, Most)]
        return sizes[0] if sizes else None
    return _LINE if isinstance(hint, type) and issubclass(hint, str) else None


def _moves(kind: Kind[Any]) -> Iterator[Row]:
    for start, ends in (kind.life.moves if kind.life else {}).items():
        for end, right in ends.items():
            yield (kind.name, str(start), str(end), right)


def _verbs(kinds: Sequence[Kind[Any]]) -> Iterator[Row]:
    for kind in kinds:
        for verb in kind.verbs:
            yield (f"{kind.name}.{verb}", f"crm.record_{verb}", kind.name)
    names = {kind.name for kind in kinds}
    for word, (verb, name) in _OLD_WORDS.items():
        if name in names:
            yield (word, f"crm.record_{verb}", name)


def _replace(connection: Connection, table: str, rows: Sequence[Row]) -> bool:
    """Let the table have these rows and no others; of crm.verb those that name a kind. Returns
    whether it had others."""
    columns, keys = _TABLES[table]
    name = sql.Identifier("crm", table)
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    mine = sql.SQL(" where kind <> ''" if table == "verb" else "")
    before = connection.execute(
        sql.SQL("select {} from {}{}").format(listed, name, mine)
    ).fetchall()
    known = {row[:keys]: row for row in before}
    wanted = {row[:keys]: row for row in rows}
    key = sql.SQL(" and ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder())
        for column in columns[:keys]
    )
    gone = [row_key for row_key in known if row_key not in wanted]
    new = [row for row_key, row in wanted.items() if row_key not in known]
    other = [row for row_key, row in wanted.items() if known.get(row_key, row) != row]
    places = sql.SQL(", ").join([sql.Placeholder()] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(sql.SQL("delete from {} where {}").format(name, key), gone)
        cursor.executemany(
            sql.SQL("insert into {} ({}) values ({})").format(name, listed, places), new
        )
        cursor.executemany(
            sql.SQL("update {} set ({}) = row({}) where {}").format(name, listed, places, key),
            [row + row[:keys] for row in other],
        )
    return bool(gone or new or other)
