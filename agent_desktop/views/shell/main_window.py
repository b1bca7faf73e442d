"""The main window puts the parts in their places, and nothing more.

The L of header and navigation is one quiet frame; between it and the sheet lies the console,
which nothing may ever cover, dim or scroll.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from agent_desktop.settings import PRODUCT
from agent_desktop.views.console.console import Console
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from agent_desktop.views.shell.commands import Commands
from agent_desktop.views.shell.header import Header
from agent_desktop.views.shell.message_bar import MessageBar
from agent_desktop.views.shell.navigation_bar import OPEN_FROM, NavigationBar
from agent_desktop.views.shell.palette import Palette
from agent_desktop.views.shell.peek_card import PeekCard, PeekView
from agent_desktop.views.shell.toast import Toasts
from agent_desktop.views.shell.work_area import WorkArea

if TYPE_CHECKING:
    from agent_desktop.desk.session import PageKind, PageOpened
    from agent_desktop.views.kit.page import Page

MINIMUM = (1280, 680)
#: Which entry of the navigation belongs to a page.
_ENTRIES = {"home": "go.home", "identify": "go.identify", "worklist": "go.worklist"}
_ENTRIES |= {"calls": "go.calls", "demo": "go.demo", "account_new": "go.identify"}
ZOOM_STEP = 0.1


class MainWindow(QWidget):
    """Header, navigation, console, message bar, work area; palette, toasts and peek over them.

    `scheme_chosen`, `zoom_chosen` and `fold_chosen` are to be remembered; `closing` comes when
    the person closes the window, which `refuse_close` can forbid.
    """

    scheme_chosen = Signal(object)
    zoom_chosen = Signal(float)
    fold_chosen = Signal(bool)
    closing = Signal()

    def __init__(
        self,
        make_page: Callable[[PageKind, QWidget], Page],
        *,
        role: str = "agent",
        folded: bool | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowTitle(PRODUCT)
        self.setMinimumSize(*MINIMUM)
        self._folded = folded
        self.may_close: Callable[[], bool] = lambda: True
        self.commands = Commands(self)
        self.header = Header(self.commands, self)
        self.navigation = NavigationBar(self.commands, self, role=role)
        self.console = Console(self.commands, self)
        self.message_bar = MessageBar(self)
        self.work_area = WorkArea(make_page, self.commands, self)
        self.palette_box = Palette(self.commands, self)
        self.toasts = Toasts(self.work_area)
        self.toasts.float_over_parent()
        self.peek = PeekCard(self)
        self._lay_out()
        self._join()

    # -- what the desk tells ----------------------------------------------------------------
    def open_page(self, opened: PageOpened) -> None:
        """Show a page and mark where it belongs in the navigation."""
        self.peek.hide()
        self.work_area.open(opened)
        self.navigation.mark(_ENTRIES.get(opened.page.kind.value, ""))

    def show_peek(self, view: PeekView | None) -> None:
        """Show who rings beside what the agent is typing; None hides it."""
        if view is None:
            self.peek.hide()
            return
        page = self.work_area
        head = theme.px(84)
        box = page.geometry().adjusted(0, head, 0, 0)
        self.peek.show_peek(view, QRect(box))

    def alert(self) -> None:
        """Flash in the task bar; nothing is raised above another program's text."""
        QApplication.alert(self)

    # -- making -----------------------------------------------------------------------------
    def _lay_out(self) -> None:
        self._right = QVBoxLayout()
        self._right.setSpacing(theme.px(8))
        self._right.setContentsMargins(0, 0, theme.px(10), theme.px(10))
        for part in (self.console, self.message_bar):
            self._right.addWidget(part)
        self._right.addWidget(self.work_area, 1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.navigation)
        below.addLayout(self._right, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.header)
        page.addLayout(below, 1)

    def _join(self) -> None:
        on = self.commands.on
        self.work_area.titled.connect(self._show_title)
        self.navigation.fold_changed.connect(self._remember_fold)
        on("go.palette", self.palette_box.open)
        on("undo", self._undo)
        self.commands.ran.connect(self._tell_copied)
        on("go.next_pane", lambda: self._next_pane(1))
        on("go.previous_pane", lambda: self._next_pane(-1))
        on("look.system", lambda: self._choose_scheme(Scheme.SYSTEM))
        on("look.light", lambda: self._choose_scheme(Scheme.LIGHT))
        on("look.dark", lambda: self._choose_scheme(Scheme.DARK))
        on("look.larger", lambda: self._choose_zoom(theme.zoom() + ZOOM_STEP))
        on("look.smaller", lambda: self._choose_zoom(theme.zoom() - ZOOM_STEP))
        on("help.keys", lambda: self.palette_box.open(">"))

    def _undo(self) -> None:
        """Ctrl+Z outside an editor undoes what the newest toast tells of."""
        self.toasts.undo()

    def _tell_copied(self, command_id: str) -> None:
        if command_id == "copy.protocol":
            self.toasts.say(self.tr("Protocol number copied"))

    def _show_title(self, area: str, title: str) -> None:
        self.header.set_title(area, title)
        self.setWindowTitle(f"{title} – {PRODUCT}" if title else PRODUCT)

    def _remember_fold(self, folded: bool) -> None:
        self._folded = folded
        self.fold_chosen.emit(folded)

    def _choose_scheme(self, scheme: Scheme) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, scheme)
            self.scheme_chosen.emit(scheme)

    def _choose_zoom(self, zoom: float) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, at_zoom=zoom)
            self.zoom_chosen.emit(theme.zoom())

    def _next_pane(self, step: int) -> None:
        """F6: header, navigation, console, work area; the first widget there that takes focus."""
        panes: list[QWidget] = [self.header, self.navigation, self.console, self.work_area]
        focus = QApplication.focusWidget()
        here = next((n for n, pane in enumerate(panes) if focus and pane.isAncestorOf(focus)), -1)
        for distance in range(1, len(panes) + 1):
            target = _first_focusable(panes[(here + step * distance) % len(panes)])
            if target is not None:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    # -- events -----------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The palette covers what lies under the console."""
        super().resizeEvent(event)
        if self._folded is None:
            self.navigation.set_folded(self.width() < OPEN_FROM)
        elif self._folded != self.navigation.folded:
            self.navigation.set_folded(self._folded)
        top = self.header.height() + self.console.height() + theme.px(8)
        self.palette_box.setGeometry(0, top, self.width(), self.height() - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame."""
        QPainter(self).fillRect(self.rect(), theme.tokens().frame)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whether it may close; unsent work is kept either way."""
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _first_focusable(pane: QWidget) -> QWidget | None:
    """The first visible widget of a pane, in reading order, that takes focus by Tab or a key."""
    wanted = Qt.FocusPolicy.TabFocus
    for widget in pane.findChildren(QWidget):
        takes = widget.focusPolicy() & wanted or widget.objectName() == "console.dial"
        if takes and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            return widget
    return None
