"""Columns, cells and rows as values, and the model of a table of them.

A scroll frame asks a model some thousand times, so `data` only indexes tuples that are ready.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.shapes import LampState, PillText
from agent_desktop.views.widgets.sla_clock import SlaDue
from agent_desktop.views.widgets.text import plain_tip

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
