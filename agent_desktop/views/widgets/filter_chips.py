"""Filter chips: which of the records a list shows, one of a few, each one key away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role
from agent_desktop.views.widgets.enter_presses import EnterPresses


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter: its key, its words, and how many records want to be looked at (0 shows none)."""

    key: str
    title: str
    count: int = 0


class FilterChips(QWidget):
    """Chips in a row, one of them chosen. Left and Right move; `chosen(key)` tells."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("Filter"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(6))
        self._buttons: list[_ChipButton] = []

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Show these; with the keys there are, words and counts change and the choice stays."""
        if [button.chip.key for button in self._buttons] != [chip.key for chip in chips]:
            self._make(chips)
        for button, chip in zip(self._buttons, chips, strict=True):
            button.show_chip(chip)

    def mark(self, key: str) -> None:
        """The chosen filter, without telling."""
        for button in self._buttons:
            button.setChecked(button.chip.key == key)
            # Tab reaches the row once, at the chosen chip.
            policy = Qt.FocusPolicy.StrongFocus if button.isChecked() else Qt.FocusPolicy.ClickFocus
            button.setFocusPolicy(policy)

    def choose_number(self, number: int) -> None:
        """Choose the chip of this number, counted from 1; beyond the last nothing happens."""
        if 0 < number <= len(self._buttons):
            self._choose(self._buttons[number - 1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right choose the neighbour."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        here = next(n for n, button in enumerate(self._buttons) if button.isChecked())
        there = self._buttons[max(0, min(here + step, len(self._buttons) - 1))]
        self._choose(there)
        there.setFocus(Qt.FocusReason.TabFocusReason)

    def _make(self, chips: Sequence[Chip]) -> None:
        for button in self._buttons:
            button.deleteLater()
        self._buttons = [_ChipButton(chip, self) for chip in chips]
        for button in self._buttons:
            button.clicked.connect(lambda _=False, b=button: self._choose(b))
            self._row.addWidget(button)

    def _choose(self, button: _ChipButton) -> None:
        self.mark(button.chip.key)
        self.chosen.emit(button.chip.key)


class _ChipButton(EnterPresses):
    """One chip: words, and a count after them."""

    def __init__(self, chip: Chip, parent: FilterChips) -> None:
        super().__init__(parent)
        self.chip = chip
        self.setObjectName(f"{parent.objectName()}.{chip.key}")
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)

    def show_chip(self, chip: Chip) -> None:
        """Other words or another count."""
        self.chip = chip
        self.setText(chip.title)
        self.setAccessibleName(f"{chip.title}, {chip.count}" if chip.count else chip.title)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Words, count and air; 26 high."""
        wide = QFontMetrics(theme.font(Role.BODYB)).horizontalAdvance(self._words())
        return QSize(wide + theme.px(22), theme.px(26))

    def nextCheckState(self) -> None:
        """The row decides which chip is chosen."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, line and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made, on = theme.tokens(), self.isChecked()
        line = made.accent if on else made.border_strong
        painter.setPen(QPen(made.focus, 2) if self.hasFocus() else QPen(line, 1))
        ground = made.accent_soft if on else made.hover if self.underMouse() else made.surface
        painter.setBrush(ground)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(made.accent_text if on else made.text2)
        painter.setFont(theme.font(Role.BODYB))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._words())

    def _words(self) -> str:
        return f"{self.chip.title}  {self.chip.count}" if self.chip.count else self.chip.title
