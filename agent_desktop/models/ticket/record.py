"""The records of a ticket and of its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent_desktop.models.kind import Index, Kind, Life, Number, OnMove, OwnWork, Record, Tie, Word


class TicketKind(Word):
    """Demand (consumer service), request (distributor's deadline), complaint (regulated type)."""

    DEMAND = "demand"
    REQUEST = "request"
    COMPLAINT = "complaint"
    OTHER = ""


class Priority(Word):
    """How urgent a ticket is."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    VERY_HIGH = "very_high"
    OTHER = ""


class TicketStatus(Word):
    """Where a ticket is in its life."""

    OPEN = "open"
    IN_WORK = "in_work"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    OTHER = ""


class NoteKind(Word):
    """What a line in a ticket's history is."""

    NOTE = "note"
    HANDOVER = "handover"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    REPLY = "reply"
    RESOLVED = "resolved"
    MOVED = "moved"
    OTHER = ""


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


_S = TicketStatus
_UNSOLVED = (_S.OPEN, _S.IN_WORK, _S.WAITING)

TICKET = Kind(
    "ticket",
    Ticket,
    indexes=(
        Index(("number",)),
        Index(("assignee_id",)),
        Index(("due_at",), name="unresolved", where="resolved_at IS NULL"),
    ),
    number=Number("ticket", "TK-"),
    title="subject",
    units=(
        ("subject",),
        ("description",),
        ("category",),
        ("priority",),
        ("status", "assignee_id", "assignee_name"),
    ),
    created=("unit_id", "interaction_id", "outage_id", "kind", "complaint_type"),
    required=("subject",),
    parts=("ticket_note",),
    life=Life(
        moves={
            **{
                one: {to: "" for to in (*_UNSOLVED, _S.RESOLVED) if to is not one}
                for one in _UNSOLVED
            },
            # Solved work is never opened again; it can only be closed.
            _S.RESOLVED: {_S.CLOSED: ""},
            _S.CLOSED: {},
        },
        start=_S.OPEN,
        done=frozenset({_S.RESOLVED, _S.CLOSED}),
        column="status",
    ),
    ties=(
        Tie("unit_id", OnMove.CLEAR),
        Tie("outage_id"),
        Tie("interaction_id"),
    ),
    own_work=OwnWork(team="team_id", due="due_at", priority="priority"),
    presence=True,
)
TICKET_NOTE = Kind(
    "ticket_note", TicketNote, indexes=(Index(("ticket_id",)),), title="text", parent="ticket_id"
)
