"""Joins presence with a shift: the page in front and the field being typed in go to the syncer,
which tells the centre; what the centre says of colleagues comes back to the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from agent_desktop.desk.sessions import Desk
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.models.agent.presence import Stand
from agent_desktop.sync.presence import PresenceReporter
from agent_desktop.views.kit.draft_keeper import DraftKeeper
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.presence_feed import PresenceFeed


class ShiftPresence(QObject):
    """Made before the syncer, which gets its `presence_reporter`; joined once there is a window."""

    _told = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.presence_reporter = PresenceReporter(self._told.emit)
        self._wake: Callable[[], None] | None = None

    def join(
        self,
        window: MainWindow,
        desk: Desk,
        sync_report: SyncReport,
        drafts: DraftKeeper,
        wake: Callable[[], None],
    ) -> None:
        """Show presence from now on; `wake` makes the syncer tell the centre at once."""
        self._wake = wake
        feed = PresenceFeed(window, desk, sync_report, drafts, self._tell, self)
        self._told.connect(feed.show)

    def _tell(self, stand: Stand) -> None:
        if self.presence_reporter.stand_at(stand) and self._wake is not None:
            self._wake()
