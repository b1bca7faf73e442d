"""The end of a shift as the agent asks for it: not in a call, and not without knowing of unsent
work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.desk.sessions import Desk
from agent_desktop.sync.status import SyncStatus
from agent_desktop.views.shell.frame_feed import FrameFeed


class LogOff(QObject):
    """`save_all` saves what is typed; `agreed` comes when the shift may end."""

    agreed = Signal()

    def __init__(
        self,
        desk: Desk,
        call_routing: CallRouting,
        frame_feed: FrameFeed,
        save_all: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._call_routing = call_routing
        self._frame_feed = frame_feed
        self._save_all = save_all
        self._unsent = 0
        self._told_of_unsent = False

    def may_leave(self) -> bool:
        """True if the agent may go now. With unsent work the agent is asked first; the second
        request is granted."""
        # Before the count is looked at: a draft saved now may be work that is not sent.
        self._save_all()
        if self._call_routing.active_call is not None:
            self._desk.say("call_still_up")
            return False
        if self._unsent and not self._told_of_unsent:
            self._told_of_unsent = True
            self._frame_feed.ask_to_leave(self._unsent)
            return False
        return True

    def ask(self) -> None:
        """The agent wants to sign out."""
        if self.may_leave():
            self.agreed.emit()

    def show_status(self, status: SyncStatus) -> None:
        """Keep how much is unsent; once all is sent, later work is asked about anew."""
        self._unsent = status.unsent
        if not status.unsent:
            self._told_of_unsent = False
