"""Missed calls in the frame: how many wait beside "Calls", and the key that calls the newest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.interaction import call_log
from agent_desktop.views.shell.main_window import MainWindow

if TYPE_CHECKING:
    from agent_desktop.desk.background import Background
    from agent_desktop.desk.session import Session
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.desk.sync_report import SyncReport
    from agent_desktop.models.interaction.call_log import LoggedCall
    from agent_desktop.models.store.changes import Changes


class Calling(Protocol):
    """Who calls somebody: the switchboard."""

    def call_back(self, session_id: str = "") -> None: ...
    def dial(self, number: str, session_id: str = "") -> None: ...


class MissedFeed(QObject):
    """Counts missed calls nobody has looked at, opens their page, and carries out `call.back`
    wherever no page does: the customer whose call has just ended comes before the newest missed
    caller."""

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        sync_report: SyncReport,
        background: Background,
        call_routing: Calling,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._desk = desk
        self._background = background
        self._call_routing = call_routing
        sync_report.records_changed.connect(self._on_changed)
        window.commands.on("go.calls", partial(desk.open, Place(PageKind.CALLS)))
        window.commands.on("call.back", self.call_back)

    def load(self) -> None:
        """Count anew."""
        self._background.run(call_log.missed_unseen).then(self._show, key="calls.unseen")

    def call_back(self) -> None:
        """Call whom the key means: into the contact in front, else the newest missed caller."""
        session = self._desk.current
        if session is not None and _has_ended_call(session):
            self._call_routing.call_back(session.id)
        elif session is None or session.live_call is None:
            self._background.run(call_log.newest_missed).then(self._call, key="calls.newest")

    def _on_changed(self, changes: Changes) -> None:
        if changes.everything or "interaction_call" in changes.kinds:
            self.load()

    def _show(self, number: int) -> None:
        self._window.navigation.set_count("go.calls", number or None)

    def _call(self, missed: LoggedCall | None) -> None:
        if missed is None:
            self._window.toasts.say(self.tr("No missed call waits to be returned"))
        else:
            self._call_routing.dial(missed.call.number)


def _has_ended_call(session: Session) -> bool:
    about = [call for call in session.calls if not call.consult_for]
    return bool(about) and session.live_call is None and bool(about[-1].number)
