"""The written form of what a desk and an edge say to each other: MessagePack in HTTPS bodies.

Desk and edge may be one release apart (docs/decisions/versions.md): within a PATH a tuple keeps
its length and a mapping may gain keys. Rows travel with the names of their columns and of all
tables the edge knows; the desk takes what it knows and leaves the rest. What an older edge does
not know is NotOffered: news that was passed by would never come again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgpack

from agent_desktop.models.agent.presence import LONGEST_FIELD, Stand
from agent_desktop.models.store import tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.sync.answers import FeedPage, NotOffered, Rows, SnapshotOffer

#: What the bodies are; the version of this interface stands in the path.
CONTENT_TYPE = "application/msgpack"
PATH = "/v1/"

Value = TypeVar("Value")
One = TypeVar("One")
Other = TypeVar("Other")


def pack(value: Any) -> bytes:
    """A value as bytes; UUIDs have to be bytes already."""
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(data: bytes) -> Any:
    """The value again; sequences are tuples. Raises ValueError."""
    return msgpack.unpackb(data, use_list=False)


def _read(kind: type[Value], found: Any) -> Value:
    """The value, if it is of this very kind. Raises TypeError: nothing is converted, since
    `bytes(2**31)` would fill the edge's memory for whoever sends a number."""
    if type(found) is not kind:
        raise TypeError(f"{type(found).__name__} instead of {kind.__name__}")
    return found


def json_out(value: Mapping[str, Any]) -> str:
    """An answer of the centre in JSON stays JSON: lists stay lists on the other side."""
    return json.dumps(value)


def json_in(text: str) -> Mapping[str, Any]:
    """The mapping again."""
    found: Mapping[str, Any] = json.loads(_read(str, text))
    return found


def stand_out(stand: Stand) -> tuple[str, bytes | None, str]:
    """The place of a desk, to be packed."""
    record_id = None if stand.record_id is None else stand.record_id.bytes
    return stand.kind, record_id, stand.field


def stand_in(found: Any) -> Stand:
    """The place again. Raises ValueError, TypeError."""
    kind, record_id, field = found
    return Stand(
        str(kind), UUID(bytes=record_id) if record_id else None, str(field)[:LONGEST_FIELD]
    )


def cursor_out(cursor: Cursor) -> tuple[int, int, str]:
    """A cursor to be packed."""
    return (cursor.generation, cursor.schema, cursor.snapshot)


def cursor_in(found: Any) -> Cursor:
    """The cursor again. Raises ValueError, TypeError."""
    generation, schema, snapshot = found
    return Cursor(_read(int, generation), _read(int, schema), _read(str, snapshot))


def page_out(page: FeedPage) -> dict[str, Any]:
    """A page to be packed."""
    return {
        "upto": cursor_out(page.upto),
        **rows_out(page.rows),
        "gone": {table: [one.bytes for one in ids] for table, ids in page.gone.items()},
        "after": page.after,
        "is_last": page.is_last,
    }


def page_in(found: Mapping[str, Any]) -> FeedPage:
    """The page again."""
    gone = {
        table: [UUID(bytes=one) for one in ids]
        for table, ids in found["gone"].items()
        if table in tables.MIRRORED
    }
    after = (str(found["after"][0]), int(found["after"][1]))
    return FeedPage(cursor_in(found["upto"]), rows_in(found), gone, after, found["is_last"])


# -- rows ---------------------------------------------------------------------------------------
def rows_out(rows: Rows) -> dict[str, Any]:
    """Rows by table to be packed."""
    return {"rows": rows, "columns": columns_of(rows), "tables": tuple(tables.MIRRORED)}


def columns_of(found: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of the columns of these tables, in the order their rows have here."""
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
    texts = (_read(str, kind), _read(str, payload))
    before = tuple(_read(int, one) for one in depends_on)
    return Parcel(_read(int, n), _read(bytes, digest), *texts, before)


def answer_out(answer: IntentResult) -> tuple[Any, ...]:
    """An answer to be packed."""
    told = json_out({"fields": dict(answer.fields), "theirs": dict(answer.theirs)})
    return (answer.state.value, answer.code, told, answer.xid)


def answer_in(found: Any) -> IntentResult:
    """The answer again."""
    state, code, told, xid = found
    more = json_in(told)
    return IntentResult(State(state), code, more["fields"], more["theirs"], xid)


def offer_out(offer: SnapshotOffer) -> tuple[Any, ...]:
    """An offer to be packed."""
    sizes = (offer.rows, offer.size, offer.part_size)
    return (offer.id.bytes, cursor_out(offer.cursor), *sizes, offer.sha256, offer.key)


def offer_in(found: Any) -> SnapshotOffer:
    """The offer again."""
    snapshot, cursor, rows, size, part_size, sha256, key = found
    whose = UUID(bytes=snapshot)
    return SnapshotOffer(whose, cursor_in(cursor), rows, size, part_size, sha256, key)


# -- forms --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Form(Generic[Value]):
    """Packs values of one kind, and reads them again. `unpack` raises ValueError or TypeError
    for what is none: an edge believes nothing that it is sent."""

    pack: Callable[[Value], Any]
    unpack: Callable[[Any], Value]


def _as_it_is(kind: type[Value]) -> Form[Value]:
    return Form(lambda value: value, lambda found: _read(kind, found))


def optional(form: Form[Value]) -> Form[Value | None]:
    """This, or None."""
    return Form(
        lambda value: None if value is None else form.pack(value),
        lambda found: None if found is None else form.unpack(found),
    )


def many(form: Form[Value]) -> Form[Sequence[Value]]:
    """Any number of these; a list again."""
    return Form(
        lambda values: tuple(form.pack(one) for one in values),
        lambda found: [form.unpack(one) for one in _read(tuple, found)],
    )


def both(first: Form[One], second: Form[Other]) -> Form[tuple[One, Other]]:
    """A pair."""

    def unpack(found: Any) -> tuple[One, Other]:
        one, other = found
        return first.unpack(one), second.unpack(other)

    return Form(lambda pair: (first.pack(pair[0]), second.pack(pair[1])), unpack)


TEXT = _as_it_is(str)
NUMBER = _as_it_is(int)
TRUTH = _as_it_is(bool)
BYTES = _as_it_is(bytes)
NOTHING: Form[None] = Form(lambda value: None, lambda found: None)
ID: Form[UUID] = Form(lambda value: value.bytes, lambda found: UUID(bytes=_read(bytes, found)))
JSON = Form(json_out, json_in)
STAND = Form(stand_out, stand_in)
CURSOR = Form(cursor_out, cursor_in)
PAGE = Form(page_out, page_in)
ROWS = Form(rows_out, rows_in)
PARCEL = Form(parcel_out, parcel_in)
ANSWER = Form(answer_out, answer_in)
OFFER = Form(offer_out, offer_in)
