"""The dialpad: digits to the other side of a call, by mouse, typed or pasted.

A child of the window, never a window of its own. While it has the keyboard, everything that is no
key of a telephone is refused quietly; other fields keep theirs.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from agent_desktop.views.console.console_parts import painter_of_key
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.borrowed_focus import BorrowedFocus
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.text import Text

ROWS = ("123A", "456B", "789C", "*0#D")
KEYS = frozenset("".join(ROWS))
_BETWEEN = frozenset(" -–().,/+\t\n")
#: As many digits as fit are shown, the newest at the right.
MOST_SHOWN = 18


def pasted_keys(text: str) -> str:
    """The keys of a pasted number without what people put between them; nothing if there is
    anything else in it, for half a number is a wrong one."""
    keys = "".join(letter for letter in text.strip() if letter not in _BETWEEN)
    return keys if all(letter in KEYS for letter in keys) else ""


class PadKey(QAbstractButton):
    """One key of the dialpad."""

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(key)
        self.setObjectName(f"console.dialpad.{key}")
        names = {"*": self.tr("Star"), "#": self.tr("Hash")}
        self.setAccessibleName(names.get(key, key))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Large enough for a finger."""
        return QSize(theme.px(54), theme.px(46))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key."""
        painter = painter_of_key(self)
        painter.setPen(theme.tokens().con_text)
        painter.setFont(theme.font(Role.H2))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Dialpad(QWidget):
    """`pressed(keys)` tells what goes to the other side; `closed` that it was left."""

    pressed = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("console.dialpad")
        self.setAccessibleName(self.tr("Dialpad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._focus = BorrowedFocus(self)
        self._sent = ""
        self._shown = Text(
            "", Role.H2, Tone.CON_TEXT, self, tabular=True, name="console.dialpad.digits"
        )
        self._close = IconButton(
            "x",
            self.tr("Close the dialpad"),
            self,
            key="Esc",
            name="console.dialpad.close",
            size=18,
            on_console=True,
        )
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.close_pad)
        self._lay_out()
        self.hide()

    def open_at(self, key: QRect) -> None:
        """Show it under this place (in the parent's coordinates) and take the keyboard."""
        self._focus.remember()
        self._sent = ""
        self._show_sent()
        self.adjustSize()
        parent = self.parentWidget()
        rightmost = parent.width() - self.width() - theme.px(10) if parent else 0
        left = min(key.center().x() - self.width() // 2, rightmost)
        self.move(max(0, left), key.bottom() + theme.px(6))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_pad(self) -> None:
        """Leave, and give the focus back if it is still here."""
        if self.isHidden():
            return
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            self._focus.give_back()
        self.closed.emit()

    def sent(self) -> str:
        """What was sent since it was opened."""
        return self._sent

    def event(self, event: QEvent) -> bool:
        """Letters and Esc stay here: no shortcut of the window means them now. Telephony and all
        keys with Ctrl or Alt go on working."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self._is_mine(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of a telephone are sent, a pasted number too; the rest does nothing."""
        typed = event.text().upper()
        if event.key() == Qt.Key.Key_Escape:
            self.close_pad()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._send(pasted_keys(QApplication.clipboard().text()))
        elif typed in KEYS and not event.isAutoRepeat():
            self._send(typed)
        elif not self._is_mine(event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A piece of the console."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.tokens().con_line)
        painter.setBrush(theme.tokens().con)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)

    def _is_mine(self, event: QKeyEvent) -> bool:
        """Esc, pasting, and all that would write something in a text field."""
        if event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Paste):
            return True
        no_letters = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        return (
            event.text().isprintable()
            and bool(event.text())
            and not (event.modifiers() & no_letters)
        )

    def _send(self, keys: str) -> None:
        if keys:
            self._sent += keys
            self._show_sent()
            self.pressed.emit(keys)

    def _show_sent(self) -> None:
        self._shown.say(self._sent[-MOST_SHOWN:])
        self.setAccessibleDescription(self._sent)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(theme.px(6))
        for row, keys in enumerate(ROWS):
            for column, key in enumerate(keys):
                button = PadKey(key, self)
                button.clicked.connect(lambda _=False, key=key: self._send(key))
                grid.addWidget(button, row, column)
        top = QHBoxLayout()
        self._shown.setMinimumHeight(theme.px(26))
        top.addWidget(self._shown, 1)
        top.addWidget(self._close)
        page = QVBoxLayout(self)
        page.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(12))
        page.setSpacing(theme.px(8))
        page.addLayout(top)
        page.addLayout(grid)


class PadUnderKey(QObject):
    """The dialpad of the console: made when it is first wanted, shown under the key pressed."""

    pressed = Signal(str)

    def __init__(self, strip: QWidget) -> None:
        super().__init__(strip)
        self._strip = strip
        self._pad: Dialpad | None = None

    def toggle(self, key: QWidget) -> None:
        """Show it under this key, or put it away."""
        if self._pad is not None and self._pad.isVisible():
            self._pad.close_pad()
            return
        window = self._strip.window()
        if self._pad is None:
            self._pad = Dialpad(window)
            self._pad.pressed.connect(self.pressed)
        # Under the strip, which nothing may cover.
        strip = QRect(self._strip.mapTo(window, QPoint(0, 0)), self._strip.size())
        left = key.mapTo(window, QPoint(0, 0)).x()
        self._pad.open_at(QRect(left, strip.top(), key.width(), strip.height()))

    def close(self) -> None:
        """Put it away."""
        if self._pad is not None:
            self._pad.close_pad()
