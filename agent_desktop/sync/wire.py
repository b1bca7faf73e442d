"""How a desk and an edge write down what they say to each other: MessagePack in HTTPS bodies.

Desk and edge may be one release apart (docs/decisions/versions.md): within a PATH a tuple keeps
its length and a mapping may gain keys. Rows travel with the names of their columns; the desk takes
those it knows, leaves the others, and fills what an older edge does not send.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from functools import cache
from typing import Any
from uuid import UUID

import msgpack

from agent_desktop.models import tables
from agent_desktop.models.cursor import Cursor
from agent_desktop.models.outbox import Answer, Parcel
from agent_desktop.models.pending import State
from agent_desktop.models.presence import LONGEST_FIELD, Stand
from agent_desktop.sync.line import Page, Rows, SnapshotOffer

#: What the bodies are; the version of this interface stands in the path.
CONTENT_TYPE = "application/msgpack"
PATH = "/v1/"


def pack(value: Any) -> bytes:
    """A value as bytes; UUIDs have to be bytes already."""
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(data: bytes) -> Any:
    """The value again; sequences are tuples. Raises ValueError."""
    return msgpack.unpackb(data, use_list=False)


def json_out(value: Mapping[str, Any]) -> str:
    """What the centre answers as JSON stays JSON: lists stay lists on the other side."""
    return json.dumps(value)


def json_in(text: str) -> dict[str, Any]:
    """The mapping again."""
    found: dict[str, Any] = json.loads(text)
    return found


def stand_out(stand: Stand) -> tuple[str, bytes | None, str]:
    """Where a desk is, to be packed."""
    record_id = None if stand.record_id is None else stand.record_id.bytes
    return stand.kind, record_id, stand.field


def stand_in(found: Any) -> Stand:
    """Where it is again. Raises ValueError, TypeError."""
    kind, record_id, field = found
    return Stand(
        str(kind), UUID(bytes=record_id) if record_id else None, str(field)[:LONGEST_FIELD]
    )


def cursor_out(cursor: Cursor | None) -> tuple[int, int, str] | None:
    """A cursor to be packed."""
    return None if cursor is None else (cursor.generation, cursor.schema, cursor.snapshot)


def cursor_in(found: Any) -> Cursor | None:
    """The cursor again."""
    return None if found is None else Cursor(*found)


def page_out(page: Page) -> dict[str, Any]:
    """A page to be packed."""
    return {
        "upto": cursor_out(page.upto),
        "rows": page.rows,
        "columns": columns_of(page.rows),
        "gone": {table: [one.bytes for one in ids] for table, ids in page.gone.items()},
        "after": page.after,
        "is_last": page.is_last,
    }


def page_in(found: Mapping[str, Any]) -> Page:
    """The page again."""
    gone = {
        table: [UUID(bytes=one) for one in ids]
        for table, ids in found["gone"].items()
        if table in tables.MIRRORED
    }
    after = (str(found["after"][0]), int(found["after"][1]))
    return Page(Cursor(*found["upto"]), rows_in(found), gone, after, found["is_last"])


# -- rows ---------------------------------------------------------------------------------------
def rows_out(rows: Rows) -> dict[str, Any]:
    """Rows by table to be packed."""
    return {"rows": rows, "columns": columns_of(rows)}


def columns_of(found: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What the columns of these tables are called, in the order their rows have here."""
    return {table: tables.VIEW_COLUMNS[table] for table in found}


def rows_in(found: Mapping[str, Any]) -> Rows:
    """Rows by table again, of the tables this program knows and with its columns."""
    return {
        table: known_rows(table, found["columns"][table], rows)
        for table, rows in found["rows"].items()
        if table in tables.MIRRORED
    }


def known_rows(
    table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Rows with these columns as rows with this program's."""
    given = tuple(columns)
    if given == tables.VIEW_COLUMNS[table]:
        return list(rows)
    places, empty = _places(table, given)
    return [tuple([(*row, *empty)[at] for at in places]) for row in rows]


@cache
def _places(table: str, given: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """Where each column of ours stands in a row to which what is missing was added."""
    ours = tables.VIEW_COLUMNS[table]
    missing = tuple(name for name in ours if name not in given)
    order = {name: at for at, name in enumerate((*given, *missing))}
    columns = tables.MIRRORED[table].columns
    return tuple(order[name] for name in ours), tuple(tables.empty(columns[n]) for n in missing)


# -- intents and files --------------------------------------------------------------------------


def parcel_out(parcel: Parcel) -> tuple[Any, ...]:
    """An intent to be packed."""
    return astuple(parcel)


def parcel_in(found: Any) -> Parcel:
    """The intent again."""
    n, digest, kind, payload, depends_on = found
    return Parcel(int(n), bytes(digest), str(kind), str(payload), tuple(depends_on))


def answer_out(answer: Answer) -> tuple[Any, ...]:
    """An answer to be packed."""
    told = json_out({"fields": dict(answer.fields), "theirs": dict(answer.theirs)})
    return (answer.state.value, answer.code, told, answer.xid)


def answer_in(found: Any) -> Answer:
    """The answer again."""
    state, code, told, xid = found
    more = json_in(told)
    return Answer(State(state), code, more["fields"], more["theirs"], xid)


def offer_out(offer: SnapshotOffer | None) -> tuple[Any, ...] | None:
    """An offer to be packed."""
    if offer is None:
        return None
    sizes = (offer.rows, offer.size, offer.part_size)
    return (offer.id.bytes, cursor_out(offer.cursor), *sizes, offer.sha256, offer.key)


def offer_in(found: Any) -> SnapshotOffer | None:
    """The offer again."""
    if found is None:
        return None
    snapshot, cursor, rows, size, part_size, sha256, key = found
    return SnapshotOffer(UUID(bytes=snapshot), Cursor(*cursor), rows, size, part_size, sha256, key)
