"""Work that was set aside because the old password was not known: brought back with it, or given
to the administrator."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.views.kit.side_sheet import SideSheet
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.new_password import PasswordField
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording


class SetAsideSheet(SideSheet):
    """`asked_back(old password)`, or `given_up` for the administrator to open it."""

    asked_back = Signal(str)
    given_up = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__(page, "set_aside", "", "", "undo-2")
        self.title.say(self.tr("Work that was set aside"))
        self.setAccessibleName(self.title.text())
        self.verb.set_words(self.tr("Bring it back"))
        words = self.tr(
            "What was not sent when your password changed lies on this computer, locked with the "
            "password you had then. With it the work is sent now."
        )
        self.body.addWidget(Text(words, Role.BODY, Tone.TEXT2, wrap=True))
        self.old = PasswordField(self.tr("Password of that time"), self, name="set_aside.old")
        self.old.line.returnPressed.connect(self._ask)
        self.old.edited.connect(lambda _text: self.old.show_error(""))
        self.body.addWidget(self.old)
        words = self.tr("If you do not know it, your administrator can open it.")
        self.body.addWidget(Text(words, Role.SMALL, Tone.TEXT2, wrap=True))
        words = self.tr("Give it to the administrator")
        self.give_up = Button(
            words, ButtonKind.SOFT, self, name="set_aside.give_up", icon_name="lock"
        )
        self.give_up.clicked.connect(self.given_up)
        self.body.addWidget(self.give_up)
        self.problem = Text("", Role.SMALLB, Tone.BAD, self, wrap=True, name="set_aside.problem")
        self.body.addWidget(self.problem)
        self.done.connect(self._ask)
        self.closed.connect(self._wipe)

    def open_empty(self) -> None:
        """Begin empty."""
        self._wipe()
        self.open_sheet(self.old)

    def set_busy(self, busy: bool) -> None:
        """While it is sent nothing can be changed."""
        for part in (self.old, self.give_up, self.verb):
            part.setEnabled(not busy)
        self.told.say(self.tr("The centre is asked…") if busy else "")

    def show_refusal(self, code: str) -> None:
        """Say at the field what is wrong."""
        self.set_busy(False)
        self.old.show_error(wording.refusal(code))
        self.old.setFocus()

    def show_failure(self, code: str) -> None:
        """Say why it could not be done now."""
        self.set_busy(False)
        self.problem.say(wording.refusal(code))

    def _ask(self) -> None:
        if not self.verb.isEnabled():
            return
        self.problem.say("")
        if not self.old.value():
            self.show_refusal("password_missing")
            return
        self.asked_back.emit(self.old.value())

    def _wipe(self) -> None:
        self.set_busy(False)
        self.problem.say("")
        self.old.wipe()
