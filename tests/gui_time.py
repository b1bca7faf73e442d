"""Finds what keeps the GUI thread busy for too long, with the stack that did it.

    with GuiTime() as watch:
        ...                      # drive the window
    assert not watch.slow, watch.told()

Counted is the thread's own CPU time, so a busy machine does not matter. A thread of its own looks
every few milliseconds which function of the program Qt has called; one call is one event, with
all it causes. The GUI thread is not touched: a filter over all events was tried, and made opening
a page three times as slow as it is. What the test itself computes is not counted, nor what the
person at the desk does (demo/).
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from types import FrameType, TracebackType

from tests import source

LIMIT_SECONDS = 0.050
LOOK_EACH_SECONDS = 0.004
DEPTH = 14

# What plays the person lies in the package, too, and is not the program.
PERSON = str(source.ROOT / source.PACKAGE / "demo")


@dataclass(frozen=True, slots=True)
class SlowCall:
    """What the GUI thread did for too long."""

    name: str
    seconds: float
    stack: str


class GuiTime:
    """Watches the GUI thread from `with` to its end; `slow` holds what took too long."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS, ours: str = "") -> None:
        self.slow: list[SlowCall] = []
        self._limit = limit_seconds
        self._ours = ours or str(source.ROOT / source.PACKAGE)
        self._name = ""
        self._mark = object()
        self._before = self._first = self._last = 0.0
        self._stack: tuple[traceback.FrameSummary, ...] = ()
        self._done = threading.Event()
        self._thread = threading.get_ident()

    def __enter__(self) -> GuiTime:
        self._looker = threading.Thread(target=self._look, name="gui-time", daemon=True)
        self._looker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._done.set()
        self._looker.join()

    def told(self) -> str:
        """All slow calls in words."""
        return "\n".join(
            f"{slow.seconds * 1000:.0f} ms in {slow.name}\n{slow.stack}" for slow in self.slow
        )

    def _look(self) -> None:
        """No frame outlives a look: what it holds, a painter for example, would die here."""
        clock = time.pthread_getcpuclockid(self._thread)
        while not self._done.wait(LOOK_EACH_SECONDS):
            self._see(sys._current_frames().get(self._thread), time.clock_gettime(clock))
        self._see(None, time.clock_gettime(clock))

    def _see(self, frame: FrameType | None, now: float) -> None:
        """One look: the call goes on, or it is over and perhaps another one has begun."""
        call = self._outermost(frame)
        if call is None or call.f_trace is not self._mark:
            self._close(now)
            self._begin(call, now)
        elif now - self._first > self._limit and not self._stack:
            self._stack = _stack(frame)
        self._last = now

    def _begin(self, call: FrameType | None, now: float) -> None:
        """Another call. It is known again by a mark that lives as long as its frame; nobody
        traces, so the mark does nothing."""
        self._name = ""
        if call is not None:
            self._mark = object()
            call.f_trace = self._mark  # type: ignore[assignment]
            self._name, self._first = call.f_code.co_qualname, now

    def _close(self, now: float) -> None:
        """A call is kept if it burned too much between the first and the last look at it."""
        if self._stack:
            told = "".join(traceback.format_list(self._stack))
            self.slow.append(SlowCall(self._name, now - self._before, told))
        self._before, self._stack = self._last, ()

    def _outermost(self, frame: FrameType | None) -> FrameType | None:
        """The function of the program that was called from outside of it."""
        found = None
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(self._ours) and not file.startswith(PERSON):
                found = frame
            frame = frame.f_back
        return found


def _stack(frame: FrameType | None) -> tuple[traceback.FrameSummary, ...]:
    """The innermost functions, outermost first; their lines are read later."""
    found: list[traceback.FrameSummary] = []
    while frame is not None and len(found) < DEPTH:
        code = frame.f_code
        found.append(
            traceback.FrameSummary(
                code.co_filename, frame.f_lineno, code.co_name, lookup_line=False
            )
        )
        frame = frame.f_back
    return tuple(reversed(found))
