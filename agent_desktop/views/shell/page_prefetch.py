"""Pages are made before they are needed, so that none is made while a customer waits."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from agent_desktop.desk.session import PageKind
from agent_desktop.views import kind_views

if TYPE_CHECKING:
    from agent_desktop.views.shell.work_area import WorkArea

#: What a first call needs, first.
ORDER = (
    PageKind.ACCOUNT,
    PageKind.TICKET_NEW,
    PageKind.TICKET,
    PageKind.ACCOUNT_NEW,
    PageKind.ORDER_NEW,
    PageKind.ORDER,
    PageKind.WORKLIST,
    PageKind.CALLS,
    PageKind.RETURNED,
)
#: Then those of the other kinds of records.
_ALL = tuple(dict.fromkeys((*ORDER, *kind_views.PAGES)))
#: The pause between two steps: keys and calls get their turn.
PAUSE_MS = 40


class PagePrefetch(QObject):
    """Makes and draws the pages one by one, in steps of some 40 ms, while `may_work()`; `done`
    when every page is there."""

    done = Signal()

    def __init__(
        self, work_area: WorkArea, may_work: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._may_work = may_work
        self._steps: deque[Callable[[], None]] = deque()
        for kind in _ALL:
            self._steps.append(partial(work_area.make, kind))
            self._steps.append(partial(work_area.draw_unseen, kind))
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._step)

    @property
    def is_done(self) -> bool:
        """True when every page is there."""
        return not self._steps

    def start(self) -> None:
        """Begin as soon as the event loop is free."""
        self._timer.start()

    def _step(self) -> None:
        if self._steps and self._may_work():
            self._steps.popleft()()
        if not self._steps:
            self._timer.stop()
            # The pages stay, too; see app.py.
            gc.freeze()
            self.done.emit()
