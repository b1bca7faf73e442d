"""What the verbs of tickets take and give, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from agent_desktop.models.account.record import Account
from agent_desktop.models.agent.record import Team
from agent_desktop.models.installed_base.record import Outage, Unit
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.rules.law_rule import LawRule
from agent_desktop.models.rules.sla import Clock
from agent_desktop.models.service_order.record import ServiceOrder
from agent_desktop.models.ticket.record import Priority, Ticket, TicketKind, TicketNote


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket as the form holds it. A complaint needs its regulated `complaint_type`."""

    account_id: UUID
    subject: str
    kind: TicketKind = TicketKind.DEMAND
    category: str = ""
    description: str = ""
    complaint_type: str = ""
    priority: Priority = Priority.NORMAL
    unit_id: UUID | None = None
    interaction_id: UUID | None = None
    outage_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """Changes of a ticket: the ticket as the form got it, and the fields as typed."""

    base: Ticket
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TicketClocks:
    """A ticket's clocks, and the rule of law behind the resolution clock if there is one."""

    response: Clock | None = None
    resolution: Clock | None = None
    rule: LawRule | None = None


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything the ticket page shows; `notes` oldest first."""

    ticket: Ticket
    notes: tuple[TicketNote, ...]
    account: Account | None
    unit: Unit | None
    outage: Outage | None
    orders: tuple[ServiceOrder, ...]
    clocks: TicketClocks
    interaction: Interaction | None = None
    team: Team | None = None
