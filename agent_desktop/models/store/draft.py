"""What is typed but not saved: every field's text and cursor, restored after a crash.

A place is text such as `ticket:new:<session>`; what a place's form has as fields is up to it.
Passwords and secrets are never drafted, by contract; card numbers lose their digits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from agent_desktop.models.rules.text_clean import sendable
from agent_desktop.models.store.local import draft, window_state
from agent_desktop.models.store.stores import Stores

_SECRET = re.compile(r"passw|senha|secret|\bpin\b|token|cvv|card_number", re.IGNORECASE)
# 15 or 16 digits starting like a payment card. Not 13 or 14: these are phones and CNPJs.
_CARD = re.compile(r"(?<!\d)[3-6](?:[ .-]?\d){14,15}(?!\d)")


@dataclass(frozen=True, slots=True)
class DraftField:
    """The text of one field and where its cursor stands, counted in UTF-16 units as Qt does."""

    text: str
    cursor: int = 0


def save(stores: Stores, place: str, fields: Mapping[str, DraftField]) -> None:
    """Keep these fields of a place in one commit; fields not named stay as they are.

    Raises ValueError for places and fields that are named like secrets.
    """
    for name in (place, *fields):
        if _SECRET.search(name):
            raise ValueError("secrets are never drafted")
    now = datetime.now(UTC)
    rows = [
        {
            "place": place,
            "field": name,
            "text": without_cards(sendable(field.text)),
            "cursor": field.cursor,
            "saved_at": now,
        }
        for name, field in fields.items()
    ]
    if rows:
        _store(stores, rows)


def _store(stores: Stores, rows: list[dict[str, object]]) -> None:
    fresh = insert(draft)
    newer = {name: fresh.excluded[name] for name in ("text", "cursor", "saved_at")}
    with stores.local.writing() as c:
        c.execute(fresh.on_conflict_do_update(index_elements=["place", "field"], set_=newer), rows)


def load(stores: Stores, place: str) -> dict[str, DraftField]:
    """The kept fields of a place by name; empty if there are none."""
    with stores.local.reading() as c:
        found = c.execute(
            select(draft.c.field, draft.c.text, draft.c.cursor).where(draft.c.place == place)
        )
        return {row.field: DraftField(row.text, row.cursor) for row in found}


def drop(stores: Stores, place: str) -> None:
    """Forget a place: what was typed there is saved as a record or thrown away."""
    with stores.local.writing() as c:
        c.execute(delete(draft).where(draft.c.place == place))


def forget(stores: Stores, records: Collection[UUID]) -> None:
    """Drop what was typed about records that this desk may not know any more: it could not be
    saved, and a form holds the record's own words too. A place tells its record, or its session,
    which stays."""
    about = {str(record) for record in records}
    for place in places(stores):
        if about.intersection(place.split(":")):
            drop(stores, place)


def places(stores: Stores) -> tuple[str, ...]:
    """Every place with kept text, the one written last first."""
    with stores.local.reading() as c:
        found = c.execute(select(draft.c.place, draft.c.saved_at).order_by(draft.c.saved_at.desc()))
        return tuple(dict.fromkeys(row.place for row in found))


def half_written(stores: Stores, session_id: str) -> tuple[str, ...]:
    """The kinds of records (ticket, order, account) of which a new one was begun in this session
    and neither saved nor thrown away."""
    end = f":new:{session_id}"
    return tuple(place.removesuffix(end) for place in places(stores) if place.endswith(end))


def without_cards(text: str) -> str:
    """The text with all but the last four digits of payment card numbers blotted out."""
    return _CARD.sub(_blotted, text)


def _blotted(found: re.Match[str]) -> str:
    text = found.group()
    if not _is_card([int(sign) for sign in text if sign.isdigit()]):
        return text
    return re.sub(r"\d", "•", text[:-4]) + text[-4:]


def _is_card(digits: list[int]) -> bool:
    """The check of Luhn over a card's digits."""
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def save_window(stores: Stores, name: str, value: bytes) -> None:
    """Keep a window's geometry or a splitter's state under a name."""
    fresh = insert(window_state).values(name=name, value=value)
    with stores.local.writing() as c:
        c.execute(fresh.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def load_window(stores: Stores, name: str) -> bytes | None:
    """What `save_window` kept under a name."""
    with stores.local.reading() as c:
        value = select(window_state.c.value).where(window_state.c.name == name)
        return c.execute(value).scalar()
