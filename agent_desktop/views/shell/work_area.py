"""The work area: one bright sheet that shows the page in front.

After a page change caused by a call, keys that were meant for the old page do nothing on the
new one for 400 ms; only F-keys, which are commands of the telephone, pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from agent_desktop.views.look import theme
from agent_desktop.views.shell.commands import Commands

if TYPE_CHECKING:
    from agent_desktop.desk.session import PageKind, PageOpened
    from agent_desktop.views.kit.page import Page

GUARD_MS = 400
#: How long the page before stays in sight while the record of the next is read, which takes a
#: tenth of that: an empty page would be drawn for nothing.
HOLD_MS = 80
RADIUS = 11
_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class KeyGuard(QObject):
    """Swallows keys other than F-keys for a moment, wherever in one widget the focus is."""

    def __init__(self, guarded: QWidget) -> None:
        super().__init__(guarded)
        self._guarded = guarded
        self._timer = QTimer(self, singleShot=True, interval=GUARD_MS)
        self._timer.timeout.connect(self.stop)

    @property
    def active(self) -> bool:
        """True while keys are swallowed."""
        return self._timer.isActive()

    def start(self) -> None:
        """Swallow keys from now on for 400 ms."""
        app = QApplication.instance()
        if app is not None and not self.active:
            app.installEventFilter(self)
        self._timer.start()

    def stop(self) -> None:
        """Let keys pass again."""
        self._timer.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True for what is swallowed. An accepted override keeps a key from being a shortcut."""
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        if Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35 or not self._concerns_page():
            return False
        event.accept()
        return True

    def _concerns_page(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is None or focus is self._guarded or self._guarded.isAncestorOf(focus)


class _Corner(QWidget):
    """A lower corner of the sheet, round again over whatever a page has painted there."""

    def __init__(self, sheet: QWidget, *, at_right: bool) -> None:
        super().__init__(sheet)
        self._sheet, self._at_right = sheet, at_right
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(RADIUS, RADIUS)

    def place(self) -> None:
        """Go into the corner the sheet has now."""
        left = self._sheet.width() - RADIUS if self._at_right else 0
        self.move(left, self._sheet.height() - RADIUS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame outside the curve, and the curve."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = -RADIUS if self._at_right else 0
        sheet = QRectF(left + 0.5, -RADIUS - 0.5, 2 * RADIUS - 1, 2 * RADIUS)
        curve, outside = QPainterPath(), QPainterPath()
        curve.addRoundedRect(sheet, RADIUS, RADIUS)
        outside.addRect(QRectF(self.rect()))
        painter.fillPath(outside - curve, theme.tokens().frame)
        painter.setPen(QPen(theme.tokens().border, 1))
        painter.drawPath(curve)


class WorkArea(QWidget):
    """Makes a page when it is first needed and keeps it; `titled(area, title)` is what the
    page in front says of itself."""

    titled = Signal(str, str)

    def __init__(
        self,
        make_page: Callable[[PageKind, QWidget], Page],
        commands: Commands,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("work_area")
        self._make_page, self._commands = make_page, commands
        self._pages: dict[PageKind, Page] = {}
        self.page: Page | None = None
        self.guard = KeyGuard(self)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self._stack)
        self._held = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._held.timeout.connect(self._release)
        self._corners = (_Corner(self, at_right=False), _Corner(self, at_right=True))

    def open(self, opened: PageOpened) -> None:
        """Show a page; because of a call the keys of the page before are kept from it."""
        page = self._page(opened.page.kind)
        self._release()
        page.shown(opened.page)
        if page.awaits_record and not opened.because_of_call:
            self.setUpdatesEnabled(False)
            self._held.start()
        if page is not self.page:
            self.page = page
            self._stack.setCurrentWidget(page)
        self._commands.route(page.acts())
        self.titled.emit(page.area, page.title)
        focus = page.first_focus()
        if focus is not None and not self._is_typing_elsewhere():
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        if opened.because_of_call:
            # The caller is on the screen before anything else is done; no key was taken yet.
            self.repaint()
            self.guard.start()

    def prepare(self, kind: PageKind) -> None:
        """Make a page before it is needed, and draw it once unseen: what is made for the first
        time (fonts, icons, layouts) is not made while the telephone rings."""
        self.make(kind)
        self.draw_unseen(kind)

    def make(self, kind: PageKind) -> None:
        """The first half of `prepare`."""
        self._page(kind)

    def draw_unseen(self, kind: PageKind) -> None:
        """The second half of `prepare`."""
        page = self._page(kind)
        if page is not self.page:
            page.resize(self._stack.size())
            page.grab()

    def pages(self) -> tuple[Page, ...]:
        """All pages made so far: they hear of changed records."""
        return tuple(self._pages.values())

    def refresh_acts(self) -> None:
        """The page in front carries out other commands than before."""
        if self.page is not None:
            self._commands.route(self.page.acts())

    def is_typing(self) -> bool:
        """True while the caret is in an editor of the page in front that holds text: a ringing
        call must not change the page then."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            return False
        if isinstance(focus, QLineEdit):
            return bool(focus.text()) and not focus.isReadOnly()
        if isinstance(focus, QPlainTextEdit | QTextEdit):
            return not focus.isReadOnly()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.tokens().border, 1))
        painter.setBrush(theme.tokens().sheet)
        edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, RADIUS, RADIUS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The round corners stay at the foot."""
        super().resizeEvent(event)
        for corner in self._corners:
            corner.place()

    def _page(self, kind: PageKind) -> Page:
        if kind not in self._pages:
            made = self._make_page(kind, self._stack)
            made.titled.connect(lambda area, title, page=made: self._title_changed(page))
            made.arrived.connect(self._release)
            self._pages[kind] = made
            self._stack.addWidget(made)
        return self._pages[kind]

    def _release(self) -> None:
        if not self.updatesEnabled():
            self._held.stop()
            self.setUpdatesEnabled(True)

    def _title_changed(self, page: Page) -> None:
        if page is self.page:
            self.titled.emit(page.area, page.title)
            self.refresh_acts()

    def _is_typing_elsewhere(self) -> bool:
        """The palette or the dial field has the focus; it stays there."""
        focus = QApplication.focusWidget()
        editor = isinstance(focus, QLineEdit | QPlainTextEdit)
        return editor and focus is not None and not self.isAncestorOf(focus) and focus.isVisible()
