"""The live calls of the phone process: what the desktop orders and what the network does.

Runs in the engine's thread. Talking to one call holds the others. incoming.py decides which
INVITEs may ring; handing calls over and joining them is done by transfer.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pjsua2 as pj
from uuid6 import uuid7

from agent_desktop.telephony import sip
from agent_desktop.telephony.call import (
    Act,
    AutoAnswer,
    Call,
    CallState,
    Direction,
    EndReason,
    Notice,
    RejectReason,
)
from agent_desktop.telephony.engine.sip_call import SipCall

log = logging.getLogger(__name__)

# What an agent can keep apart, and what the wheel of 2.15.1 can hold (docs/telephony.md).
MOST_CALLS = 4
_REJECTIONS = {RejectReason.BUSY: 486, RejectReason.UNAVAILABLE: 480, RejectReason.DECLINE: 603}
# The library raises while a re-INVITE is under way; 50 tries are 5 s, then it is given up.
_TRY_SECONDS, _MOST_TRIES = 0.1, 50


class LiveCalls:
    """The calls of the line that ring or are up. `changed(call)` is called with each new value,
    `tell(notice)` with what cannot be done; `later(act)` runs `act` outside of callbacks, before
    the next one; `transfer_told(call, status, is_final)` hears how a transfer goes on."""

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
        self._calls: list[SipCall] = []
        self.transfer_told: Callable[[SipCall, int, bool], None] = lambda call, status, final: None
        self.auto_answer: tuple[AutoAnswer, ...] = ()
        self.emergency_numbers: tuple[str, ...] = ()
        #: Told whenever the sound of a call may have to be connected anew.
        self.sound_moved: Callable[[], None] = lambda: None
        #: Told of a call whose stream was made anew.
        self.stream_is_new: Callable[[SipCall], None] = lambda call: None
        #: Told of each call that is over, ours or a refused one.
        self.let_go: Callable[[SipCall], None] = lambda call: None

    def live(self) -> tuple[Call, ...]:
        """The calls that have not ended, oldest first."""
        return tuple(each.value for each in self._calls if each.value)

    def all(self) -> tuple[SipCall, ...]:
        """The library's calls of those, and of the ones nobody was told of yet."""
        return tuple(self._calls)

    def find(self, call_id: str) -> SipCall | None:
        """The live call of that id."""
        return next((c for c in self._calls if c.value and c.value.id == call_id), None)

    # --- orders; each raises pj.Error when the library refuses, and skips what came too late

    def answer(self, call_id: str) -> None:
        """Take a ringing call and hold the one being talked on."""
        call = self.find(call_id)
        if call and call.may(Act.ANSWER):
            self.hold_others(call)
            call.answer(with_status(200))

    def reject(self, call_id: str, reason: RejectReason) -> None:
        """Decline a ringing call."""
        call = self.find(call_id)
        if call and call.may(Act.REJECT):
            self.end(call, _REJECTIONS[reason])

    def hang_up(self, call_id: str) -> None:
        """End a call in whatever state it is."""
        call = self.find(call_id)
        if call:
            self.end(call, 0)

    def hang_up_all(self) -> None:
        """End every call."""
        for call in tuple(self._calls):
            self.end(call, 0)

    def hold(self, call_id: str) -> None:
        """Ask for hold; the call is HELD when the far end has agreed."""
        call = self.find(call_id)
        if call and call.may(Act.HOLD):
            self.want(call, CallState.HELD)

    def resume(self, call_id: str) -> None:
        """Talk on a held call again and hold the one being talked on."""
        call = self.find(call_id)
        if call and call.may(Act.RESUME):
            self.hold_others(call)
            self.want(call, CallState.TALKING)

    def mute(self, call_id: str, on: bool) -> None:
        """Send silence instead of the microphone, or the microphone again."""
        call = self.find(call_id)
        if call and call.value and call.may(Act.MUTE):
            self.set(call, replace(call.value, muted=on))
            self.sound_moved()

    def dial(self, account: Any, number: str, uri: str, *, consult_for: str = "") -> None:
        """Call `uri`; what was written, `number`, is what the desktop sees.

        An emergency number is dialled however many calls are up.
        """
        if len(self._calls) >= MOST_CALLS and number not in self.emergency_numbers:
            return self._tell(Notice("dial_refused", number=number))
        self.hold_others(None)
        call = SipCall(self, account, pj.PJSUA_INVALID_ID)
        self._calls.append(call)
        now = _now()
        value = Call(str(uuid7()), Direction.OUTBOUND, CallState.DIALLING, number, now)
        self.set(call, replace(value, state_since=now, consult_for=consult_for))
        try:
            call.makeCall(uri, pj.CallOpParam(True))
        except pj.Error:
            self._ended(call, 0)
            raise
        return None

    def end(self, call: SipCall, status: int) -> None:
        """End a call from here."""
        call.ended_here = True
        call.hangup(with_status(status))

    def want(self, call: SipCall, state: CallState) -> None:
        """Ask for HELD or TALKING until it is so: a change under way refuses the next one."""
        call.wanted, call.tries, call.next_try = state, 0, 0.0
        self._settle(call, time.monotonic())

    def hold_others(self, but: SipCall | None) -> None:
        """Hold what is talked on; the members of a conference stay together."""
        together = but is not None and but.value is not None and but.value.in_conference
        for each in self._calls:
            stays = together and each.value is not None and each.value.in_conference
            is_going = each is but or each.ended_here
            if not is_going and not stays and each.state is CallState.TALKING:
                self.want(each, CallState.HELD)

    # --- in each round

    def turn(self, now: float) -> None:
        """Answer what is due by itself, and try again the changes of hold still wanted."""
        for call in tuple(self._calls):
            if call.wanted:
                self._settle(call, now)
            if call.answer_at and now >= call.answer_at:
                call.answer_at = 0.0
                call.is_automatic = True
                self.answer(call.id)

    def _settle(self, call: SipCall, now: float) -> None:
        if call.wanted is call.state or call.state not in (CallState.TALKING, CallState.HELD):
            call.wanted = None
        elif now >= call.next_try:
            call.next_try = now + _TRY_SECONDS
            call.tries += 1
            try:
                _ask_for(call, call.wanted)
                # Asked: the answer comes as an event, or is asked for again after a while.
                call.next_try = now + 3.0
            except pj.Error as fault:
                if call.tries >= _MOST_TRIES:
                    log.warning("hold cannot be changed: %s", fault.reason)
                    call.wanted = None
                    self._tell(Notice("order_failed", call.id, detail="hold"))

    # --- events

    def add_ringing(self, call: SipCall) -> None:
        """An INVITE that was answered with 180; it is told with the next `announce`."""
        self._calls.append(call)
        self._later(self._announce)

    def _announce(self) -> None:
        """Tell of the calls that ring since the last round."""
        for call in self._calls:
            if call.value is None:
                self._tell_of(call)
        self.sound_moved()

    def _tell_of(self, call: SipCall) -> None:
        value = sip.call_from_invite(call.invite, str(uuid7()), _now())
        self.set(call, value)
        # Somebody the agent talks with must not be put on hold by a call nobody chose.
        if len(self._calls) == 1:
            call.answer_at = answers_at(self.auto_answer, value, time.monotonic())

    def call_moved(self, call: SipCall, info: Any) -> None:
        """The dialog of a call is confirmed or over."""
        value = call.value
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._ended(call, int(info.lastStatusCode))
        # 183 brings the PBX's own sound; only after 180 we make the ringing tone.
        elif info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            call.rings_there = int(info.lastStatusCode) == 180
            self.sound_moved()
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED and value and value.answered_at is None:
            call.answer_at, call.rings_there = 0.0, False
            self.set(call, replace(value, early_media=False).moved(CallState.TALKING, _now()))
            self.sound_moved()

    def _ended(self, call: SipCall, status: int) -> None:
        """Let go of a call, within the callback that ends it.

        Kept for longer, the object would be destroyed when the library has given its number to
        the next call, and end that one.
        """
        self.let_go(call)
        if call.value is None and call in self._calls:
            # Given up within the round in which it came: it was missed all the same.
            self._tell_of(call)
        value = call.value
        if value and value.is_live:
            reason = sip.end_reason(
                value, status, ended_here=call.ended_here, handed_over=call.is_handed_over
            )
            # The status of our own hanging up would be read as a fault of the far end.
            told = 0 if call.ended_here else status
            ended = replace(value, end_status=told, quality=call.meter.quality())
            self.set(call, ended.moved(CallState.ENDED, _now(), reason))
        if call in self._calls:
            self._calls.remove(call)
        self._end_lonely_conference()
        self.sound_moved()

    def _end_lonely_conference(self) -> None:
        members = [c for c in self._calls if c.value and c.value.in_conference]
        if len(members) == 1 and members[0].value:
            self.set(members[0], replace(members[0].value, in_conference=False))

    def media_moved(self, call: SipCall, info: Any) -> None:
        """Sound of a call: tell holding from talking, and who holds whom."""
        value = call.value
        audios = [each for each in info.media if each.type == pj.PJMEDIA_TYPE_AUDIO]
        if value is None or not audios:
            return
        status, index = audios[0].status, audios[0].index
        is_held = status == pj.PJSUA_CALL_MEDIA_LOCAL_HOLD
        self.stream_is_new(call)
        # A far end that holds us may play music to us.
        call.has_sound = status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
        if call.has_sound:
            value = replace(value, encrypted=_is_encrypted(call, index))
        value = replace(
            value,
            held_there=status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD,
            early_media=value.state is CallState.DIALLING and status == pj.PJSUA_CALL_MEDIA_ACTIVE,
        )
        if value.state is CallState.TALKING and is_held:
            value = value.moved(CallState.HELD, _now())
        elif value.state is CallState.HELD and not is_held:
            value = value.moved(CallState.TALKING, _now())
        self.set(call, value)
        self.sound_moved()

    def set(self, call: SipCall, value: Call) -> None:
        """Give a call a new value and tell it."""
        if value != call.value:
            call.value = value
            self._changed(value)

    def move(self, call: SipCall, state: CallState, reason: EndReason | None = None) -> None:
        """Move a call's value and tell it; `ValueError` if the table forbids it."""
        if call.value:
            self.set(call, call.value.moved(state, _now(), reason))


def answers_at(policies: tuple[AutoAnswer, ...], call: Call, now: float) -> float:
    """When a call that rings since `now` is answered by itself, in the same seconds; 0: never."""
    for policy in policies:
        if call.queue and policy.queue in ("*", call.queue):
            return now + policy.after_seconds
    return 0.0


def _ask_for(call: SipCall, state: CallState | None) -> None:
    if state is CallState.HELD:
        call.setHold(pj.CallOpParam(True))
    else:
        order = pj.CallOpParam(True)
        order.opt.flag = pj.PJSUA_CALL_UNHOLD
        call.reinvite(order)


def with_status(status: int) -> Any:
    """The library's order with a SIP status; 0 lets it choose."""
    order = pj.CallOpParam(True)
    order.statusCode = status
    return order


def _is_encrypted(call: SipCall, media_index: int) -> bool:
    # A part of a library value dies with the whole: `info` must stay.
    info = call.getStreamInfo(media_index)
    return bool(int(info.proto) & pj.PJMEDIA_TP_PROFILE_SRTP)


def _now() -> datetime:
    return datetime.now(UTC)
