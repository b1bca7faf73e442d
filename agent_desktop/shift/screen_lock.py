"""Joins the screen lock with a shift: idle time locks it, the agent's password unlocks it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from agent_desktop.desk.background import Background
from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.screen_lock import IdleWatch, ScreenLock


class ScreenLocking(QObject):
    """Locks by the command, or when nobody touched the program for `minutes` (0: never) and no
    call is up. `is_password` runs in the background: finding it out takes a tenth of a second.
    `locked_changed(bool)` tells what else must be hidden or saved."""

    locked_changed = Signal(bool)

    def __init__(
        self,
        window: MainWindow,
        agent_name: str,
        call_routing: CallRouting,
        background: Background,
        is_password: Callable[[str], bool],
        minutes: float,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._call_routing = call_routing
        self._background = background
        self._is_password = is_password
        self.screen = ScreenLock(window, agent_name)
        self.screen.password_typed.connect(self._check)
        self.screen.locked_changed.connect(self.locked_changed)
        self._idle = IdleWatch(minutes, self)
        self._idle.idle.connect(self._on_idle)

    def _on_idle(self) -> None:
        # An agent in a call may sit for long without touching the computer.
        if self._call_routing.active_call is None:
            self.screen.lock()
        self._idle.again()

    def _check(self, typed: str) -> None:
        order = self._background.run_free(self._is_password, typed)
        order.then(self._answer, failed=self._fail)

    def _answer(self, right: bool) -> None:
        if right:
            self.screen.unlock()
        else:
            self.screen.refuse()

    def _fail(self, _error: Exception) -> None:
        self.screen.refuse()
