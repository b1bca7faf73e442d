"""One timer of a second for every clock that is seen; none runs while no clock is visible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget


class Ticker(QObject):
    """`tick` comes each second on the GUI thread while somebody listens.

    `site_clock` tells the centre's time, once somebody has signed in.
    """

    tick = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.site_clock: Callable[[], datetime] = now
        self.listeners = 0
        self._timer = QTimer(self, interval=1000)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def enter(self) -> None:
        """One listener more."""
        self.listeners += 1
        if self.listeners == 1:
            self._timer.start()

    def leave(self) -> None:
        """One listener less."""
        self.listeners -= 1
        if self.listeners <= 0:
            self.listeners = 0
            self._timer.stop()


@cache
def ticker() -> Ticker:
    """The one ticker of the process."""
    return Ticker()


class Ticking(QWidget):
    """A widget that is told each second while it can be seen: override `second_passed`."""

    _listens = False

    def second_passed(self) -> None:
        """A second has passed."""
        self.update()

    def showEvent(self, event: object) -> None:
        """Begin to listen."""
        if not self._listens:
            self._listens = True
            ticker().tick.connect(self.second_passed)
            ticker().enter()
            self.second_passed()

    def hideEvent(self, event: object) -> None:
        """Stop listening."""
        if self._listens:
            self._listens = False
            ticker().tick.disconnect(self.second_passed)
            ticker().leave()


def now() -> datetime:
    """The present moment by this desk's clock, as calls go; aware, in UTC."""
    return datetime.now(UTC)


def site_now() -> datetime:
    """The present moment by the centre's clock, as promises go; aware, in UTC."""
    return ticker().site_clock()
