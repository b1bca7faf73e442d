"""The desktop's end of the named local socket, and the life of the phone process behind it.

QtCore and QtNetwork only; nothing here blocks the GUI thread.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalSocket

from agent_desktop.telephony.address import TOKEN_VARIABLE, Address
from agent_desktop.telephony.message import (
    Attach,
    AttachRefused,
    Beat,
    EngineState,
    Message,
    Order,
    Quit,
)
from agent_desktop.telephony.protocol import Inbox, Outbox, ProtocolError

log = logging.getLogger(__name__)

_ENGINE = "agent_desktop.telephony.engine"
_IS_FROZEN = bool(getattr(sys, "frozen", False))
# A process just started does not listen yet: asked often, the line comes up sooner.
_CONNECT_MILLISECONDS = 15
# Another desktop has the phone: no hurry, it may hold it for hours.
_REFUSED_MILLISECONDS = 1_000
_START_MILLISECONDS = 10_000
# A beat comes each second, so six turns of half a second are three beats that did not come.
_WATCH_MILLISECONDS = 500
_SILENT_TURNS = 6
# At once, since a customer may be on the line; then slower, since a process that dies again
# and again would eat the processor the window needs.
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
        self._inbox, self._outbox = Inbox(), Outbox()
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
        # A process that hangs before it listens gives no error, so only time tells.
        self._start_timer = QTimer(self, singleShot=True, interval=_START_MILLISECONDS)
        self._start_timer.setObjectName("engine.start")
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
        if not self.send(Quit()):
            self._socket.abort()

    def send(self, order: Order) -> bool:
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
            self._inbox, self._outbox = Inbox(), Outbox()
            self._pause = _CONNECT_MILLISECONDS
            self._socket.connectToServer(self._address.socket)

    @Slot()
    def _on_connected(self) -> None:
        self._socket.write(self._outbox.line(Attach(self._token)))

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
        # By environment: command lines can be read by every user of the machine.
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
            # SIGTERM would wait for the loop that is stuck; Windows knows no SIGKILL.
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
            for report in self._inbox.feed(bytes(self._socket.readAll().data())):
                self._hear(report)
        except ProtocolError as fault:
            log.error("the phone process is not understood: %s", fault)
            if self.is_attached:
                self._kill()
            self._socket.abort()

    def _hear(self, report: Message) -> None:
        if isinstance(report, EngineState):
            self.pid = report.pid
            self._start_timer.stop()
            self._watch.start()
            self.attached.emit()
        # Only a beat proves that it works: one that dies after each attach counts as dying.
        elif isinstance(report, Beat):
            self._deaths = 0
        elif isinstance(report, AttachRefused):
            self._pause = _REFUSED_MILLISECONDS
        self.heard.emit(report)
