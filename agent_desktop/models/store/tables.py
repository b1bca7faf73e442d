"""The tables of mirror.db: what the centre knows and this desk may know too.

Each table has the columns of the centre's view of the same name in `sync_v1`, in the same
order; the feed fills them and nothing else writes them. Ids are UUIDs kept as 16 bytes, times
are UTC microseconds since 1970 kept as integers, dates are ISO text, money is whole cents.
`account.folded_name` is the only column the desk computes itself (see rules/text_fold.py); it is
indexed twice: as a B-tree for one or two letters, and as trigrams in `mirror.NAME_INDEX`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from agent_desktop.models.rules.text_clean import sendable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Uuid(TypeDecorator[UUID]):
    """A UUID as 16 bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.bytes

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> UUID | None:
        return None if value is None else UUID(bytes=value)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time as whole microseconds since 1970."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Day(TypeDecorator[date]):
    """A date as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


metadata = MetaData()


def _table(name: str, *columns: Any) -> Table:
    """A mirrored table: its id first, the centre's revision of the row last.

    `account` alone has SQLite's hidden row number, because its name index is keyed by it.
    """
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        *columns,
        Column("revision", Integer, nullable=False),
        sqlite_with_rowid=name == "account",
    )


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _id(name: str) -> Column[UUID]:
    return Column(name, Uuid)


def _number(name: str, kind: type[Integer] | type[Float[float]]) -> Column[Any]:
    """A measured number; 0 where nothing was measured."""
    return Column(name, kind, nullable=False, server_default="0")


# fmt: off
account = _table(
    "account",
    _text("number"), _text("kind"), _text("name"),
    _text("tax_id_kind"), _text("tax_id_masked"), Column("tax_id_digest", LargeBinary),
    _text("segment"), _text("stage"), _text("language"), _text("email"),
    _text("street"), _text("house"), _text("complement"), _text("district"),
    _text("city"), _text("state_code"), _text("postcode"),
    _text("note"),
    Column("active", Boolean, nullable=False), Column("life_support", Boolean, nullable=False),
    _text("erp_state"), Column("erp_checked_at", UtcTime), Column("customer_since", Day),
    Column("updated_at", UtcTime), _text("updated_by"),
)
phone = _table(
    "phone",
    _id("account_id"), _id("contact_id"),
    _text("written"), Column("e164", Integer), _text("extension"), _text("kind"),
    Column("preferred", Boolean, nullable=False),
    Column("valid_from", Day), Column("valid_until", Day),
    Column("do_not_call", Boolean, nullable=False), _text("do_not_call_reason"),
    Column("do_not_call_on", Day),
)
contact = _table(
    "contact",
    _id("account_id"), _text("name"), _text("relation"),
    Column("authorised", Boolean, nullable=False), _text("email"),
)
fact = _table(
    "fact",
    _id("account_id"), _id("contact_id"), _text("kind"), Column("digest", LargeBinary),
)
unit = _table(
    "unit",
    _id("account_id"), _text("number"),
    _text("street"), _text("house"), _text("complement"), _text("district"),
    _text("city"), _text("state_code"), _text("postcode"),
    _text("area"), _text("voltage"), Column("life_support", Boolean, nullable=False),
    _text("feeder"), _text("supply"),
)
meter = _table(
    "meter",
    _id("account_id"), _id("unit_id"), _text("serial"), _text("model"), Column("phases", Integer),
    Column("installed_on", Day), Column("warranty_until", Day),
)
contract = _table(
    "contract",
    _id("account_id"), _id("unit_id"), _text("number"), _text("tariff"), _text("state"),
    Column("starts_on", Day), Column("ends_on", Day), Column("sla_hours", Integer),
)
invoice = _table(
    "invoice",
    _id("account_id"), _text("number"), Column("amount_cents", Integer),
    Column("due_on", Day), Column("paid_on", Day),
)
outage = _table(
    "outage",
    _text("code"), _text("feeder"), _text("city"), Column("started_at", UtcTime),
    Column("forecast_at", UtcTime), Column("ended_at", UtcTime), Column("customers", Integer),
)
ticket = _table(
    "ticket",
    _text("number"), _id("account_id"), _id("unit_id"), _id("outage_id"), _id("interaction_id"),
    _text("kind"), _text("complaint_type"), _text("subject"), _text("description"),
    _text("category"), _text("priority"), _text("status"), Column("level", Integer),
    _id("team_id"), _id("assignee_id"), _text("assignee_name"),
    Column("created_at", UtcTime), _text("created_by"),
    Column("response_due_at", UtcTime), Column("responded_at", UtcTime),
    Column("due_at", UtcTime), Column("paused_at", UtcTime), Column("resolved_at", UtcTime),
    _text("solution"), Column("updated_at", UtcTime), _text("updated_by"),
)
ticket_note = _table(
    "ticket_note",
    _id("ticket_id"), _id("account_id"), _text("kind"), Column("internal", Boolean, nullable=False),
    _text("author"), _text("text"), Column("written_at", UtcTime),
)
service_order = _table(
    "service_order",
    _text("number"), _id("account_id"), _id("unit_id"), _id("meter_id"), _id("ticket_id"),
    _id("interaction_id"), _text("title"), _text("state"), _text("note"), _text("crew"),
    Column("window_from", UtcTime), Column("window_until", UtcTime), Column("due_at", UtcTime),
    Column("created_at", UtcTime), _text("created_by"),
    Column("updated_at", UtcTime), _text("updated_by"),
)
order_item = _table(
    "order_item",
    _id("order_id"), _id("account_id"), Column("position", Integer), _text("kind"),
    _text("product_code"), _text("name"), Column("quantity_milli", Integer),
    Column("unit_price_cents", Integer), _text("charge"),
)
order_event = _table(
    "order_event",
    _id("order_id"), _id("account_id"), _text("state"), _text("author"), _text("text"),
    Column("happened_at", UtcTime),
)
interaction = _table(
    "interaction",
    _text("protocol"), _id("account_id"), _id("contact_id"), _id("agent_id"), _text("agent_name"),
    _text("channel"), _text("direction"), _text("number"), _text("queue"), _text("dialled"),
    Column("started_at", UtcTime), Column("ended_at", UtcTime), _text("status"),
    _text("reason"), _text("summary"), _text("notes"), _text("acting_for"),
    Column("verified_count", Integer), Column("verified_needed", Integer),
)
interaction_call = _table(
    "interaction_call",
    _id("interaction_id"), _id("account_id"), _id("agent_id"), _text("pbx_call_id"),
    _text("direction"), _text("number"), _text("display_name"), _text("queue"), _text("dialled"),
    Column("started_at", UtcTime), Column("answered_at", UtcTime), Column("ended_at", UtcTime),
    _text("end_reason"), _number("end_status", Integer), _text("transferred_to"), _text("codec"),
    _number("jitter_ms", Float), _number("lost_percent", Float), _number("delay_ms", Float),
    _number("mos", Float), Column("seen_at", UtcTime),
)
team = _table("team", _text("code"), _text("name"), Column("level", Integer))
agent = _table(
    "agent",
    _text("user_name"), _text("name"), _text("business_role"), _id("team_id"), _text("extension"),
    Column("active", Boolean, nullable=False),
)
product = _table(
    "product",
    _text("code"), _text("name"), _text("kind"), _text("measure"),
    Column("unit_price_cents", Integer),
)
code_entry = _table(
    "code_entry",
    _text("list"), _text("code"), _text("parent_code"),
    _text("name_en"), _text("name_pt"), _text("name_ru"),
    Column("position", Integer), Column("active", Boolean, nullable=False),
)
# fmt: on

account.append_column(Column("folded_name", Text, nullable=False, server_default=""))

Index("account_by_number", account.c.number)
Index("account_by_tax_id", account.c.tax_id_digest)
Index("phone_by_e164", phone.c.e164)
Index("phone_by_last_8", phone.c.e164 % 100_000_000)
Index("unit_by_number", unit.c.number)
Index("unit_by_feeder", unit.c.feeder)
Index("meter_by_serial", meter.c.serial)
Index("outage_by_feeder", outage.c.feeder)
Index("ticket_by_number", ticket.c.number)
Index("ticket_by_assignee", ticket.c.assignee_id)
Index("ticket_unresolved", ticket.c.due_at, sqlite_where=ticket.c.resolved_at.is_(None))
Index("service_order_by_number", service_order.c.number)
Index("service_order_by_ticket", service_order.c.ticket_id)
Index("interaction_by_protocol", interaction.c.protocol)
Index("interaction_by_number", interaction.c.number)
Index("interaction_by_agent", interaction.c.agent_id, interaction.c.started_at)
Index("interaction_open", interaction.c.agent_id, sqlite_where=interaction.c.status == "open")
Index("ticket_note_by_ticket", ticket_note.c.ticket_id)
Index("order_item_by_order", order_item.c.order_id)
Index("order_event_by_order", order_event.c.order_id)
Index("interaction_call_by_interaction", interaction_call.c.interaction_id)
Index("interaction_call_by_agent", interaction_call.c.agent_id, interaction_call.c.started_at)
for _owned in (
    phone, contact, fact, unit, meter, contract, invoice, ticket, service_order, interaction,
):  # fmt: skip
    Index(f"{_owned.name}_by_account", _owned.c.account_id)

#: Every mirrored table by name. The mirror has no foreign keys, so their order means nothing.
MIRRORED: dict[str, Table] = {table.name: table for table in metadata.sorted_tables}

#: The columns of `sync_v1.<table>`, in the view's order.
VIEW_COLUMNS: dict[str, tuple[str, ...]] = {
    name: tuple(column.name for column in table.columns if column.name != "folded_name")
    for name, table in MIRRORED.items()
}

_STORED: dict[type, Callable[[Any], Any]] = {
    Uuid: lambda value: value.bytes,
    UtcTime: lambda value: (value - EPOCH) // MICROSECOND,
    Day: lambda value: value.isoformat(),
}
_FROM_PLAIN: dict[type, Callable[[Any], Any]] = {
    Uuid: UUID,
    UtcTime: datetime.fromisoformat,
    Day: date.fromisoformat,
    LargeBinary: bytes.fromhex,
}


@cache
def _converters(table: str) -> tuple[Callable[[Any], Any] | None, ...]:
    """For each view column: what makes its value what SQLite keeps; None if it is that."""
    columns = MIRRORED[table].columns
    return tuple(_STORED.get(type(columns[name].type)) for name in VIEW_COLUMNS[table])


def stored_row(table: str, row: Sequence[Any]) -> tuple[Any, ...]:
    """A typed row in the order of the view's columns, with each value as SQLite keeps it.

    UUIDs become 16 bytes, times microseconds, dates ISO text. For bulk work, which goes past
    SQLAlchemy's typed statements.
    """
    return tuple(
        value if convert is None or value is None else convert(value)
        for convert, value in zip(_converters(table), row, strict=True)
    )


def plain(value: Any) -> Any:
    """A value as JSON and the centre know it: UUID as text, times as ISO 8601 in UTC, bytes as
    hex, text without what no store takes (text_clean.py)."""
    if isinstance(value, str):
        return sendable(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def typed(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a table's columns with their types again; the reverse of `plain`."""
    columns = MIRRORED[table].columns
    return {name: _typed(columns[name].type, value) for name, value in values.items()}


def _typed(kind: Any, value: Any) -> Any:
    convert = _FROM_PLAIN.get(type(kind))
    return value if value is None or convert is None else convert(value)


def blank(table: str, record_id: UUID) -> dict[str, Any]:
    """A full row of which only the id is known: what is empty of each kind, revision 0."""
    row = {column.name: empty(column) for column in MIRRORED[table].columns}
    return {**row, "id": record_id, "revision": 0}


def empty(column: Column[Any]) -> object:
    """What stands in a column of which nothing is known: empty text, False, 0 or None."""
    if isinstance(column.type, Text):
        return ""
    if isinstance(column.type, Boolean):
        return False
    return 0 if isinstance(column.type, Integer | Float) and not column.nullable else None
