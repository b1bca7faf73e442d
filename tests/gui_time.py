"""Finds the events that keep the GUI thread busy, with the stack that did it.

    with GuiTime() as watch:
        ...                      # drive the window
    assert not watch.slow, watch.told()

Counted is the thread's own CPU time, so a busy machine does not matter. An event that another one
causes while our code runs belongs to that one; what the test itself computes is not counted.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from types import FrameType, TracebackType

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QObject

from tests import source

LIMIT_SECONDS = 0.050
LOOK_EACH_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class SlowEvent:
    """What the GUI thread did for too long."""

    event: str
    receiver: str
    seconds: float
    stack: str


def _runs_ours(frame: FrameType | None, ours: str) -> bool:
    """Whether code of the program is on this stack."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(ours):
            return True
        frame = frame.f_back
    return False


class GuiTime(QObject):
    """Watches the GUI thread from `with` to its end; `slow` holds what took too long."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS, ours: str = "") -> None:
        super().__init__()
        self.slow: list[SlowEvent] = []
        self._limit = limit_seconds
        self._ours = ours or str(source.ROOT / source.PACKAGE)
        self._event = self._receiver = "start"
        self._began = 0.0
        self._stack = ""
        self._done = threading.Event()
        self._thread = threading.get_ident()

    def __enter__(self) -> GuiTime:
        app, dispatcher = QCoreApplication.instance(), QAbstractEventDispatcher.instance()
        assert app is not None
        assert dispatcher is not None
        app.installEventFilter(self)
        dispatcher.aboutToBlock.connect(self._close)
        self._began = time.thread_time()
        self._looker = threading.Thread(target=self._look, name="gui-time", daemon=True)
        self._looker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        app, dispatcher = QCoreApplication.instance(), QAbstractEventDispatcher.instance()
        if app is not None:
            app.removeEventFilter(self)
        if dispatcher is not None:
            dispatcher.aboutToBlock.disconnect(self._close)
        self._done.set()
        self._looker.join()
        self._close()

    def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
        """An event that comes while none of our code runs ends the one before."""
        if not _runs_ours(sys._getframe(1), self._ours):
            self._close()
            self._event = event.type().name
            self._receiver = f"{type(receiver).__name__} {receiver.objectName()}".strip()
        return False

    def told(self) -> str:
        """All slow events in words."""
        return "\n".join(
            f"{slow.seconds * 1000:.0f} ms in {slow.event} of {slow.receiver}\n{slow.stack}"
            for slow in self.slow
        )

    def _close(self) -> None:
        """The event is over; it is kept if it was slow and our code was seen in it."""
        now = time.thread_time()
        if now - self._began > self._limit and self._stack:
            slow = SlowEvent(self._event, self._receiver, now - self._began, self._stack)
            self.slow.append(slow)
        self._began, self._stack = now, ""

    def _look(self) -> None:
        """From a thread of its own: what runs when the limit is reached?"""
        clock = time.pthread_getcpuclockid(self._thread)
        while not self._done.wait(LOOK_EACH_SECONDS):
            if self._stack or time.clock_gettime(clock) - self._began < self._limit:
                continue
            frame = sys._current_frames().get(self._thread)
            if frame is not None and _runs_ours(frame, self._ours):
                self._stack = "".join(traceback.format_stack(frame)[-12:])
