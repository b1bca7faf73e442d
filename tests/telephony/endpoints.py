"""The agent's end of a call for tests: a phone with its phone process, and all it ever told."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
from PySide6.QtNetwork import QLocalSocket

from agent_desktop.telephony.call import Call, CallState, Line, LineSettings, LineState, Notice
from agent_desktop.telephony.engine_link import EngineLink
from agent_desktop.telephony.phone import Phone
from tests.waiting import until_in_qt

LOOPBACK_LINE = LineSettings(extension="1001", accepts_loopback=True)


def is_running(pid: int) -> bool:
    """Whether a process still does something; one that nobody fetched does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Desk:
    """A `Phone` and everything it ever told."""

    def __init__(self, folder: Path, *, orphan_seconds: float = 10.0) -> None:
        self.folder = folder
        self.phone = Phone(
            "test", folder=folder, engine_arguments=["--orphan-seconds", str(orphan_seconds)]
        )
        self.heard: list[Call] = []
        self.heard_at_ns: list[int] = []
        self.lines: list[Line] = []
        self.notices: list[Notice] = []
        self.phone.call_changed.connect(self._on_call)
        self.phone.line_changed.connect(self.lines.append)
        self.phone.notice.connect(self.notices.append)

    def _on_call(self, call: Call) -> None:
        self.heard_at_ns.append(time.monotonic_ns())
        self.heard.append(call)

    def open(self, settings: LineSettings = LOOPBACK_LINE) -> int:
        """Open the line and wait for READY; the SIP port."""
        self.phone.open_line(settings)
        until_in_qt(lambda: self.phone.line.state is LineState.READY)
        return self.phone.line.port

    def wait_call(self, state: CallState, *, nth: int = 0) -> Call:
        """Wait until the nth call (oldest first, ended ones too) is in this state."""
        until_in_qt(lambda: len(self.ids()) > nth and self.now(nth).state is state)
        return self.now(nth)

    def ids(self) -> list[str]:
        """The ids of all calls ever told, oldest first."""
        return list(dict.fromkeys(call.id for call in self.heard))

    def now(self, nth: int) -> Call:
        """The last value of the nth call."""
        return [call for call in self.heard if call.id == self.ids()[nth]][-1]

    def states(self, nth: int = 0) -> list[CallState]:
        """The states the nth call went through."""
        states = [call.state for call in self.heard if call.id == self.ids()[nth]]
        return [s for n, s in enumerate(states) if n == 0 or states[n - 1] is not s]

    def vanish(self) -> None:
        """The desktop is gone without a word, as after kill -9."""
        self.phone.findChild(EngineLink)._is_wanted = False
        self.phone.findChild(QLocalSocket).abort()
        self.phone.deleteLater()

    def log(self) -> str:
        """What the phone process has logged."""
        return (self.folder / "test.log").read_text()

    def close(self) -> None:
        """Close the line and wait for the end of the phone process."""
        pid = self.phone.engine_pid
        self.phone.close()
        until_in_qt(lambda: not is_running(pid) if pid else True)
