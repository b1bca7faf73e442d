"""The command palette: one box for accounts, numbers and commands, all by keyboard.

It finds commands itself; everything else is asked for by `query_changed(text)` and comes back
through `show_results`. `>` asks for commands only, `#` for numbers, `@` for people.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.commands import Commands
from agent_desktop.views.shell.palette_rows import PaletteGroup as PaletteGroup
from agent_desktop.views.shell.palette_rows import PaletteRow as PaletteRow
from agent_desktop.views.shell.palette_rows import RowList
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.borrowed_focus import BorrowedFocus
from agent_desktop.views.widgets.shapes import Hairline, IconLabel, KeyCap
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.type_ahead import fold

WIDTH = 640
MOST_ROWS, MOST_COMMANDS, MOST_UNASKED = 12, 6, 5
#: What is offered before anything is typed.
FIRST_OFFERS = ("ticket.new", "order.new", "call.back", "go.worklist", "go.identify")
#: Keys of command rows, so that they cannot be taken for records.
COMMAND_KEY = "command:"
#: How long the rows of the text before stay in sight while an answer is awaited: most answers
#: come in a tenth of that, and rows that go and come again would blink.
HOLD_MS = 80
RADIUS, SHADE_STEPS = 12, 10
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5, Qt.Key.Key_PageUp: -5}
_TAKING = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_JUMPING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


def question_of(text: str) -> str:
    """What is searched for when this is typed; empty for commands and for nothing."""
    return "" if text.startswith(">") else text.lstrip("#@").strip()


class Palette(QWidget):
    """Lies over the work area and dims it; the console stays as it is.

    `row_taken(key)` comes after the palette has closed and the focus is back where it was.
    """

    query_changed = Signal(str)
    row_taken = Signal(str)

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self._commands = commands
        self._focus = BorrowedFocus(self)
        self._found: tuple[PaletteGroup, ...] = ()
        self._context: PaletteGroup | None = None
        self._centre: PaletteGroup | None = None
        self._hold = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold.timeout.connect(self._refresh)
        self._card = Panel(self, radius=RADIUS)
        # Another height leaves what stands above the foot as it is.
        self._card.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._edit = QLineEdit(self._card)
        self._rows = RowList(self._card)
        self._make_card()
        self._edit.textChanged.connect(self._typed)
        self._edit.installEventFilter(self)
        self._rows.clicked.connect(self._on_clicked)
        self.hide()

    # -- what others call -------------------------------------------------------------------
    def open(self, text: str = "") -> None:
        """Show it with the caret in it; open already, it closes."""
        if self.isVisible():
            self.close_and_return()
            return
        self._focus.remember()
        self._found, self._centre = (), None
        self._edit.setText(text)
        self.show()
        self.raise_()
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._edit.selectAll()
        self._refresh()
        self.query_changed.emit(self._edit.text())

    def show_results(self, query: str, groups: Iterable[PaletteGroup]) -> None:
        """What was found for `query`; an answer to an older question is passed over. The
        chosen row stays chosen, so late results never move it away."""
        if self.isVisible() and query == self._edit.text():
            self._found = tuple(group for group in groups if group.rows)
            self._refresh(keep=True)

    def show_centre(self, query: str, group: PaletteGroup) -> None:
        """What the centre says to `query`, below everything else: no row above it moves, and
        the chosen one stays chosen."""
        if self.isVisible() and query == self._edit.text():
            self._centre = group
            self._refresh(keep=True)

    def set_context(self, group: PaletteGroup | None) -> None:
        """What can be done with the record in front; offered first while nothing is typed."""
        self._context = group

    def close_and_return(self) -> None:
        """Close, and the focus goes back to where it was."""
        self._hold.stop()
        self.hide()
        self._focus.give_back()

    @property
    def query(self) -> str:
        """What is typed."""
        return self._edit.text()

    def rows(self) -> tuple[PaletteRow, ...]:
        """What can be chosen now."""
        self._settle()
        return self._rows.rows()

    # -- making -----------------------------------------------------------------------------
    def _make_card(self) -> None:
        self._card.setObjectName("palette.card")
        self._edit.setObjectName("palette.edit")
        self._edit.setProperty("look", "bare")
        self._edit.setAccessibleName(self.tr("Search or type a command"))
        self._edit.setPlaceholderText(self.tr("Name, number, document, ticket or command"))
        top = QHBoxLayout()
        top.setContentsMargins(theme.px(20), 0, theme.px(15), 0)
        top.setSpacing(theme.px(10))
        top.addWidget(IconLabel("search", Tone.TEXT3, 18, self._card))
        top.addWidget(self._edit, 1)
        top.addWidget(KeyCap("Esc", self._card))
        top.addStrut(theme.px(46))
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.px(19), theme.px(8), theme.px(15), theme.px(9))
        foot.setSpacing(theme.px(7))
        hint = self.tr("Type > for commands, # for numbers, @ for people")
        foot.addWidget(Text(hint, Role.SMALL, Tone.TEXT2, self._card))
        foot.addStretch()
        for cap, words in (("↑↓", self.tr("choose")), ("Tab", self.tr("next group"))):
            foot.addWidget(KeyCap(cap, self._card))
            foot.addWidget(Text(words, Role.SMALL, Tone.TEXT2, self._card))
        self._column = QVBoxLayout(self._card)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for part in (top, Hairline(self._card), self._rows, Hairline(self._card), foot):
            if isinstance(part, QHBoxLayout):
                self._column.addLayout(part)
            else:
                self._column.addWidget(part)
        self.restyle()

    def restyle(self) -> None:
        """Sizes and font in the zoom in force."""
        self._edit.setFont(theme.font(Role.H2))
        ink = QPalette(self._edit.palette())
        ink.setColor(QPalette.ColorRole.PlaceholderText, theme.color(Tone.TEXT3))
        self._edit.setPalette(ink)
        self._place()

    # -- events -----------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The card stays in the middle, 12 px under the console."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies below, and the shadow of the card; nothing where the card hides it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = self._card.geometry()
        round_ = RADIUS + 1
        hidden = QRegion(card.adjusted(round_, 0, -round_, 0))
        hidden += card.adjusted(0, round_, 0, -round_)
        painter.setClipRegion(event.region() - hidden)
        painter.fillRect(self.rect(), theme.tokens().scrim)
        shade = theme.tokens().shadow
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(1, SHADE_STEPS + 1):
            shade.setAlphaF(0.012)
            painter.setBrush(shade)
            grow = step * 2.0
            box = QRectF(card).adjusted(-grow, -grow / 3, grow, grow * 1.4)
            painter.drawRoundedRect(box, RADIUS + grow, RADIUS + grow)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click outside the card closes."""
        self.close_and_return()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that belong to the rows; everything else is typing."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return bool(super().eventFilter(watched, event))

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS or key in _TAKING or key in _JUMPING:
            self._settle()
        if key in _STEPS:
            self._rows.move_by(_STEPS[key])
        elif key in _TAKING:
            self._take()
        elif key in _JUMPING:
            self._rows.next_group(-1 if key == Qt.Key.Key_Backtab else 1)
        elif key == Qt.Key.Key_Escape:
            self.close_and_return()
        else:
            return False
        return True

    # -- doing ------------------------------------------------------------------------------
    def _typed(self, text: str) -> None:
        if self.isVisible():
            self._found, self._centre = (), None
            self._hold.start()
            if not question_of(text):
                self._refresh()
            self.query_changed.emit(text)

    def _settle(self) -> bool:
        """Show what there is to the text typed, if rows of the one before are still in sight."""
        is_held = self._hold.isActive()
        if is_held:
            self._refresh()
        return is_held

    def _refresh(self, keep: bool = False) -> None:
        keep = keep and not self._hold.isActive()
        self._hold.stop()
        groups = [*self._found, self._command_group()]
        if self._context is not None and not self._edit.text():
            groups.insert(0, self._context)
        if self._centre is not None:
            groups.append(self._centre)
        self._rows.show_groups([group for group in groups if group.is_shown], keep=keep)
        self._place()

    def _command_group(self) -> PaletteGroup:
        typed = self._edit.text()
        title = self.tr("Commands")
        if typed[:1] in ("#", "@"):
            return PaletteGroup(title, ())
        words = fold(typed.lstrip(">")).split()
        listed = self._commands.listed()
        if not typed:
            listed = tuple(c for c in listed if c.id in FIRST_OFFERS)
        fits = [c for c in listed if all(word in fold(c.words) for word in words)]
        most = MOST_ROWS if typed.startswith(">") else MOST_COMMANDS
        rows = (PaletteRow(COMMAND_KEY + c.id, c.words, "", c.icon, c.key) for c in fits[:most])
        return PaletteGroup(title, tuple(rows))

    def _on_clicked(self) -> None:
        """What was under the mouse is taken, unless it belongs to a text that has changed."""
        if not self._settle():
            self._take()

    def _take(self) -> None:
        row = self._rows.chosen()
        if row is None:
            return
        self.close_and_return()
        if row.key.startswith(COMMAND_KEY):
            self._commands.run(row.key.removeprefix(COMMAND_KEY))
        else:
            self.row_taken.emit(row.key)

    def _place(self) -> None:
        """Give the card the size of its rows, and draw only what that changes."""
        wide = min(theme.px(WIDTH), self.width() - theme.px(40))
        high = min(self._card.sizeHint().height(), self.height() - theme.px(24))
        before, box = self._card.geometry(), QRect(0, 0, wide, high)
        box.moveTo((self.width() - wide) // 2, theme.px(12))
        if box == before:
            return
        self._card.setGeometry(box)
        if (box.topLeft(), wide) != (before.topLeft(), before.width()):
            self._card.update()
            self.update()
            return
        reach = RADIUS + 2 * SHADE_STEPS
        foot = box.united(before)
        foot.setTop(min(box.bottom(), before.bottom()) - reach)
        self.update(foot.adjusted(-reach, 0, reach, reach))
        self._card.update(0, high - RADIUS, wide, RADIUS)
