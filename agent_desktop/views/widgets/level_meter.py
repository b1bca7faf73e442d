"""A level meter: how loud it is, as a bar that everybody can read, also without colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.widgets.shapes import Drawn

_SEGMENTS = 24
#: Above this share of full scale speech is distorted.
_TOO_LOUD = 92


class LevelMeter(Drawn):
    """Segments from 0 (silence) to 100 (full scale)."""

    def __init__(self, title: str, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = title
        self.level = 0
        self.show_level(0)

    def show_level(self, level: int) -> None:
        """Show 0 to 100."""
        self.level = max(0, min(100, level))
        # Told when asked for; a live figure is never announced.
        self.setAccessibleName(f"{self._title}, {self.level} %")
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a line of text."""
        return QSize(theme.px(220), theme.px(14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the segments that are lit, and the rest as an outline."""
        painter = self.painter()
        made = theme.tokens()
        wide = self.width() / _SEGMENTS
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(_SEGMENTS):
            share = (number + 1) * 100 / _SEGMENTS
            lit = made.bad if share > _TOO_LOUD else made.ok
            painter.setBrush(lit if share <= self.level else made.border)
            bar = QRectF(number * wide, 0, wide - theme.px(2), self.height())
            painter.drawRoundedRect(bar, 2, 2)
