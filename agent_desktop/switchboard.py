"""The switchboard joins calls and sessions: whose call is it, and what opens because of it.

It follows the phone's `call_changed`, and carries out the call keys. Ringer, console and history
follow the same signals on their own and do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, SignalInstance
from uuid6 import uuid7

from agent_desktop.background import Background, Lane
from agent_desktop.desk import Desk
from agent_desktop.handling import Handling
from agent_desktop.models import identification as identifications
from agent_desktop.models import interaction as interactions
from agent_desktop.models.agent import AgentState
from agent_desktop.models.record import InteractionCall, InteractionDirection
from agent_desktop.models.value import CallerFacts, Rank
from agent_desktop.session import Session
from agent_desktop.telephony.call import Call, CallState, Direction, EndReason

if TYPE_CHECKING:
    from agent_desktop.models.value import Identification

#: A ring younger than this is not answered by F9: the key was meant for something else.
RING_GRACE = timedelta(milliseconds=400)


class PhoneFace(Protocol):
    """What the switchboard needs of a phone; telephony/phone.py and dummy.py both have it."""

    call_changed: SignalInstance

    def calls(self) -> tuple[Call, ...]: ...
    def answer(self, call_id: str) -> None: ...
    def reject(self, call_id: str) -> None: ...
    def hang_up(self, call_id: str) -> None: ...
    def hold(self, call_id: str) -> None: ...
    def resume(self, call_id: str) -> None: ...
    def mute(self, call_id: str, on: bool) -> None: ...
    def dial(self, number: str) -> None: ...


class Switchboard(QObject):
    """Calls into sessions, keys into orders to the phone.

    `may_pop` says whether a ringing call may change the page now: not while somebody types.
    """

    def __init__(
        self,
        desk: Desk,
        phone: PhoneFace,
        handling: Handling,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.may_pop: Callable[[], bool] = lambda: True
        self._desk = desk
        self._phone = phone
        self._handling = handling
        self._background = background
        self._dialling_for = ""
        phone.call_changed.connect(self._follow)

    # -- the keys ---------------------------------------------------------------------------
    def answer(self) -> None:
        """Answer the call that has been ringing longest; a call in progress is held first."""
        ringing = self._first(CallState.RINGING)
        if ringing is None or datetime.now(UTC) - ringing.started_at < RING_GRACE:
            return
        talking = self._first(CallState.TALKING)
        if talking is not None:
            self._phone.hold(talking.id)
        self._phone.answer(ringing.id)

    def decline(self) -> None:
        """Decline the ringing call, never another one."""
        ringing = self._first(CallState.RINGING)
        if ringing is not None:
            self._phone.reject(ringing.id)

    def hang_up(self) -> None:
        """End the active call; a ringing one is left alone."""
        call = self.active_call
        if call is not None:
            self._phone.hang_up(call.id)

    def toggle_hold(self) -> None:
        """Hold the active call, or resume it."""
        call = self.active_call
        if call is not None and call.state is CallState.TALKING:
            self._phone.hold(call.id)
        elif call is not None and call.state is CallState.HELD:
            self._phone.resume(call.id)

    def toggle_mute(self) -> None:
        """Mute the microphone of the active call, or open it again."""
        call = self.active_call
        if call is not None:
            self._phone.mute(call.id, not call.muted)

    def dial(self, number: str, session_id: str = "") -> None:
        """Call a number from a session (the one in front if none is named)."""
        current = self._desk.current
        self._dialling_for = session_id or (current.id if current else "")
        self._phone.dial(number)

    def call_back(self, session_id: str = "") -> None:
        """Call the other side of a dropped call again, into the same interaction."""
        session = self._desk.session(session_id) or self._desk.current
        call = session.last_call if session else None
        if session is not None and call is not None and not call.is_live and call.number:
            self.dial(call.number, session.id)

    def reconcile(self) -> None:
        """After the phone was attached anew: calls the desk remembers and the phone does not
        know are lost, and their wrap-up begins."""
        alive = {call.id for call in self._phone.calls()}
        for session in self._desk.sessions:
            for call in session.calls:
                if call.is_live and call.id not in alive:
                    self._follow(call.moved(CallState.ENDED, datetime.now(UTC), EndReason.LOST))

    @property
    def active_call(self) -> Call | None:
        """The call the call keys mean: talking before dialling before held."""
        for state in (CallState.TALKING, CallState.DIALLING, CallState.HELD):
            call = self._first(state)
            if call is not None:
                return call
        return None

    def _first(self, state: CallState) -> Call | None:
        calls = [call for call in self._phone.calls() if call.state is state]
        return min(calls, key=lambda call: call.started_at, default=None)

    # -- what calls do ----------------------------------------------------------------------
    def _follow(self, call: Call) -> None:
        session = self._session_of(call) or self._begin(call)
        if session is None:
            return
        known = [old for old in session.calls if old.id != call.id]
        self._desk.update(session.id, calls=(*known, call))
        if call.state is CallState.TALKING:
            self._talking(session.id)
        elif call.state is CallState.HELD:
            self._move_agent(AgentState.HOLD)
        elif call.state is CallState.ENDED:
            self._ended(session.id, call)

    def _session_of(self, call: Call) -> Session | None:
        for session in self._desk.sessions:
            if any(known.id == call.id for known in session.calls):
                return session
        return None

    def _begin(self, call: Call) -> Session | None:
        """A call nobody knows yet: a session for it, or the one it was dialled from."""
        if call.state is CallState.ENDED:
            return None
        if call.direction is Direction.OUTBOUND and self._desk.session(self._dialling_for):
            return self._desk.session(self._dialling_for)
        session = Session(str(uuid7()), call.started_at)
        self._desk.add(session)
        if call.state is CallState.RINGING:
            self._move_agent(AgentState.OFFERED)
        facts = CallerFacts(
            number=call.number,
            withheld=call.withheld,
            typed_tax_id=call.typed_tax_id,
            display_name=call.display_name,
        )
        self._background.run(identifications.identify, facts).then(
            partial(self._identified, session.id),
            failed=partial(self._not_identified, session.id),
            lane=Lane.CALL,
        )
        return session

    def _identified(self, session_id: str, found: Identification) -> None:
        session = self._desk.update(session_id, identification=found)
        best = [match for match in found.candidates if match.rank is Rank.BEST]
        one_account = len({match.account.id for match in best}) == 1
        if session is not None and session.account is None and one_account:
            self._handling.choose(session_id, best[0])
        self._pop(session_id)

    def _not_identified(self, session_id: str, error: Exception) -> None:
        self._desk.say("not_identified", why=str(error))
        self._pop(session_id)

    def _pop(self, session_id: str) -> None:
        session = self._desk.session(session_id)
        if session is not None and session.is_ringing and self.may_pop():
            self._desk.select(session_id, because_of_call=True)

    def _talking(self, session_id: str) -> None:
        self._move_agent(AgentState.TALKING)
        self._desk.update(session_id, wrap_up_since=None)
        self._handling.begin(session_id)
        self._desk.select(session_id, because_of_call=True)

    def _ended(self, session_id: str, call: Call) -> None:
        session = self._desk.session(session_id)
        if session is None:
            return
        self._background.run(interactions.log_call, _record_of(call, session)).then()
        if session.live_call is not None:
            return
        if call.answered_at is not None or session.interaction is not None:
            self._handling.begin_wrap_up(session_id)
        else:
            self._missed(session_id, call)

    def _missed(self, session_id: str, call: Call) -> None:
        """Nobody spoke: there is no interaction, only a line in the list of calls."""
        self._desk.close(session_id)
        if call.end_reason is not None:
            self._desk.say(f"call_{call.end_reason.value}", number=call.number)
        if not self._phone.calls():
            self._desk.set_agent(self._desk.agent.freed(datetime.now(UTC)))

    def _move_agent(self, state: AgentState) -> None:
        self._desk.set_agent(self._desk.agent.moved(state, datetime.now(UTC)))


def _record_of(call: Call, session: Session) -> InteractionCall:
    """The call as it is written down."""
    interaction = session.interaction
    return InteractionCall(
        id=UUID(call.id),
        interaction_id=interaction.id if interaction else None,
        account_id=session.account.id if session.account and session.confirmed else None,
        pbx_call_id=call.pbx_call_id,
        direction=InteractionDirection(call.direction.value),
        number=call.number,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        end_reason=call.end_reason.value if call.end_reason else "",
    )
