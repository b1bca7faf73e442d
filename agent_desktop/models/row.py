"""Reading records: rows of the mirror with everything saved here laid over them.

Every function takes the `mirror.reading()` connection of the caller, so that one screen sees
one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select

from agent_desktop.errors import Refused
from agent_desktop.models import pending, record, tables
from agent_desktop.models.record import Record, Word
from agent_desktop.models.stores import Stores

R = TypeVar("R", bound=Record)

_TABLES: Mapping[type[Record], Table] = {
    record.Account: tables.account,
    record.Phone: tables.phone,
    record.Contact: tables.contact,
    record.Unit: tables.unit,
    record.Meter: tables.meter,
    record.Contract: tables.contract,
    record.Invoice: tables.invoice,
    record.Outage: tables.outage,
    record.Ticket: tables.ticket,
    record.TicketNote: tables.ticket_note,
    record.ServiceOrder: tables.service_order,
    record.OrderItem: tables.order_item,
    record.OrderEvent: tables.order_event,
    record.Interaction: tables.interaction,
    record.InteractionCall: tables.interaction_call,
    record.Team: tables.team,
    record.AgentRow: tables.agent,
    record.Product: tables.product,
    record.CodeEntry: tables.code_entry,
}
#: What desks do not write; nothing can be laid over these.
_ONLY_READ = frozenset(
    {"contact", "unit", "meter", "contract", "invoice", "outage", "team", "agent", "product"}
    | {"code_entry"}
)


def get(stores: Stores, c: Connection, kind: type[R], record_id: UUID) -> R:
    """The record of that id; Refused({"": "unknown_record"}) if this desk has none."""
    found = find(stores, c, kind, record_id)
    if found is None:
        raise Refused({"": "unknown_record"}, table=_TABLES[kind].name)
    return found


def find(stores: Stores, c: Connection, kind: type[R], record_id: UUID | None) -> R | None:
    """The record of that id, None if this desk has none (or no id was given)."""
    return None if record_id is None else by_ids(stores, c, kind, [record_id]).get(record_id)


def by_ids(stores: Stores, c: Connection, kind: type[R], ids: Collection[UUID]) -> dict[UUID, R]:
    """Records by their ids; those this desk does not have are left out."""
    if not ids:
        return {}
    here = _TABLES[kind].c.id.in_(ids)
    return {found.id: found for found in _read(stores, c, kind, here, ids=ids)}


def of_account(
    stores: Stores,
    c: Connection,
    kind: type[R],
    account_id: UUID,
    *,
    newest: ColumnElement[Any] | None = None,
    most: int | None = None,
) -> tuple[R, ...]:
    """All records of an account; with `newest` and `most` only so many, by that column."""
    table = _TABLES[kind]
    query = select(table).where(table.c.account_id == account_id)
    if newest is not None:
        query = query.order_by(newest.desc()).limit(most)
    rows = c.execute(query).mappings().all()
    return _laid(stores, c, kind, rows, account_id=account_id)


def where(stores: Stores, c: Connection, kind: type[R], **equal: object) -> tuple[R, ...]:
    """Records whose columns have these values. Meant for columns with an index."""
    table = _TABLES[kind]
    conditions = [table.c[name] == value for name, value in equal.items()]
    rows = c.execute(select(table).where(*conditions)).mappings().all()
    found = _laid(stores, c, kind, rows)
    return tuple(
        one for one in found if all(getattr(one, name) == value for name, value in equal.items())
    )


def selected(
    stores: Stores,
    c: Connection,
    kind: type[R],
    condition: ColumnElement[bool],
    keep: Callable[[R], bool],
    most: int | None = None,
) -> tuple[R, ...]:
    """Records that meet a condition in the mirror (`most` of them), and `keep` after what was
    saved here was laid over them."""
    found = _read(stores, c, kind, condition, most=most)
    return tuple(one for one in found if keep(one))


def _read(
    stores: Stores,
    c: Connection,
    kind: type[R],
    condition: ColumnElement[bool],
    *,
    ids: Collection[UUID] | None = None,
    most: int | None = None,
) -> tuple[R, ...]:
    rows = c.execute(select(_TABLES[kind]).where(condition).limit(most)).mappings().all()
    return _laid(stores, c, kind, rows, ids=ids)


def _laid(
    stores: Stores,
    c: Connection,
    kind: type[R],
    rows: Iterable[Mapping[str, Any] | RowMapping],
    *,
    account_id: UUID | None = None,
    ids: Collection[UUID] | None = None,
) -> tuple[R, ...]:
    name = _TABLES[kind].name
    if name not in _ONLY_READ:
        rows = pending.laid_over(stores, c, name, rows, account_id=account_id, ids=ids)
    return tuple(made(kind, row) for row in rows)


# -- one row ------------------------------------------------------------------------------------
def made(kind: type[R], row: Mapping[str, Any] | RowMapping) -> R:
    """A record from a full row of its table; other columns are left out."""
    any_kind: Any = kind  # a class is hashable whatever its instances are
    return kind(**{name: read(row.get(name)) for name, read in _readers(any_kind)})


@cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _reader(hints[field.name])) for field in fields(kind))


def _reader(hint: Any) -> Callable[[Any], Any]:
    """How a stored value becomes a field: text, words, numbers and flags are never None."""
    if isinstance(hint, type) and issubclass(hint, Word):
        return _word(hint)
    empty = {int: 0, bool: False, str: ""}
    if hint not in empty:
        return lambda value: value
    return lambda value: hint(value) if value is not None else empty[hint]


def _word(words: type[Word]) -> Callable[[Any], Word]:
    known = {word.value: word for word in words}
    return lambda value: known.get(value or "", known[""])
