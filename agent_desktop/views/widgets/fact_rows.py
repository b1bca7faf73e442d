"""Facts of a record: label at the left, value beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from agent_desktop.views import theme
from agent_desktop.views.theme import Role, Tone
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Fact:
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
    """A list of facts. `set_facts` shows them; `add_row` puts a widget in the value's place."""

    verb_chosen = Signal(str)

    def __init__(
        self, parent: QWidget | None = None, *, name: str = "facts", label_width: int = 82
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._shown: tuple[Fact, ...] = ()
        self._values: list[Text] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(8))
        self._grid.setVerticalSpacing(theme.px(6))
        self._grid.setColumnMinimumWidth(0, theme.px(label_width - 8))
        self._grid.setColumnStretch(1, 1)

    def set_facts(self, facts: Iterable[Fact]) -> None:
        """Show these facts; facts without a value are left out."""
        shown = tuple(fact for fact in facts if fact.value)
        if shown == self._shown:
            return
        if self._differ_in_words(shown):
            self._say(shown)
            return
        self._shown, self._values = shown, []
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, fact in enumerate(shown):
            self._add_fact(number, fact)

    def _differ_in_words(self, shown: tuple[Fact, ...]) -> bool:
        """Whether the rows that stand there only have to say something else."""
        return [replace(fact, value="") for fact in shown] == [
            replace(fact, value="") for fact in self._shown
        ]

    def _say(self, shown: tuple[Fact, ...]) -> None:
        self._shown = shown
        for words, fact in zip(self._values, shown, strict=True):
            words.say(fact.value)
            words.setAccessibleName(f"{fact.label}: {fact.value}")

    def add_row(self, label: str, widget: QWidget) -> None:
        """A row whose value is a widget."""
        number = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(Text(label, Role.SMALL, Tone.TEXT2, self), number, 0, top)
        self._grid.addWidget(widget, number, 1)

    def _add_fact(self, number: int, fact: Fact) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(Text(fact.label, Role.SMALL, Tone.TEXT2, self), number, 0, middle)
        value = QWidget(self)
        row = QHBoxLayout(value)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        if fact.icon:
            row.addWidget(IconLabel(fact.icon, fact.tone, 16, value))
        words = Text(fact.value, Role.BODY, fact.tone, value, elide=True, tabular=True)
        words.setAccessibleName(f"{fact.label}: {fact.value}")
        row.addWidget(words, 1)
        self._values.append(words)
        if fact.verb_icon:
            button = IconButton(
                fact.verb_icon, fact.verb, value, name=f"{self.objectName()}.{fact.key}", size=24
            )
            button.clicked.connect(lambda: self.verb_chosen.emit(fact.key))
            row.addWidget(button)
        self._grid.addWidget(value, number, 1)
