"""Joins the screen lock with a shift: when it locks, and who may unlock it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from agent_desktop.views.shell.screen_lock import IdleWatch, ScreenLock

if TYPE_CHECKING:
    from agent_desktop.shift.shift import Shift


class ScreenLocking(QObject):
    """Locks by the command, or when nobody touched the program for `minutes` (0: never) and no
    call is up. `is_password` runs in the background: finding it out takes a tenth of a second."""

    def __init__(self, shift: Shift, is_password: Callable[[str], bool], minutes: float) -> None:
        super().__init__(shift)
        self._shift = shift
        self._is_password = is_password
        self.screen = ScreenLock(shift.window, shift.stores.site.agent.name)
        self.screen.password_typed.connect(self._check)
        self.screen.locked_changed.connect(self._on_locked)
        self._idle = IdleWatch(minutes, self)
        self._idle.idle.connect(self._on_idle)

    def _on_idle(self) -> None:
        """Who is talking is there, be it with both hands on the headset."""
        if self._shift.call_routing.active_call is None:
            self.screen.lock()
        self._idle.again()

    def _on_locked(self, locked: bool) -> None:
        if locked:
            self._shift.drafts.save_all()
            self._shift.centre_queries.hang_up()
        self._shift.console_feed.veil(locked)

    def _check(self, typed: str) -> None:
        order = self._shift.background.run_free(self._is_password, typed)
        order.then(self._answer, failed=self._fail)

    def _answer(self, right: bool) -> None:
        if right:
            self.screen.unlock()
        else:
            self.screen.refuse()

    def _fail(self, _error: Exception) -> None:
        self.screen.refuse()
