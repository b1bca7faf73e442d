"""A sheet at the right side of a page for one task: its head stays, Esc puts it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.borrowed_focus import BorrowedFocus
from agent_desktop.views.widgets.button import Button, ButtonKind, IconButton
from agent_desktop.views.widgets.layout import boxed, column, row, scrolled
from agent_desktop.views.widgets.shapes import Hairline
from agent_desktop.views.widgets.text import Text

WIDTH = 440


class SideSheet(QWidget):
    """Title, body, and a foot with the one button that does the task (Ctrl+Enter).

    A child of its page, never a window: it covers neither the console nor a ringing call.
    `done` is the button, `closed` that it was put away.
    """

    done = Signal()
    closed = Signal()

    def __init__(self, page: QWidget, name: str, title: str, verb: str, icon_name: str) -> None:
        super().__init__(page)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._focus = BorrowedFocus(self)
        self.title = Text(title, Role.H2, elide=True)
        close = IconButton("x", self.tr("Close"), key=self.tr("Esc"), name=f"{name}.close")
        close.clicked.connect(self.close_sheet)
        head = row(self.title, close, margins=(18, 10, 12, 10))
        self.body = QVBoxLayout()
        self.body.setContentsMargins(18, 12, 18, 12)
        self.body.setSpacing(10)
        self.told = Text("", Role.SMALL, Tone.TEXT2, elide=True, name=f"{name}.told")
        key = self.tr("Ctrl+Enter")
        self.verb = Button(
            verb, ButtonKind.PRIMARY, icon_name=icon_name, key=key, name=f"{name}.done"
        )
        self.verb.clicked.connect(self.done)
        foot = row(self.told, self.verb, margins=(18, 10, 18, 12))
        whole = column(
            head,
            Hairline(self),
            scrolled(boxed(column(self.body, None, gap=0))),
            Hairline(self),
            foot,
            gap=0,
        )
        self.setLayout(whole)
        page.installEventFilter(self)
        self.hide()

    def open_sheet(self, first: QWidget) -> None:
        """Slide in at once and take the keyboard."""
        self._focus.remember()
        self._place()
        self.show()
        self.raise_()
        first.setFocus()

    def close_sheet(self) -> None:
        """Go away and give the keyboard back."""
        if self.isHidden():
            return
        self.hide()
        self._focus.give_back()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away; what was typed is kept as a draft."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the right side while the page changes its size."""
        if watched is self.parent() and event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.surface)
        # Round where the work area's sheet is, at its upper right corner.
        radius = theme.px(10)
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.drawRect(0, 0, self.width() - radius, self.height())
        painter.drawRect(0, radius, self.width(), self.height() - radius)
        painter.fillRect(0, 0, 1, self.height(), tokens.border)

    def _place(self) -> None:
        page = self.parentWidget()
        if page is not None:
            width = min(theme.px(WIDTH), page.width())
            self.setGeometry(page.width() - width, 0, width, page.height())
