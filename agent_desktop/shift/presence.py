"""Joins presence with a shift: the page in front and the field being typed in go to the syncer,
which tells the centre; what the centre says of colleagues comes back to the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from agent_desktop.models.agent.presence import Stand
from agent_desktop.sync.presence import PresenceReporter
from agent_desktop.views.shell.presence_feed import PresenceFeed

if TYPE_CHECKING:
    from agent_desktop.shift.shift import Shift


class ShiftPresence(QObject):
    """Made before the syncer, which gets its `attendance`; joined once there is a window."""

    _told = Signal(object)

    def __init__(self, shift: Shift) -> None:
        super().__init__(shift)
        self._shift = shift
        self.presence_reporter = PresenceReporter(self._told.emit)

    def join(self) -> None:
        """Show from now on."""
        shift = self._shift
        self.feed = PresenceFeed(shift.window, shift.desk, shift.drafts, self._tell, self)
        self._told.connect(self.feed.show)

    def _tell(self, stand: Stand) -> None:
        if self.presence_reporter.stand_at(stand):
            self._shift.syncer.wake()
