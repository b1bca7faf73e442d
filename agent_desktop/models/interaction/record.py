"""The records of a contact with a customer and of the calls in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent_desktop.models.kind import (
    Index,
    Kind,
    Life,
    Measured,
    Number,
    OnMove,
    OwnWork,
    Record,
    Tie,
    Word,
)


class Channel(Word):
    """The way a customer reached us or we reached them."""

    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"
    FAX = "fax"
    NOTE = "note"
    OTHER = ""


class InteractionDirection(Word):
    """Who began an interaction, seen from the desk."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    OTHER = ""


class InteractionStatus(Word):
    """An interaction is open until the agent finishes it, whatever the call does."""

    OPEN = "open"
    FINISHED = "finished"
    OTHER = ""


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
    end_status: Measured = 0
    transferred_to: str = ""
    codec: str = ""
    jitter_ms: float = 0.0
    lost_percent: float = 0.0
    delay_ms: float = 0.0
    mos: float = 0.0
    seen_at: datetime | None = None


INTERACTION = Kind(
    "interaction",
    Interaction,
    indexes=(
        Index(("protocol",)),
        Index(("number",)),
        Index(("agent_id", "started_at")),
        Index(("agent_id",), name="open", where="status = 'open'"),
    ),
    number=Number("protocol", column="protocol"),
    title="reason",
    parts=("interaction_call",),
    life=Life(
        moves={
            InteractionStatus.OPEN: {InteractionStatus.FINISHED: ""},
            InteractionStatus.FINISHED: {},
        },
        start=InteractionStatus.OPEN,
        done=frozenset({InteractionStatus.FINISHED}),
        column="status",
    ),
    ties=(Tie("contact_id", OnMove.CLEAR),),
    own_work=OwnWork(person="agent_id"),
)
INTERACTION_CALL = Kind(
    "interaction_call",
    InteractionCall,
    indexes=(Index(("interaction_id",)), Index(("agent_id", "started_at"))),
    title="number",
    parent="interaction_id",
)
