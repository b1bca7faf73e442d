"""The library's call beside the value that the desktop knows."""

from __future__ import annotations

from typing import Any, Protocol

import pjsua2 as pj

from agent_desktop.telephony.call import Act, Call, CallState
from agent_desktop.telephony.engine.call_meter import CallMeter
from agent_desktop.telephony.safe_callback import guarded


class CallEvents(Protocol):
    """The owner of calls hears their events here, inside the library's callbacks."""

    def call_moved(self, call: SipCall, info: Any) -> None:
        """The dialog moved on."""

    def media_moved(self, call: SipCall, info: Any) -> None:
        """Sound starts, stops or is on hold."""

    def transfer_told(self, call: SipCall, status: int, is_final: bool) -> None:
        """The far end reports how the transfer goes on (NOTIFY of RFC 3515)."""


class SipCall(pj.Call):  # type: ignore[misc]
    """One call. `value` is None until the desktop is told of it.

    `wanted` is HELD or TALKING while a change of hold is asked for and not yet agreed on;
    `hands_over_to` is the URI a blind transfer goes to as soon as the call is on hold (until the
    monotonic second `hold_until`), `partner` the other call of an attended one. `rings_there`:
    the other side rings and sends no tone of its own. `is_automatic`: nobody pressed a key.
    """

    def __init__(self, owner: CallEvents, account: Any, library_id: int) -> None:
        super().__init__(account, library_id)
        self._owner = owner
        self.value: Call | None = None
        self.meter = CallMeter()
        self.invite = ""
        self.ended_here = False
        self.wanted: CallState | None = None
        self.tries = 0
        self.next_try = 0.0
        self.answer_at = 0.0
        self.hands_over_to = ""
        self.hands_over_number = ""
        self.hold_until = 0.0
        self.partner: SipCall | None = None
        self.is_handed_over = False
        self.is_automatic = False
        self.has_sound = False
        self.rings_there = False

    @property
    def state(self) -> CallState:
        """The state of the value; ENDED while there is none."""
        return self.value.state if self.value else CallState.ENDED

    @property
    def id(self) -> str:
        """The id of the value; empty while there is none."""
        return self.value.id if self.value else ""

    def may(self, act: Act) -> bool:
        """True if the desktop may order this now."""
        return self.value is not None and self.value.may(act)

    @guarded
    def onCallState(self, prm: Any) -> None:
        """The dialog moved on."""
        self._owner.call_moved(self, self.getInfo())

    @guarded
    def onCallMediaState(self, prm: Any) -> None:
        """Sound starts, stops or is on hold."""
        self._owner.media_moved(self, self.getInfo())

    @guarded
    def onStreamDestroyed(self, prm: Any) -> None:
        """The last moment at which the packets of this stream can be counted."""
        # After this callback the library has no figures of the stream any more.
        self.meter.read(self)
        self.meter.stream_ended()

    @guarded
    def onCallTransferStatus(self, prm: Any) -> None:
        """The far end tells how the handing over goes on."""
        self._owner.transfer_told(self, int(prm.statusCode), bool(prm.finalNotify))

    @guarded
    def onCallTransferRequest(self, prm: Any) -> None:
        """Somebody wants us to dial a number of theirs: never, it would be at our cost."""
        prm.statusCode = 603

    @guarded
    def onCallReplaceRequest(self, prm: Any) -> None:
        """Somebody wants to take the place of a caller; a PBX does that on its own side."""
        prm.statusCode = 603
