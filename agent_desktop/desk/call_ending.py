"""The end of a call as one code for people: the reason, and for dialled calls what the far end
said (SIP status, RFC 3261 section 21). `views/words/wording.py` has the words."""

from __future__ import annotations

from agent_desktop.telephony.call import Call, Direction, EndReason

#: What a status means to an agent; what is not listed is "could not be reached".
_MEANINGS = {
    **dict.fromkeys((404, 410, 604), "unknown_number"),
    484: "incomplete_number",
    **dict.fromkeys((401, 403, 407), "not_permitted"),
    **dict.fromkeys((408, 480, 487), "no_answer"),
    **dict.fromkeys((486, 600), "busy"),
    **dict.fromkeys((488, 606), "no_common_sound"),
    **dict.fromkeys((500, 502, 503, 504), "out_of_service"),
    603: "declined_there",
}


def ending(call: Call) -> str:
    """The code of a call's end; empty while it lives."""
    if call.end_reason is None:
        return ""
    was_dialled = call.direction is Direction.OUTBOUND and call.answered_at is None
    if was_dialled and call.end_reason is EndReason.FAILED:
        return _MEANINGS.get(call.end_status, "failed")
    if was_dialled and call.end_reason is EndReason.DECLINED:
        return "declined_there"
    if call.end_reason is EndReason.DECLINED and call.queue:
        return "declined_queue"
    return call.end_reason.value
