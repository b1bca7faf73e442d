"""The scrolling body of a page: left 300, right 320 (340 in a wide window), middle the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from agent_desktop.views.look import theme

WIDE_FROM = 1500


class Columns(QScrollArea):
    """Three columns that scroll together, and a place `above` for what spans them.

    `left`, `middle`, `right` are vertical layouts: add blocks with `addWidget`. A width of 0
    leaves that column out. Each column ends in a stretch.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        left: int = 300,
        right: int = 320,
        name: str = "page.body",
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget(self)
        self._inside.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self._right_width = right
        self._left_part, self.left = self._column(left)
        self._middle_part, self.middle = self._column(None)
        self._right_part, self.right = self._column(right)
        self.above = QVBoxLayout()
        self.above.setSpacing(theme.px(12))
        self._lay_out()
        self.setWidget(self._inside)

    def _lay_out(self) -> None:
        page = QVBoxLayout(self._inside)
        page.setContentsMargins(theme.px(16), theme.px(13), theme.px(16), theme.px(14))
        page.setSpacing(theme.px(12))
        page.addLayout(self.above)
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        row.addWidget(self._left_part)
        row.addWidget(self._middle_part, 1)
        row.addWidget(self._right_part)
        page.addLayout(row, 1)

    def _column(self, width: int | None) -> tuple[QWidget, QVBoxLayout]:
        part = QWidget(self._inside)
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        if width is not None:
            part.setFixedWidth(theme.px(width))
            part.setVisible(width > 0)
        return part, column

    @contextmanager
    def arranged_once(self) -> Iterator[None]:
        """What is shown, hidden and filled inside is laid out together at the end: Qt would
        arrange all columns anew for each widget that comes into sight."""
        parts = (self._left_part, self._middle_part, self._right_part, self._inside)
        layouts = [layout for part in parts if (layout := part.layout()) is not None]
        for layout in layouts:
            layout.setEnabled(False)
        try:
            yield
        finally:
            for layout in layouts:
                layout.setEnabled(True)
                layout.invalidate()
            self._inside.updateGeometry()

    def show_block(self, block: QWidget) -> None:
        """Scroll so that a block stands at the top; the anchor tabs do this."""
        top = block.mapTo(self._inside, block.rect().topLeft()).y()
        self.verticalScrollBar().setValue(top - theme.px(13))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the right column at the width the window allows."""
        if event.type() is QEvent.Type.Resize and self._right_width == 320:
            wide = self.window().width() >= WIDE_FROM
            self._right_part.setFixedWidth(theme.px(340 if wide else 320))
        return bool(super().eventFilter(watched, event))
