"""The screen lock: a cover over the whole window with a hole where the console is.

The telephone stays usable, and nothing of a customer is to be seen but the number. What lies under
the cover is hidden, not only covered: keys, screen readers and pictures of the window do not reach
it. It changes nothing there, so the agent goes on in the middle of a word.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPainter,
    QPaintEvent,
    QRegion,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.widgets.block import Panel
from agent_desktop.views.widgets.borrowed_focus import BorrowedFocus
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text

WIDTH = 404
#: What may be done while it is locked: take and end calls, which say nothing of a customer.
ALLOWED = frozenset(
    f"call.{name}"
    for name in (
        *("answer", "decline", "decline_menu", "decline_unavailable", "decline_refuse"),
        *("hang_up", "hold", "mute", "keypad"),
    )
)
#: After so many wrong passwords nobody may try for a while, each time longer (seconds).
TRIES = 3
PAUSES = (30, 60, 300)
_INPUT = (
    QEvent.Type.KeyPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
)


class ScreenLock(QWidget):
    """The cover of one window. `password_typed(str)` asks whether it is the right one; the
    answer comes by `unlock` or `refuse`. `locked_changed(bool)` tells of both ways."""

    password_typed = Signal(str)
    locked_changed = Signal(bool)

    def __init__(self, window: MainWindow, name: str) -> None:
        super().__init__(window)
        self.setObjectName("lock")
        self._window = window
        self._focus = BorrowedFocus(self)
        self._wrong = 0
        self._pauses = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._end_pause)
        self._make_parts(name)
        self._lay_out()
        self.hide()
        window.commands.on("screen.lock", self.lock)
        for part in (window, window.console, window.peek):
            part.installEventFilter(self)

    @property
    def is_locked(self) -> bool:
        """Whether the cover is there."""
        return not self.isHidden()

    # -- locking ----------------------------------------------------------------------------
    def lock(self) -> None:
        """Cover the window; twice is once."""
        if self.is_locked:
            return
        _close_lists()
        window = self._window
        if window.palette_box.isVisible():
            window.palette_box.close_and_return()
        self._focus.remember()
        # A question whether somebody may be called is not decided by who comes by.
        window.commands.run("call.dial_not")
        window.commands.restrict(ALLOWED)
        self._hide_records(hidden=True)
        self.problem.say("")
        self._place()
        self.show()
        self.raise_()
        self.password.setFocus()
        self._announce(self.tr("Locked. The telephone works. Type your password to go on."))
        self.locked_changed.emit(True)

    def unlock(self) -> None:
        """Take the cover away; the caret goes back to where it was."""
        if not self.is_locked:
            return
        self._wrong = self._pauses = 0
        self._pause.stop()
        self._let_type(possible=True)
        self.password.set_value("")
        self._hide_records(hidden=False)
        self._window.commands.restrict(None)
        self.hide()
        self._focus.give_back()
        self._announce(self.tr("Unlocked"))
        self.locked_changed.emit(False)

    def refuse(self) -> None:
        """The password was wrong."""
        self._wrong += 1
        self.password.set_value("")
        if self._wrong % TRIES:
            self._let_type(possible=True)
            self._say(self.tr("This password is not right."))
            return
        seconds = PAUSES[min(self._pauses, len(PAUSES) - 1)]
        self._pauses += 1
        self._let_type(possible=False)
        self._pause.start(seconds * 1000)
        words = self.tr("Not right again. The next try is possible in {0} seconds.")
        self._say(words.format(seconds))

    def _end_pause(self) -> None:
        self._let_type(possible=True)
        self._say(self.tr("You can try again."))

    def _try(self) -> None:
        typed = self.password.value()
        if typed and self.button.isEnabled():
            self._let_type(possible=False)
            self.password_typed.emit(typed)

    def _let_type(self, *, possible: bool) -> None:
        self.password.setEnabled(possible)
        self.button.setEnabled(possible)
        if possible and self.is_locked:
            self.password.setFocus()

    def _say(self, words: str) -> None:
        self.problem.say(words)
        self._announce(words)

    def _announce(self, words: str) -> None:
        self.setAccessibleDescription(words)
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    # -- what lies under it -----------------------------------------------------------------
    def _hide_records(self, *, hidden: bool) -> None:
        """Hide what shows records, leaving its room, so that the console stays where it is."""
        window = self._window
        for part in (window.header, window.navigation, window.work_area):
            policy = part.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            part.setSizePolicy(policy)
            part.setVisible(not hidden)
        window.message_bar.setEnabled(not hidden)
        window.peek.hide()
        window.console.setAccessibleDescription("")  # who rang was announced by name
        for field in (window.console.dial, window.console.reason):
            field.setEnabled(not hidden)

    def _place(self) -> None:
        window = self._window
        self.setGeometry(window.rect())
        self.setMask(QRegion(window.rect()) - QRegion(window.console.geometry()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window and the console; who rings is not shown beside what is covered."""
        if self.is_locked:
            if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
                self._place()
            elif event.type() is QEvent.Type.Show and watched is self._window.peek:
                QTimer.singleShot(0, self._window.peek.hide)
                self.raise_()
        return bool(super().eventFilter(watched, event))

    # -- making -----------------------------------------------------------------------------
    def _make_parts(self, name: str) -> None:
        self.setAccessibleName(self.tr("Locked"))
        card = self._card = Panel(self, radius=11)
        card.setFixedWidth(theme.px(WIDTH))
        self._who = Text(name, Role.H3, parent=card, name="lock.who")
        words = self.tr("Calls go on in the strip above, and what you typed is kept.")
        self._words = Text(words, Role.SMALL, Tone.TEXT2, card, wrap=True)
        self.password = Field(self.tr("Password"), card, name="lock.password")
        edit = self.password.editor
        assert isinstance(edit, QLineEdit)
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        edit.returnPressed.connect(self._try)
        self.problem = Text("", Role.SMALLB, Tone.BAD, card, wrap=True, name="lock.problem")
        self.button = Button(
            self.tr("Unlock"), ButtonKind.PRIMARY, card, name="lock.button", key="Enter"
        )
        self.button.clicked.connect(self._try)

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.setSpacing(theme.px(9))
        title.addWidget(IconLabel("lock", Tone.TEXT2, 20, self._card))
        title.addWidget(Text(self.tr("Locked"), Role.H1, parent=self._card))
        title.addStretch()
        column = QVBoxLayout(self._card)
        column.setContentsMargins(theme.px(26), theme.px(22), theme.px(26), theme.px(22))
        column.setSpacing(theme.px(10))
        column.addLayout(title)
        for part in (self._who, self._words, self.password, self.problem):
            column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch()
        column.addLayout(row)
        page = QVBoxLayout(self)
        page.setContentsMargins(theme.px(16), theme.px(140), theme.px(16), theme.px(16))
        page.addStretch(2)
        page.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        page.addStretch(3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, over everything."""
        QPainter(self).fillRect(self.rect(), theme.tokens().frame)


class IdleWatch(QObject):
    """Tells by `idle` when nobody has typed, clicked or moved the mouse for so many minutes in
    this program; 0 is never."""

    idle = Signal()

    def __init__(self, minutes: float, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(minutes * 60_000))
        self._timer.timeout.connect(self.idle)
        application = QApplication.instance()
        if minutes > 0 and application is not None:
            application.installEventFilter(self)
            self._timer.start()

    def again(self) -> None:
        """Begin to count anew."""
        if self._timer.interval() > 0:
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any input begins the count anew; none is swallowed."""
        if event.type() in _INPUT:
            self._timer.start()
        return False


def _close_lists() -> None:
    """Menus and lists are windows of their own: the cover does not cover them."""
    while (popup := QApplication.activePopupWidget()) is not None:
        if not popup.close():
            popup.hide()
