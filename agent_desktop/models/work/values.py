"""What this agent has to do, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from agent_desktop.models.rules.sla import Clock
from agent_desktop.models.ticket.record import Priority


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
    priority: Priority = Priority.NORMAL


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
