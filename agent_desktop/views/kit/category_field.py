"""A field of a form in which an entry of a tree is chosen by typing parts of its path."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from agent_desktop.models.site.record import CodeEntry
from agent_desktop.views.widgets.field import Editor, Field
from agent_desktop.views.widgets.type_ahead import Node, TypeAhead
from agent_desktop.views.words.pills import code_name


class CategoryField(Field):
    """Label and type-ahead; the value is the code of the chosen entry."""

    def __init__(
        self, label: str, parent: QWidget | None = None, *, name: str, required: bool = False
    ) -> None:
        super().__init__(label, parent, name=name, required=required)

    def set_entries(self, entries: Iterable[CodeEntry]) -> None:
        """The tree to choose from."""
        self.set_nodes(Node(entry.code, code_name(entry), entry.parent_code) for entry in entries)

    def set_nodes(self, nodes: Iterable[Node]) -> None:
        """The same for entries that are no codes, products for example."""
        self._ahead.set_nodes(tuple(nodes))

    def value(self) -> str:
        """The chosen code."""
        return self._ahead.code()

    def set_value(self, value: str) -> None:
        """Choose without telling it as an edit."""
        self._ahead.set_code(value)

    def _make_editor(self, lines: int, choices: Iterable[tuple[str, str]] | None) -> Editor:
        self._ahead = TypeAhead(self.tr("Type a part of it"), self, name="category")
        self._ahead.chosen.connect(self._tell_edit)
        return self._ahead
