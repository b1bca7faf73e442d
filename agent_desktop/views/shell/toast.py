"""Toasts: what has just happened, for six seconds, with Undo where it can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.shapes import IconLabel, KeyCap
from agent_desktop.views.widgets.text import Text

SHOWN_MS = 6000
MOST = 2


class Toasts(QWidget):
    """At most two toasts, the newest below. They never take the focus and are never used for
    errors that need somebody to act."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toasts")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        self._shown: list[_Toast] = []
        self.hide()

    def say(self, text: str, undo: Callable[[], None] | None = None) -> None:
        """Show a toast; the oldest leaves when there are too many."""
        toast = _Toast(text, undo, self)
        self._shown.append(toast)
        self._column.addWidget(toast)
        while len(self._shown) > MOST:
            self.drop(self._shown[0])
        self.show()
        self.adjustSize()
        self.raise_()
        self._place()

    def undo(self) -> bool:
        """Undo what the newest toast tells of; False if it cannot be undone."""
        newest = next((toast for toast in reversed(self._shown) if toast.undo), None)
        if newest is None or newest.undo is None:
            return False
        undo = newest.undo
        self.drop(newest)
        undo()
        return True

    def texts(self) -> tuple[str, ...]:
        """What the toasts say now, oldest first."""
        return tuple(toast.accessibleName() for toast in self._shown)

    def clear(self) -> None:
        """Take all away."""
        for toast in tuple(self._shown):
            self.drop(toast)

    def drop(self, toast: _Toast) -> None:
        """Take one away."""
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
        self.setVisible(bool(self._shown))
        self.adjustSize()
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None and self._floats:
            self.move(theme.px(16), parent.height() - self.height() - theme.px(16))

    #: A window sets this: its toasts lie over the sheet, at the bottom left.
    _floats = False

    def float_over_parent(self) -> None:
        """Lie over the parent at its bottom left."""
        self._floats = True
        parent = self.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The parent has another size: stay at its bottom."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return bool(super().eventFilter(watched, event))


class _Toast(QWidget):
    """One toast."""

    def __init__(self, text: str, undo: Callable[[], None] | None, toasts: Toasts) -> None:
        super().__init__(toasts)
        self.undo = undo
        self.setObjectName("toast")
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme.px(320))
        self.setMaximumWidth(theme.px(560))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(13), theme.px(6), theme.px(8), theme.px(6))
        row.setSpacing(theme.px(10))
        row.addWidget(IconLabel("circle-check", Tone.CON_OK, 18, self))
        row.addWidget(Text(text, Role.BODY, Tone.CON_TEXT, self, elide=True), 1)
        if undo is not None:
            button = Button(
                self.tr("Undo"), ButtonKind.CONSOLE, self, name="toast.undo", small=True
            )
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda: toasts.undo())
            row.addWidget(button)
            row.addWidget(KeyCap("Ctrl Z", self, on_console=True))
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(lambda: toasts.drop(self))
        self._timer.start()
        self.setMinimumHeight(theme.px(38))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dark in both themes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().con)
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
