"""The assignment block: one subject of an overview page, which loads and fails by itself."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind, IconButton
from agent_desktop.views.widgets.shapes import Count, IconLabel
from agent_desktop.views.widgets.text import Text

#: Bars appear only if loading takes longer: most answers come before.
LOADING_AFTER_MS = 150


class BlockState(Enum):
    """What a block has to say about its own contents."""

    READY = "ready"
    LOADING = "loading"
    EMPTY = "empty"
    ERROR = "error"
    OFFLINE = "offline"
    MASKED = "masked"


class Panel(QWidget):
    """A surface with a hairline and round corners: what blocks and cards lie on."""

    def __init__(self, parent: QWidget | None = None, *, radius: int = 10) -> None:
        super().__init__(parent)
        self._radius = radius

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made = theme.tokens()
        painter.setPen(QPen(made.border, 1))
        painter.setBrush(made.surface)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, self._radius, self._radius)


class Block(Panel):
    """Icon, title, count, `+`, overflow menu, and a body.

    Put contents into `body` (a layout); `flush=True` lets a table touch the sides.
    `add_requested` is the `+` or the one action of the empty state, `retry_requested` the
    button of the error state, `fold_changed(bool)` is to be remembered per person.
    """

    add_requested = Signal()
    retry_requested = Signal()
    fold_changed = Signal(bool)

    def __init__(
        self,
        key: str,
        title: str,
        icon_name: str,
        parent: QWidget | None = None,
        *,
        add: str = "",
        menu: QMenu | None = None,
        flush: bool = False,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self.setObjectName(f"block.{key}")
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._head = _Head(key, title, icon_name, add, menu, self)
        self._head.add.clicked.connect(self.add_requested)
        self._head.pressed.connect(self._turn)
        self._state = _StatePart(key, self)
        self._state.action.clicked.connect(self._acted)
        self._content = QWidget(self)
        self.body = QVBoxLayout(self._content)
        side = 0 if flush else theme.px(14)
        self.body.setContentsMargins(side, 0, side, theme.px(6 if flush else 12))
        self.body.setSpacing(theme.px(6))
        page = QVBoxLayout(self)
        page.setContentsMargins(1, 0, 1, 1)
        page.setSpacing(0)
        page.addWidget(self._head)
        page.addWidget(self._state)
        page.addWidget(self._content)
        self.state = BlockState.READY
        self.folded = False
        self._later = QTimer(self, singleShot=True, interval=LOADING_AFTER_MS)
        self._later.timeout.connect(lambda: self._show(BlockState.LOADING))

    def set_title(self, title: str) -> None:
        """Another title."""
        self._head.title.say(title)
        self.setAccessibleName(title)

    def set_count(self, number: int | None) -> None:
        """How many records there are; None shows nothing."""
        self._head.count.set_number(number)

    def head_layout(self) -> QHBoxLayout:
        """Where further small buttons of the title line go (before `+`)."""
        return self._head.extras

    def set_folded(self, folded: bool) -> None:
        """Show the title line only."""
        self.folded = folded
        self._head.title.setToolTip(self.tr("Show") if folded else "")
        self._refresh()

    def show_ready(self) -> None:
        """The contents are there."""
        self._show(BlockState.READY)

    def start_loading(self) -> None:
        """The very first load: nothing to show yet."""
        self._content.hide()
        self.state = BlockState.LOADING
        self._later.start()

    def show_empty(self, title: str, text: str = "", action: str = "") -> None:
        """There is nothing: one sentence and the one useful action (`add_requested`)."""
        self._state.say("circle-check", Tone.TEXT2, title, text, action, "plus")
        self._show(BlockState.EMPTY)

    def show_error(self, title: str, text: str = "") -> None:
        """What failed, and how old the copy is; the button is `retry_requested`."""
        again = self.tr("Try again")
        self._state.say("server-off", Tone.BAD, title, text, again, "refresh-cw")
        self._show(BlockState.ERROR)

    def show_masked(self, text: str) -> None:
        """Hidden until the caller is verified; the text says what to do."""
        self._state.say("lock", Tone.TEXT2, self.tr("Hidden until verified"), text, "", "")
        self._show(BlockState.MASKED)

    def show_waiting(self, number: int, text: str = "") -> None:
        """Changes not sent yet stand above the contents, which stay visible."""
        kept = text or self.tr("Saved on this workstation. You can go on working.")
        self._state.say_waiting(self.tr("Waiting to sync"), kept, number)
        self._show(BlockState.OFFLINE)

    def _acted(self) -> None:
        if self.state is BlockState.ERROR:
            self.retry_requested.emit()
        else:
            self.add_requested.emit()

    def _turn(self) -> None:
        self.set_folded(not self.folded)
        self.fold_changed.emit(self.folded)

    def _show(self, state: BlockState) -> None:
        self._later.stop()
        self.state = state
        self._refresh()

    def _refresh(self) -> None:
        keeps = self.state in (BlockState.READY, BlockState.OFFLINE)
        self._state.show_bars(self.state is BlockState.LOADING)
        self._state.setVisible(self.state is not BlockState.READY and not self.folded)
        self._content.setVisible(keeps and not self.folded)


class _Head(QWidget):
    """The title line of a block; a click on the title folds."""

    pressed = Signal()

    def __init__(
        self, key: str, title: str, icon_name: str, add: str, menu: QMenu | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setFixedHeight(theme.px(39))
        self.title = Text(title, Role.H3, Tone.TEXT, self)
        self.count = Count(parent=self)
        self.count.set_number(None)
        self.add = IconButton("plus", add or self.tr("Add"), self, name=f"block.{key}.add")
        self.add.setVisible(bool(add))
        self.more = IconButton("ellipsis", self.tr("More"), self, name=f"block.{key}.more")
        self.more.setVisible(menu is not None)
        if menu is not None:
            self.more.clicked.connect(
                lambda: menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
            )
        self.extras = QHBoxLayout()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(14), 0, theme.px(8), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel(icon_name, Tone.TEXT2, 17, self))
        row.addWidget(self.title)
        row.addWidget(self.count)
        row.addStretch()
        row.addLayout(self.extras)
        row.addWidget(self.add)
        row.addWidget(self.more)

    def mouseReleaseEvent(self, event: object) -> None:
        """A click on the free line folds the block."""
        self.pressed.emit()


class _StatePart(QWidget):
    """What a block says instead of its contents: bars, or a sentence with one action."""

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._bars = False
        self._icon = IconLabel("circle-check", Tone.TEXT2, 26, self)
        self._title = Text("", Role.H3, Tone.TEXT, self, name=f"block.{key}.state")
        self._text = Text("", Role.SMALL, Tone.TEXT2, self, wrap=True)
        self.action = Button(
            "", ButtonKind.SOFT, self, name=f"block.{key}.action", icon_name="plus"
        )
        self._waiting = _WaitingLine(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(14), 0, theme.px(14), theme.px(12))
        column.setSpacing(theme.px(5))
        for part in (self._icon, self._title):
            column.addWidget(part, 0, centre)
        column.addWidget(self._waiting)
        column.addWidget(self._text)
        column.addWidget(self.action, 0, centre)
        self.hide()

    def say(
        self, icon_name: str, tone: Tone, title: str, text: str, action: str, action_icon: str
    ) -> None:
        self._icon.set(icon_name, tone)
        self._title.say(title)
        self._text.say(text)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.action.set_words(action)
        self.action.set_look(icon_name=action_icon)
        self._waiting.hide()
        for part, seen in (
            (self._icon, True),
            (self._title, True),
            (self._text, bool(text)),
            (self.action, bool(action)),
        ):
            part.setVisible(seen)

    def say_waiting(self, title: str, text: str, number: int) -> None:
        self._waiting.say(title, number)
        self._text.say(text)
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft)
        for part in (self._icon, self._title, self.action):
            part.hide()
        self._waiting.show()
        self._text.show()

    def show_bars(self, bars: bool) -> None:
        if bars:
            for part in (self._icon, self._title, self._text, self.action, self._waiting):
                part.hide()
        self._bars = bars
        self.setMinimumHeight(theme.px(96) if bars else 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars of the loading state."""
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().neutral_soft)
        wide = self.width() - theme.px(28)
        for number, share in enumerate((0.75, 0.95, 0.61, 0.85)):
            top = theme.px(4 + 23 * number)
            box = QRectF(theme.px(14), top, wide * share, theme.px(10))
            painter.drawRoundedRect(box, 5, 5)


class _WaitingLine(QWidget):
    """Cloud, "Waiting to sync", and how many."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = Text("", Role.BODYB, Tone.TEXT, self)
        self._count = Count(parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel("cloud-off", Tone.WARN, 18, self))
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self._count)

    def say(self, title: str, number: int) -> None:
        self._title.say(title)
        self._count.set_number(number, Tone.WARN)
