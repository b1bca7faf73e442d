"""The console: the telephone as one dark strip, always in the same place, never covered.

It shows one frozen `ConsoleState` and gives back commands, and by signals what a command cannot
carry: a number, digits, a reason, a kind of break, one of several calls. Ringing is a state of
this strip and never a dialog.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLayout, QWidget

from agent_desktop.models.agent.state import BUSY
from agent_desktop.views.console import console_menus, console_state, console_words
from agent_desktop.views.console.answer_grace import AnswerGrace
from agent_desktop.views.console.console_caller import ConsoleCaller
from agent_desktop.views.console.console_keys import ConsoleKeys
from agent_desktop.views.console.console_parts import AgentBox, Timer
from agent_desktop.views.console.console_state import WITH_REASON, DoNotCallQuestion, Party, Strip
from agent_desktop.views.console.console_state import ConsoleState as ConsoleState
from agent_desktop.views.console.console_state import WrapUp as WrapUp
from agent_desktop.views.console.dial_field import DialField
from agent_desktop.views.console.dialpad import PadUnderKey
from agent_desktop.views.console.line_box import LineBox
from agent_desktop.views.console.other_calls import OtherCalls
from agent_desktop.views.console.transfer_field import Purpose, TransferField
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.announcer import Announcer
from agent_desktop.views.shell.commands import Commands
from agent_desktop.views.widgets.shapes import Hairline
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.ticker import Ticking
from agent_desktop.views.widgets.type_ahead import Node, TypeAhead

#: Widths of the reason in wrap-up and during a call; from which width a call's strip shows it.
REASON_WIDE, REASON, WITH_FIELD = 250, 196, 1420


class Console(Ticking):
    """The strip. `consult_wanted` and `hand_over_wanted` carry a number for the call in front,
    `digits_wanted` keys of the dialpad, `resume_wanted` and `drop_wanted` the id of a call."""

    dialled = Signal(str)
    reason_chosen = Signal(str)
    not_ready_chosen = Signal(str)
    consult_wanted = Signal(str)
    hand_over_wanted = Signal(str)
    digits_wanted = Signal(str)
    resume_wanted = Signal(str)
    drop_wanted = Signal(str)

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("console")
        self.setAccessibleName(self.tr("Telephone"))
        self._commands = commands
        self._view: ConsoleState | None = None
        self._strip = Strip.IDLE
        self._question: DoNotCallQuestion | None = None
        self._chooses_reason = self._wants_reason = False
        self._announcer = Announcer(self)
        self._breaks: tuple[tuple[str, str], ...] = ()
        self._make_parts()
        self._lay_out()
        for part in (self.reason, self._until):
            part.hide()
        self._gate = AnswerGrace(commands, self)
        self._join()
        self.restyle()

    def _join(self) -> None:
        on = self._commands.on
        on("agent.menu", self.open_agent_menu)
        on("go.dial", self.focus_dial)
        on("wrap_up.reason", self.focus_reason)
        on("copy.protocol", self.copy_protocol)
        on("call.keypad", self.toggle_dialpad)
        on("call.decline_menu", self.open_decline_menu)
        self.transfer_field.consult_wanted.connect(self.consult_wanted)
        self.transfer_field.hand_over_wanted.connect(self.hand_over_wanted)
        self.transfer_field.closed.connect(self._show_again)
        self._others.chosen.connect(self.resume_wanted)
        self._others.drop_wanted.connect(self.drop_wanted)

    # -- what is shown ----------------------------------------------------------------------
    def show_view(self, view: ConsoleState) -> None:
        """Show this. Keys keep their places between talking and hold."""
        if self._question is not None:
            view = replace(view, question=self._question)
        if view == self._view:
            return
        self._view, self._strip = view, view.strip
        words, dot, after = console_words.agent_words(view)
        self.agent.show_state(words, dot, view.agent.since, after)
        self._gate.show_view(view)
        with laid_out_once(self._row):
            self._caller.show_view(view)
            self._show_others(view)
            self._show_timer(view)
            self._keys.show_view(view)
            self._show_fields(view)
            self.line.show_view(view)
        self._announcer.tell(view, self._caller.words())
        wants, self._wants_reason = self._wants_reason, self._wants_reason and bool(view.live)
        if wants and self._strip is Strip.WRAP_UP:
            self.focus_reason()
        self.update()

    def ask(self, question: DoNotCallQuestion | None) -> None:
        """Ask before somebody is called, as soon as no call is up; None takes it back."""
        self._question = question
        if self._view is not None:
            self.show_view(replace(self._view, question=question))

    @property
    def strip(self) -> Strip:
        """What the strip is about now."""
        return self._strip

    def second_passed(self) -> None:
        """The agent's state lasts a second longer."""
        self.agent.update()

    def set_reasons(self, nodes: Sequence[Node]) -> None:
        """The tree of reasons of a contact."""
        self.reason.set_nodes(nodes)

    def set_not_ready(self, reasons: Sequence[tuple[str, str]]) -> None:
        """Kinds of breaks as (code, words) for the menu of states."""
        self._breaks = tuple(reasons)

    # -- commands ---------------------------------------------------------------------------
    def open_agent_menu(self) -> None:
        """Menu of states; what is chosen during a call comes after it, and says so."""
        is_busy = self._view is not None and self._view.agent.state in BUSY
        choose = self.not_ready_chosen.emit
        menu = console_menus.agent_menu(self, self._commands, self._breaks, choose, is_busy=is_busy)
        menu.popup(self.agent.mapToGlobal(self.agent.rect().bottomLeft()))

    def open_decline_menu(self) -> None:
        """The ways to decline, and where the call goes."""
        if self._view is not None and self._view.ringing is not None:
            words = console_words.decline_tip(self._view)
            menu = console_menus.decline_menu(self, self._commands, words)
            key = self._keys.key("decline")
            menu.popup(key.mapToGlobal(key.rect().bottomLeft()))

    def open_field(self, purpose: Purpose) -> None:
        """Ask whom the call goes to, or who is to join."""
        self.transfer_field.open(purpose)
        self._show_again()

    def toggle_dialpad(self) -> None:
        """Show the dialpad under its key, or put it away."""
        key = self._keys.key("keypad")
        self._pad.toggle(key if key.isVisible() else self.agent)

    def focus_dial(self) -> None:
        """Put the caret into the dial field, if it is there now."""
        if self.dial.isVisible():
            self.dial.enter()

    def focus_reason(self) -> None:
        """Put the caret into the reason and open the list, at the latest in wrap-up."""
        self._wants_reason = self._strip not in WITH_REASON
        if not self._wants_reason and self.transfer_field.isHidden():
            self._chooses_reason = True
            self._show_again()
            self.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.reason.open_list()

    def copy_protocol(self) -> None:
        """The protocol number, without spaces, to the clipboard."""
        if self._view is not None and self._view.protocol:
            QApplication.clipboard().setText(self._view.protocol)

    # -- making -----------------------------------------------------------------------------
    def _make_parts(self) -> None:
        self.agent = AgentBox(self)
        self.agent.clicked.connect(lambda: self._commands.run("agent.menu"))
        self._caller = ConsoleCaller(self._commands, self)
        self._others = OtherCalls(self)
        self.transfer_field = TransferField(self)
        self.timer = Timer(self)
        self._until = Text(self.tr("ready in"), Role.SMALL, Tone.CON_TEXT2, self)
        self.dial = DialField(self)
        self.dial.dialled.connect(self.dialled)
        self.reason = TypeAhead(
            self.tr("Reason of the contact"), self, name="console.reason", on_console=True
        )
        self.reason.setPlaceholderText(self.tr("Choose a reason"))
        self.reason.chosen.connect(self.reason_chosen)
        self.reason.installEventFilter(self)
        self.line = LineBox(self)
        self._keys = ConsoleKeys(self._commands, self)
        self._pad = PadUnderKey(self)
        self._pad.pressed.connect(self.digits_wanted)

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(2), theme.px(14), theme.px(2))
        row.setSpacing(theme.px(10))
        row.addWidget(self.agent)
        row.addWidget(Hairline(self, standing=True, on_console=True))
        row.addWidget(self._caller, 1)
        row.addWidget(self._others)
        for part in (self.reason, self.transfer_field, self._until, self.timer, self.dial):
            row.addWidget(part)
        keys = QHBoxLayout()
        keys.setSpacing(theme.px(8))
        for key in self._keys.all:
            keys.addWidget(key)
        row.addLayout(keys)
        row.addWidget(Hairline(self, standing=True, on_console=True))
        row.addWidget(self.line)

    def restyle(self) -> None:
        """Heights in the zoom in force."""
        self.setFixedHeight(theme.px(62))
        self.dial.setFixedWidth(theme.px(310))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the strip and the edge that tells its state."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = console_state.edge(self._view) if self._view else None
        painter.setPen(QPen(theme.color(edge), 2) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().con)
        inset = 1.0 if edge else 0.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 10, 10)

    # -- showing ----------------------------------------------------------------------------
    def _show_others(self, view: ConsoleState) -> None:
        """Faces of the other calls; of a conference all members, since nobody is in front."""
        parties = view.others
        if view.strip is Strip.CONFERENCE and view.live is not None:
            parties = (Party(view.live, view.name, view.verified), *parties)
        if not self.transfer_field.isHidden():
            parties = ()  # the field needs the room
        self._others.show_parties(parties, named=not view.rings_beside)

    def _show_timer(self, view: ConsoleState) -> None:
        # Without a reason nothing happens by itself, and the field says what is missing.
        self._until.setVisible(self._strip is Strip.WRAP_UP and bool(view.reason))
        self.timer.show_view(view)

    def _show_fields(self, view: ConsoleState) -> None:
        self.dial.setVisible(self._strip is Strip.IDLE)
        if not view.up or not self._commands.action("call.conference").isEnabled():
            self.transfer_field.close_field()
        if not self._commands.action("call.keypad").isEnabled():
            self._pad.close()
        self._show_reason(view)

    def _show_reason(self, view: ConsoleState) -> None:
        """The field where there is room, else its key; who is choosing goes on choosing."""
        chooses = self._chooses_reason and view.call is not None
        crowded = view.rings_beside or bool(view.others)
        is_wrap_up = self._strip is Strip.WRAP_UP
        has_room = is_wrap_up or self.width() >= theme.px(WITH_FIELD)
        wanted = self._strip in WITH_REASON and not crowded and self.transfer_field.isHidden()
        self.reason.setVisible(chooses or (wanted and has_room))
        self.reason.set_code(view.reason)
        self.reason.setFixedWidth(theme.px(REASON_WIDE if is_wrap_up else REASON))
        self._keys.show_reason(wanted and self.reason.isHidden(), bool(view.reason))
        self._caller.leave_room(not has_room and not self.reason.isHidden())

    def _show_again(self) -> None:
        """A field has come or gone: the others take or leave the room."""
        if self._view is not None:
            with laid_out_once(self._row):
                self._caller.show_view(self._view)
                self._show_others(self._view)
                self._show_reason(self._view)
                self._caller.leave_room(not self.transfer_field.isHidden())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Nobody chooses a reason any more: in a narrow strip its key comes back."""
        if watched is self.reason and event.type() is QEvent.Type.FocusIn:
            self._chooses_reason = True
        elif watched is self.reason and event.type() is QEvent.Type.FocusOut:
            self._chooses_reason = False
            QTimer.singleShot(0, self, self._show_again)
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wide strip has room for the reason."""
        super().resizeEvent(event)
        self._show_again()


@contextmanager
def laid_out_once(layout: QLayout) -> Iterator[None]:
    """What comes and goes in here is laid out together: a strip that holds for a moment what goes
    and what comes would make the window wider."""
    layout.setEnabled(False)
    try:
        yield
    finally:
        layout.setEnabled(True)
        layout.invalidate()
        layout.activate()
