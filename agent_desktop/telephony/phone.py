"""The phone as the rest of the program sees it: orders in, immutable values out.

QtCore only. The phone process (engine.py) does the real work; `Phone` attaches to it through
engine_link.py and believes nothing that call.py's table forbids. Nothing here blocks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from agent_desktop.telephony import message
from agent_desktop.telephony.address import Address, folder_for_sockets
from agent_desktop.telephony.call import (
    Call,
    Line,
    LineSettings,
    LineState,
    Notice,
    RejectReason,
)
from agent_desktop.telephony.call_book import CallBook
from agent_desktop.telephony.engine_link import EngineLink
from agent_desktop.telephony.sound import SoundChoice, SoundState

log = logging.getLogger(__name__)


class Phone(QObject):
    """The agent's phone. All signals carry frozen values: `Call`, `Line`, `Notice`, `SoundState`,
    `Levels` (while `watch_levels`), and `quality_changed(call_id, Quality)`.

    `profile` names the phone process: a second `Phone` of the same profile, after the desktop
    was killed, finds the process with its calls. `folder` is the runtime folder.
    """

    call_changed = Signal(object)
    line_changed = Signal(object)
    notice = Signal(object)
    sound_changed = Signal(object)
    levels_changed = Signal(object)
    quality_changed = Signal(str, object)

    def __init__(
        self,
        profile: str,
        parent: QObject | None = None,
        *,
        folder: Path | None = None,
        engine_arguments: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self._book = CallBook()
        self._line = Line()
        self._sound = SoundState()
        self._choice = SoundChoice()
        self._watches_levels = False
        # Kept to open the line anew when the phone process died, in memory only.
        self._settings: LineSettings | None = None
        self._link = EngineLink(
            Address(folder or folder_for_sockets(), profile), engine_arguments, self
        )
        self._link.attached.connect(self._on_attached)
        self._link.heard.connect(self._on_heard)
        self._link.died.connect(self._on_died)

    @property
    def line(self) -> Line:
        """The line as last told."""
        return self._line

    @property
    def sound(self) -> SoundState:
        """Devices and what is in use, as last told."""
        return self._sound

    @property
    def choice(self) -> SoundChoice:
        """The devices that were chosen."""
        return self._choice

    @property
    def engine_pid(self) -> int:
        """The phone process that is attached; 0 if none is."""
        return self._link.pid

    def calls(self) -> tuple[Call, ...]:
        """The live calls, oldest first."""
        return self._book.live()

    def call(self, call_id: str) -> Call | None:
        """A live or recently ended call."""
        return self._book.find(call_id)

    # --- orders; they return at once, what comes of them is told by the signals

    def start(self) -> None:
        """Start or find the phone process ahead of `open_line`; a call it holds is told."""
        self._link.start()

    def open_line(self, settings: LineSettings) -> None:
        """Open the agent's line, and again after each death of the phone process."""
        self._settings = settings
        if not self._link.send(message.OpenLine(settings)):
            self._set_line(Line(LineState.STARTING, settings.extension, settings.transport))
            self._link.start()

    def close(self) -> None:
        """Hang up, close the line and end the phone process."""
        self._settings = None
        is_attached = self._link.is_attached
        self._link.stop()
        if not is_attached:
            self._set_line(Line())

    def answer(self, call_id: str) -> None:
        """Take the ringing call; a call being talked on goes on hold."""
        self._order(message.Answer(call_id))

    def reject(self, call_id: str, reason: RejectReason = RejectReason.BUSY) -> None:
        """Decline the ringing call."""
        self._order(message.Reject(call_id, reason))

    def hang_up(self, call_id: str) -> None:
        """End the call in whatever state it is."""
        self._order(message.HangUp(call_id))

    def hold(self, call_id: str) -> None:
        """Put the call on hold."""
        self._order(message.Hold(call_id))

    def resume(self, call_id: str) -> None:
        """Talk on the held call again; another one being talked on goes on hold."""
        self._order(message.Resume(call_id))

    def mute(self, call_id: str, on: bool) -> None:
        """Send silence instead of the microphone, or the microphone again."""
        self._order(message.Mute(call_id, on))

    def dial(self, number: str) -> None:
        """Call a number; the call appears as DIALLING, or a notice tells why not."""
        self._order(message.Dial(number))

    def transfer(self, call_id: str, number: str) -> None:
        """Hand the call over blindly; it is TRANSFERRING, then ended or back on hold."""
        self._order(message.Transfer(call_id, number))

    def consult(self, call_id: str, number: str) -> None:
        """Hold the call and dial a number to ask about it."""
        self._order(message.Consult(call_id, number))

    def complete(self, call_id: str) -> None:
        """Connect the consultation with the call it is about, and leave both."""
        self._order(message.Complete(call_id))

    def back(self, call_id: str) -> None:
        """End the consultation and talk on with the call it was about."""
        self._order(message.Back(call_id))

    def conference(self, call_ids: Iterable[str]) -> None:
        """Let these calls hear each other and us."""
        self._order(message.Conference(tuple(call_ids)))

    def leave(self) -> None:
        """Leave the conference to its two other members."""
        self._order(message.Leave())

    def digits(self, call_id: str, digits: str) -> None:
        """Send keys (0-9 * # A-D) to the other side, also while muted."""
        self._order(message.Digits(call_id, digits))

    # --- sound

    def choose_sound(self, choice: SoundChoice) -> None:
        """Use these devices from now on, and again after each death of the phone process."""
        self._choice = choice
        self._link.send(message.ChooseSound(choice))

    def watch_levels(self, on: bool) -> None:
        """Tell how loud it is, ten times a second, or no longer."""
        self._watches_levels = on
        self._link.send(message.WatchLevels(on))

    def echo_test(self, on: bool) -> None:
        """Let the agent hear the own microphone, or no longer."""
        self._order(message.EchoTest(on))

    def try_ring(self) -> None:
        """Ring for a moment, to hear where and how loud."""
        self._order(message.TryRing())

    def _order(self, order: message.Order) -> None:
        if not self._link.send(order):
            name = message.name_of(order)
            log.warning("no phone process for %s", name)
            call_id = getattr(order, "call_id", "")
            self.notice.emit(Notice("order_failed", call_id, detail=name))

    # --- what the phone process tells

    @Slot()
    def _on_attached(self) -> None:
        self._link.send(message.ChooseSound(self._choice))
        # A new process knows nothing of what was asked of the old one.
        if self._watches_levels:
            self._link.send(message.WatchLevels(True))
        if self._settings:
            self._link.send(message.OpenLine(self._settings))

    @Slot(object)
    def _on_heard(self, report: message.Message) -> None:
        match report:
            case message.EngineState(_, line, calls, sound):
                self._set_line(line)
                self._set_sound(sound)
                for call in calls:
                    self._enter(call)
            case message.CallChanged(call):
                self._enter(call)
            case message.LineChanged(line):
                self._set_line(line)
            case message.SoundChanged(sound):
                self._set_sound(sound)
            case message.LevelsChanged(levels):
                self.levels_changed.emit(levels)
            case message.QualityChanged(call_id, quality):
                self.quality_changed.emit(call_id, quality)
            case message.Noticed(notice):
                self.notice.emit(notice)
            # Told again at each attempt, once a second: the notice is for the first time only.
            case message.AttachRefused(code) if code != self._line.code:
                self._set_line(Line(LineState.FAILED, code=code))
                self.notice.emit(Notice(code))

    @Slot(str)
    def _on_died(self, code: str) -> None:
        # Before the line's state: screens that hear of the line must find no call that is dead.
        for call in self._book.lose_all():
            self.call_changed.emit(call)
        if not code:
            return self._set_line(Line())
        settings = self._settings or LineSettings(extension="")
        state = LineState.FAILED if code == "engine_failed" else LineState.STARTING
        self._set_line(Line(state, settings.extension, settings.transport, code=code))
        return self.notice.emit(Notice(code))

    def _enter(self, call: Call) -> None:
        fault = self._book.enter(call)
        if fault:
            log.error("the phone process told nonsense: %s", fault)
        else:
            self.call_changed.emit(call)

    def _set_line(self, line: Line) -> None:
        # While a line is wanted, an engine that has none yet is still on its way to it.
        if line.state is LineState.OFF and self._settings:
            line = replace(line, state=LineState.STARTING, extension=self._settings.extension)
        if line != self._line:
            self._line = line
            self.line_changed.emit(line)

    def _set_sound(self, sound: SoundState) -> None:
        if sound != self._sound:
            self._sound = sound
            self.sound_changed.emit(sound)
