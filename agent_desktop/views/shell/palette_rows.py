"""The rows of the command palette: values, and the widget that draws them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.shapes import key_cap_size, paint_key_cap

ROW, HEAD = 37, 27


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
    """Rows under one heading; `note` says how it stands with them and cannot be chosen."""

    title: str
    rows: tuple[PaletteRow, ...]
    note: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether it has something to say."""
        return bool(self.rows or self.note)


@dataclass(frozen=True, slots=True)
class _Note:
    """A line that only says something."""

    words: str


class RowList(QWidget):
    """The rows of the palette, drawn; it never takes the focus."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette.rows")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        # Drawn whole, so that what lies below is not drawn for each key.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._lines: list[str | PaletteRow | _Note] = []
        self._at = -1

    def show_groups(self, groups: Iterable[PaletteGroup], *, keep: bool) -> None:
        """Show these; with `keep` the chosen row stays chosen if it is still there."""
        kept = self.chosen()
        self._lines = []
        for group in groups:
            self._lines += [group.title, *group.rows]
            if group.note:
                self._lines.append(_Note(group.note))
        keys = [row.key if isinstance(row, PaletteRow) else "" for row in self._lines]
        again = keep and kept is not None and kept.key in keys and self._moved
        self._at = keys.index(kept.key) if again and kept is not None else self._first()
        self._moved = self._moved and keep
        self.setFixedHeight(self.tops()[-1] + theme.px(8))
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
        lines = self._lines
        firsts = [
            n + 1
            for n, line in enumerate(lines[:-1])
            if isinstance(line, str) and isinstance(lines[n + 1], PaletteRow)
        ]
        if firsts:
            here = sum(first <= self._at for first in firsts) - 1
            self._choose(firsts[(here + way) % len(firsts)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground with the edges of the card, headings and rows."""
        painter = QPainter(self)
        made, high = theme.tokens(), self.height()
        painter.fillRect(self.rect(), made.surface)
        for left in (0, self.width() - 1):
            painter.fillRect(left, 0, 1, high, made.border)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (line, top) in enumerate(zip(self._lines, self.tops(), strict=False)):
            if isinstance(line, str):
                self._paint_heading(painter, line, top)
            elif isinstance(line, _Note):
                self._paint_note(painter, line.words, top)
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
        notes = (line.words for line in self._lines if isinstance(line, _Note))
        self.setAccessibleDescription(" ".join(notes))

    def tops(self) -> list[int]:
        tops = [theme.px(6)]
        for line in self._lines:
            tops.append(tops[-1] + theme.px(ROW if isinstance(line, PaletteRow) else HEAD))
        return tops

    def _line_at(self, y: float) -> int:
        tops = self.tops()
        for number, line in enumerate(self._lines):
            if isinstance(line, PaletteRow) and tops[number] <= y < tops[number + 1]:
                return number
        return -1

    def _paint_heading(self, painter: QPainter, words: str, top: int) -> None:
        painter.setPen(theme.color(Tone.TEXT2))
        painter.setFont(theme.font(Role.CAP))
        box = QRectF(theme.px(21), top, self.width(), theme.px(HEAD - 2))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_note(self, painter: QPainter, words: str, top: int) -> None:
        painter.setPen(theme.color(Tone.TEXT2))
        painter.setFont(theme.font(Role.SMALL))
        box = QRectF(theme.px(21), top, self.width() - theme.px(42), theme.px(HEAD - 2))
        shown = QFontMetrics(painter.font()).elidedText(
            words, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)

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
