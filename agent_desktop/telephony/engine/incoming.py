"""INVITEs: which of them may ring. Strangers are refused before, and so is one call too many."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony import sip
from agent_desktop.telephony.call import Notice
from agent_desktop.telephony.engine.invite_pace import SOCKETS_A_STREAM, InvitePace, streams_offered
from agent_desktop.telephony.engine.live_calls import MOST_CALLS, LiveCalls, with_status
from agent_desktop.telephony.engine.sip_call import SipCall

log = logging.getLogger(__name__)

#: INVITEs the library refused by itself that are known again; a flood of 50 a second repeats none
#: after 32 s (RFC 3261 17.1.1.2, timer B).
_MOST_REMEMBERED = 2_000

#: Twice the same sound, open and encrypted, is offered by some; more is nobody's telephone call.
MOST_STREAMS_OFFERED = 2


class Incoming:
    """`tell(notice)` is called with what is refused, `later(act)` runs outside of callbacks.
    `pace` is needed where the library cannot take a flood; while it waits, `beat()` tells that
    this process lives."""

    def __init__(
        self,
        calls: LiveCalls,
        *,
        tell: Callable[[Notice], None],
        later: Callable[[Callable[[], None]], None],
        beat: Callable[[], None],
        pace: InvitePace | None,
    ) -> None:
        self._beat = beat
        self._pace = pace
        self._calls = calls
        self._tell = tell
        self._later = later
        self._ringing_order = with_status(180)
        self._refused: dict[SipCall, int] = {}
        self._to_refuse: list[SipCall] = []
        self._library_refused: dict[str, None] = {}
        calls.let_go = self._let_go

    def invited(self, account: Any, prm: Any, *, is_believed: bool) -> None:
        """An INVITE: refuse it or answer 180, and nothing else.

        The library sends that answer when its callback is over, so all the rest waits.
        """
        self._refuse_all()
        call = SipCall(self._calls, account, prm.callId)
        source, invite = str(prm.rdata.srcAddress), str(prm.rdata.wholeMsg)
        streams = streams_offered(invite)
        if not is_believed:
            self._refuse(call, 403)
            self._later(lambda: self._tell(Notice("stranger_refused", detail=source)))
        elif streams > MOST_STREAMS_OFFERED:
            self._refuse(call, 488)
        elif len(self._calls.all()) >= MOST_CALLS or self._is_repeated(invite):
            self._refuse(call, 486)
            self._later(lambda: self.tell_too_many(invite))
        else:
            call.answer(self._ringing_order)
            call.invite = invite
            self._calls.add_ringing(call)
        self._keep_pace(streams)

    def _keep_pace(self, streams: int) -> None:
        in_use = len(self._calls.all()) * MOST_STREAMS_OFFERED * SOCKETS_A_STREAM
        pause = (
            self._pace.pause(time.monotonic(), streams * SOCKETS_A_STREAM, in_use=in_use)
            if self._pace
            else 0.0
        )
        if pause:
            # Only a flood gets here. It must be halted within the callback: the library takes
            # many messages in one go. Sound goes on meanwhile, in threads of its own.
            self._beat()
            log.warning("too many INVITEs: none is taken for %.2f s", pause)
            time.sleep(pause)

    def library_refused(self, invite: str) -> None:
        """The library said "busy" by itself and forgot it: the same INVITE, sent again before the
        answer had arrived, would ring for good, since its sender has taken that answer."""
        self._library_refused[_transaction(invite)] = None
        if len(self._library_refused) > _MOST_REMEMBERED:
            del self._library_refused[next(iter(self._library_refused))]
        self.tell_too_many(invite)

    def _is_repeated(self, invite: str) -> bool:
        # Reading headers takes a tenth of the time in which an INVITE is answered.
        return bool(self._library_refused) and _transaction(invite) in self._library_refused

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


def _transaction(invite: str) -> str:
    """The uppermost Via: it is the same in an INVITE that is sent again, and in no other."""
    return next(iter(sip.read_headers(invite).get("via", ())), "")
