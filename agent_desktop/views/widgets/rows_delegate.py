"""How cells of tables are drawn: text, link, pill, lamp, SLA clock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from agent_desktop.views.look import icon, theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.rows_model import (
    Align,
    Cell,
    LampCell,
    Link,
    RowsModel,
    Styled,
)
from agent_desktop.views.widgets.shapes import PillText, paint_lamp, paint_pill, pill_size
from agent_desktop.views.widgets.sla_clock import SlaDue, face_of, paint_sla
from agent_desktop.views.widgets.ticker import site_now

AIR = 14


class RowsDelegate(QStyledItemDelegate):
    """Draws ready cells; it measures and cuts, and decides nothing."""

    def __init__(self, table: QTableView, rows: RowsModel) -> None:
        super().__init__(table)
        self._table, self._rows = table, rows

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Ground, hairline, then what the cell is."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        self._paint_ground(painter, option, box, index)
        inside = box.adjusted(theme.px(AIR), 0, -theme.px(4), 0)
        model = self._rows
        cell = model.rows()[index.row()].cells[index.column()]
        right = _is_right(model, index.column())
        if right:
            inside = box.adjusted(theme.px(4), 0, -theme.px(AIR), 0)
        paint_cell(painter, inside, cell, right=right)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        box: QRectF,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        made = theme.tokens()
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, made.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, made.hover)
        if index.row() < self._rows.rowCount() - 1:
            painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), made.border)
        marked = self._table.currentIndex().row() == index.row()
        if marked and self._table.hasFocus() and index.column() == 0:
            painter.fillRect(QRectF(box.left(), box.top(), 3, box.height() - 1), made.focus)


def _is_right(model: RowsModel, column: int) -> bool:
    return model.columns[column].align is Align.RIGHT


def paint_cell(painter: QPainter, box: QRectF, cell: Cell, *, right: bool = False) -> None:
    """Draw one cell into its place."""
    if isinstance(cell, SlaDue):
        paint_sla(painter, box, face_of(cell, site_now()))
    elif isinstance(cell, PillText):
        size = pill_size(cell)
        wide = min(float(size.width()), box.width())
        place = QRectF(box.left(), box.center().y() - size.height() / 2, wide, size.height())
        paint_pill(painter, place, cell)
    elif isinstance(cell, LampCell):
        size_px = theme.px(16)
        place = QRectF(box.left(), box.center().y() - size_px / 2, size_px, size_px)
        paint_lamp(painter, place, cell.state)
        _paint_words(painter, box.adjusted(theme.px(23), 0, 0, 0), Styled(cell.text), right)
    elif isinstance(cell, Link):
        _paint_words(painter, box, Styled(cell.text, Tone.ACCENT, bold=True), right)
    else:
        _paint_words(painter, box, Styled(cell) if isinstance(cell, str) else cell, right)


def _paint_words(painter: QPainter, box: QRectF, cell: Styled, right: bool) -> None:
    left = box.left()
    if cell.icon:
        size = theme.px(17)
        icon.paint(
            painter, cell.icon, theme.color(cell.tone), left, box.center().y() - size / 2, size
        )
        left += size + theme.px(8)
    role = Role.BODYB if cell.bold else Role.BODY
    painter.setFont(theme.font(role, tabular=True))
    painter.setPen(theme.color(cell.tone))
    place = QRectF(left, box.top(), box.right() - left, box.height())
    words, room = cell.text, int(place.width())
    if theme.text_width(words, role, tabular=True) > room:
        words = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, room)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(place, int(side | Qt.AlignmentFlag.AlignVCenter), words)
