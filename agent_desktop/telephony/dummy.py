"""A phone without SIP, with the same face as phone.py: training, screenshots, tests of views."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal
from uuid6 import uuid7

from agent_desktop.telephony.call import (
    Act,
    Call,
    CallState,
    Direction,
    EndReason,
    Line,
    LineSettings,
    LineState,
    Notice,
    RejectReason,
)
from agent_desktop.telephony.call_book import CallBook
from agent_desktop.telephony.sound import Sound, SoundChoice, SoundDevice, SoundState

MOST_CALLS = 4
_DEVICES = (
    SoundDevice("headset", "Headset", can_record=True),
    SoundDevice("speakers", "Loudspeakers"),
)
_OFF = Line(engine="dummy", sound=Sound.NATIVE)
#: How a call ends when the far end goes away; and by the status it refuses a dialled one with.
_ENDS = {
    CallState.RINGING: EndReason.MISSED,
    CallState.DIALLING: EndReason.NO_ANSWER,
    CallState.TRANSFERRING: EndReason.TRANSFERRED,
}
_REFUSALS = {
    408: EndReason.NO_ANSWER,
    480: EndReason.NO_ANSWER,
    486: EndReason.BUSY,
    603: EndReason.DECLINED,
}


class DummyPhone(QObject):
    """Obeys every order at once, inside the call; the far end is played by `ring`,
    `far_end_answers`, `far_end_refuses` and `far_end_hangs_up`."""

    call_changed = Signal(object)
    line_changed = Signal(object)
    notice = Signal(object)
    sound_changed = Signal(object)
    levels_changed = Signal(object)
    quality_changed = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = CallBook()
        self._line = _OFF
        self._sound = SoundState(Sound.NATIVE, _DEVICES)
        self._choice = SoundChoice()
        self.sent_digits = ""
        self._handed_to: dict[str, str] = {}
        #: The clock; a test or a picture may put its own time here.
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def line(self) -> Line:
        """The line as last told."""
        return self._line

    @property
    def sound(self) -> SoundState:
        """Two devices that make no sound."""
        return self._sound

    @property
    def choice(self) -> SoundChoice:
        """The devices that were chosen."""
        return self._choice

    @property
    def engine_pid(self) -> int:
        """There is no phone process: always 0."""
        return 0

    def calls(self) -> tuple[Call, ...]:
        """The live calls, oldest first."""
        return self._book.live()

    def call(self, call_id: str) -> Call | None:
        """A live or recently ended call."""
        return self._book.find(call_id)

    # --- the far end

    def ring(self, number: str = "", **facts: Any) -> str:
        """Somebody calls; `facts` are fields of `Call` (queue=, withheld=, dialled= ...).
        Returns the id of the call, empty if it was refused as one too many."""
        if len(self.calls()) >= MOST_CALLS:
            self.notice.emit(Notice("too_many_calls", number=number))
            return ""
        now = self.now()
        call = Call(str(uuid7()), Direction.INBOUND, CallState.RINGING, number, now)
        self._tell(replace(call, state_since=now, **facts))
        return call.id

    def far_end_answers(self, call_id: str) -> None:
        """The dialled person takes the call."""
        self._move(call_id, CallState.DIALLING, CallState.TALKING)

    def far_end_refuses(self, call_id: str, status: int = 486) -> None:
        """The dialled person does not take the call, or the one it is being handed to."""
        call = self.call(call_id)
        if call and call.state is CallState.TRANSFERRING:
            self._move(call_id, CallState.TRANSFERRING, CallState.HELD)
            number = self._handed_to.pop(call_id, "")
            self.notice.emit(Notice("transfer_failed", call_id, number, str(status)))
        elif call and call.state is CallState.DIALLING:
            reason = _REFUSALS.get(status, EndReason.FAILED)
            self._end(replace(call, end_status=status), reason)

    def far_end_hangs_up(self, call_id: str) -> None:
        """The caller gives up, or hangs up; who gets the call handed over takes it."""
        call = self.call(call_id)
        if call and call.is_live:
            self._end(call, _ENDS.get(call.state, EndReason.HUNG_UP_THERE))

    # --- orders, as in phone.py

    def start(self) -> None:
        """Nothing to start."""

    def open_line(self, settings: LineSettings) -> None:
        """The line is ready at once."""
        line = replace(_OFF, state=LineState.READY, extension=settings.extension)
        line = replace(line, transport=settings.transport)
        if line != self._line:
            self._line = line
            self.line_changed.emit(line)

    def close(self) -> None:
        """Hang up and close the line."""
        for call in self.calls():
            self.hang_up(call.id)
        self._line = _OFF
        self.line_changed.emit(self._line)

    def answer(self, call_id: str) -> None:
        """Take the ringing call; a call being talked on goes on hold."""
        call = self.call(call_id)
        if call and call.state is CallState.RINGING:
            self._hold_others(call_id)
            self._move(call_id, CallState.RINGING, CallState.TALKING)

    def reject(self, call_id: str, reason: RejectReason = RejectReason.BUSY) -> None:
        """Decline the ringing call."""
        call = self.call(call_id)
        if call and call.state is CallState.RINGING:
            self._end(call, EndReason.DECLINED)

    def hang_up(self, call_id: str) -> None:
        """End the call in whatever state it is."""
        call = self.call(call_id)
        if call and call.is_live:
            is_ringing = call.state is CallState.RINGING
            self._end(call, EndReason.DECLINED if is_ringing else EndReason.HUNG_UP_HERE)

    def hold(self, call_id: str) -> None:
        """Put the call on hold."""
        self._move(call_id, CallState.TALKING, CallState.HELD)

    def resume(self, call_id: str) -> None:
        """Talk on the held call again; another one being talked on goes on hold."""
        call = self.call(call_id)
        if call and call.state is CallState.HELD:
            self._hold_others(call_id)
            self._move(call_id, CallState.HELD, CallState.TALKING)

    def mute(self, call_id: str, on: bool) -> None:
        """Mark the call as muted, or not."""
        call = self.call(call_id)
        if call and call.is_live and call.muted != on:
            self._tell(replace(call, muted=on))

    def transfer(self, call_id: str, number: str) -> None:
        """Hand the call over: it is TRANSFERRING until `far_end_hangs_up` or `far_end_refuses`."""
        call = self._allowed(call_id, Act.TRANSFER)
        if call:
            self._handed_to[call_id] = number
            self._move(call_id, call.state, CallState.TRANSFERRING)

    def consult(self, call_id: str, number: str) -> None:
        """Hold the call and dial a number to ask about it."""
        if self._allowed(call_id, Act.CONSULT):
            self._dial(number, consult_for=call_id)

    def complete(self, call_id: str) -> None:
        """Connect both others and leave; a consultation that still rings becomes a transfer."""
        call = self._allowed(call_id, Act.COMPLETE)
        main = self.call(call.consult_for) if call else None
        if call is None or main is None or not main.is_live:
            return
        if call.state is CallState.DIALLING:
            self._end(call, EndReason.HUNG_UP_HERE)
            return self.transfer(main.id, call.number)
        for each in (main, call):
            self._end(each, EndReason.TRANSFERRED)
        return None

    def back(self, call_id: str) -> None:
        """End the consultation, talk on with the call it was about."""
        call = self._allowed(call_id, Act.BACK)
        if call:
            self._end(call, EndReason.HUNG_UP_HERE)
            self.resume(call.consult_for)

    def conference(self, call_ids: Iterable[str]) -> None:
        """All these calls talk, with each other; it takes two."""
        members = [call for each in call_ids if (call := self._allowed(each, Act.CONFERENCE))]
        for call in members if len(members) > 1 else ():
            self._move(call.id, CallState.HELD, CallState.TALKING)
            self._tell(replace(self.call(call.id) or call, in_conference=True, consult_for=""))

    def leave(self) -> None:
        """The two others go on without us."""
        members = [call for call in self.calls() if call.in_conference]
        if len(members) != 2:
            return self.notice.emit(Notice("leave_needs_two"))
        for call in members:
            self._end(call, EndReason.TRANSFERRED)
        return None

    def digits(self, call_id: str, digits: str) -> None:
        """Remember the keys in `sent_digits`."""
        if self._allowed(call_id, Act.DIGITS):
            self.sent_digits += digits

    def choose_sound(self, choice: SoundChoice) -> None:
        """Use these devices, if they are there."""
        self._choice = choice
        known = {device.id for device in self._sound.devices}
        wanted = (choice.headset, choice.microphone, choice.ringer)
        missing = tuple(each for each in wanted if each and each not in known)
        headset, microphone, ringer = (each if each in known else "" for each in wanted)
        self._sound = SoundState(Sound.NATIVE, _DEVICES, headset, microphone, ringer, missing)
        self.sound_changed.emit(self._sound)

    def watch_levels(self, on: bool) -> None:
        """There is nothing to hear."""

    def echo_test(self, on: bool) -> None:
        """There is nothing to hear."""

    def try_ring(self) -> None:
        """There is nothing to hear."""

    def dial(self, number: str) -> None:
        """Call a number; it stays DIALLING until `far_end_answers`."""
        self._dial(number)

    def _allowed(self, call_id: str, act: Act) -> Call | None:
        call = self.call(call_id)
        return call if call and call.may(act) else None

    def _dial(self, number: str, **facts: Any) -> None:
        if not re.search(r"\d", number) or len(self.calls()) >= MOST_CALLS:
            return self.notice.emit(Notice("dial_refused", number=number))
        self._hold_others("")
        now = self.now()
        call = Call(str(uuid7()), Direction.OUTBOUND, CallState.DIALLING, number, now)
        return self._tell(replace(call, state_since=now, **facts))

    def _hold_others(self, but: str) -> None:
        for call in self.calls():
            if call.id != but:
                self.hold(call.id)

    def _move(self, call_id: str, before: CallState, after: CallState) -> None:
        call = self.call(call_id)
        if call and call.state is before:
            self._tell(call.moved(after, self.now()))

    def _end(self, call: Call, reason: EndReason) -> None:
        self._tell(call.moved(CallState.ENDED, self.now(), reason))
        members = [each for each in self.calls() if each.in_conference]
        if len(members) == 1:
            self._tell(replace(members[0], in_conference=False))

    def _tell(self, call: Call) -> None:
        fault = self._book.enter(call)
        if fault:
            raise ValueError(fault)
        self.call_changed.emit(call)
