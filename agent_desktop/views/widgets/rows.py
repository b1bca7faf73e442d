"""Rows of records: columns named and not numbered, ready tuples, one model, one delegate.

A scroll frame asks a model some thousand times, so `data` only indexes tuples that are ready.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.shapes import LampState, PillText
from agent_desktop.views.widgets.sla_clock import SlaDue
from agent_desktop.views.widgets.text import plain_tip
from agent_desktop.views.widgets.ticker import ticker

Index = QModelIndex | QPersistentModelIndex
#: Cells are drawn from this role; Qt's own roles carry only what a screen reader needs.
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class Align(Enum):
    """Where a cell's text stands; numbers stand right."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `width` in pixels at zoom 1, or 0 to share what is left."""

    key: str
    title: str
    width: int = 0
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that opens its row; the first column of most tables."""

    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    """A text in a tone, bold or with an icon before it."""

    text: str
    tone: Tone = Tone.TEXT
    bold: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class LampCell:
    """A lamp with its word."""

    state: LampState
    text: str


Cell = str | Link | Styled | PillText | SlaDue | LampCell


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its key, which comes back with the table's signals, and its cells in the
    order of the columns."""

    key: Hashable
    cells: tuple[Cell, ...]
    tip: str = ""


def words_of(cell: Cell) -> str:
    """What a cell says to a screen reader and to copying."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, SlaDue):
        return cell.due_at.isoformat(timespec="minutes") if cell.due_at else ""
    return cell.text


class RowsModel(QAbstractTableModel):
    """Columns and rows. Show others with `set_rows`; unchanged rows are not drawn again."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows. With the same keys in the same order only cells change, so that
        the chosen row and the scroll position stay."""
        fresh = tuple(rows)
        if fresh == self._rows:
            return
        if [row.key for row in fresh] == [row.key for row in self._rows]:
            self._rows = fresh
            last = self.index(len(fresh) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._rows = fresh
        self.endResetModel()

    def rows(self) -> tuple[Row, ...]:
        """The rows shown."""
        return self._rows

    def row_at(self, index: Index) -> Row | None:
        """The row of an index; None outside."""
        return self._rows[index.row()] if 0 <= index.row() < len(self._rows) else None

    def position(self, key: Hashable) -> int:
        """Where the row of this key stands; -1 if it is not there."""
        return next((n for n, row in enumerate(self._rows) if row.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A ready value; nothing is computed here."""
        if role == CELL_ROLE:
            return self._rows[index.row()].cells[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words_of(self._rows[index.row()].cells[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._rows[index.row()].tip) or None
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Titles of the columns."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight
            left = Qt.AlignmentFlag.AlignLeft
            return (side if column.align is Align.RIGHT else left) | Qt.AlignmentFlag.AlignVCenter
        return None


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
        from agent_desktop.views.widgets.rows_delegate import RowsDelegate

        super().__init__(parent)
        self.setObjectName(name)
        self.rows = RowsModel(columns, self)
        self._most_rows = most_rows
        self.setModel(self.rows)
        self.setItemDelegate(RowsDelegate(self))
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
