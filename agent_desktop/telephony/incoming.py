"""INVITEs: which of them may ring. Strangers are refused before, and so is one call too many."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony import sip
from agent_desktop.telephony.call import Notice
from agent_desktop.telephony.live_calls import MOST_CALLS, LiveCalls, with_status
from agent_desktop.telephony.sip_call import SipCall


class Incoming:
    """`tell(notice)` is called with what is refused, `later(act)` runs outside of callbacks."""

    def __init__(
        self,
        calls: LiveCalls,
        *,
        tell: Callable[[Notice], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._calls = calls
        self._tell = tell
        self._later = later
        self._ringing_order = with_status(180)
        self._refused: dict[SipCall, int] = {}
        self._to_refuse: list[SipCall] = []
        calls.let_go = self._let_go

    def invited(self, account: Any, prm: Any, *, is_believed: bool) -> None:
        """An INVITE: refuse it or answer 180, and nothing else.

        The library sends that answer when its callback is over, so all the rest waits.
        """
        self._refuse_all()
        call = SipCall(self._calls, account, prm.callId)
        source, invite = str(prm.rdata.srcAddress), str(prm.rdata.wholeMsg)
        if not is_believed:
            self._refuse(call, 403)
            self._later(lambda: self._tell(Notice("stranger_refused", detail=source)))
        elif len(self._calls.all()) >= MOST_CALLS:
            self._refuse(call, 486)
            self._later(lambda: self.tell_too_many(invite))
        else:
            call.answer(self._ringing_order)
            call.invite = invite
            self._calls.add_ringing(call)

    def tell_too_many(self, invite: str) -> None:
        """Somebody got "busy" because there are too many calls; `invite` says who."""
        self._tell(Notice("too_many_calls", number=sip.caller_number(invite)))

    def _refuse(self, call: SipCall, status: int) -> None:
        """Not within the callback of this INVITE: if it has no SDP the library (2.15.1) would
        abort. In a flood that of the next one does it, before too many are open."""
        self._refused[call] = status
        self._to_refuse.append(call)
        self._later(self._refuse_all)

    def _refuse_all(self) -> None:
        while self._to_refuse:
            call = self._to_refuse.pop()
            # It may have given up already.
            with contextlib.suppress(pj.Error):
                call.hangup(with_status(self._refused.get(call, 403)))

    def _let_go(self, call: SipCall) -> None:
        self._refused.pop(call, None)
        if call in self._to_refuse:
            self._to_refuse.remove(call)
