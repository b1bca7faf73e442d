"""The gate of the call commands: what may be done now, and no answer to a ring too young."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer

from agent_desktop.views.console.console_state import ConsoleState, allowed
from agent_desktop.views.shell.commands import Commands

#: A ring younger than this cannot be answered: the key was meant for something else.
RING_GRACE_MS = 400


class AnswerGrace(QObject):
    """Enables and disables the commands of the telephone."""

    def __init__(self, commands: Commands, parent: QObject) -> None:
        super().__init__(parent)
        self._commands = commands
        self._ring_id = ""
        # A coarse timer may be 5 % early: the key would be lit and F9 still refused.
        self._grace = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._grace.timeout.connect(lambda: self._commands.set_enabled("call.answer", True))

    def show_view(self, view: ConsoleState) -> None:
        """Allow what this view allows."""
        for command_id, is_allowed in allowed(view).items():
            self._commands.set_enabled(command_id, is_allowed)
        ring_id = view.ringing.id if view.ringing else ""
        if ring_id == self._ring_id:
            return
        self._ring_id = ring_id
        self._commands.set_enabled("call.answer", False)
        if ring_id:
            self._grace.start(RING_GRACE_MS)
        else:
            self._grace.stop()
