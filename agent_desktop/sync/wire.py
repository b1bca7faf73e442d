"""How a desk and an edge write down what they say to each other: MessagePack in HTTPS bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any
from uuid import UUID

import msgpack

from agent_desktop.models.cursor import Cursor
from agent_desktop.models.outbox import Answer, Parcel
from agent_desktop.models.pending import State
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
        "gone": {table: [one.bytes for one in ids] for table, ids in page.gone.items()},
        "after": page.after,
        "is_last": page.is_last,
    }


def page_in(found: Mapping[str, Any]) -> Page:
    """The page again."""
    gone = {table: [UUID(bytes=one) for one in ids] for table, ids in found["gone"].items()}
    after = (str(found["after"][0]), int(found["after"][1]))
    return Page(Cursor(*found["upto"]), rows_in(found["rows"]), gone, after, found["is_last"])


def rows_in(found: Mapping[str, Any]) -> Rows:
    """Rows by table again."""
    return {table: list(rows) for table, rows in found.items()}


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
    return Answer(State(state), code, **json_in(told), xid=xid)


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
