"""A table of records: columns named and not numbered, ready rows, one model, one delegate."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.widgets.rows_delegate import RowsDelegate
from agent_desktop.views.widgets.rows_model import CELL_ROLE as CELL_ROLE
from agent_desktop.views.widgets.rows_model import Align as Align
from agent_desktop.views.widgets.rows_model import Cell as Cell
from agent_desktop.views.widgets.rows_model import Column as Column
from agent_desktop.views.widgets.rows_model import Index as Index
from agent_desktop.views.widgets.rows_model import LampCell as LampCell
from agent_desktop.views.widgets.rows_model import Link as Link
from agent_desktop.views.widgets.rows_model import Row as Row
from agent_desktop.views.widgets.rows_model import RowsModel as RowsModel
from agent_desktop.views.widgets.rows_model import Styled as Styled
from agent_desktop.views.widgets.rows_model import words_of as words_of
from agent_desktop.views.widgets.sla_clock import SlaDue
from agent_desktop.views.widgets.ticker import ticker


class RowsTable(QTableView):
    """A table of `RowsModel`. Enter, a double click, or a click on a link opens a row
    (`row_opened(key)`); moving tells `row_marked(key)`.

    `most_rows` > 0 makes the table as high as its rows, up to that many: for blocks.
    """

    row_opened = Signal(object)
    row_marked = Signal(object)

    def __init__(
        self,
        columns: Sequence[Column],
        parent: QWidget | None = None,
        *,
        name: str,
        most_rows: int = 0,
        header: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.rows = RowsModel(columns, self)
        self._most_rows = most_rows
        self.setModel(self.rows)
        self.setItemDelegate(RowsDelegate(self, self.rows))
        self._settle(header)
        self._set_widths()
        self.rows.modelReset.connect(self._fit)
        self.selectionModel().currentRowChanged.connect(self._tell_marked)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._open)
        self._ticks = False
        self._fit()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; the marked row stays marked if it is still there."""
        kept = self.marked()
        self.rows.set_rows(rows)
        if kept is not None:
            self.mark(kept)

    def marked(self) -> Hashable | None:
        """The key of the marked row."""
        row = self.rows.row_at(self.currentIndex())
        return None if row is None else row.key

    def mark(self, key: Hashable) -> None:
        """Mark the row of this key, if it is there."""
        at = self.rows.position(key)
        if at >= 0:
            self.selectRow(at)

    def restyle(self) -> None:
        """Heights and widths in the zoom in force."""
        self.verticalHeader().setDefaultSectionSize(theme.px(34))
        self._set_widths()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Home and End go to the first and last row; the rest is Qt's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Home:
            self.selectRow(0)
        elif event.key() == Qt.Key.Key_End:
            self.selectRow(self.rows.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand over a link."""
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        link = index.isValid() and isinstance(index.data(CELL_ROLE), Link)
        shape = Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def showEvent(self, event: object) -> None:
        """Clocks in cells run only while they can be seen."""
        if not self._ticks:
            self._ticks = True
            ticker().tick.connect(self._second_passed)
            ticker().enter()

    def hideEvent(self, event: object) -> None:
        """Nobody sees the clocks."""
        if self._ticks:
            self._ticks = False
            ticker().tick.disconnect(self._second_passed)
            ticker().leave()

    def _settle(self, header: bool) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(34))
        self.horizontalHeader().setVisible(header)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setFixedHeight(theme.px(26))
        self.horizontalHeader().setSectionsClickable(False)
        high = QSizePolicy.Policy.Fixed if self._most_rows else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, high)

    def _set_widths(self) -> None:
        head = self.horizontalHeader()
        head.setMinimumSectionSize(theme.px(24))
        for number, column in enumerate(self.rows.columns):
            fixed = column.width > 0
            mode = QHeaderView.ResizeMode.Fixed if fixed else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(number, mode)
            if fixed:
                self.setColumnWidth(number, theme.px(column.width))

    def _fit(self) -> None:
        if self._most_rows:
            seen = min(self._most_rows, self.rows.rowCount())
            head = theme.px(26) if self.horizontalHeader().isVisibleTo(self) else 0
            self.setFixedHeight(seen * theme.px(34) + head)

    def _second_passed(self) -> None:
        """Draw the columns of clocks again; the other cells have not changed."""
        rows, high = self.rows.rows(), self.viewport().height()
        for number, column in enumerate(self.rows.columns):
            if rows and (column.key == "sla" or isinstance(rows[0].cells[number], SlaDue)):
                left = self.columnViewportPosition(number)
                self.viewport().update(left, 0, self.columnWidth(number), high)

    def _tell_marked(self, index: QModelIndex, _before: QModelIndex) -> None:
        row = self.rows.row_at(index)
        if row is not None:
            self.row_marked.emit(row.key)

    def _clicked(self, index: QModelIndex) -> None:
        if isinstance(index.data(CELL_ROLE), Link):
            self._open(index)

    def _open(self, index: Index) -> None:
        row = self.rows.row_at(index)
        if row is not None:
            self.row_opened.emit(row.key)
