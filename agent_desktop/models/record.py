"""The records of the trade as frozen values.

Each dataclass has the columns of the mirrored table of the same name (see tables.py) and
`pending`: True while something in it was done at this desk and has not come back from the
centre yet. This module imports no SQLAlchemy, so screens may import it before the first paint.
Times are aware UTC, `_on` fields are dates, `_cents` is money, `_milli` thousandths.
"""

# ruff: noqa: F405
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

# The words belong to the records; whoever needs one finds it here as well.
from agent_desktop.models.word import *  # noqa: F403


@dataclass(frozen=True, slots=True)
class Record:
    """What every record has. `revision` is raised by the centre with each change."""

    id: UUID
    revision: int = 0
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Account(Record):
    """A customer: person or company. The tax id is known here only masked and as a digest."""

    number: str = ""
    kind: AccountKind = AccountKind.PERSON
    name: str = ""
    tax_id_kind: str = ""
    tax_id_masked: str = ""
    tax_id_digest: bytes | None = None
    segment: Segment = Segment.OTHER
    stage: Stage = Stage.OTHER
    language: str = ""
    email: str = ""
    street: str = ""
    house: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state_code: str = ""
    postcode: str = ""
    note: str = ""
    active: bool = True
    life_support: bool = False
    erp_state: ErpState = ErpState.NONE
    erp_checked_at: datetime | None = None
    customer_since: date | None = None
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class Phone(Record):
    """A number of an account or of one of its contacts; `e164` without the plus."""

    account_id: UUID | None = None
    contact_id: UUID | None = None
    written: str = ""
    e164: int | None = None
    extension: str = ""
    kind: PhoneKind = PhoneKind.OTHER
    preferred: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    do_not_call: bool = False
    do_not_call_reason: str = ""
    do_not_call_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact(Record):
    """A person who speaks for an account; `authorised` ones may act in its name."""

    account_id: UUID | None = None
    name: str = ""
    relation: Relation = Relation.OTHER
    authorised: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True)
class Unit(Record):
    """A consumer unit: the place that is supplied. Area and voltage belong to it."""

    account_id: UUID | None = None
    number: str = ""
    street: str = ""
    house: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state_code: str = ""
    postcode: str = ""
    area: Area = Area.URBAN
    voltage: Voltage = Voltage.LOW
    life_support: bool = False
    feeder: str = ""
    supply: Supply = Supply.ON


@dataclass(frozen=True, slots=True)
class Meter(Record):
    """A meter installed at a unit."""

    account_id: UUID | None = None
    unit_id: UUID | None = None
    serial: str = ""
    model: str = ""
    phases: int | None = None
    installed_on: date | None = None
    warranty_until: date | None = None


@dataclass(frozen=True, slots=True)
class Contract(Record):
    """A supply or service contract; `sla_hours` is a promise beside the law's."""

    account_id: UUID | None = None
    unit_id: UUID | None = None
    number: str = ""
    tariff: str = ""
    state: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    sla_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice(Record):
    """A bill; unpaid while `paid_on` is None."""

    account_id: UUID | None = None
    number: str = ""
    amount_cents: int = 0
    due_on: date | None = None
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class Outage(Record):
    """A known interruption of a feeder; open while `ended_at` is None."""

    code: str = ""
    feeder: str = ""
    city: str = ""
    started_at: datetime | None = None
    forecast_at: datetime | None = None
    ended_at: datetime | None = None
    customers: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket(Record):
    """A demand, request or complaint with its two clocks (response and resolution)."""

    number: str = ""
    account_id: UUID | None = None
    unit_id: UUID | None = None
    outage_id: UUID | None = None
    interaction_id: UUID | None = None
    kind: TicketKind = TicketKind.DEMAND
    complaint_type: str = ""
    subject: str = ""
    description: str = ""
    category: str = ""
    priority: Priority = Priority.NORMAL
    status: TicketStatus = TicketStatus.OPEN
    level: int = 1
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    assignee_name: str = ""
    created_at: datetime | None = None
    created_by: str = ""
    response_due_at: datetime | None = None
    responded_at: datetime | None = None
    due_at: datetime | None = None
    paused_at: datetime | None = None
    resolved_at: datetime | None = None
    solution: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class TicketNote(Record):
    """One line of a ticket's history; `internal` ones the customer never sees."""

    ticket_id: UUID | None = None
    account_id: UUID | None = None
    kind: NoteKind = NoteKind.NOTE
    internal: bool = False
    author: str = ""
    text: str = ""
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceOrder(Record):
    """Work to be done at the customer's, from quotation to bill."""

    number: str = ""
    account_id: UUID | None = None
    unit_id: UUID | None = None
    meter_id: UUID | None = None
    ticket_id: UUID | None = None
    interaction_id: UUID | None = None
    title: str = ""
    state: OrderState = OrderState.QUOTATION
    note: str = ""
    crew: str = ""
    window_from: datetime | None = None
    window_until: datetime | None = None
    due_at: datetime | None = None
    created_at: datetime | None = None
    created_by: str = ""
    updated_at: datetime | None = None
    updated_by: str = ""


@dataclass(frozen=True, slots=True)
class OrderItem(Record):
    """A line of a service order: 1,500 `quantity_milli` are one and a half."""

    order_id: UUID | None = None
    account_id: UUID | None = None
    position: int = 0
    kind: ItemKind = ItemKind.SERVICE
    product_code: str = ""
    name: str = ""
    quantity_milli: int = 0
    unit_price_cents: int = 0
    charge: Charge = Charge.CHARGED


@dataclass(frozen=True, slots=True)
class OrderEvent(Record):
    """One move of a service order."""

    order_id: UUID | None = None
    account_id: UUID | None = None
    state: OrderState = OrderState.OTHER
    author: str = ""
    text: str = ""
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interaction(Record):
    """One contact with a customer, with its protocol number. `account_id` may be unknown yet."""

    protocol: str = ""
    account_id: UUID | None = None
    contact_id: UUID | None = None
    agent_id: UUID | None = None
    agent_name: str = ""
    channel: Channel = Channel.CALL
    direction: InteractionDirection = InteractionDirection.INBOUND
    number: str = ""
    queue: str = ""
    dialled: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    status: InteractionStatus = InteractionStatus.OPEN
    reason: str = ""
    summary: str = ""
    notes: str = ""
    acting_for: str = ""
    verified_count: int = 0
    verified_needed: int = 0


@dataclass(frozen=True, slots=True)
class InteractionCall(Record):
    """One telephone call of an agent. It belongs to an interaction if somebody spoke; an
    interaction may have several. `display_name` is what the caller's telephone says, plain
    text. `end_status` is the SIP status it ended with (0: none); jitter, one-way delay
    (milliseconds), loss (percent) and `mos` (1.0 to 4.5) are 0 while nothing was measured.
    `seen_at` is when the agent saw that it was missed.
    """

    interaction_id: UUID | None = None
    account_id: UUID | None = None
    agent_id: UUID | None = None
    pbx_call_id: str = ""
    direction: InteractionDirection = InteractionDirection.INBOUND
    number: str = ""
    display_name: str = ""
    queue: str = ""
    dialled: str = ""
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    end_status: int = 0
    transferred_to: str = ""
    codec: str = ""
    jitter_ms: float = 0.0
    lost_percent: float = 0.0
    delay_ms: float = 0.0
    mos: float = 0.0
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Team(Record):
    """A team; level 2 is the second level."""

    code: str = ""
    name: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class AgentRow(Record):
    """An agent as everybody may see them (table `agent`)."""

    user_name: str = ""
    name: str = ""
    business_role: BusinessRole = BusinessRole.AGENT
    team_id: UUID | None = None
    extension: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Product(Record):
    """Something that can stand on a service order."""

    code: str = ""
    name: str = ""
    kind: ItemKind = ItemKind.OTHER
    measure: str = ""
    unit_price_cents: int = 0


@dataclass(frozen=True, slots=True)
class CodeEntry(Record):
    """An entry of a list of codes; a tree through `parent_code`."""

    list: ListName = ListName.OTHER
    code: str = ""
    parent_code: str = ""
    name_en: str = ""
    name_pt: str = ""
    name_ru: str = ""
    position: int = 0
    active: bool = True
