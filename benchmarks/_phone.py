"""An agent's phone to be measured: the desktop's end of it without a window.

Direct calls ring; calls of a queue are answered at once, by the program's own policy. It answers
{"t": "open", "port": n, "pid": n, "engine": "pjsip ...", "sound": "pulse"} and ends when standard
input does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimer  # noqa: E402

from agent_desktop.telephony.call import AutoAnswer, LineSettings, LineState  # noqa: E402
from agent_desktop.telephony.phone import Phone  # noqa: E402

#: A sound server that is there has been found by then.
SOUND_MS = 2_000


class MeasuredPhone(QObject):
    """The phone, its line, and whoever measures."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._phone = Phone("bench", self, folder=folder)
        self._phone.line_changed.connect(self._on_line)
        self._ear = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._end)
        self._is_open = False
        settings = LineSettings("agent", accepts_loopback=True, auto_answer=(AutoAnswer("*", 0.0),))
        self._phone.open_line(settings)

    def _on_line(self) -> None:
        if self._phone.line.state is LineState.READY and not self._is_open:
            self._is_open = True
            QTimer.singleShot(SOUND_MS, self._tell)
        elif self._phone.line.state is LineState.OFF:
            QCoreApplication.quit()

    def _tell(self) -> None:
        phone = self._phone
        facts = {
            "t": "open", "port": phone.line.port, "pid": phone.engine_pid,
            "engine": phone.line.engine, "sound": phone.sound.kind.value,
        }  # fmt: skip
        print(json.dumps(facts), flush=True)

    def _end(self) -> None:
        self._ear.setEnabled(False)
        self._phone.close()


if __name__ == "__main__":
    application = QCoreApplication(sys.argv[:1])
    measured = MeasuredPhone(Path(sys.argv[1]))
    sys.exit(application.exec())
