"""An agent who leaves while signed in: the key goes at once, the desk as soon as no customer is
on the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from agent_desktop.desk.background import Background
from agent_desktop.sync.status import SyncState, SyncStatus

if TYPE_CHECKING:
    from agent_desktop.shift.shift import Shift


class Offboarding(QObject):
    """Watches what the centre says of the agent of one shift. `forget` destroys the key of the
    mirror and runs off the GUI thread; `ended` comes when the sign-in page shall be shown."""

    ended = Signal()

    def __init__(self, shift: Shift, background: Background, forget: Callable[[], None]) -> None:
        super().__init__(shift)
        self._call_routing = shift.call_routing
        self._background = background
        self._forget = forget
        self._centre_queries = shift.centre_queries
        self._has_left = False
        shift.desk.sync_changed.connect(self._look)
        # Not in the middle of the call's own end.
        shift.phone.call_changed.connect(self._go, Qt.ConnectionType.QueuedConnection)

    def _look(self, status: SyncStatus) -> None:
        left = status.state is SyncState.OFFLINE and status.code == "agent_disabled"
        if left and not self._has_left:
            self._has_left = True
            self._centre_queries.close()
            self._background.run_free(self._forget).then(self._go)

    def _go(self, _: object = None) -> None:
        if self._has_left and self._call_routing.active_call is None:
            self._has_left = False
            self.ended.emit()
