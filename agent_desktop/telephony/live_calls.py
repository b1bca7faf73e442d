"""The live calls of the phone process: what the desktop orders and what the network does.

Runs in the engine's thread. The policy lives here: at most `MOST_CALLS` calls, strangers are
refused before they ring, answering one call holds the other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pjsua2 as pj
from uuid6 import uuid7

from agent_desktop.telephony import sip
from agent_desktop.telephony.audio import SoundPath
from agent_desktop.telephony.call import Call, CallState, Direction, Notice
from agent_desktop.telephony.guard import guarded

log = logging.getLogger(__name__)

MOST_CALLS = 4


class _SipCall(pj.Call):  # type: ignore[misc]
    """The library's call beside the value that the desktop knows (None until it is told)."""

    def __init__(self, owner: LiveCalls, account: Any, library_id: int) -> None:
        super().__init__(account, library_id)
        self._owner = owner
        self.value: Call | None = None
        self.invite = ""
        self.ended_here = False

    @property
    def state(self) -> CallState:
        """The state of the value; ENDED while there is none."""
        return self.value.state if self.value else CallState.ENDED

    @guarded
    def onCallState(self, prm: Any) -> None:
        """The dialog moved on."""
        self._owner.call_moved(self, self.getInfo())

    @guarded
    def onCallMediaState(self, prm: Any) -> None:
        """Sound starts, stops or is on hold."""
        self._owner.media_moved(self, self.getInfo())


class LiveCalls:
    """All calls of the line. `changed(call)` is called with each new value, `tell(notice)` with
    what is refused; `later(act)` runs `act` outside of callbacks, before the next one. `sound`
    may be exchanged while no call is up."""

    def __init__(
        self,
        *,
        changed: Callable[[Call], None],
        tell: Callable[[Notice], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._changed = changed
        self._tell = tell
        self._later = later
        self._calls: list[_SipCall] = []
        self._refused: set[_SipCall] = set()
        self._ringing_order = _with_status(180)
        self.sound: SoundPath | None = None

    def live(self) -> tuple[Call, ...]:
        """The calls that have not ended, oldest first."""
        return tuple(each.value for each in self._calls if each.value)

    def rest_sound(self) -> None:
        """Let the microphone go when no call is up."""
        if self.sound and not self._calls:
            self.sound.rest()

    # --- orders; each raises pj.Error when the library refuses, and skips what came too late

    def answer(self, call_id: str) -> None:
        """Take a ringing call and hold the one being talked on."""
        call = self._find(call_id)
        if call and call.state is CallState.RINGING:
            self._hold_others(call)
            call.answer(_with_status(200))

    def reject(self, call_id: str, *, busy: bool) -> None:
        """Decline a ringing call: 486 for "busy here", 603 for "no"."""
        call = self._find(call_id)
        if call and call.state is CallState.RINGING:
            self._end(call, 486 if busy else 603)

    def hang_up(self, call_id: str) -> None:
        """End a call in whatever state it is."""
        call = self._find(call_id)
        if call:
            self._end(call, 0)

    def hang_up_all(self) -> None:
        """End every call."""
        for call in tuple(self._calls):
            self._end(call, 0)

    def hold(self, call_id: str) -> None:
        """Ask for hold; the call is HELD when the far end has agreed."""
        call = self._find(call_id)
        if call:
            self._hold(call)

    def resume(self, call_id: str) -> None:
        """Talk on a held call again and hold the one being talked on."""
        call = self._find(call_id)
        if call and call.state is CallState.HELD:
            self._hold_others(call)
            order = pj.CallOpParam(True)
            order.opt.flag = pj.PJSUA_CALL_UNHOLD
            call.reinvite(order)

    def mute(self, call_id: str, on: bool) -> None:
        """Send silence instead of the microphone, or the microphone again."""
        call = self._find(call_id)
        if call and call.value and call.value.muted != on:
            self._set(call, replace(call.value, muted=on))
            if call.state is CallState.TALKING:
                self._wire(call)

    def dial(self, account: Any, number: str, uri: str) -> None:
        """Call `uri`; what was written, `number`, is what the desktop sees."""
        if len(self._calls) >= MOST_CALLS:
            return self._tell(Notice("dial_refused", number=number))
        self._hold_others(None)
        call = _SipCall(self, account, pj.PJSUA_INVALID_ID)
        self._calls.append(call)
        now = _now()
        value = Call(str(uuid7()), Direction.OUTBOUND, CallState.DIALLING, number, now)
        self._set(call, replace(value, state_since=now))
        try:
            call.makeCall(uri, pj.CallOpParam(True))
        except pj.Error:
            self._ended(call, 0)
            raise
        return None

    # --- events

    def invited(self, account: Any, prm: Any, *, is_believed: bool) -> None:
        """An INVITE: refuse it or answer 180, and nothing else.

        The library sends that answer when its callback is over, so all the rest waits.
        """
        call = _SipCall(self, account, prm.callId)
        source, invite = str(prm.rdata.srcAddress), str(prm.rdata.wholeMsg)
        if not is_believed:
            self._refuse(call, 403)
            self._later(lambda: self._tell(Notice("stranger_refused", detail=source)))
        elif len(self._calls) >= MOST_CALLS:
            self._refuse(call, 486)
            self._later(lambda: self.tell_too_many(invite))
        else:
            call.answer(self._ringing_order)
            call.invite = invite
            self._calls.append(call)
            self._later(self._announce)

    def _announce(self) -> None:
        """Tell of the calls that ring since the last round."""
        for call in self._calls:
            if call.value is None:
                self._tell_of(call)
        self._ring()

    def _tell_of(self, call: _SipCall) -> None:
        self._set(call, sip.call_from_invite(call.invite, str(uuid7()), _now()))

    def tell_too_many(self, invite: str) -> None:
        """Somebody got "busy" because there are too many calls; `invite` says who."""
        number = sip.call_from_invite(invite, "", _now()).number
        self._tell(Notice("too_many_calls", number=number))

    def _refuse(self, call: _SipCall, status: int) -> None:
        self._refused.add(call)
        call.hangup(_with_status(status))

    def call_moved(self, call: _SipCall, info: Any) -> None:
        """The dialog of a call is confirmed or over."""
        value = call.value
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._ended(call, int(info.lastStatusCode))
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and value and value.answered_at is None:
            self._set(call, value.moved(CallState.TALKING, _now()))
            self._ring()

    def _ended(self, call: _SipCall, status: int) -> None:
        """Let go of a call, within the callback that ends it.

        Kept for longer, the object would be destroyed when the library has given its number to
        the next call, and end that one.
        """
        self._refused.discard(call)
        if call.value is None and call in self._calls:
            # Given up within the round in which it came: it was missed all the same.
            self._tell_of(call)
        value = call.value
        if value and value.is_live:
            reason = sip.end_reason(value, status, ended_here=call.ended_here)
            self._set(call, value.moved(CallState.ENDED, _now(), reason))
        if call in self._calls:
            self._calls.remove(call)
        self._ring()

    def media_moved(self, call: _SipCall, info: Any) -> None:
        """Sound of a call: connect it, and tell holding from talking."""
        value = call.value
        audios = [each for each in info.media if each.type == pj.PJMEDIA_TYPE_AUDIO]
        if value is None or not audios:
            return
        status = audios[0].status
        is_held = status == pj.PJSUA_CALL_MEDIA_LOCAL_HOLD
        if status == pj.PJSUA_CALL_MEDIA_ACTIVE:
            self._wire(call)
            value = replace(value, encrypted=_is_encrypted(call, audios[0].index))
        if value.state is CallState.TALKING and is_held:
            value = value.moved(CallState.HELD, _now())
        elif value.state is CallState.HELD and not is_held:
            value = value.moved(CallState.TALKING, _now())
        self._set(call, value)

    # --- the rest

    def _end(self, call: _SipCall, status: int) -> None:
        call.ended_here = True
        call.hangup(_with_status(status))

    def _hold(self, call: _SipCall) -> None:
        if call.state is CallState.TALKING:
            call.setHold(pj.CallOpParam(True))

    def _hold_others(self, but: _SipCall | None) -> None:
        for each in self._calls:
            if each is not but:
                try:
                    self._hold(each)
                except pj.Error as fault:
                    # Mostly a hold already under way; it must not stop the new call.
                    log.info("not held: %s", fault.reason)

    def _wire(self, call: _SipCall) -> None:
        """Connect headset and microphone (or silence) with a call whose sound is active."""
        sound = self.sound
        if not sound or not call.value:
            return
        sound.wake()
        media = call.getAudioMedia(-1)
        source, other = sound.microphone, sound.silence
        if call.value.muted:
            source, other = other, source
        if source is not other:
            other.stopTransmit(media)
        media.startTransmit(sound.speaker)
        source.startTransmit(media)

    def _ring(self) -> None:
        """Ring while somebody waits, but never into the ear of an agent who is talking."""
        states = {each.state for each in self._calls}
        if self.sound:
            self.sound.ring(CallState.RINGING in states and CallState.TALKING not in states)

    def _set(self, call: _SipCall, value: Call) -> None:
        if value != call.value:
            call.value = value
            self._changed(value)

    def _find(self, call_id: str) -> _SipCall | None:
        return next((c for c in self._calls if c.value and c.value.id == call_id), None)


def _with_status(status: int) -> Any:
    order = pj.CallOpParam(True)
    order.statusCode = status
    return order


def _is_encrypted(call: _SipCall, media_index: int) -> bool:
    protocol = int(call.getStreamInfo(media_index).proto)
    return bool(protocol & pj.PJMEDIA_TP_PROFILE_SRTP)


def _now() -> datetime:
    return datetime.now(UTC)
