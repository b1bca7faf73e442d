"""The one life of a draft: begun, brought back, kept, dropped.

A form begins its draft once everything that can be chosen in it is there, since a choice that is
not offered yet cannot be brought back. Until the draft has come back the form is not complete, and
what a person wants done with it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from agent_desktop.views.kit.draft_keeper import Draft, DraftKeeper


class FormDraft(QObject):
    """The draft of one form, which serves one record after the other.

    `restored(names)` comes once for each draft with the fields that came back, perhaps none;
    `kept` each time what is typed has reached local.db.
    """

    restored = Signal(object)
    kept = Signal()

    def __init__(self, drafts: DraftKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._drafts = drafts
        self._draft: Draft | None = None
        self._waiting: Callable[[], None] | None = None
        self.is_complete = False

    @property
    def is_open(self) -> bool:
        """Whether fields are watched now."""
        return self._draft is not None

    def begin(self, place: str, fields: Mapping[str, QWidget]) -> None:
        """Watch these fields under `place` and bring back what was typed there before; does
        nothing while a draft is open."""
        if self._draft is not None:
            return
        self._draft = self._drafts.keep(place, fields, self)
        self._draft.restored.connect(self._on_restored)
        self._draft.saved.connect(self.kept)

    def when_complete(self, do: Callable[[], None]) -> bool:
        """Do it now and return True, or as soon as the draft has come back."""
        if self.is_complete:
            do()
            return True
        self._waiting = do
        return False

    def wait_no_more(self) -> None:
        """What was to be done once the form is complete is not done."""
        self._waiting = None

    def save(self) -> None:
        """Keep what is typed now (Ctrl+S, record left)."""
        if self._draft is not None:
            self._draft.save()

    def close(self) -> None:
        """Keep what is typed and stop watching: another record comes."""
        self.save()
        self._end(drops=False)

    def drop(self) -> None:
        """The record is saved, or the person gave up: forget what was typed."""
        self._end(drops=True)

    def _end(self, *, drops: bool) -> None:
        self.is_complete = False
        self._waiting = None
        if self._draft is None:
            return
        # Whatever the draft still tells concerns a record that is no longer here.
        self._draft.blockSignals(True)
        if drops:
            self._draft.drop()
        else:
            self._draft.close()
        self._draft.deleteLater()
        self._draft = None

    def _on_restored(self, back: tuple[str, ...]) -> None:
        self.is_complete = True
        self.restored.emit(back)
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()
