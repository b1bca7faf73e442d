"""Garbage is collected on the GUI thread, between two events, and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from agent_desktop.system.garbage_collection import GarbageCollection


class _Knot(QObject):
    """Holds itself, so that only the collector can end it; tells in which thread that was."""

    def __init__(self, ends: list[int]) -> None:
        super().__init__()
        self.itself = self
        weakref.finalize(self, lambda: ends.append(threading.get_ident()))


def _allocate_much() -> None:
    knots = [[number] for number in range(50_000)]
    for knot in knots:
        knot.append(knot)  # type: ignore[arg-type]


def test_a_worker_that_allocates_much_destroys_nothing_of_the_gui(qtbot: QtBot) -> None:
    ends: list[int] = []
    owner = QObject()
    collector = GarbageCollection(owner)
    _Knot(ends)
    worker = threading.Thread(target=_allocate_much)
    worker.start()
    worker.join()
    assert ends == []
    assert not gc.isenabled()
    collector.collect()
    gc.collect()
    assert ends == [threading.get_ident()]
    collector.stop()


def test_it_comes_by_itself_when_there_is_enough(qtbot: QtBot) -> None:
    owner = QObject()
    collector = GarbageCollection(owner)
    collector.spare_what_is_loaded()
    _allocate_much()
    with qtbot.waitSignal(collector.findChild(QTimer).timeout, timeout=5000):
        pass
    qtbot.waitUntil(lambda: gc.get_count()[0] < gc.get_threshold()[0], timeout=5000)
    collector.stop()
