"""An agent who leaves while signed in: the key is destroyed at once, the shift ends as soon as no
customer is on the line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from agent_desktop.desk.background import Background
from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.telephony.phone import Phone


class Offboarding(QObject):
    """Watches what the centre says of the agent of one shift.

    `stop_asking` ends all questions to the centre. `forget` destroys the key of the mirror and
    runs off the GUI thread. `ended` comes when the sign-in page shall be shown.
    """

    ended = Signal()

    def __init__(
        self,
        sync_report: SyncReport,
        phone: Phone,
        call_routing: CallRouting,
        background: Background,
        stop_asking: Callable[[], None],
        forget: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._call_routing = call_routing
        self._background = background
        self._stop_asking = stop_asking
        self._forget = forget
        self._has_left = False
        sync_report.status_changed.connect(self._look)
        # Queued, because the shift must not end in the middle of the call's own end.
        phone.call_changed.connect(self._go, Qt.ConnectionType.QueuedConnection)

    def _look(self, status: SyncStatus) -> None:
        left = status.state is SyncState.OFFLINE and status.code == "agent_disabled"
        if left and not self._has_left:
            self._has_left = True
            self._stop_asking()
            self._background.run_free(self._forget).then(self._go)

    def _go(self, _: object = None) -> None:
        if self._has_left and self._call_routing.active_call is None:
            self._has_left = False
            self.ended.emit()
