"""How a test waits: for a condition, at most so long, and with words for what never came."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

#: Longer than anything takes on a busy machine; a test that waits for all of it fails.
PATIENCE_SECONDS = 60.0


def until(
    condition: Callable[[], Found],
    seconds: float = PATIENCE_SECONDS,
    what: str | Callable[[], str] = "what was waited for",
    *,
    meanwhile: Callable[[], object] = lambda: time.sleep(0.01),
) -> Found:
    """The first true value of `condition`. Fails the test after so many seconds, saying what never
    happened; `meanwhile` is done between two looks and takes some milliseconds."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        late = time.monotonic() >= deadline
        assert not late, (
            f"never happened in {seconds:g} s: {what if isinstance(what, str) else what()}"
        )
        meanwhile()
    return found


def until_in_qt(
    condition: Callable[[], Found],
    seconds: float = 10.0,
    what: str | Callable[[], str] = "what was waited for",
) -> Found:
    """As `until`; the event loop of Qt runs meanwhile, in this thread."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    def turn() -> None:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.001)

    return until(condition, seconds, what, meanwhile=turn)
