"""What the verbs of accounts take and give, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent_desktop.models.account.alerts import Alert
from agent_desktop.models.account.record import (
    Account,
    AccountKind,
    Contact,
    Phone,
    PhoneKind,
    Stage,
)
from agent_desktop.models.installed_base.record import Contract, Invoice, Meter, Outage, Unit
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.service_order.record import ServiceOrder
from agent_desktop.models.ticket.record import Ticket


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the account page shows. `interactions` are the newest 50."""

    account: Account
    phones: tuple[Phone, ...] = ()
    contacts: tuple[Contact, ...] = ()
    units: tuple[Unit, ...] = ()
    meters: tuple[Meter, ...] = ()
    contracts: tuple[Contract, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    orders: tuple[ServiceOrder, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    alerts: tuple[Alert, ...] = ()
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class Glance:
    """The few lines shown beside a candidate while the call rings."""

    account: Account
    alerts: tuple[Alert, ...]
    open_tickets: int
    second_level_tickets: int
    last_interaction: Interaction | None


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """Changes of an account: the account as the form got it, and the fields as typed."""

    base: Account
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A number as the agent wrote it."""

    written: str
    kind: PhoneKind = PhoneKind.MOBILE


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new customer; only the name is required."""

    name: str
    kind: AccountKind = AccountKind.PERSON
    stage: Stage = Stage.SUSPECT
    language: str = "pt"
    phones: tuple[NewPhone, ...] = ()
    email: str = ""
    tax_id: str = ""
    note: str = ""
