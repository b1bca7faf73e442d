"""Pressed digits on their way to the other side."""

from __future__ import annotations

import re

import pjsua2 as pj

from agent_desktop.telephony.call import Act, DigitsBy
from agent_desktop.telephony.engine.sip_call import SipCall

_DIGITS = re.compile(r"[0-9*#A-Da-d]{1,32}")
# An INFO names the length of the key itself; with events the stream shows it.
_MILLISECONDS = 160


def send_digits(call: SipCall, digits: str, by: DigitsBy) -> bool:
    """Send keys as telephone events (RFC 4733) or in INFO requests; False if they are no keys,
    or nothing can be sent on this call now. Raises `pj.Error` when the library refuses."""
    if not _DIGITS.fullmatch(digits) or not call.may(Act.DIGITS):
        return False
    if by is DigitsBy.EVENTS:
        call.dialDtmf(digits.upper())
        return True
    order = pj.CallSendDtmfParam()
    order.method = pj.PJSUA_DTMF_METHOD_SIP_INFO
    order.duration = _MILLISECONDS
    order.digits = digits.upper()
    call.sendDtmf(order)
    return True
