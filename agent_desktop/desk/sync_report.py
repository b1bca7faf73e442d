"""Brings the reports of the syncer to the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from agent_desktop.models.site.site import Site
    from agent_desktop.models.store.changes import Changes


class SyncReport(QObject):
    """The `tell_...` functions may be called in any thread; the signals come in the GUI thread,
    with a SyncStatus, Changes and a Site."""

    status_changed = Signal(object)
    records_changed = Signal(object)
    site_changed = Signal(object)
    # A signal between two threads is queued only if its receiver is a method of a QObject; a
    # listener may be any callable, so each report takes its first step to our own method.
    _status_told = Signal(object)
    _records_told = Signal(object)
    _site_told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status_told.connect(self._on_status)
        self._records_told.connect(self._on_records)
        self._site_told.connect(self._on_site)

    def tell_status(self, status: object) -> None:
        """The syncer stands otherwise to the centre (a SyncStatus)."""
        self._status_told.emit(status)

    def tell_records(self, changes: Changes) -> None:
        """Records at this desk have changed, by the feed or by the agent."""
        self._records_told.emit(changes)

    def tell_site(self, site: Site) -> None:
        """The site's own facts have changed, such as the agent's role."""
        self._site_told.emit(site)

    def _on_status(self, status: object) -> None:
        self.status_changed.emit(status)

    def _on_records(self, changes: Changes) -> None:
        self.records_changed.emit(changes)

    def _on_site(self, site: Site) -> None:
        self.site_changed.emit(site)
