"""Nothing typed is lost: every editable field is watched by place and name.

500 ms after the last key the text and the cursor of each field of a place go to local.db; when
the place is shown again they come back, the cursor where it was. A place is text such as
`ticket:new:<session>`; a field's name is the last part of its object name or what the page says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from agent_desktop.errors import DiskFull
from agent_desktop.models.store import draft
from agent_desktop.models.store.draft import DraftField
from agent_desktop.views.widgets.type_ahead import TypeAhead

if TYPE_CHECKING:
    from agent_desktop.desk.background import Background

#: Milliseconds from the last key to the save, and the longest a steady typist may wait for one.
PAUSE_MS = 500
LONGEST_MS = 800
#: What could not be kept (the disk is full) is tried again after this time.
AGAIN_MS = 10_000

#: The pseudo field whose text names the field that had the focus.
FOCUS = "@focus"


def text_of(field: QWidget) -> str:
    """What stands in a field; the key of what is chosen in a list."""
    if isinstance(field, QPlainTextEdit):
        return field.toPlainText()
    if isinstance(field, QComboBox):
        return field.currentText() if field.isEditable() else str(field.currentData() or "")
    if isinstance(field, TypeAhead):
        return field.code()
    return field.text() if isinstance(field, QLineEdit) else ""


def cursor_of(field: QWidget) -> int:
    """Where the cursor stands in a field."""
    if isinstance(field, QPlainTextEdit):
        return field.textCursor().position()
    return field.cursorPosition() if isinstance(field, QLineEdit) else 0


def put_text(field: QWidget, text: str, cursor: int) -> None:
    """Write `text` into a field and set its cursor."""
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(text)
        at = field.textCursor()
        at.setPosition(min(cursor, len(text)))
        field.setTextCursor(at)
    elif isinstance(field, QComboBox) and field.isEditable():
        field.setCurrentText(text)
    elif isinstance(field, QComboBox):
        field.setCurrentIndex(field.findData(text))
    elif isinstance(field, TypeAhead):
        field.set_code(text)
    elif isinstance(field, QLineEdit):
        field.setText(text)
        field.setCursorPosition(cursor)


def is_typed(field: QWidget) -> bool:
    """True if a person typed into a line or a text since the program last set it."""
    if isinstance(field, QPlainTextEdit):
        # Qt's class is made when it is first named: so at import, and not in the first call.
        return QTextDocument.isModified(field.document())
    return isinstance(field, QLineEdit) and not isinstance(field, TypeAhead) and field.isModified()


class Draft(QObject):
    """The fields of one place while it is on the screen.

    `restored` is emitted once with the names of the fields that came back (perhaps none),
    `saved` each time the texts have reached local.db, `typed(place, field)` while a person types.
    """

    restored = Signal(object)
    saved = Signal()
    typed = Signal(str, str)

    def __init__(
        self, background: Background, place: str, fields: Mapping[str, QWidget], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.place = place
        self._background = background
        self._fields = dict(fields)
        self._before = {name: text_of(field) for name, field in fields.items()}
        self._quiet = True
        self._dirty = False
        self._closed = False
        self._pause = self._timer(PAUSE_MS)
        self._longest = self._timer(LONGEST_MS)
        self._again = self._timer(AGAIN_MS)
        for field in self._fields.values():
            self._watch(field)
        if any(is_typed(field) for field in self._fields.values()):
            self._dirty = True  # somebody was quicker than the form
            self._pause.start()
        background.run(draft.load, place).then(self._restore)

    @property
    def unsaved(self) -> bool:
        """True while something typed has not been handed to local.db yet."""
        return self._dirty

    def save(self) -> None:
        """Save now (Ctrl+S, page left, log-off); does nothing when nothing was typed since."""
        if not self.unsaved or self._closed:
            return
        self._dirty = False
        self._pause.stop()
        self._longest.stop()
        self._again.stop()
        self._background.run(draft.save, self.place, self._texts()).then(
            self._on_saved, failed=self._on_not_saved
        )

    def drop(self) -> None:
        """The record is saved (or the person gave up): forget what was typed here."""
        self.close()
        self._background.run(draft.drop, self.place).then()

    def close(self) -> None:
        """Stop watching; what was typed and not saved yet is saved first by `save`."""
        self._closed = True
        self._dirty = False
        self._pause.stop()
        self._longest.stop()
        self._again.stop()

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(self.save)
        return timer

    def _watch(self, field: QWidget) -> None:
        if isinstance(field, TypeAhead):
            field.chosen.connect(self._on_typed)
        elif isinstance(field, QComboBox):
            field.currentTextChanged.connect(self._on_typed)
        elif isinstance(field, QLineEdit | QPlainTextEdit):
            field.textChanged.connect(self._on_typed)

    def _texts(self) -> dict[str, DraftField]:
        texts = {
            name: DraftField(text_of(field), cursor_of(field))
            for name, field in self._fields.items()
        }
        focused = [name for name, field in self._fields.items() if field.hasFocus()]
        return texts | ({FOCUS: DraftField(focused[0], 0)} if focused else {})

    def _on_typed(self) -> None:
        if self._closed or (self._quiet and self._is_untouched()):
            return
        self._dirty = True
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()
        for name, field in self._fields.items():
            if field.hasFocus():
                self.typed.emit(self.place, name)

    def _is_untouched(self) -> bool:
        return all(text_of(field) == self._before[name] for name, field in self._fields.items())

    def _on_saved(self, _result: object) -> None:
        self.saved.emit()

    def _on_not_saved(self, error: Exception) -> None:
        """What was typed is in the field only: it counts as unsaved, and is tried again."""
        if self._closed:
            return
        self._dirty = True
        self._again.start()
        if not isinstance(error, DiskFull):  # that is told to all anyway
            self._background.failed_unseen.emit(error)

    def _restore(self, kept: Mapping[str, DraftField]) -> None:
        """Bring texts back; a field somebody has begun to type in meanwhile keeps the new text."""
        if self._closed:
            return
        back = [name for name in kept if self._restore_field(name, kept[name])]
        focus = kept.get(FOCUS)
        if focus is not None and focus.text in back:
            self._fields[focus.text].setFocus()
        self._quiet = False
        self.restored.emit(tuple(back))

    def _restore_field(self, name: str, kept: DraftField) -> bool:
        field = self._fields.get(name)
        if field is None or text_of(field) != self._before[name] or not kept.text:
            return False
        if is_typed(field):
            return False
        field.blockSignals(True)
        put_text(field, kept.text, kept.cursor)
        field.blockSignals(False)
        field.update()
        return True


class DraftKeeper(QObject):
    """Makes a `Draft` for each place; the pages get it in their context. `typed(place, field)`
    tells of all of them, `began` that a form was opened."""

    typed = Signal(str, str)
    began = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._open: list[Draft] = []

    def keep(self, place: str, fields: Mapping[str, QWidget], parent: QObject) -> Draft:
        """Watch these fields under `place` and bring back what was typed there before."""
        kept = Draft(self._background, place, fields, parent)
        kept.destroyed.connect(self._forget)
        kept.typed.connect(self.typed)
        self._open.append(kept)
        self.began.emit()
        return kept

    def save_all(self) -> None:
        """Hand everything typed to local.db now (log-off, closing the window)."""
        self._forget()
        for kept in self._open:
            kept.save()

    @property
    def unsaved(self) -> bool:
        """True while any field holds text that is not in local.db yet."""
        self._forget()
        return any(kept.unsaved for kept in self._open)

    def _forget(self) -> None:
        self._open = [kept for kept in self._open if isValid(kept)]
