"""Python's garbage collector, kept on the GUI thread and out of the middle of things.

Left to itself it runs wherever something is allocated: in a worker thread, where it may destroy
QObjects that belong to the GUI thread, or inside a paint event, where it may destroy the very
widget that is being painted. Qt survives neither.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

#: How often is looked whether there is enough to collect.
INTERVAL_MS = 500


class GarbageCollection(QObject):
    """Collects between two events of the GUI thread, as often as Python would; not while the
    program is being loaded, when all that is made stays and each look through it holds the start
    up."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)

    def collect(self) -> None:
        """Collect the oldest generation that has passed its threshold."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def spare_what_is_loaded(self) -> None:
        """Everything there now stays until the end: collections need not look at it again,
        which makes the longest one (a tenth of a second) short enough for the GUI thread. From
        now on they come."""
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """The program ends: nothing is collected or spared any more."""
        self._timer.stop()
        gc.unfreeze()
