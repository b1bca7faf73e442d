"""A button that Enter presses as Space does, on every system."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton

_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class EnterPresses(QAbstractButton):
    """The ground of all buttons we draw ourselves and that may have the keyboard."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks, once however long it is held; with Ctrl, Alt or Shift it is another key."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.isAutoRepeat() and not event.modifiers() & ~_KEYPAD:
            self.click()
        else:
            super().keyPressEvent(event)
