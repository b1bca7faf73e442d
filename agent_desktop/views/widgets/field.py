"""One field of a form: label above, what is wrong below, who changed it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind, IconButton
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text

if TYPE_CHECKING:
    from agent_desktop.views.widgets.colleagues import TypistMark

Editor = QLineEdit | QPlainTextEdit | QComboBox


class NoteEdit(QPlainTextEdit):
    """A text of several lines, in which Tab goes on to the next field."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None, *, lines: int = 3) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setTabChangesFocus(True)
        self.restyle()

    def restyle(self) -> None:
        """As high as its lines in the zoom in force."""
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + theme.px(22))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the person has left the text."""
        super().focusOutEvent(event)
        self.left.emit()


class ChoiceEdit(QComboBox):
    """A list to choose from; the wheel does not change it while the page scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._chevron = IconLabel("chevron-down", Tone.TEXT2, 16, self)
        self.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the chevron in its place and let the wheel pass."""
        if event.type() is QEvent.Type.Resize:
            gap = theme.px(9)
            self._chevron.adjustSize()
            self._chevron.move(
                self.width() - self._chevron.width() - gap,
                (self.height() - self._chevron.height()) // 2,
            )
        if event.type() is QEvent.Type.Wheel and not self.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class Field(QWidget):
    """Label, editor and message. The value is text; a choice's value is its key.

    `edited` comes with each change by the person, `left` when the editor loses the focus
    (the moment to check), `keep_mine` and `take_theirs` answer a conflict.
    """

    edited = Signal(str)
    left = Signal()
    keep_mine = Signal()
    take_theirs = Signal()

    def __init__(
        self,
        label: str,
        parent: QWidget | None = None,
        *,
        name: str,
        required: bool = False,
        read_only: bool = False,
        placeholder: str = "",
        lines: int = 1,
        choices: Iterable[tuple[str, str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._label = label
        self._is_required = required
        self._setting = False
        self._typist: TypistMark | None = None
        self.editor: Editor = self._make_editor(lines, choices)
        self.editor.setObjectName(f"{name}.edit")
        if isinstance(self.editor, QLineEdit | QPlainTextEdit):
            self.editor.setPlaceholderText(placeholder)
            self.editor.setReadOnly(read_only)
        elif read_only:
            self.editor.setEnabled(False)
        self._message_line = _MessageLine(name, self)
        self._message_line.keep.clicked.connect(self.keep_mine)
        self._message_line.take.clicked.connect(self.take_theirs)
        self._lay_out()

    def value(self) -> str:
        """What the field holds; the key of the chosen entry for a choice."""
        if isinstance(self.editor, QComboBox):
            return str(self.editor.currentData() or "")
        if isinstance(self.editor, QPlainTextEdit):
            return self.editor.toPlainText()
        return self.editor.text()

    def set_value(self, value: str) -> None:
        """Show a value without telling it as an edit; the caret stays where it can."""
        if value == self.value():
            return
        self._setting = True
        if isinstance(self.editor, QComboBox):
            self.editor.setCurrentIndex(self.editor.findData(value))
        elif isinstance(self.editor, QPlainTextEdit):
            self.editor.setPlainText(value)
        else:
            at, at_end = self.editor.cursorPosition(), len(self.editor.text())
            self.editor.setText(value)
            if at != at_end:
                self.editor.setCursorPosition(min(at, len(value)))
        self._setting = False

    def set_label(self, label: str) -> None:
        """Another label: the language changed."""
        self._label = label
        self._title.say(label)
        name = self.tr("{0}, required").format(label) if self._is_required else label
        self.editor.setAccessibleName(name)

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Other (key, words) pairs; the chosen key stays chosen if it is still there."""
        if not isinstance(self.editor, QComboBox):
            raise TypeError("this field is no choice")
        kept = self.value()
        self._setting = True
        self.editor.clear()
        for key, words in choices:
            self.editor.addItem(words, key)
        self.editor.setCurrentIndex(self.editor.findData(kept) if kept else 0)
        self._setting = False

    def show_error(self, text: str) -> None:
        """Say what is wrong, under the field; an empty text takes it away."""
        self._message_line.show_error(text)
        self._mark("error" if text else "")
        self.editor.setAccessibleDescription(text)

    def show_conflict(self, text: str, *, answerable: bool = True) -> None:
        """Say who changed the same field meanwhile; both values stay until answered."""
        self._message_line.show_conflict(text, answerable=answerable and bool(text))
        self._mark("conflict" if text else "")
        self.editor.setAccessibleDescription(text)

    def typed_names(self) -> tuple[str, ...]:
        """What colleagues' desks call this field: the last part of its object name."""
        return (self.objectName().rpartition(".")[2],)

    def show_typist(self, name: str, words: str) -> None:
        """Say which colleague types in this field, at the right of its label; "": nobody."""
        if self._typist is None and words:
            from agent_desktop.views.widgets.colleagues import TypistMark

            self._typist = TypistMark(self, name=f"{self.objectName()}.typist")
            self._above.addWidget(self._typist)
        if self._typist is not None:
            self._typist.say(words)

    def message(self) -> str:
        """What stands under the field now."""
        return self._message_line.words.text()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Focus means the editor."""
        self.editor.setFocus(reason)

    def _make_editor(self, lines: int, choices: Iterable[tuple[str, str]] | None) -> Editor:
        if choices is not None:
            combo = ChoiceEdit(self)
            for key, words in choices:
                combo.addItem(words, key)
            combo.currentIndexChanged.connect(self._tell_edit)
            return combo
        if lines > 1:
            note = NoteEdit(self, lines=lines)
            note.textChanged.connect(self._tell_edit)
            note.left.connect(self.left)
            return note
        line = QLineEdit(self)
        line.textChanged.connect(self._tell_edit)
        line.editingFinished.connect(self.left)
        return line

    def _tell_edit(self) -> None:
        if not self._setting:
            self.edited.emit(self.value())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._above = above = QHBoxLayout()
        above.setSpacing(theme.px(3))
        self._title = Text(self._label, Role.SMALL, Tone.TEXT2, self)
        self._title.setBuddy(self.editor)
        above.addWidget(self._title)
        if self._is_required:
            above.addWidget(Text("*", Role.SMALL, Tone.BAD, self))
        self.set_label(self._label)
        above.addStretch()
        column.addLayout(above)
        column.addWidget(self.editor)
        column.addWidget(self._message_line)
        self.setFocusProxy(self.editor)

    def _mark(self, state: str) -> None:
        if self.editor.property("state") != state:
            self.editor.setProperty("state", state)
            self.editor.style().unpolish(self.editor)
            self.editor.style().polish(self.editor)


class _MessageLine(QWidget):
    """The line under a field: an error, or a conflict with its two answers."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(theme.px(5))
        answers = QHBoxLayout()
        answers.setSpacing(0)
        self._icon = IconLabel("circle-x", Tone.BAD, 15, self)
        self.words = Text("", Role.SMALL, Tone.BAD, self, wrap=True, name=f"{name}.message")
        keep, take = self.tr("Keep mine"), self.tr("Take theirs")
        self.keep = Button(keep, ButtonKind.GHOST, self, name=f"{name}.keep_mine", small=True)
        self.take = Button(take, ButtonKind.GHOST, self, name=f"{name}.take_theirs", small=True)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        answers.addWidget(self.keep)
        answers.addWidget(self.take)
        answers.addStretch()
        column.addLayout(row)
        column.addLayout(answers)
        self.hide()

    def show_error(self, text: str) -> None:
        self._show(text, "circle-x", Tone.BAD, answerable=False)

    def show_conflict(self, text: str, *, answerable: bool) -> None:
        self._show(text, "git-branch", Tone.WARN, answerable=answerable)

    def _show(self, text: str, icon_name: str, tone: Tone, *, answerable: bool) -> None:
        self._icon.set(icon_name, tone)
        self.words.set_tone(tone)
        self.words.say(text)
        self.keep.setVisible(answerable)
        self.take.setVisible(answerable)
        self.setVisible(bool(text))


#: How long a revealed value stays readable.
REVEAL_SECONDS = 30


class MaskedValue(QWidget):
    """Dots with an eye. The eye asks (`reveal_requested`); who asked is logged at the centre;
    a value shown by `reveal` hides itself after 30 s."""

    reveal_requested = Signal()

    def __init__(self, masked: str = "", parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._masked = masked
        self._words = Text(masked, Role.SMALL, Tone.TEXT2, self, tabular=True, name=f"{name}.text")
        self._eye = IconButton("eye", self.tr("Show"), self, name=f"{name}.eye", size=24)
        self._eye.clicked.connect(self._ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(2))
        row.addWidget(self._words)
        row.addWidget(self._eye)
        row.addStretch()
        self._timer = QTimer(self, singleShot=True, interval=REVEAL_SECONDS * 1000)
        self._timer.timeout.connect(self.hide_value)

    def set_masked(self, masked: str) -> None:
        """Show another masked value; without one there is no eye."""
        self._masked = masked
        self._eye.setVisible(bool(masked))
        self.hide_value()

    def reveal(self, value: str) -> None:
        """Show the whole value for 30 s."""
        self._words.say(value)
        self._eye.set_look(icon_name="eye-off")
        self._timer.start()

    def hide_value(self) -> None:
        """Dots again."""
        self._timer.stop()
        self._words.say(self._masked)
        self._eye.set_look(icon_name="eye")

    def _ask(self) -> None:
        if self._timer.isActive():
            self.hide_value()
        else:
            self.reveal_requested.emit()


class SearchField(QLineEdit):
    """A line with a magnifier in it. Down and Enter belong to the list below: see `moved`."""

    moved = Signal(int)
    taken = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(hint)
        self.setPlaceholderText(hint)
        self._glass = IconLabel("search", Tone.TEXT3, 18, self)
        self.restyle()

    def restyle(self) -> None:
        """Room for the magnifier in the zoom in force."""
        self.setTextMargins(theme.px(26), 0, 0, 0)
        self._glass.move(theme.px(11), (max(self.height(), theme.px(32)) - theme.px(18)) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move in the list, Enter takes its row."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        else:
            super().keyPressEvent(event)
