"""Joins calls and sessions: finds the session a call belongs to and opens its page.

It follows the phone's `call_changed` and `line_changed`; the acts of the keys are in
`call_control.py`. Ringer, console and history follow the same signals on their own and do not know
each other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from uuid6 import uuid7

from agent_desktop.desk.background import Background, Lane
from agent_desktop.desk.call_control import CallControl, PhoneFace
from agent_desktop.desk.call_ending import ending
from agent_desktop.desk.call_record import record_of, was_tried
from agent_desktop.desk.dialling import Dialling
from agent_desktop.desk.interaction_control import InteractionControl
from agent_desktop.desk.session import Session
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.account import identification as identifications
from agent_desktop.models.account.caller import CallerFacts, Rank
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.telephony.call import Call, CallState, Direction, EndReason, Line, LineState

if TYPE_CHECKING:
    from agent_desktop.models.account.caller import Identification

#: Of a consultation that ended so, the agent is told; the call it was about is still on hold.
_TOLD_OF_CONSULTATION = frozenset(
    {EndReason.BUSY, EndReason.NO_ANSWER, EndReason.DECLINED, EndReason.FAILED, EndReason.LOST}
)


class CallRouting(CallControl):
    """Calls into sessions, keys into orders to the phone.

    `may_pop` says whether a ringing call may change the page now: not while somebody types.
    """

    def __init__(
        self,
        desk: Desk,
        phone: PhoneFace,
        interaction_control: InteractionControl,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(phone, parent)
        # Set by the shift once there is a window to ask.
        self.may_pop: Callable[[], bool] = lambda: True
        self._desk = desk
        self._interaction_control = interaction_control
        self._background = background
        self.dialling = Dialling(desk, background, phone.dial, self)
        self._looked_up: set[str] = set()
        self._mailbox_sessions: set[str] = set()
        self._had_line = False
        phone.call_changed.connect(self._follow)
        phone.line_changed.connect(self._follow_line)
        desk.agent_changed.connect(self._settle_agent)

    # -- calling somebody -------------------------------------------------------------------
    def dial(self, number: str, session_id: str = "") -> None:
        """Call a number from a session (the one in front if none is named), if it may be called."""
        current = self._desk.current
        self.dialling.dial(number, session_id or (current.id if current else ""))

    def transfer(self, number: str) -> None:
        """Ask there first: hold the active call and dial a number, as written, about it."""
        super().transfer(self.dialling.sent(number))

    def blind(self, number: str) -> None:
        """Hand the active call over to a number, as written, without asking."""
        super().blind(self.dialling.sent(number))

    def redial(self) -> bool:
        """Call the number dialled last; False if there is none."""
        if self.dialling.last:
            self.dial(self.dialling.last)
        return bool(self.dialling.last)

    def call_back(self, session_id: str = "") -> None:
        """Call the other side of a dropped call again, into the same interaction."""
        session = self._desk.session(session_id) or self._desk.current
        call = _about(session) if session else None
        if session is not None and call is not None and not call.is_live and call.number:
            self.dial(call.number, session.id)

    def voicemail(self) -> None:
        """Listen to the mailbox of the line: nobody's contact, so nothing is written down."""
        mailbox = self._phone.line.mailbox
        if mailbox:
            # Else the call would join the session that was dialled from last.
            self.dialling.for_session = ""
            self._phone.dial(mailbox)

    def reconcile(self) -> None:
        """After the phone was attached anew: calls the desk remembers and the phone does not
        know are lost, and their wrap-up begins."""
        alive = {call.id for call in self._phone.calls()}
        for session in self._desk.sessions:
            for call in session.calls:
                if call.is_live and call.id not in alive:
                    self._follow(call.moved(CallState.ENDED, datetime.now(UTC), EndReason.LOST))

    def _handing(self, call_id: str, number: str) -> None:
        session = self._session_with(call_id)
        if session is not None:
            self._desk.update(session.id, handing_to=number)

    # -- what calls do ----------------------------------------------------------------------
    def _follow(self, call: Call) -> None:
        session = self._session_with(call.id) or self._begin(call)
        if session is None:
            return
        before = next((old for old in session.calls if old.id == call.id), None)
        known = [call if old is before else old for old in session.calls]
        self._desk.update(session.id, calls=(*known, *(() if before else (call,))))
        if call.state is CallState.DIALLING and not call.consult_for:
            # Who calls somebody is busy from the first moment.
            self._move_agent(AgentState.TALKING)
        elif call.state is CallState.TALKING:
            self._talking(session.id)
        elif call.state is CallState.HELD:
            if before is not None and before.state is CallState.TRANSFERRING:
                self._desk.update(session.id, handing_to="")
            self._show_hold()
        elif call.state is CallState.ENDED:
            self._ended(session.id, call)

    def _session_with(self, call_id: str) -> Session | None:
        for session in self._desk.sessions:
            if any(known.id == call_id for known in session.calls):
                return session
        return None

    def _begin(self, call: Call) -> Session | None:
        """A call nobody knows yet: it belongs to the call it asks about, to the session it was
        dialled from, or to a new one."""
        if call.state is CallState.ENDED:
            return None
        about = self._session_with(call.consult_for) if call.consult_for else None
        if about is not None:
            return about
        dialled_from = self._desk.session(self.dialling.for_session)
        if call.direction is Direction.OUTBOUND and dialled_from is not None:
            return dialled_from
        session = Session(str(uuid7()), call.started_at)
        self._desk.add(session)
        if call.direction is Direction.OUTBOUND and call.number == self._phone.line.mailbox:
            self._mailbox_sessions.add(session.id)
            return session
        if call.state is CallState.RINGING and self.active_call is None:
            self._move_agent(AgentState.OFFERED)
        self._look_up(session.id, call)
        return session

    def _look_up(self, session_id: str, call: Call) -> None:
        facts = CallerFacts(
            number=call.number,
            withheld=call.withheld,
            typed_tax_id=call.typed_tax_id,
            display_name=call.display_name,
        )
        self._background.run(identifications.identify, facts).then(
            partial(self._identified, session_id),
            failed=partial(self._not_identified, session_id),
            lane=Lane.CALL,
        )

    def _identified(self, session_id: str, found: Identification) -> None:
        session = self._desk.update(session_id, identification=found)
        # Several contacts of one account may match: whose call it is, is certain all the same.
        best = [match for match in found.candidates if match.rank is Rank.BEST]
        one_account = len({match.account.id for match in best}) == 1
        # The agent may have chosen somebody while the look-up ran: that choice stands.
        if session is not None and session.account is None and one_account:
            self._interaction_control.choose(session_id, best[0])
        self._looked_up.add(session_id)
        self._pop()

    def _not_identified(self, session_id: str, error: Exception) -> None:
        # The call still has to be answered: its page opens without a name.
        self._desk.say("not_identified", why=str(error))
        self._looked_up.add(session_id)
        self._pop()

    def _pop(self) -> None:
        """Show who rings: the one who has been ringing longest, once looked up, and nobody
        else before that call is answered or over; nobody beside a call that is talked on."""
        ringing = self.ringing
        session = self._session_with(ringing.id) if ringing else None
        if session is None or session.id not in self._looked_up or self.active_call is not None:
            return
        current = self._desk.current
        if not (current is not None and current.is_ringing) and self.may_pop():
            self._desk.select(session.id, because_of_call=True)

    def _talking(self, session_id: str) -> None:
        self._move_agent(AgentState.TALKING)
        self._desk.update(session_id, wrap_up_since=None, handing_to="")
        if session_id not in self._mailbox_sessions:
            self._interaction_control.begin(session_id)
            self._desk.select(session_id, because_of_call=True)

    def _show_hold(self) -> None:
        """The agent waits with a held call, unless another one is being talked on."""
        states = {call.state for call in self._phone.calls()}
        if CallState.HELD in states and CallState.TALKING not in states:
            self._move_agent(AgentState.HOLD)

    def _ended(self, session_id: str, call: Call) -> None:
        session = self._desk.session(session_id)
        if session is None:
            return
        self._background.run(interactions.log_call, record_of(call, session)).then()
        # A consultation ended and its customer still waits on hold: no wrap-up yet.
        if session.live_call is not None:
            if call.end_reason in _TOLD_OF_CONSULTATION:
                self._say_ended(call)
            self._show_hold()
            return
        was_up = any(each.answered_at for each in session.calls) or session.interaction is not None
        if session_id in self._mailbox_sessions:
            self._missed(session_id, call)
        elif was_up:
            self._desk.update(session_id, handing_to="")
            self._interaction_control.begin_wrap_up(session_id)
        elif session.confirmed and was_tried(call):
            # A customer was called in vain: that is a contact too, with a reason of its own.
            self._say_ended(call)
            self._interaction_control.tried(session_id)
        else:
            self._missed(session_id, call)
        self._pop()

    def _missed(self, session_id: str, call: Call) -> None:
        """Nobody spoke: there is no interaction, only a line in the list of calls. A record
        that was being read stays open."""
        session = self._desk.session(session_id)
        if session is not None and not session.confirmed:
            self._desk.close(session_id)
        if session_id not in self._mailbox_sessions:
            self._say_ended(call)
        self._looked_up.discard(session_id)
        self._mailbox_sessions.discard(session_id)
        if any(other.wrap_up_since for other in self._desk.sessions) and not self._phone.calls():
            self._move_agent(AgentState.WRAP_UP)
        elif not self._phone.calls():
            self._desk.set_agent(self._desk.agent.freed(datetime.now(UTC)))

    def _say_ended(self, call: Call) -> None:
        self._desk.say(f"call_{ending(call)}", number=call.number, queue=call.queue)

    # -- the agent --------------------------------------------------------------------------
    def _move_agent(self, state: AgentState) -> None:
        self._desk.set_agent(self._desk.agent.moved(state, datetime.now(UTC)))

    def _follow_line(self, line: Line) -> None:
        self._had_line = self._had_line or line.state is LineState.READY
        self._settle_agent(None)

    def _settle_agent(self, _status: object) -> None:
        """Without a line nobody knows whether calls reach the agent; with it again the agent is
        what they were, or asked for meanwhile."""
        status, now = self._desk.agent, datetime.now(UTC)
        if self._phone.line.state is LineState.READY:
            self._desk.set_agent(status.found(now))
        elif self._had_line:
            self._desk.set_agent(status.lost(now))


def _about(session: Session) -> Call | None:
    """The newest call of a session that was no consultation."""
    return next((call for call in reversed(session.calls) if not call.consult_for), None)
