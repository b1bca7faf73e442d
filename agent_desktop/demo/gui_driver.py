"""Drives the window as a person would: real key presses, waiting until something is seen.

Used where the program is shown, tested or measured without a person. Each press of a key or
chord that is not text is counted, since flows have budgets of keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

#: How long a person waits for something before saying that it does not work.
PATIENCE_SECONDS = 20.0
_LOOK_MS = 4


class NotSeen(AssertionError):
    """The driver waited for something on the screen, and it did not happen."""


class GuiDriver:
    """Presses keys into `window` and waits; `pressed` lists the keys so far, text not counted."""

    def __init__(self, window: Callable[[], QWidget]) -> None:
        self._window = window
        self.pressed: list[str] = []

    def press(self, *keys: str) -> None:
        """Press keys or chords, written as `F9`, `Ctrl+K`, `Return`."""
        for key in keys:
            chord = QKeySequence(key)[0]  # type: ignore[index] # the stubs do not know it
            self.pressed.append(key)
            QTest.keyClick(self._target(), chord.key(), chord.keyboardModifiers())
            QCoreApplication.processEvents()

    def type(self, text: str) -> None:
        """Type text into whatever has the focus."""
        for letter in text:
            self._type_letter(letter)
        QCoreApplication.processEvents()

    def _type_letter(self, letter: str) -> None:
        """QTest knows the keys of ASCII only and aborts at others, such as ô or Ж."""
        target = self._target()
        if letter.isascii():
            QTest.keyClicks(target, letter)
            return
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
            QCoreApplication.sendEvent(target, event)

    def enter(self, text: str) -> None:
        """Type text and press Return."""
        self.type(text)
        self.press("Return")

    def wait(
        self, seen: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Let the program work until `seen()` is true; NotSeen(`what`) if it never is."""
        deadline = time.monotonic() + seconds
        while not seen():
            if time.monotonic() > deadline:
                raise NotSeen(f"{what} (waited {seconds:.0f} s)")
            pause = QEventLoop()
            QTimer.singleShot(_LOOK_MS, pause.quit)
            pause.exec()

    def wait_for_focus(self, name: str) -> None:
        """Wait until the widget of that object name has the keyboard."""
        self.wait(lambda: self.focus_name == name, f"focus in {name}, it is in {self.focus_name}")

    @property
    def focus_name(self) -> str:
        """The object name of the widget that has the keyboard."""
        widget = QApplication.focusWidget()
        return widget.objectName() if widget is not None else ""

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self._window()
