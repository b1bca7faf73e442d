"""The command palette: one box for accounts, numbers and commands, all by keyboard.

It finds commands itself; everything else is asked for by `query_changed(text)` and comes back
through `show_results`. `>` asks for commands only, `#` for numbers, `@` for people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from agent_desktop.views import icon, theme
from agent_desktop.views.commands import Commands
from agent_desktop.views.theme import Role, Tone
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.shapes import (
    Hairline,
    IconLabel,
    KeyCap,
    key_cap_size,
    paint_key_cap,
)
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.type_ahead import fold

WIDTH, ROW, HEAD = 640, 37, 27
MOST_ROWS, MOST_COMMANDS, MOST_UNASKED = 12, 6, 5
#: What is offered before anything is typed.
FIRST_OFFERS = ("ticket.new", "order.new", "call.back", "go.worklist", "go.identify")
#: Keys of command rows, so that they cannot be taken for records.
COMMAND_KEY = "command:"


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """One thing to choose: `key` comes back with `row_taken`, `cap` is its shortcut."""

    key: str
    text: str
    detail: str = ""
    icon: str = "user-round"
    cap: str = ""


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    """Rows under one heading."""

    title: str
    rows: tuple[PaletteRow, ...]


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
        self._before: QWidget | None = None
        self._found: tuple[PaletteGroup, ...] = ()
        self._context: PaletteGroup | None = None
        self._card = Panel(self, radius=12)
        self._edit = QLineEdit(self._card)
        self._rows = RowList(self._card)
        self._make_card()
        self._edit.textChanged.connect(self._typed)
        self._edit.installEventFilter(self)
        self._rows.clicked.connect(self._take)
        self.hide()

    # -- what others call -------------------------------------------------------------------
    def open(self, text: str = "") -> None:
        """Show it with the caret in it; open already, it closes."""
        if self.isVisible():
            self.close_and_return()
            return
        self._before = QApplication.focusWidget()
        self._found = ()
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

    def set_context(self, group: PaletteGroup | None) -> None:
        """What can be done with the record in front; offered first while nothing is typed."""
        self._context = group

    def close_and_return(self) -> None:
        """Close, and the focus goes back to where it was."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def query(self) -> str:
        """What is typed."""
        return self._edit.text()

    def rows(self) -> tuple[PaletteRow, ...]:
        """What can be chosen now."""
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
        """Dim what lies below, and the shadow of the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.tokens().scrim)
        shade = theme.tokens().shadow
        painter.setPen(Qt.PenStyle.NoPen)
        for step in range(1, 11):
            shade.setAlphaF(0.012)
            painter.setBrush(shade)
            grow = step * 2.0
            box = QRectF(self._card.geometry()).adjusted(-grow, -grow / 3, grow, grow * 1.4)
            painter.drawRoundedRect(box, 12 + grow, 12 + grow)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click outside the card closes."""
        self.close_and_return()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that belong to the rows; everything else is typing."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return bool(super().eventFilter(watched, event))

    def _key(self, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 5,
            Qt.Key.Key_PageUp: -5,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._rows.move_by(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._rows.next_group(-1 if key == Qt.Key.Key_Backtab else 1)
        elif key == Qt.Key.Key_Escape:
            self.close_and_return()
        else:
            return False
        return True

    # -- doing ------------------------------------------------------------------------------
    def _typed(self, text: str) -> None:
        if self.isVisible():
            self._found = ()
            self._refresh()
            self.query_changed.emit(text)

    def _refresh(self, keep: bool = False) -> None:
        groups = [*self._found, self._command_group()]
        if self._context is not None and not self._edit.text():
            groups.insert(0, self._context)
        self._rows.show_groups([group for group in groups if group.rows], keep=keep)
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
        wide = min(theme.px(WIDTH), self.width() - theme.px(40))
        high = min(self._card.sizeHint().height(), self.height() - theme.px(24))
        self._card.setGeometry((self.width() - wide) // 2, theme.px(12), wide, high)
        self.update()


class RowList(QWidget):
    """The rows of the palette, drawn; it never takes the focus."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette.rows")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._lines: list[str | PaletteRow] = []
        self._at = -1

    def show_groups(self, groups: Iterable[PaletteGroup], *, keep: bool) -> None:
        """Show these; with `keep` the chosen row stays chosen if it is still there."""
        kept = self.chosen()
        self._lines = []
        for group in groups:
            self._lines += [group.title, *group.rows]
        keys = [row.key if isinstance(row, PaletteRow) else "" for row in self._lines]
        again = keep and kept is not None and kept.key in keys and self._moved
        self._at = keys.index(kept.key) if again and kept is not None else self._first()
        self._moved = self._moved and keep
        self.setFixedHeight(self._tops()[-1] + theme.px(8))
        self._tell()
        self.update()

    _moved = False

    def rows(self) -> tuple[PaletteRow, ...]:
        """All rows."""
        return tuple(line for line in self._lines if isinstance(line, PaletteRow))

    def chosen(self) -> PaletteRow | None:
        """The row that Enter takes."""
        line = self._lines[self._at] if 0 <= self._at < len(self._lines) else None
        return line if isinstance(line, PaletteRow) else None

    def move_by(self, step: int) -> None:
        """Choose another row; at the ends it goes round for single steps."""
        places = [n for n, line in enumerate(self._lines) if isinstance(line, PaletteRow)]
        if not places:
            return
        at = places.index(self._at) + step
        if abs(step) == 1:
            at %= len(places)
        self._choose(places[max(0, min(at, len(places) - 1))])

    def next_group(self, way: int) -> None:
        """Choose the first row of the next group."""
        firsts = [n + 1 for n, line in enumerate(self._lines) if isinstance(line, str)]
        if firsts:
            here = sum(first <= self._at for first in firsts) - 1
            self._choose(firsts[(here + way) % len(firsts)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw headings and rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (line, top) in enumerate(zip(self._lines, self._tops(), strict=False)):
            if isinstance(line, str):
                self._paint_heading(painter, line, top)
            else:
                self._paint_row(painter, line, top, chosen=number == self._at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row under the mouse is chosen."""
        at = self._line_at(event.position().y())
        if at >= 0 and at != self._at:
            self._choose(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click takes the row."""
        if self._line_at(event.position().y()) == self._at:
            self.clicked.emit()

    def _first(self) -> int:
        return next((n for n, line in enumerate(self._lines) if isinstance(line, PaletteRow)), -1)

    def _choose(self, at: int) -> None:
        self._at, self._moved = at, True
        self._tell()
        self.update()

    def _tell(self) -> None:
        row = self.chosen()
        self.setAccessibleName(f"{row.text}, {row.detail}" if row else "")

    def _tops(self) -> list[int]:
        tops = [theme.px(6)]
        for line in self._lines:
            tops.append(tops[-1] + theme.px(HEAD if isinstance(line, str) else ROW))
        return tops

    def _line_at(self, y: float) -> int:
        tops = self._tops()
        for number, line in enumerate(self._lines):
            if isinstance(line, PaletteRow) and tops[number] <= y < tops[number + 1]:
                return number
        return -1

    def _paint_heading(self, painter: QPainter, words: str, top: int) -> None:
        painter.setPen(theme.color(Tone.TEXT2))
        painter.setFont(theme.font(Role.CAP))
        box = QRectF(theme.px(21), top, self.width(), theme.px(HEAD - 2))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_row(self, painter: QPainter, row: PaletteRow, top: int, *, chosen: bool) -> None:
        made, high = theme.tokens(), theme.px(ROW)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(made.selected)
            wide = self.width() - 2 * theme.px(9)
            painter.drawRoundedRect(QRectF(theme.px(9), top, wide, high - 1), 8, 8)
        size = theme.px(18)
        ink = made.accent_text if chosen else made.text2
        icon.paint(painter, row.icon, ink, theme.px(21), top + (high - size) / 2, size)
        right = self._paint_right(painter, row, top, chosen=chosen)
        painter.setPen(QPen(made.text))
        painter.setFont(theme.font(Role.H3 if chosen else Role.BODY))
        left = theme.px(48)
        words = QFontMetrics(painter.font()).elidedText(
            row.text, Qt.TextElideMode.ElideRight, int(right - left - theme.px(12))
        )
        box = QRectF(left, top, right - left, high)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_right(self, painter: QPainter, row: PaletteRow, top: int, *, chosen: bool) -> float:
        """Key cap and detail from the right; returns where they begin."""
        high, right = theme.px(ROW), float(self.width() - theme.px(21))
        cap = row.cap or (self.tr("Enter") if chosen else "")
        if cap:
            size = key_cap_size(cap)
            right -= size.width()
            place = QRectF(right, top + (high - size.height()) / 2, size.width(), size.height())
            paint_key_cap(painter, place, cap)
            right -= theme.px(10)
        if row.detail:
            painter.setFont(theme.font(Role.SMALL, tabular=True))
            painter.setPen(theme.color(Tone.TEXT2))
            most = self.width() // 2
            words = QFontMetrics(painter.font()).elidedText(
                row.detail, Qt.TextElideMode.ElideRight, most
            )
            wide = QFontMetrics(painter.font()).horizontalAdvance(words) + 2
            right -= wide
            box = QRectF(right, top, wide, high)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
        return right
