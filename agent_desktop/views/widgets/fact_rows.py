"""Facts of a record: label at the left, value beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact in words. `icon` stands before the value; `verb_icon` with `verb` makes a small
    button at the right whose key comes back with `verb_chosen`."""

    label: str
    value: str
    tone: Tone = Tone.TEXT
    icon: str = ""
    key: str = ""
    verb: str = ""
    verb_icon: str = ""


class FactRows(QWidget):
    """A list of facts. `set_facts` shows them."""

    verb_chosen = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, *, name: str = "facts", label_width: int = 82
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.shown: tuple[FactLine, ...] = ()
        self._rows: list[_FactRow] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(6))
        self._grid.setColumnMinimumWidth(0, theme.px(label_width - 8))
        self._grid.setColumnStretch(1, 1)

    def set_facts(self, facts: Iterable[FactLine]) -> None:
        """Show these facts; facts without a value are left out."""
        shown = tuple(fact for fact in facts if fact.value)
        if shown == self.shown:
            return
        self.shown = shown
        while len(self._rows) > len(shown):
            self._rows.pop().remove()
        while len(self._rows) < len(shown):
            self._add_row()
        for row, fact in zip(self._rows, shown, strict=True):
            row.show_fact(fact)

    def _add_row(self) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        row, number = _FactRow(self), len(self._rows)
        self._grid.addWidget(row.label, number, 0, middle)
        self._grid.addWidget(row, number, 1)
        self._rows.append(row)


class _FactRow(QWidget):
    """The value of a fact, and its label in the column beside. Another fact only says other
    words: widgets that are made anew are what costs when a record is opened."""

    def __init__(self, rows: FactRows) -> None:
        super().__init__(rows)
        self._rows, self._fact = rows, FactLine("", "")
        self.label = Text("", Role.SMALL, Tone.TEXT2, rows)
        self._words = Text("", Role.BODY, Tone.TEXT, self, elide=True, tabular=True)
        self._before: IconLabel | None = None
        self._button: IconButton | None = None
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.px(6))
        self._line.addWidget(self._words, 1)

    def show_fact(self, fact: FactLine) -> None:
        before, self._fact = self._fact, fact
        self.label.say(fact.label)
        self._words.say(fact.value)
        self._words.set_tone(fact.tone)
        self._words.setAccessibleName(f"{fact.label}: {fact.value}")
        if (fact.icon, fact.tone) != (before.icon, before.tone):
            self._show_icon(fact)
        if (fact.verb_icon, fact.verb, fact.key) != (before.verb_icon, before.verb, before.key):
            self._show_verb(fact)

    def remove(self) -> None:
        for part in (self.label, self):
            part.hide()
            part.deleteLater()

    def _show_icon(self, fact: FactLine) -> None:
        _drop(self._before)
        self._before = IconLabel(fact.icon, fact.tone, 16, self) if fact.icon else None
        if self._before is not None:
            self._line.insertWidget(0, self._before)

    def _show_verb(self, fact: FactLine) -> None:
        name = f"{self._rows.objectName()}.{fact.key}"
        if self._button is not None and self._button.objectName() == name:
            self._button.say(fact.verb_icon, fact.verb)
            return
        _drop(self._button)
        self._button = None
        if fact.verb_icon:
            self._button = IconButton(fact.verb_icon, fact.verb, self, name=name, size=24)
            self._button.clicked.connect(lambda: self._rows.verb_chosen.emit(self._fact.key))
            self._line.addWidget(self._button)


def _drop(part: QWidget | None) -> None:
    if part is not None:
        part.hide()
        part.deleteLater()
