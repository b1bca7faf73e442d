"""What the verbs of the models take and give, as frozen values.

They stand apart from the verbs so that screens may import them without importing SQLAlchemy.
Ids are UUIDs, times aware UTC, `_cents` money, `_milli` thousandths, `e164` a number without plus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from agent_desktop.models import record
from agent_desktop.models.alert import Alert
from agent_desktop.models.sla import Clock


# -- who is calling ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """What a written number means.

    `e164` is None for withheld, internal and unreadable numbers; `national` is the way people of
    the country write it; `valid` says that the numbering plan knows it. A short internal number
    stands in `extension` alone.
    """

    e164: int | None
    national: str
    extension: str
    withheld: bool
    valid: bool
    written: str


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """What a call says about who is calling. `typed_tax_id` came from the voice menu."""

    number: str
    withheld: bool = False
    typed_tax_id: str = ""
    display_name: str = ""


class Rank(Enum):
    """How good a match is; in this order."""

    BEST = "best"
    POSSIBLE = "possible"
    OLD_NUMBER = "old_number"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class MatchReason:
    """Why an account matches; `views/wording.py` has the words for `code`."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that may be the caller's: a match, not yet verified."""

    account: record.Account
    contact: record.Contact | None
    rank: Rank
    reasons: tuple[MatchReason, ...]
    city: str
    tax_id_masked: str


@dataclass(frozen=True, slots=True)
class Identification:
    """The candidates of a call, the best first; with none, `nothing` says why
    (withheld, internal, unreadable, unknown_number)."""

    candidates: tuple[Candidate, ...]
    number: PhoneNumber
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be put to the caller; `contact_id` is whose fact it is."""

    kind: record.FactKind
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one typed answer: `count` of `needed` facts are right by now, and
    `tries_left` more wrong ones are allowed for this fact."""

    passed: bool
    count: int
    needed: int
    tries_left: int = 0


# -- accounts ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the account page shows. `interactions` are the newest 50."""

    account: record.Account
    phones: tuple[record.Phone, ...] = ()
    contacts: tuple[record.Contact, ...] = ()
    units: tuple[record.Unit, ...] = ()
    meters: tuple[record.Meter, ...] = ()
    contracts: tuple[record.Contract, ...] = ()
    invoices: tuple[record.Invoice, ...] = ()
    tickets: tuple[record.Ticket, ...] = ()
    orders: tuple[record.ServiceOrder, ...] = ()
    interactions: tuple[record.Interaction, ...] = ()
    alerts: tuple[Alert, ...] = ()
    outages: tuple[record.Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class Glance:
    """The few lines shown beside a candidate while the call rings."""

    account: record.Account
    alerts: tuple[Alert, ...]
    open_tickets: int
    second_level_tickets: int
    last_interaction: record.Interaction | None


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """Changes of an account: the account as the form got it, and the fields as typed."""

    base: record.Account
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A number as the agent wrote it."""

    written: str
    kind: record.PhoneKind = record.PhoneKind.MOBILE


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new customer; only the name is required."""

    name: str
    kind: record.AccountKind = record.AccountKind.PERSON
    stage: record.Stage = record.Stage.SUSPECT
    language: str = "pt"
    phones: tuple[NewPhone, ...] = ()
    email: str = ""
    tax_id: str = ""
    note: str = ""


# -- interactions -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NewInteraction:
    """A contact that begins now; `account_id` may still be unknown."""

    channel: record.Channel = record.Channel.CALL
    direction: record.InteractionDirection = record.InteractionDirection.INBOUND
    number: str = ""
    queue: str = ""
    dialled: str = ""
    account_id: UUID | None = None


# -- tickets ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket as the form holds it. A complaint needs its regulated `complaint_type`."""

    account_id: UUID
    subject: str
    kind: record.TicketKind = record.TicketKind.DEMAND
    category: str = ""
    description: str = ""
    complaint_type: str = ""
    priority: record.Priority = record.Priority.NORMAL
    unit_id: UUID | None = None
    interaction_id: UUID | None = None
    outage_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """Changes of a ticket: the ticket as the form got it, and the fields as typed."""

    base: record.Ticket
    values: Mapping[str, str]


class Standing(Enum):
    """How sure we are of a figure of the law."""

    LAW = "law"
    SECONDARY = "secondary"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class LawRule:
    """A deadline of the country pack. `unit` is hours, days or business_days; an `amount` of
    0 means at once. `source` is the article, `standing` how sure we are of the figure;
    `starts` is any or service_hours, `priority` the least such a ticket may have."""

    code: str
    amount: int
    unit: str
    source: str
    standing: Standing
    valid_from: date
    valid_until: date | None = None
    starts: str = "any"
    priority: record.Priority = record.Priority.OTHER


@dataclass(frozen=True, slots=True)
class TicketClocks:
    """A ticket's clocks, and the rule of law behind the resolution clock if there is one."""

    response: Clock | None = None
    resolution: Clock | None = None
    rule: LawRule | None = None


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything the ticket page shows; `notes` oldest first."""

    ticket: record.Ticket
    notes: tuple[record.TicketNote, ...]
    account: record.Account | None
    unit: record.Unit | None
    outage: record.Outage | None
    orders: tuple[record.ServiceOrder, ...]
    clocks: TicketClocks
    interaction: record.Interaction | None = None
    team: record.Team | None = None


# -- service orders ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NewItem:
    """A line of an order as the form holds it."""

    name: str
    kind: record.ItemKind = record.ItemKind.SERVICE
    product_code: str = ""
    quantity_milli: int = 1000
    unit_price_cents: int = 0
    charge: record.Charge = record.Charge.CHARGED


@dataclass(frozen=True, slots=True)
class NewServiceOrder:
    """A service order as the form holds it; it begins as a quotation."""

    account_id: UUID
    title: str
    unit_id: UUID | None = None
    meter_id: UUID | None = None
    ticket_id: UUID | None = None
    interaction_id: UUID | None = None
    note: str = ""
    items: tuple[NewItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order is worth, what contract and warranty cover, what the customer pays."""

    full_cents: int
    covered_cents: int
    to_pay_cents: int


@dataclass(frozen=True, slots=True)
class ServiceOrderView:
    """Everything the order page shows. `moves` are the states it may go to next, as far as
    this agent's rights reach; `events` oldest first."""

    order: record.ServiceOrder
    items: tuple[record.OrderItem, ...]
    events: tuple[record.OrderEvent, ...]
    account: record.Account | None
    unit: record.Unit | None
    meter: record.Meter | None
    ticket: record.Ticket | None
    totals: Totals
    moves: tuple[record.OrderState, ...] = ()


# -- search and worklist ----------------------------------------------------------------------
class FoundKind(Enum):
    """What the search box was given."""

    NOTHING = "nothing"
    NAME = "name"
    PHONE = "phone"
    TAX_ID = "tax_id"
    PROTOCOL = "protocol"
    TICKET = "ticket"
    ORDER = "order"
    ACCOUNT = "account"
    UNIT = "unit"
    METER = "meter"


class HitKind(Enum):
    """What kind of record a hit opens; units and meters open their account."""

    ACCOUNT = "account"
    TICKET = "ticket"
    ORDER = "order"
    INTERACTION = "interaction"
    UNIT = "unit"
    METER = "meter"


@dataclass(frozen=True, slots=True)
class Hit:
    """One found record: `code` is the number people say, `detail` what tells it from others."""

    kind: HitKind
    id: UUID
    account_id: UUID | None
    title: str
    detail: str
    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search, the best hit first."""

    kind: FoundKind
    hits: tuple[Hit, ...] = ()


class WorkKind(Enum):
    """What a line of the worklist is."""

    TICKET = "ticket"
    ORDER = "order"
    INTERACTION = "interaction"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line of the worklist. `code` is its number; a refused intent has its reason there."""

    kind: WorkKind
    id: UUID
    account_id: UUID | None
    code: str
    title: str
    customer: str
    clock: Clock | None = None
    due_at: datetime | None = None
    priority: record.Priority = record.Priority.NORMAL


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """The figures of the home page; today is the day of the site's time zone.

    `handled` counts today's finished interactions of this agent, `handling_seconds` is their
    mean length (None without any), `first_contact_percent` the share without an open ticket.
    """

    handled: int
    handling_seconds: int | None
    first_contact_percent: int | None
    open_tickets: int
    near_breach: int
    next_breach_at: datetime | None
    open_interactions: int
