"""What the verbs of interactions take, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agent_desktop.models.interaction.record import Channel, InteractionDirection


@dataclass(frozen=True, slots=True)
class NewInteraction:
    """A contact that begins now; `account_id` may still be unknown."""

    channel: Channel = Channel.CALL
    direction: InteractionDirection = InteractionDirection.INBOUND
    number: str = ""
    queue: str = ""
    dialled: str = ""
    account_id: UUID | None = None
