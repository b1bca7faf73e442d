"""Feeds the console: from desk and phone to the one frozen value it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from agent_desktop.desk.call_control import active
from agent_desktop.desk.session import Session
from agent_desktop.models.agent.colleagues import Colleague, colleagues
from agent_desktop.models.site import code_list
from agent_desktop.telephony.call import Call, CallState, Direction, Line
from agent_desktop.telephony.quality import Quality
from agent_desktop.views.console.console import Console
from agent_desktop.views.console.console_state import ConsoleState, Party, WrapUp, veiled
from agent_desktop.views.console.transfer_field import Target
from agent_desktop.views.widgets.type_ahead import Node
from agent_desktop.views.words.pills import code_name

if TYPE_CHECKING:
    from agent_desktop.desk.background import Background
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.models.site.record import CodeEntry


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
        self._is_veiled = False
        self._desk = desk
        self._background = background
        self._line = Line()
        self._not_ready: dict[str, str] = {}
        self._colleagues: dict[str, str] = {}
        self._asked: set[str] = set()
        self._quality: dict[str, Quality] = {}
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self.refresh)
        for signal in (desk.sessions_changed, desk.current_changed, desk.agent_changed):
            signal.connect(self._on_change)

    def set_line(self, line: Line) -> None:
        """The line is different now."""
        self._line = line
        self._on_change(line)

    def set_quality(self, call_id: str, quality: Quality) -> None:
        """How a call is heard now."""
        live = {call.id for call in _live(self._desk.sessions)}
        self._quality = {key: kept for key, kept in self._quality.items() if key in live}
        self._quality[call_id] = quality
        self._on_change(quality)

    def load_lists(self) -> None:
        """Ask for the reasons of contacts and of breaks, and for who can take a call; again when
        they changed."""
        self._background.run(code_list.reasons).then(self._show_reasons)
        self._background.run(code_list.not_ready).then(self._show_not_ready)
        self._background.run(colleagues).then(self._show_colleagues)

    def refresh(self) -> None:
        """Show what is so now."""
        self._soon.stop()
        view = self.view()
        self._console.show_view(veiled(view) if self._is_veiled else view)

    def veil(self, on: bool) -> None:
        """While the screen is locked nothing of a customer is shown but the number."""
        self._is_veiled = on
        self.refresh()

    def view(self) -> ConsoleState:
        """What the console is to show."""
        sessions = self._desk.sessions
        front = front_session(sessions, self._desk.current)
        call = _call_of(front)
        ringing = sorted(
            (s for s in sessions if s.is_ringing and s.live_call), key=lambda s: s.started_at
        )
        first = ringing[0] if ringing else None
        has_call = call is not None and call.is_live
        name, verified = self._who(call, front if has_call or first is None else first)
        others = (
            Party(other, *self._who(other, session))
            for session in sessions
            for other in session.calls
            if other.is_live and other.state is not CallState.RINGING and other is not call
        )
        return ConsoleState(
            agent=self._desk.agent,
            line=self._line,
            call=call,
            ringing=first.live_call if first else None,
            name=name,
            verified=verified,
            protocol=front.interaction.protocol if front and front.interaction else "",
            reason=front.reason if front else "",
            wrap_up=_wrap_up(front),
            not_ready_words=self._not_ready.get(self._desk.agent.reason, ""),
            others=tuple(other for other in others if has_call),
            ringing_name=first.account.name if first and first.account else "",
            also_ringing=max(0, len(ringing) - 1),
            answers_after=self._answers_after(sessions),
            handing_to=front.handing_to if front else "",
            quality=self._quality.get(call.id) if has_call and call else None,
        )

    def _who(self, call: Call | None, session: Session | None) -> tuple[str, bool]:
        """Who is at the other end, and whether that is a fact: a colleague by the extension,
        nobody by name if it was dialled to ask, else the session's customer."""
        if call is not None and call.is_live and call.direction is Direction.OUTBOUND:
            colleague = self._colleagues.get(call.number, "")
            if colleague or call.id in self._asked:
                return colleague, bool(colleague)
        if session is None or session.account is None:
            return "", False
        return session.account.name, session.confirmed and session.is_verified

    def _answers_after(self, sessions: Iterable[Session]) -> float | None:
        """Seconds after which the phone takes the one call there is; None if it will not."""
        live = _live(sessions)
        if len(live) != 1 or live[0].state is not CallState.RINGING or not live[0].queue:
            return None
        stores = self._background.stores
        rules = stores.site.sip.auto_answer if stores else ()
        found = (rule for rule in rules if rule.queue in ("*", live[0].queue))
        rule = next(found, None)
        return rule.after_seconds if rule else None

    def _show_reasons(self, entries: tuple[CodeEntry, ...]) -> None:
        self._console.set_reasons(
            [Node(entry.code, code_name(entry), entry.parent_code) for entry in entries]
        )

    def _show_not_ready(self, entries: tuple[CodeEntry, ...]) -> None:
        self._not_ready = {entry.code: code_name(entry) for entry in entries}
        self._console.set_not_ready(tuple(self._not_ready.items()))
        self._on_change(None)

    def _show_colleagues(self, found: tuple[Colleague, ...]) -> None:
        self._colleagues = {each.extension: each.name for each in found}
        self._console.transfer_field.set_targets(
            [Target(each.name, each.extension, each.team) for each in found]
        )

    def _on_change(self, _value: object) -> None:
        live = _live(self._desk.sessions)
        # A consultation that became a member of a conference is still not the customer.
        kept = {call.id for call in live if call.id in self._asked}
        self._asked = kept | {call.id for call in live if call.consult_for}
        self._soon.start(pause_ms(self._desk.sessions))


def front_session(sessions: Iterable[Session], current: Session | None) -> Session | None:
    """The session the call keys mean: on the phone, else the one in front that is being wrapped
    up, else any that is."""
    found = tuple(sessions)
    call = active(_live(found))
    if call is not None:
        return next(session for session in found if call in session.calls)
    wrapped = [session for session in found if session.wrap_up_since is not None]
    if current is not None and current in wrapped:
        return current
    return wrapped[0] if wrapped else None


def _live(sessions: Iterable[Session]) -> list[Call]:
    return [call for session in sessions for call in session.calls if call.is_live]


def _call_of(session: Session | None) -> Call | None:
    """The call of the session in front: the one the keys mean, else the last of the customer."""
    if session is None:
        return None
    about = [call for call in session.calls if not call.consult_for]
    return active(session.calls) or (about[-1] if about else None)


def _wrap_up(session: Session | None) -> WrapUp | None:
    if session is None or session.wrap_up_since is None:
        return None
    return WrapUp(session.wrap_up_since, session.wrap_up_seconds)
