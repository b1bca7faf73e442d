"""The keyboard, borrowed from whoever has it and given back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class BorrowedFocus:
    """Remembers for `borrower`, a field or a box that comes and goes, who had the keyboard."""

    def __init__(self, borrower: QWidget) -> None:
        self._borrower = borrower
        self._owner: QWidget | None = None

    def remember(self) -> None:
        """Who has the keyboard now; what belongs to the borrower itself does not count."""
        # A window that is not active yet has a focus widget, the application has none.
        owner = QApplication.focusWidget() or self._borrower.window().focusWidget()
        if owner is not self._borrower and not self._borrower.isAncestorOf(owner):
            self._owner = owner

    def give_back(self) -> None:
        """The owner has it again, once, if it is still there and can be seen."""
        owner, self._owner = self._owner, None
        if owner is not None and isValid(owner) and owner.isVisible():
            owner.setFocus(Qt.FocusReason.OtherFocusReason)
