"""Feeds the console: from desk and phone to the one frozen value it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from agent_desktop.models import code_list
from agent_desktop.session import Session
from agent_desktop.telephony.call import Call, CallState, Line
from agent_desktop.views.blocks.pills import code_name
from agent_desktop.views.console import Console
from agent_desktop.views.console_view import ConsoleView, WrapUp
from agent_desktop.views.widgets.type_ahead import Node

if TYPE_CHECKING:
    from agent_desktop.background import Background
    from agent_desktop.desk import Desk
    from agent_desktop.models.record import CodeEntry


#: While a ring is being looked up the frame waits this long: it would only take the interpreter
#: from the look-up. Every other change is shown at once.
LOOK_UP_MS = 15


def pause_ms(sessions: Iterable[Session]) -> int:
    """How long a change may wait before the frame shows it."""
    looking_up = any(s.is_ringing and s.identification is None for s in sessions)
    return LOOK_UP_MS if looking_up else 0


class ConsoleFeed(QObject):
    """Shows the console anew, once for changes that come together."""

    def __init__(
        self,
        console: Console,
        desk: Desk,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._console = console
        self._desk = desk
        self._background = background
        self._line = Line()
        self._not_ready: dict[str, str] = {}
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        for signal in (desk.sessions_changed, desk.current_changed, desk.agent_changed):
            signal.connect(self._on_change)

    def set_line(self, line: Line) -> None:
        """The line is different now."""
        self._line = line
        self._on_change(line)

    def load_lists(self) -> None:
        """Ask for the reasons of contacts and of breaks; again when they changed."""
        self._background.run(code_list.reasons).then(self._show_reasons)
        self._background.run(code_list.not_ready).then(self._show_not_ready)

    def refresh(self) -> None:
        """Show what is so now."""
        self._soon.stop()
        self._console.show_view(self.view())

    def view(self) -> ConsoleView:
        """What the console is to show."""
        sessions = self._desk.sessions
        ringing = next((session for session in sessions if session.is_ringing), None)
        front = front_session(sessions, self._desk.current)
        named = ringing or front
        return ConsoleView(
            agent=self._desk.agent,
            line=self._line,
            call=_call_of(front),
            ringing=ringing.live_call if ringing else None,
            name=named.account.name if named and named.account else "",
            verified=bool(named and named.confirmed and named.is_verified),
            protocol=front.interaction.protocol if front and front.interaction else "",
            reason=front.reason if front else "",
            wrap_up=_wrap_up(front),
            not_ready_words=self._not_ready.get(self._desk.agent.reason, ""),
        )

    def _show_reasons(self, entries: tuple[CodeEntry, ...]) -> None:
        self._console.set_reasons(
            [Node(entry.code, code_name(entry), entry.parent_code) for entry in entries]
        )

    def _show_not_ready(self, entries: tuple[CodeEntry, ...]) -> None:
        self._not_ready = {entry.code: code_name(entry) for entry in entries}
        self._console.set_not_ready(tuple(self._not_ready.items()))
        self._on_change(None)

    def _on_change(self, _value: object) -> None:
        self._soon.start(pause_ms(self._desk.sessions))


def front_session(sessions: Iterable[Session], current: Session | None) -> Session | None:
    """The session the call keys mean: on the phone, else the one in front that is being wrapped
    up, else any that is."""
    found = tuple(sessions)
    for state in (CallState.TALKING, CallState.DIALLING, CallState.HELD):
        for session in found:
            if any(call.state is state for call in session.calls):
                return session
    wrapped = [session for session in found if session.wrap_up_since is not None]
    if current is not None and current in wrapped:
        return current
    return wrapped[0] if wrapped else None


def _call_of(session: Session | None) -> Call | None:
    if session is None:
        return None
    live = [call for call in session.calls if call.is_live and call.state is not CallState.RINGING]
    return live[-1] if live else session.last_call


def _wrap_up(session: Session | None) -> WrapUp | None:
    if session is None or session.wrap_up_since is None:
        return None
    return WrapUp(session.wrap_up_since, session.wrap_up_seconds)
