"""Handing calls over, asking a third, and joining calls: everything with more than one call.

A call is put on hold before it is handed over, so that a transfer that is refused gives it back
as the agent expects it: on hold, with nobody having heard what was said beside it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

import pjsua2 as pj

from agent_desktop.telephony.call import Act, CallState, Notice
from agent_desktop.telephony.engine.line import AgentLine
from agent_desktop.telephony.engine.live_calls import LiveCalls
from agent_desktop.telephony.engine.sip_call import SipCall

log = logging.getLogger(__name__)

# A far end that has not agreed to hold after 5 s will not: the agent gets the call back.
_HOLD_SECONDS = 5.0


class CallTransfer:
    """`tell(notice)` says what was refused; `later(act)` runs outside of callbacks."""

    def __init__(
        self,
        calls: LiveCalls,
        line: AgentLine,
        *,
        tell: Callable[[Notice], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._calls = calls
        self._line = line
        self._tell = tell
        self._later = later
        calls.transfer_told = self.transfer_told

    # --- orders

    def dial(self, number: str, *, consult_for: str = "") -> None:
        """Call a number, or tell that it cannot be dialled."""
        try:
            uri = self._line.uri_for(number)
        except ValueError:
            return self._tell(Notice("dial_refused", number=number))
        return self._calls.dial(self._line.account, number, uri, consult_for=consult_for)

    def consult(self, call_id: str, number: str) -> None:
        """Hold a call and dial a number to ask about it."""
        call = self._calls.find(call_id)
        if call and call.may(Act.CONSULT):
            self.dial(number, consult_for=call_id)

    def transfer(self, call_id: str, number: str) -> None:
        """Hand a call over without asking (RFC 5589 section 6)."""
        call = self._calls.find(call_id)
        if call and call.may(Act.TRANSFER):
            try:
                uri = self._line.uri_for(number)
            except ValueError:
                return self._tell(Notice("dial_refused", call_id, number=number))
            self._begin(call, number, uri=uri)
        return None

    def complete(self, call_id: str) -> None:
        """Connect a consultation with the call it is about (RFC 5589 section 7); one that still
        rings is ended, and the call handed over blindly to the same number."""
        consult = self._calls.find(call_id)
        if not consult or not consult.value or not consult.may(Act.COMPLETE):
            return
        main, number = self._calls.find(consult.value.consult_for), consult.value.number
        if not main or main.state not in (CallState.HELD, CallState.TALKING):
            return
        if consult.state is CallState.DIALLING:
            # Replaces names an answered dialog (RFC 3891): one that rings can only be dialled anew.
            self._calls.end(consult, 0)
            self._begin(main, number, uri=self._line.uri_for(number))
        else:
            self._begin(main, number, partner=consult)

    def back(self, call_id: str) -> None:
        """End a consultation and talk on with the call it was about."""
        consult = self._calls.find(call_id)
        if consult and consult.value and consult.may(Act.BACK):
            self._calls.end(consult, 0)
            self._calls.resume(consult.value.consult_for)

    def conference(self, call_ids: tuple[str, ...]) -> None:
        """Join calls; the ones on hold are taken back."""
        found = (self._calls.find(each) for each in call_ids)
        members = [call for call in found if call and call.may(Act.CONFERENCE)]
        if len(members) < 2:
            return
        for call in members:
            if call.value:
                self._calls.set(call, replace(call.value, in_conference=True, consult_for=""))
        for call in members:
            call.wanted = None
            if call.state is CallState.HELD:
                self._calls.want(call, CallState.TALKING)
        self._calls.sound_moved()

    def leave(self) -> None:
        """Connect the two others of a conference with each other and leave."""
        members = [c for c in self._calls.all() if c.value and c.value.in_conference]
        if len(members) != 2:
            return self._tell(Notice("leave_needs_two"))
        for call in members:
            if call.value:
                self._calls.set(call, replace(call.value, in_conference=False))
        main, partner = members
        return self._begin(main, partner.value.number if partner.value else "", partner=partner)

    # --- how it goes on

    def _begin(
        self, call: SipCall, number: str, *, uri: str = "", partner: SipCall | None = None
    ) -> None:
        call.hands_over_to, call.partner, call.hands_over_number = uri, partner, number
        call.hold_until = time.monotonic() + _HOLD_SECONDS
        for each in (call, partner):
            if each and each.state is CallState.TALKING:
                self._calls.want(each, CallState.HELD)
        self._refer_if_held(call)

    def turn(self, now: float) -> None:
        """Send what waited for hold; give up on what cannot be held."""
        for call in self._calls.all():
            if call.hands_over_to or call.partner:
                self._refer_if_held(call)
                if call.hold_until and now > call.hold_until:
                    self._failed(call, 408)

    def _refer_if_held(self, call: SipCall) -> None:
        calls = (call, call.partner) if call.partner else (call,)
        if not call.hold_until or any(each.state is not CallState.HELD for each in calls):
            return
        call.hold_until = 0.0
        try:
            if call.partner:
                call.xferReplaces(call.partner, pj.CallOpParam(True))
            else:
                call.xfer(call.hands_over_to, pj.CallOpParam(True))
        except pj.Error as fault:
            log.warning("not handed over: %s", fault.reason)
            return self._failed(call, 500)
        for each in calls:
            self._calls.move(each, CallState.TRANSFERRING)
        return None

    def transfer_told(self, call: SipCall, status: int, is_final: bool) -> None:
        """The far end tells how it goes on; the library is in a callback of ours here."""
        # 100 and 180 in a NOTIFY are progress. A refusal counts even when it is not marked final.
        if call.state is not CallState.TRANSFERRING or (status < 300 and not is_final):
            return
        if 200 <= status < 300:
            self._later(lambda: self._done(call))
        else:
            self._later(lambda: self._failed(call, status))

    def _done(self, call: SipCall) -> None:
        for each in (call, call.partner):
            # The PBX may have ended our leg already when the news comes.
            if each and each in self._calls.all():
                each.is_handed_over = True
                self._calls.end(each, 0)
        call.hands_over_to, call.partner = "", None

    def _failed(self, call: SipCall, status: int) -> None:
        number = call.hands_over_number
        for each in (call, call.partner):
            if each and each.state is CallState.TRANSFERRING:
                self._calls.move(each, CallState.HELD)
        call.hands_over_to, call.partner, call.hold_until = "", None, 0.0
        self._tell(Notice("transfer_failed", call.id, number=number, detail=str(status)))
