"""What a customer has installed, under which contract, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agent_desktop.models.kind import Index, Kind, Record, Word


class Area(Word):
    """Where a consumer unit lies; it decides legal deadlines."""

    URBAN = "urban"
    RURAL = "rural"
    OTHER = ""


class Voltage(Word):
    """Supply voltage: below 2.3 kV, up to below 69 kV, 69 kV and more."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    OTHER = ""


class Supply(Word):
    """Whether a unit is supplied."""

    ON = "on"
    CUT = "cut"
    OTHER = ""


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


UNIT = Kind("unit", Unit, indexes=(Index(("number",)), Index(("feeder",))), title="number")
METER = Kind("meter", Meter, indexes=(Index(("serial",)),), title="serial")
CONTRACT = Kind("contract", Contract, title="number")
INVOICE = Kind("invoice", Invoice, title="number")
OUTAGE = Kind("outage", Outage, indexes=(Index(("feeder",)),), title="code")
