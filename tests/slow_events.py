"""Finds events of the GUI thread that burn too much of its own CPU time, with the stack.

CPU time of the thread, not the wall clock, so that a busy machine does not fail a test.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

#: More CPU time than this in one event is felt by a person who types.
LIMIT_MS = 50.0
_SAMPLE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class SlowEvent:
    """One event that took too long; `stack` is where it was found at work, if it was seen."""

    cpu_ms: float
    receiver: str
    event: str
    stack: str

    def __str__(self) -> str:
        return f"{self.cpu_ms:.0f} ms in {self.event} of {self.receiver}\n{self.stack}"


class WatchedApplication(QApplication):
    """A QApplication that times each event. `watching()` collects the slow ones."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__(argv)
        self.slow: list[SlowEvent] = []
        self._depth = 0
        self._started_ns = 0
        self._stack = ""
        self._on = False
        self._gui_thread = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._gui_thread)

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver an event and keep it in `slow` if it burnt too much."""
        if not self._on or self._depth:
            return super().notify(receiver, event)
        kind = event.type()
        self._depth += 1
        self._stack = ""
        self._started_ns = time.clock_gettime_ns(self._clock)
        try:
            return super().notify(receiver, event)
        finally:
            burnt = (time.clock_gettime_ns(self._clock) - self._started_ns) / 1e6
            self._started_ns = 0
            self._depth -= 1
            if burnt > LIMIT_MS:
                self.slow.append(SlowEvent(burnt, _name(receiver), kind.name, self._stack))

    def watch(self) -> None:
        """Forget what was seen and begin to watch."""
        self.slow.clear()
        self._on = True
        threading.Thread(target=self._sample, name="slow-events", daemon=True).start()

    def stop_watching(self) -> list[SlowEvent]:
        """End the watch; the slow events, the worst first."""
        self._on = False
        return sorted(self.slow, key=lambda event: -event.cpu_ms)

    def _sample(self) -> None:
        while self._on:
            time.sleep(_SAMPLE_SECONDS)
            started = self._started_ns
            if not started or self._stack:
                continue
            if (time.clock_gettime_ns(self._clock) - started) / 1e6 > LIMIT_MS * 0.6:
                frame = sys._current_frames().get(self._gui_thread)
                self._stack = "".join(traceback.format_stack(frame)[-12:])


def _name(receiver: QObject) -> str:
    try:
        return f"{type(receiver).__name__} {receiver.objectName()}".strip()
    except RuntimeError:
        return "a deleted object"
