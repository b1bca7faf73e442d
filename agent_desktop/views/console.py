"""The console: the telephone as one dark strip, always in the same place, never covered.

It shows one frozen `ConsoleView` and gives back commands (and three values: a number to dial, a
reason, a kind of break). Ringing is a state of this strip and never a dialog.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from agent_desktop.models.agent import BUSY
from agent_desktop.telephony.call import CallState
from agent_desktop.views import console_view, theme, wording
from agent_desktop.views.commands import Commands
from agent_desktop.views.console_keys import ConsoleKeys
from agent_desktop.views.console_parts import AgentBox, LineBox, RingLamp, Timer
from agent_desktop.views.console_view import EDGES, WITH_REASON, WITHOUT_CALLER, Strip, short_name
from agent_desktop.views.console_view import ConsoleView as ConsoleView
from agent_desktop.views.console_view import WrapUp as WrapUp
from agent_desktop.views.dial_field import DialField
from agent_desktop.views.theme import Role, Tone
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.shapes import Avatar, Hairline
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.ticker import Ticking
from agent_desktop.views.widgets.type_ahead import Node, TypeAhead

#: A ring younger than this cannot be answered: the key was meant for something else.
RING_GRACE_MS = 400


class Console(Ticking):
    """The strip. `dialled(str)`, `reason_chosen(str)` and `not_ready_chosen(str)` carry the
    three values; everything else goes through the commands."""

    dialled = Signal(str)
    reason_chosen = Signal(str)
    not_ready_chosen = Signal(str)

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("console")
        self.setAccessibleName(self.tr("Telephone"))
        self._commands = commands
        self._view: ConsoleView | None = None
        self._strip = Strip.IDLE
        self._not_ready: tuple[tuple[str, str], ...] = ()
        self._make_parts()
        self._lay_out()
        for part in (self.reason, self._until, self._protocol, self._copy):
            part.hide()
        # A coarse timer may be 5 % early: the key would be lit and F9 still refused.
        self._grace = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._grace.timeout.connect(self._allow_answer)
        commands.on("agent.menu", self.open_agent_menu)
        commands.on("go.dial", self.focus_dial)
        commands.on("wrap_up.reason", self.focus_reason)
        commands.on("copy.protocol", self.copy_protocol)
        self.restyle()

    # -- what is shown ----------------------------------------------------------------------
    def show_view(self, view: ConsoleView) -> None:
        """Show this. Keys keep their places between talking and hold."""
        if view == self._view:
            return
        before, self._view = self._strip, view
        self._strip = view.strip
        self._show_words(view)
        self._show_timer(view)
        self._keys.show_view(view)
        self._show_fields(view)
        self.line.show_line(view.line, encrypted_call=bool(view.call and view.call.encrypted))
        self._allow(view)
        if self._strip is not before and self._strip in (Strip.RINGING, Strip.FAILED):
            self._announce(self._title.text())
        self.update()

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
        self._not_ready = tuple(reasons)

    # -- commands ---------------------------------------------------------------------------
    def open_agent_menu(self) -> None:
        """Menu of states; what is chosen during a call comes after it, and says so."""
        menu = QMenu(self)
        menu.setObjectName("console.agent_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        view = self._view
        if view is not None and view.agent.state in BUSY:
            menu.addAction(self.tr("After this call:")).setEnabled(False)
        menu.addAction(self._commands.action("agent.ready"))
        menu.addSeparator()
        for code, words in self._not_ready:
            action = menu.addAction(self.tr("Not ready: {0}").format(words.replace("&", "&&")))
            action.triggered.connect(lambda _=False, code=code: self.not_ready_chosen.emit(code))
        menu.popup(self.agent.mapToGlobal(self.agent.rect().bottomLeft()))

    def focus_dial(self) -> None:
        """Put the caret into the dial field, if it is there now."""
        if self.dial.isVisible():
            self.dial.enter()

    def focus_reason(self) -> None:
        """Put the caret into the reason and open the list."""
        if self.reason.isVisible():
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
        self._lamp = RingLamp(self)
        self._face = Avatar(parent=self, size=40, on_console=True)
        self._title = Text("", Role.H3, Tone.CON_TEXT, self, elide=True, name="console.title")
        self._under = Text("", Role.SMALL, Tone.CON_TEXT2, self, elide=True, name="console.under")
        self._under.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._protocol = Text("", Role.SMALLB, Tone.CON_TEXT, self, name="console.protocol")
        self._copy = IconButton(
            "copy",
            self.tr("Copy protocol number"),
            self,
            key="Ctrl+L",
            name="console.copy",
            size=18,
            on_console=True,
        )
        self._copy.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._copy.clicked.connect(lambda: self._commands.run("copy.protocol"))
        self.timer = Timer(self)
        self._until = Text("", Role.SMALL, Tone.CON_TEXT2, self)
        self.dial = DialField(self)
        self.dial.dialled.connect(self.dialled)
        self.reason = TypeAhead(
            self.tr("Reason of the contact"), self, name="console.reason", on_console=True
        )
        self.reason.setPlaceholderText(self.tr("Choose a reason"))
        self.reason.chosen.connect(self.reason_chosen)
        self.line = LineBox(self)
        self._keys = ConsoleKeys(self._commands, self)

    def _lay_out(self) -> None:
        under = QHBoxLayout()
        under.setSpacing(theme.px(6))
        under.addWidget(self._under)
        under.addWidget(self._protocol)
        under.addWidget(self._copy)
        under.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(theme.px(1))
        words.addStretch()
        words.addWidget(self._title)
        words.addLayout(under)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(2), theme.px(14), theme.px(2))
        row.setSpacing(theme.px(10))
        row.addWidget(self.agent)
        row.addWidget(Hairline(self, standing=True, on_console=True))
        row.addWidget(self._lamp)
        row.addWidget(self._face)
        row.addLayout(words, 1)
        row.addWidget(self.reason)
        for part in (self._until, self.timer, self.dial, *self._keys.all):
            row.addWidget(part)
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
        edge = EDGES.get(self._strip)
        painter.setPen(QPen(theme.color(edge), 2) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(theme.tokens().con)
        inset = 1.0 if edge else 0.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 10, 10)

    # -- showing ----------------------------------------------------------------------------
    def _show_words(self, view: ConsoleView) -> None:
        words, dot, after = console_view.agent_words(view)
        self.agent.show_state(words, dot, view.agent.since, after)
        about_call = self._strip not in WITHOUT_CALLER
        self._lamp.ring(self._strip is Strip.RINGING)
        self._face.setVisible(about_call and self._strip is not Strip.RINGING)
        self._face.set(view.name if view.verified else short_name(view.name))
        self._title.say(console_view.title(view))
        self._under.say(console_view.facts(view))
        self._protocol.say(self.tr("Protocol {0}").format(wording.protocol(view.protocol)))
        for part in (self._protocol, self._copy):
            part.setVisible(about_call and bool(view.protocol))

    def _show_timer(self, view: ConsoleView) -> None:
        # Without a reason nothing happens by itself, and the field says what is missing.
        self._until.setVisible(self._strip is Strip.WRAP_UP and bool(view.reason))
        call = view.ringing or view.call
        if self._strip is Strip.WRAP_UP and view.wrap_up is not None:
            self._until.say(self.tr("ready in"))
            self.timer.count_to(view.wrap_up.until)
        elif call is not None and call.is_live:
            self.timer.count_from(call.answered_at or call.started_at)
        else:
            self.timer.count_from(None)

    def _show_fields(self, view: ConsoleView) -> None:
        self.dial.setVisible(self._strip is Strip.IDLE)
        self.reason.setVisible(self._strip in WITH_REASON)
        self.reason.set_code(view.reason)
        self.reason.setFixedWidth(theme.px(250 if self._strip is Strip.WRAP_UP else 196))

    def _announce(self, words: str) -> None:
        """Tell a screen reader at once: the phone rings, or the line is lost."""
        self.setAccessibleDescription(words)
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self, words)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(event)

    # -- what may be done -------------------------------------------------------------------
    def _allow(self, view: ConsoleView) -> None:
        commands, call = self._commands, view.call
        live = call is not None and call.is_live and call.state is not CallState.RINGING
        connected = live and call is not None and call.state is not CallState.DIALLING
        for command_id, allowed in {
            "call.decline": view.ringing is not None,
            "call.hang_up": live,
            "call.hold": connected,
            "call.mute": connected,
            "call.transfer": connected,
            "call.conference": connected,
            "call.keypad": connected,
            "wrap_up.finish": not live and (view.wrap_up is not None or self._strip is Strip.IDLE),
            "wrap_up.more": view.wrap_up is not None,
            "wrap_up.reason": self._strip in WITH_REASON,
            "copy.protocol": bool(view.protocol),
        }.items():
            commands.set_enabled(command_id, allowed)
        self._allow_answer()

    def _allow_answer(self) -> None:
        """F9 works only when the ring is older than 400 ms."""
        ringing = self._view.ringing if self._view else None
        if ringing is None:
            self._grace.stop()
            self._commands.set_enabled("call.answer", False)
            return
        if ringing.id != self._ring_id:
            self._ring_id = ringing.id
            self._commands.set_enabled("call.answer", False)
            self._grace.start(RING_GRACE_MS)
        elif not self._grace.isActive():
            self._commands.set_enabled("call.answer", True)

    _ring_id = ""
