"""A phone without SIP, with the same face as phone.py: training, screenshots, tests of views."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal
from uuid6 import uuid7

from agent_desktop.telephony.call import (
    Call,
    CallState,
    Direction,
    EndReason,
    Line,
    LineSettings,
    LineState,
    Notice,
)
from agent_desktop.telephony.call_book import CallBook

MOST_CALLS = 4


class DummyPhone(QObject):
    """Obeys every order at once, inside the call; the far end is played by `ring`,
    `far_end_answers` and `far_end_hangs_up`."""

    call_changed = Signal(object)
    line_changed = Signal(object)
    notice = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._book = CallBook()
        self._line = Line(engine="dummy")
        #: The clock; a test or a picture may put its own time here.
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def line(self) -> Line:
        """The line as last told."""
        return self._line

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

    def far_end_hangs_up(self, call_id: str) -> None:
        """The caller gives up, or hangs up."""
        call = self.call(call_id)
        if call and call.is_live:
            ends = {CallState.RINGING: EndReason.MISSED, CallState.DIALLING: EndReason.NO_ANSWER}
            self._end(call, ends.get(call.state, EndReason.HUNG_UP_THERE))

    # --- orders, as in phone.py

    def start(self) -> None:
        """Nothing to start."""

    def open_line(self, settings: LineSettings) -> None:
        """The line is ready at once."""
        line = Line(LineState.READY, settings.extension, settings.transport, engine="dummy")
        if line != self._line:
            self._line = line
            self.line_changed.emit(line)

    def close(self) -> None:
        """Hang up and close the line."""
        for call in self.calls():
            self.hang_up(call.id)
        self._line = Line(engine="dummy")
        self.line_changed.emit(self._line)

    def answer(self, call_id: str) -> None:
        """Take the ringing call; a call being talked on goes on hold."""
        call = self.call(call_id)
        if call and call.state is CallState.RINGING:
            self._hold_others(call_id)
            self._move(call_id, CallState.RINGING, CallState.TALKING)

    def reject(self, call_id: str, *, busy: bool = False) -> None:
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

    def dial(self, number: str) -> None:
        """Call a number; it stays DIALLING until `far_end_answers`."""
        if not re.search(r"\d", number) or len(self.calls()) >= MOST_CALLS:
            return self.notice.emit(Notice("dial_refused", number=number))
        self._hold_others("")
        now = self.now()
        call = Call(str(uuid7()), Direction.OUTBOUND, CallState.DIALLING, number, now)
        return self._tell(replace(call, state_since=now))

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

    def _tell(self, call: Call) -> None:
        fault = self._book.enter(call)
        if fault:
            raise ValueError(fault)
        self.call_changed.emit(call)
