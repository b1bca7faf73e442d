"""The watch over the GUI thread sees what it has to see, and nothing else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.gui_time import GuiTime

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no CPU clock of other threads")


# The program's code, for the watch: it goes by the name of the file.
OURS = "/the-program/"
PROGRAM = """
import time
def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(1000))
"""


def _named(file: str) -> Callable[[float], None]:
    """`burn` as if it stood in this file."""
    place: dict[str, Any] = {}
    exec(compile(PROGRAM, file, "exec"), place)
    burn: Callable[[float], None] = place["burn"]
    return burn


def _burn_in_events(
    qtbot: QtBot, watch: GuiTime, burn: Callable[[float], None], *lengths: float
) -> None:
    """Burn in one event for each length, all in one turn of the loop."""
    done: list[float] = []

    def work(seconds: float) -> None:
        burn(seconds)
        done.append(seconds)

    with watch:
        for seconds in lengths:
            QTimer.singleShot(0, partial(work, seconds))
        qtbot.waitUntil(lambda: len(done) == len(lengths))


def test_an_event_that_burns_is_found_with_its_stack(qtbot: QtBot) -> None:
    watch = GuiTime(ours=OURS)
    _burn_in_events(qtbot, watch, _named(OURS + "kit/page.py"), 0.2)
    (slow,) = watch.slow
    assert slow.seconds >= 0.2
    assert "kit/page.py" in slow.stack


def test_what_the_test_itself_computes_is_not_told(qtbot: QtBot) -> None:
    watch = GuiTime(ours=OURS)
    _burn_in_events(qtbot, watch, _named("/a-test/test_page.py"), 0.2)
    assert not watch.slow, watch.told()


def test_many_short_events_are_not_told(qtbot: QtBot) -> None:
    watch = GuiTime(ours=OURS)
    _burn_in_events(qtbot, watch, _named(OURS + "kit/page.py"), *[0.01] * 10)
    assert not watch.slow, watch.told()


def test_waiting_is_not_told(qtbot: QtBot) -> None:
    watch = GuiTime(ours=OURS)
    _burn_in_events(qtbot, watch, time.sleep, 0.2)
    assert not watch.slow, watch.told()
