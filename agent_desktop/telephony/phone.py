"""The phone as the rest of the program sees it: orders in, immutable values out.

QtCore and QtNetwork only. The phone process (engine.py) does the real work; `Phone` starts it,
attaches to it through a named local socket, starts it again when it dies, and believes nothing
that call.py's table forbids. Nothing here blocks the GUI thread.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalSocket

from agent_desktop.telephony import protocol
from agent_desktop.telephony.address import TOKEN_VARIABLE, Address, runtime_folder
from agent_desktop.telephony.call import Call, Line, LineSettings, LineState, Notice
from agent_desktop.telephony.call_book import CallBook

log = logging.getLogger(__name__)

_ENGINE = "agent_desktop.telephony.engine"
_IS_FROZEN = bool(getattr(sys, "frozen", False))
_CONNECT_MILLISECONDS = 15
_REFUSED_MILLISECONDS = 1_000
_START_MILLISECONDS = 10_000
_WATCH_MILLISECONDS = 500
_SILENT_TURNS = 6
_RESTART_PAUSES_MILLISECONDS = (0, 500, 2_000, 5_000)
_DEATHS_IN_A_ROW = len(_RESTART_PAUSES_MILLISECONDS)


class EngineLink(QObject):
    """The desktop's end of the named local socket, and the life of the phone process behind it.

    `attached()` is emitted when a process has let us in, `heard(message)` for each of its
    reports, `died(code)` when it is gone (engine_restarted: another one is being started,
    engine_failed: it died too often, attempts go on slowly; empty: as ordered).
    """

    attached = Signal()
    heard = Signal(object)
    died = Signal(str)

    def __init__(self, address: Address, arguments: Sequence[str], parent: QObject) -> None:
        super().__init__(parent)
        self._address = address
        self._token = address.token()
        self._arguments = tuple(arguments)
        self._inbox, self._outbox = protocol.Inbox(), protocol.Outbox()
        self._is_wanted = self._is_started = False
        self._deaths = self._silent_turns = 0
        self._pause = _CONNECT_MILLISECONDS
        self.pid = 0
        self._socket = QLocalSocket(self)
        self._socket.connected.connect(self._on_connected)
        self._socket.readyRead.connect(self._on_ready_read)
        self._socket.disconnected.connect(self._on_disconnected)
        self._socket.errorOccurred.connect(self._on_error)
        self._connect_timer = QTimer(self, singleShot=True)
        self._connect_timer.timeout.connect(self._connect)
        self._start_timer = QTimer(self, singleShot=True, interval=_START_MILLISECONDS)
        self._start_timer.timeout.connect(self._on_start_too_slow)
        self._watch = QTimer(self, interval=_WATCH_MILLISECONDS)
        self._watch.timeout.connect(self._on_watch)

    @property
    def is_attached(self) -> bool:
        """True while a phone process listens to us."""
        return self.pid != 0

    def start(self) -> None:
        """Attach to the running phone process, or start one."""
        if not self._is_wanted:
            self._is_wanted = True
            self._deaths = 0
            self._connect()

    def stop(self) -> None:
        """Order the phone process to end; `died("")` follows when it was attached."""
        self._is_wanted = False
        self._connect_timer.stop()
        self._start_timer.stop()
        if not self.send(protocol.Quit()):
            self._socket.abort()

    def send(self, order: protocol.Order) -> bool:
        """Write an order; False if there is no phone process."""
        if not self.is_attached:
            return False
        self._socket.write(self._outbox.line(order))
        # At once, and not when the event loop comes round to it.
        self._socket.flush()
        return True

    # --- getting attached

    @Slot()
    def _connect(self) -> None:
        idle = QLocalSocket.LocalSocketState.UnconnectedState
        if self._is_wanted and self._socket.state() is idle:
            self._inbox, self._outbox = protocol.Inbox(), protocol.Outbox()
            self._pause = _CONNECT_MILLISECONDS
            self._socket.connectToServer(self._address.socket)

    @Slot()
    def _on_connected(self) -> None:
        self._socket.write(self._outbox.line(protocol.Attach(self._token)))

    @Slot()
    def _on_error(self) -> None:
        if self._is_wanted and not self.is_attached:
            if not self._is_started:
                self._start_process()
            self._connect_timer.start(_CONNECT_MILLISECONDS)

    def _start_process(self) -> None:
        self._is_started = True
        self._start_timer.start()
        process = QProcess(self)
        process.setProgram(sys.executable)
        process.setArguments(self._command())
        process.setProcessEnvironment(self._environment())
        process.setStandardInputFile(QProcess.nullDevice())
        # Appended, so that the last words of a process that died can be read.
        self._address.shorten_log()
        process.setStandardOutputFile(str(self._address.log), QProcess.OpenModeFlag.Append)
        process.setStandardErrorFile(str(self._address.log), QProcess.OpenModeFlag.Append)
        # Detached, since it must outlive this desktop and not get its terminal's signals.
        is_started = process.startDetached()
        process.deleteLater()
        if not is_started:
            log.error("the phone process cannot be started")

    def _command(self) -> list[str]:
        # A frozen program starts itself; __main__ hands --phone-process on to the engine.
        start = ["--phone-process"] if _IS_FROZEN else ["-m", _ENGINE]
        place = ["--socket", self._address.name, "--folder", str(self._address.folder)]
        return [*start, *place, *self._arguments]

    def _environment(self) -> QProcessEnvironment:
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert(TOKEN_VARIABLE, self._token)
        if not _IS_FROZEN:
            root = str(Path(__file__).resolve().parents[2])
            known = environment.value("PYTHONPATH", "")
            environment.insert("PYTHONPATH", os.pathsep.join(filter(None, (root, known))))
        return environment

    # --- losing it

    @Slot()
    def _on_start_too_slow(self) -> None:
        self._socket.abort()
        if not self.is_attached:
            self._end("the phone process does not start")

    @Slot()
    def _on_disconnected(self) -> None:
        if self.is_attached:
            self._end("the phone process has gone")
        elif self._is_wanted:
            self._connect_timer.start(self._pause)

    @Slot()
    def _on_watch(self) -> None:
        # Turns are counted, not seconds: while the desktop itself hung, nothing was read, and
        # that must not be taken for a silent phone process.
        self._silent_turns += 1
        if self._silent_turns > _SILENT_TURNS:
            log.error("the phone process has been silent for 3 s: ending it")
            self._kill()

    def _kill(self) -> None:
        try:
            os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        except OSError as fault:
            log.warning("cannot end process %s: %s", self.pid, fault)
        self._socket.abort()

    def _end(self, why: str) -> None:
        self.pid = 0
        self._is_started = False
        self._watch.stop()
        self._start_timer.stop()
        if not self._is_wanted:
            return self.died.emit("")
        pause = _RESTART_PAUSES_MILLISECONDS[min(self._deaths, _DEATHS_IN_A_ROW - 1)]
        self._deaths += 1
        code = "engine_failed" if self._deaths > _DEATHS_IN_A_ROW else "engine_restarted"
        log.error("%s (%s)", why, code)
        self._connect_timer.start(pause)
        return self.died.emit(code)

    # --- what it tells

    @Slot()
    def _on_ready_read(self) -> None:
        self._silent_turns = 0
        try:
            for message in self._inbox.feed(bytes(self._socket.readAll().data())):
                self._hear(message)
        except protocol.ProtocolError as fault:
            log.error("the phone process is not understood: %s", fault)
            if self.is_attached:
                self._kill()
            self._socket.abort()

    def _hear(self, message: protocol.Message) -> None:
        if isinstance(message, protocol.State):
            self.pid = message.pid
            self._start_timer.stop()
            self._watch.start()
            self.attached.emit()
        elif isinstance(message, protocol.Beat):
            self._deaths = 0
        elif isinstance(message, protocol.Refused):
            self._pause = _REFUSED_MILLISECONDS
        self.heard.emit(message)


class Phone(QObject):
    """The agent's phone. All signals carry frozen values.

    `profile` names the phone process: a second `Phone` of the same profile, after the desktop
    was killed, finds the process with its calls. `folder` is the runtime folder.
    """

    call_changed = Signal(object)
    line_changed = Signal(object)
    notice = Signal(object)

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
        self._settings: LineSettings | None = None
        self._link = EngineLink(
            Address(folder or runtime_folder(), profile), engine_arguments, self
        )
        self._link.attached.connect(self._on_attached)
        self._link.heard.connect(self._on_heard)
        self._link.died.connect(self._on_died)

    @property
    def line(self) -> Line:
        """The line as last told."""
        return self._line

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
        if not self._link.send(protocol.OpenLine(settings)):
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
        self._order(protocol.Answer(call_id))

    def reject(self, call_id: str, *, busy: bool = False) -> None:
        """Decline the ringing call: for good (603), or as busy (486)."""
        self._order(protocol.Reject(call_id, busy))

    def hang_up(self, call_id: str) -> None:
        """End the call in whatever state it is."""
        self._order(protocol.HangUp(call_id))

    def hold(self, call_id: str) -> None:
        """Put the call on hold."""
        self._order(protocol.Hold(call_id))

    def resume(self, call_id: str) -> None:
        """Talk on the held call again; another one being talked on goes on hold."""
        self._order(protocol.Resume(call_id))

    def mute(self, call_id: str, on: bool) -> None:
        """Send silence instead of the microphone, or the microphone again."""
        self._order(protocol.Mute(call_id, on))

    def dial(self, number: str) -> None:
        """Call a number; the call appears as DIALLING, or a notice tells why not."""
        self._order(protocol.Dial(number))

    def _order(self, order: protocol.Order) -> None:
        if not self._link.send(order):
            name = protocol.name_of(order)
            log.warning("no phone process for %s", name)
            call_id = getattr(order, "call_id", "")
            self.notice.emit(Notice("order_failed", call_id, detail=name))

    # --- what the phone process tells

    @Slot()
    def _on_attached(self) -> None:
        if self._settings:
            self._link.send(protocol.OpenLine(self._settings))

    @Slot(object)
    def _on_heard(self, message: protocol.Message) -> None:
        match message:
            case protocol.State(_, line, calls):
                self._set_line(line)
                for call in calls:
                    self._enter(call)
            case protocol.CallChanged(call):
                self._enter(call)
            case protocol.LineChanged(line):
                self._set_line(line)
            case protocol.Noticed(notice):
                self.notice.emit(notice)
            case protocol.Refused(code) if code != self._line.code:
                self._set_line(Line(LineState.FAILED, code=code))
                self.notice.emit(Notice(code))

    @Slot(str)
    def _on_died(self, code: str) -> None:
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
