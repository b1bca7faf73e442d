"""The dial field of the console."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.borrowed_focus import BorrowedFocus
from agent_desktop.views.widgets.shapes import IconLabel, KeyCap


class DialField(QLineEdit):
    """Type a number and press Enter (`dialled`); Esc goes back to where the focus was."""

    dialled = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.dial")
        self.setProperty("look", "console")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setPlaceholderText(self.tr("Dial a number"))
        self.setAccessibleName(self.tr("Dial a number"))
        self._focus = BorrowedFocus(self)
        self._icon = IconLabel("phone", Tone.CON_TEXT2, 17, self)
        self._cap = KeyCap("Ctrl D", self, on_console=True)
        self.setTextMargins(0, 0, theme.px(54), 0)

    def enter(self) -> None:
        """Take the focus and remember where it was."""
        self._focus.remember()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icon and key cap stay in their places."""
        super().resizeEvent(event)
        for part in (self._icon, self._cap):
            part.adjustSize()
        middle = self.height() // 2
        self._icon.move(theme.px(10), middle - self._icon.height() // 2)
        left = self.width() - self._cap.width() - theme.px(7)
        self._cap.move(left, middle - self._cap.height() // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter dials, Esc leaves."""
        number = self.text().strip()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and number:
            self._leave()
            self.dialled.emit(number)
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self.clear()
        self.clearFocus()
        self._focus.give_back()
