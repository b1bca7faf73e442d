"""A new password, typed twice: what the site asks of it stands above, what is wrong at the field.

Pasting is allowed, so that a password manager can be used; the eye shows what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.text import Text


class PasswordField(Field):
    """A field whose text is shown as dots."""

    def __init__(self, label: str, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(label, parent, name=name)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)

    @property
    def line(self) -> QLineEdit:
        """The editor, which is a line."""
        edit = self.editor
        assert isinstance(edit, QLineEdit)
        return edit

    def show_typed(self, shown: bool) -> None:
        """Letters instead of dots, or dots again."""
        mode = QLineEdit.EchoMode
        self.line.setEchoMode(mode.Normal if shown else mode.Password)

    def wipe(self) -> None:
        """Forget what was typed, also what Ctrl+Z would bring back."""
        self.set_value("")
        self.line.setText("")
        self.show_error("")
        self.show_typed(False)


class NewPassword(QWidget):
    """Two fields and an eye. `entered` is Enter in one of them."""

    entered = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, length: int = 12) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._shown = False
        self.rule = Text("", Role.SMALL, Tone.TEXT2, self, wrap=True, name=f"{name}.rule")
        self.new = PasswordField(self.tr("New password"), self, name=f"{name}.new")
        self.again = PasswordField(self.tr("New password again"), self, name=f"{name}.again")
        tip = self.tr("Show what I type")
        self.eye = IconButton("eye", tip, self, name=f"{name}.eye", size=30)
        self.eye.clicked.connect(lambda: self.show_typed(not self._shown))
        for part in (self.new, self.again):
            part.line.returnPressed.connect(self.entered)
            part.edited.connect(lambda _text: self.show_wrong({}))
        first = QHBoxLayout()
        first.setSpacing(theme.px(6))
        first.addWidget(self.new, 1)
        beside = QVBoxLayout()  # the eye beside the editor, whatever is said below that
        beside.setSpacing(0)
        beside.addSpacing(theme.px(20))
        beside.addWidget(self.eye)
        beside.addStretch()
        first.addLayout(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(10))
        column.addLayout(first)
        column.addWidget(self.again)
        column.addWidget(self.rule)
        self.set_length(length)

    def value(self) -> str:
        """The new password, if both fields say the same; else empty, and the field says why."""
        new, again = self.new.value(), self.again.value()
        if new and new == again:
            return new
        part, code = (self.new, "password_missing") if not new else (self.again, "password_differs")
        self.show_wrong({part.objectName().rpartition(".")[2]: code})
        part.setFocus()
        return ""

    def set_length(self, length: int) -> None:
        """How many signs the site asks for."""
        words = self.tr("At least {0} characters. A few words that only you put together do well.")
        self.rule.say(words.format(length))
        self._settle()

    def show_wrong(self, reasons: Mapping[str, str], **details: object) -> None:
        """Say at the fields `new` and `again` what is wrong; without reasons take it away."""
        from agent_desktop.views.words import wording  # not needed for the first paint

        for key, part in (("new", self.new), ("again", self.again)):
            code = reasons.get(key, "")
            part.show_error(wording.refusal(code, **details) if code else "")
        self._settle()

    def show_typed(self, shown: bool) -> None:
        """Letters instead of dots, or dots again."""
        self._shown = shown
        for part in (self.new, self.again):
            part.show_typed(shown)
        self.eye.set_look(icon_name="eye-off" if shown else "eye")
        words = self.tr("Hide what I type") if shown else self.tr("Show what I type")
        self.eye.set_tip(words)
        self.eye.setAccessibleName(words)

    def wipe(self) -> None:
        """Forget what was typed."""
        self.show_typed(False)
        for part in (self.new, self.again):
            part.wipe()

    def hasHeightForWidth(self) -> bool:
        """A card that is centred must not depend on it: Qt computes it too small there."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words need more lines in less room."""
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        """As high as the words need at this width."""
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            self.setMinimumHeight(layout.totalHeightForWidth(self.width()))

    def hideEvent(self, event: QHideEvent) -> None:
        """What was typed is not kept for whoever comes next."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.wipe()
