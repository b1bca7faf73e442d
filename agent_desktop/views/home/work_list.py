"""The worklist as a table: what it is, whose it is, when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.models.work.values import WorkItem, WorkKind
from agent_desktop.views.home.returned_words import intent_words
from agent_desktop.views.kind_views import of_word
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.rows import Cell, Column, Row, RowsTable, Styled
from agent_desktop.views.widgets.sla_clock import SlaDue
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines that are not simply a record with its kind's icon.
_ICONS = {WorkKind.INTERACTION: "phone-outgoing", WorkKind.REFUSED: "triangle-alert"}


class WorkListBlock(Block):
    """Work items in the order of their need. `opened(item)` opens one."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, most_rows: int = 9) -> None:
        super().__init__("worklist", "", "list-checks", parent, flush=True)
        self.set_title(self.tr("Worklist"))
        columns = (
            Column("item", self.tr("Item")),
            Column("customer", self.tr("Customer"), 220),
            Column("sla", self.tr("Due"), 130),
        )
        self.table = RowsTable(columns, self, name="worklist.table", most_rows=most_rows)
        self.table.setAccessibleName(self.tr("Worklist"))
        self.table.row_opened.connect(self._on_opened)
        self._items: tuple[WorkItem, ...] = ()
        self.body.addWidget(self.table)

    def show_items(self, items: Sequence[WorkItem]) -> None:
        """Show these items."""
        self._items = tuple(items)
        self.set_count(len(items))
        if not items:
            self.show_empty(self.tr("Nothing to do"), self.tr("New work appears here by itself."))
            return
        self.show_ready()
        rows = [self._row(number, item) for number, item in enumerate(self._items)]
        self.table.set_rows(rows)
        if self.table.marked() is None:
            self.table.mark(rows[0].key)

    def _row(self, number: int, item: WorkItem) -> Row:
        words = self._words(item)
        is_bad = item.kind is WorkKind.REFUSED
        tone = Tone.BAD if is_bad else Tone.TEXT
        view = of_word(item.kind.value)
        icon = _ICONS.get(item.kind) or (view.icon if view is not None else "")
        cells = (Styled(words, tone, icon=icon), item.customer, self._due(item))
        return Row((item.kind.value, item.id, number), cells, words)

    def _words(self, item: WorkItem) -> str:
        if item.kind is WorkKind.REFUSED:
            why = wording.refusal(item.code)
            words = self.tr("Came back: {what}. {why}")
            return words.format(what=intent_words(item.title), why=why)
        if item.kind is WorkKind.INTERACTION:
            words = self.tr("Open contact, protocol {number}")
            return words.format(number=wording.protocol(item.code))
        return f"{item.code} {item.title}"

    def _due(self, item: WorkItem) -> Cell:
        if item.clock is not None:
            return SlaDue(item.clock.due_at, item.clock.started_at, item.clock.is_paused)
        return Styled(wording.moment(item.due_at), Tone.TEXT2)

    def _on_opened(self, key: object) -> None:
        number = key[2] if isinstance(key, tuple) else -1
        if 0 <= number < len(self._items):
            self.opened.emit(self._items[number])
