"""A call as it is written down, and which calls were attempts to reach a customer. Pure."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from agent_desktop.desk.session import Session
from agent_desktop.models.interaction.record import InteractionCall, InteractionDirection
from agent_desktop.telephony.call import Call, Direction, EndReason
from agent_desktop.telephony.quality import Quality

#: An agent who hangs up sooner than this, before anybody answered, has dialled wrongly.
MISDIALLED = timedelta(seconds=5)


def record_of(call: Call, session: Session | None) -> InteractionCall:
    """The line of a call for the centre. A caller who is only a match names no account; the
    session of a voice mailbox, or none, belongs to nobody."""
    interaction = session.interaction if session else None
    account = session.account if session and session.confirmed else None
    quality = call.quality or Quality()
    return InteractionCall(
        id=UUID(call.id),
        interaction_id=interaction.id if interaction else None,
        account_id=account.id if account else None,
        pbx_call_id=call.pbx_call_id,
        direction=InteractionDirection(call.direction.value),
        number=call.number,
        display_name=call.display_name,
        queue=call.queue,
        dialled=call.dialled,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        end_reason=call.end_reason.value if call.end_reason else "",
        end_status=call.end_status,
        transferred_to=session.handing_to if session and _was_handed_over(call) else "",
        codec=quality.codec,
        jitter_ms=quality.jitter_milliseconds,
        lost_percent=quality.lost_percent,
        delay_ms=quality.delay_milliseconds,
        mos=quality.mos,
    )


def was_tried(call: Call) -> bool:
    """True if an agent tried in vain to reach somebody. A call cancelled within 5 s of dialling
    was a wrong number; one that rang for longer was meant."""
    if call.direction is not Direction.OUTBOUND or call.answered_at is not None or call.is_live:
        return False
    rang = (call.ended_at or call.started_at) - call.started_at
    return call.end_reason is not EndReason.HUNG_UP_HERE or rang >= MISDIALLED


def _was_handed_over(call: Call) -> bool:
    """The consultation about it ends with it, and is not what was handed over."""
    return call.end_reason is EndReason.TRANSFERRED and not call.consult_for
