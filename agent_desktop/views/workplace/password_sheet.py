"""Change the password: the present one, the new one twice. Never a draft, never a log."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.views.kit.side_sheet import SideSheet
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.new_password import NewPassword, PasswordField
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording


class PasswordSheet(SideSheet):
    """`change_asked(current, new)` once both fields of the new one say the same."""

    change_asked = Signal(str, str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page, "password", "", "", "check")
        self.title.say(self.tr("Change password"))
        self.setAccessibleName(self.title.text())
        self.verb.set_words(self.tr("Change"))
        self._busy = False
        words = self.tr("It opens the centre and what is saved on this computer.")
        self.body.addWidget(Text(words, Role.BODY, Tone.TEXT2, wrap=True))
        self.current = PasswordField(self.tr("Present password"), self, name="password.current")
        self.current.line.returnPressed.connect(self._ask)
        self.current.edited.connect(lambda _text: self.current.show_error(""))
        self.new = NewPassword("password", self)
        self.new.entered.connect(self._ask)
        self.problem = Text("", Role.SMALLB, Tone.BAD, self, wrap=True, name="password.problem")
        for part in (self.current, self.new, self.problem):
            self.body.addWidget(part)
        self.done.connect(self._ask)
        self.closed.connect(self._wipe)

    def open_for(self, length: int) -> None:
        """Begin empty; `length` is what the site asks for."""
        self.new.set_length(length)
        self._wipe()
        self.open_sheet(self.current)

    def show_refusal(self, reasons: Mapping[str, str], **details: object) -> None:
        """Say at the fields what is wrong."""
        self.set_busy(False)
        code = reasons.get("current", "")
        self.current.show_error(wording.refusal(code, **details) if code else "")
        self.new.show_wrong(reasons, **details)
        (self.current if code else self.new.new).setFocus()

    def show_failure(self, code: str) -> None:
        """Say why it could not be done at all."""
        self.set_busy(False)
        self.problem.say(wording.refusal(code))

    def set_busy(self, busy: bool) -> None:
        """While the centre is asked nothing can be changed."""
        self._busy = busy
        for part in (self.current, self.new, self.verb):
            part.setEnabled(not busy)
        self.told.say(self.tr("The centre is asked…") if busy else "")

    def _ask(self) -> None:
        if self._busy:
            return
        self.problem.say("")
        if not self.current.value():
            self.show_refusal({"current": "password_missing"})
            return
        new = self.new.value()
        if new:
            self.set_busy(True)
            self.change_asked.emit(self.current.value(), new)

    def _wipe(self) -> None:
        self.set_busy(False)
        self.problem.say("")
        self.current.wipe()
        self.new.wipe()
