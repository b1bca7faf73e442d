"""A telephone number from a link is put into the dial field, and never dialled by itself.

Enter dials it, as any other number. For 400 ms after the number came, and for a key that is held,
Enter does nothing: it was meant for the program where the link was. Someone who is typing in this
program keeps the focus, and a number that comes during a call waits for the dial field.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from agent_desktop.system.links import LinkedNumber, LinkRefused, parse
from agent_desktop.views.shell.main_window import MainWindow

GRACE_SECONDS = 0.4
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LinkOffer(QObject):
    """Offers the numbers of links in the dial field of one window."""

    def __init__(self, shell: MainWindow) -> None:
        super().__init__(shell)
        self._shell = shell
        self._dial = shell.console.dial
        self._waiting: LinkedNumber | None = None
        self._offered_at = float("-inf")
        self._dial.installEventFilter(self)

    def offer(self, link: str, *, was_in_front: bool) -> None:
        """Put the number of a link into the dial field; say why if that cannot be.

        `was_in_front`: the agent was at this program when the link came.
        """
        try:
            linked = parse(link)
        except LinkRefused:
            self._say(self.tr("The link is no telephone number"))
            return
        if not self._dial.isVisible():
            self._waiting = linked
            self._say(
                self.tr("{0} from a link waits for the end of the call").format(linked.number)
            )
        elif self._dial.text() and self._dial.hasFocus():
            self._say(
                self.tr("{0} came from a link; another number is being typed").format(linked.number)
            )
        else:
            self._put(linked, may_focus=not (was_in_front and _is_typing()))

    def _put(self, linked: LinkedNumber, *, may_focus: bool) -> None:
        self._waiting = None
        self._offered_at = time.monotonic()
        if may_focus:
            self._shell.console.focus_dial()
        self._dial.setText(linked.number)
        if linked.extension:
            words = self.tr("Enter dials {0}; then extension {1}")
            self._say(words.format(linked.number, linked.extension))
        else:
            self._say(self.tr("Enter in the dial field dials {0}").format(linked.number))

    def _say(self, words: str) -> None:
        self._shell.toasts.say(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Holds Enter back for a moment; puts a waiting number in when the field is there."""
        if event.type() is QEvent.Type.Show and self._waiting is not None:
            self._put(self._waiting, may_focus=False)
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_early = time.monotonic() - self._offered_at < GRACE_SECONDS
            return event.key() in _ENTER and (is_early or event.isAutoRepeat())
        return False


def _is_typing() -> bool:
    """Whether the focus is where text is written."""
    return isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit | QTextEdit)
