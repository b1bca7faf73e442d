"""How a desk and an edge write down what they say to each other: MessagePack in HTTPS bodies.

Desk and edge may be one release apart (docs/decisions/versions.md): within a PATH a tuple keeps
its length and a mapping may gain keys. Rows travel with the names of their columns and of all
tables the edge knows; the desk takes what it knows and leaves the rest. What an older edge does
not know is NotOffered: news that was passed by would never come again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any
from uuid import UUID

import msgpack

from agent_desktop.models.agent.presence import LONGEST_FIELD, Stand
from agent_desktop.models.store import tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.sync.centre import NotOffered, Page, Rows, SnapshotOffer

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
        **rows_out(page.rows),
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
    return {"rows": rows, "columns": columns_of(rows), "tables": tuple(tables.MIRRORED)}


def columns_of(found: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What the columns of these tables are called, in the order their rows have here."""
    return {table: tables.VIEW_COLUMNS[table] for table in found}


def rows_in(found: Mapping[str, Any]) -> Rows:
    """Rows by table again, of the tables this program knows and with its columns. Raises
    NotOffered when the edge does not know all of them."""
    see_tables(found["tables"])
    return {
        table: known_rows(table, found["columns"][table], rows)
        for table, rows in found["rows"].items()
        if table in tables.MIRRORED
    }


def see_tables(known: Iterable[str]) -> None:
    """Raises NotOffered when an edge that knows these tables lacks one of ours."""
    if missing := set(tables.MIRRORED).difference(known):
        raise NotOffered(f"the hub does not know {', '.join(sorted(missing))}")


def known_rows(
    table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """Rows with these columns as rows with this program's. Raises NotOffered."""
    given, ours = tuple(columns), tables.VIEW_COLUMNS[table]
    if given == ours:
        return list(rows)
    if missing := set(ours).difference(given):
        raise NotOffered(f"the hub does not know {table}.{', '.join(sorted(missing))}")
    places = [given.index(name) for name in ours]
    return [tuple([row[at] for at in places]) for row in rows]


# -- intents and files --------------------------------------------------------------------------


def parcel_out(parcel: Parcel) -> tuple[Any, ...]:
    """An intent to be packed."""
    return astuple(parcel)


def parcel_in(found: Any) -> Parcel:
    """The intent again."""
    n, digest, kind, payload, depends_on = found
    return Parcel(int(n), bytes(digest), str(kind), str(payload), tuple(depends_on))


def answer_out(answer: IntentResult) -> tuple[Any, ...]:
    """An answer to be packed."""
    told = json_out({"fields": dict(answer.fields), "theirs": dict(answer.theirs)})
    return (answer.state.value, answer.code, told, answer.xid)


def answer_in(found: Any) -> IntentResult:
    """The answer again."""
    state, code, told, xid = found
    more = json_in(told)
    return IntentResult(State(state), code, more["fields"], more["theirs"], xid)


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
