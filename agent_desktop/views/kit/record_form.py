"""A form: named fields in columns, their values, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.text import Text


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as a form declares it. `span` is in columns of the form; `choices` are (key, words)
    pairs, empty for those that come later; `name` ends the object name if `key` does not."""

    key: str
    label: str
    span: int = 1
    required: bool = False
    lines: int = 1
    choices: tuple[tuple[str, str], ...] | None = None
    name: str = ""
    made_by: type[Field] | None = None

    def make(self, prefix: str) -> Field:
        """The field, named `<prefix>.<name>`."""
        name = f"{prefix}.{self.name or self.key}"
        if self.made_by is not None:
            return self.made_by(self.label, name=name, required=self.required)
        return Field(
            self.label, name=name, required=self.required, lines=self.lines, choices=self.choices
        )


class RecordForm(QWidget):
    """Fields by name. The form stays open when a save is refused: each refusal is shown at
    its field and the focus goes to the first; what concerns the whole record stands on top.

    `edited(name, value)` comes with each change by the person, `left(name)` on leaving.
    """

    edited = Signal(str, str)
    left = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, name: str, columns: int = 1) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._columns = columns
        self._fields: dict[str, Field] = {}
        self._next = 0
        self._whole = Text("", Role.SMALLB, Tone.BAD, self, wrap=True, name=f"{name}.message")
        self._whole.hide()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(10))
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(theme.px(8))
        page.addWidget(self._whole)
        page.addLayout(self._grid)

    def add(self, name: str, field: Field, *, span: int = 1) -> Field:
        """Append a field, which takes `span` columns; returns it."""
        span = min(span, self._columns)
        if self._next % self._columns + span > self._columns:
            self._next += self._columns - self._next % self._columns
        row, column = divmod(self._next, self._columns)
        self._grid.addWidget(field, row, column, 1, span)
        self._next += span
        self._fields[name] = field
        field.edited.connect(lambda value: self._field_edited(name, value))
        field.left.connect(lambda: self.left.emit(name))
        return field

    def add_fields(self, prefix: str, fields: Iterable[FormField]) -> None:
        """Append fields as they are declared; their object names begin with `prefix`."""
        for field in fields:
            self.add(field.key, field.make(prefix), span=field.span)

    def say_labels(self, fields: Iterable[FormField]) -> None:
        """Labels and declared choices anew, in the language in force; values stay."""
        for field in fields:
            self._fields[field.key].set_label(field.label)
            if field.choices:
                self._fields[field.key].set_choices(field.choices)

    def editors(self) -> dict[str, QWidget]:
        """The editors by the names of their fields, as a draft keeps them."""
        return {name: field.editor for name, field in self._fields.items()}

    def field(self, name: str) -> Field:
        """The field of this name; `KeyError` if there is none."""
        return self._fields[name]

    def names(self) -> tuple[str, ...]:
        """All fields, in reading order."""
        return tuple(self._fields)

    def values(self) -> dict[str, str]:
        """What all fields hold."""
        return {name: field.value() for name, field in self._fields.items()}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Show values; names the form does not know are passed over."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].set_value(value)

    def show_errors(self, errors: Mapping[str, str]) -> None:
        """Show {field: words}; "" is the whole record. Fields not named become clean."""
        unknown = [words for name, words in errors.items() if name not in self._fields]
        self._whole.say("\n".join(unknown))
        self._whole.setVisible(bool(unknown))
        for name, field in self._fields.items():
            field.show_error(errors.get(name, ""))
        first = next((name for name in self._fields if name in errors), None)
        if first is not None:
            self._fields[first].setFocus()

    def _field_edited(self, name: str, value: str) -> None:
        self._fields[name].show_error("")
        self.edited.emit(name, value)
