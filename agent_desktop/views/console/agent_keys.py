"""What the agent says with keys of the console: ready, a break, a reason, the end of a contact."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from agent_desktop.desk.session import PageKind, Place, Session
from agent_desktop.models.agent.state import AgentState
from agent_desktop.telephony.call import RejectReason
from agent_desktop.views.console.console_feed import front_session
from agent_desktop.views.console.console_state import DoNotCallQuestion
from agent_desktop.views.console.transfer_field import Purpose
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.call_routing import CallRouting
    from agent_desktop.desk.interaction_control import InteractionControl
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.models.account.consent import CallPermit
    from agent_desktop.views.kit.draft_keeper import DraftKeeper


class AgentKeys(QObject):
    """Joins console and commands of the window with the session that the key means."""

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        interaction_control: InteractionControl,
        call_routing: CallRouting,
        drafts: DraftKeeper,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._console = window.console
        self._desk = desk
        self._interaction_control = interaction_control
        self._call_routing = call_routing
        self._drafts = drafts
        on = window.commands.on
        on("call.hang_up", self._hang_up)
        self._join_calls(window)
        on("wrap_up.finish", self._finish)
        on("wrap_up.more", self._more_time)
        on("agent.ready", self._be_ready)
        on("go.identify", self._go_identify)
        window.console.reason_chosen.connect(self._on_reason)
        window.console.not_ready_chosen.connect(self._on_not_ready)
        interaction_control.reason_needed.connect(self._on_reason_needed)

    def _join_calls(self, window: MainWindow) -> None:
        on, board, console = window.commands.on, self._call_routing, window.console
        on("call.decline_unavailable", partial(board.decline, RejectReason.UNAVAILABLE))
        on("call.decline_refuse", partial(board.decline, RejectReason.DECLINE))
        on("call.transfer", self._transfer)
        on("call.conference", self._conference)
        on("call.swap", board.swap)
        on("call.go_back", board.back)
        on("call.drop", board.drop)
        on("call.leave", board.leave)
        on("call.redial", self._redial)
        on("call.voicemail", board.voicemail)
        on("call.dial_anyway", partial(board.dialling.decide, True))
        on("call.dial_not", partial(board.dialling.decide, False))
        board.dialling.asked.connect(self._ask)
        console.consult_wanted.connect(board.transfer)
        console.hand_over_wanted.connect(board.blind)
        console.digits_wanted.connect(board.digits)
        console.resume_wanted.connect(board.resume)
        console.drop_wanted.connect(board.drop)

    @property
    def _front(self) -> Session | None:
        return front_session(self._desk.sessions, self._desk.current)

    # -- calls ------------------------------------------------------------------------------
    def _transfer(self) -> None:
        """Complete the transfer that was asked about, or ask whom the call goes to."""
        if self._call_routing.consultation is not None:
            self._call_routing.complete()
        else:
            self._console.open_field(Purpose.TRANSFER)

    def _conference(self) -> None:
        """Join the calls that are up, or ask who is to join."""
        if not self._call_routing.conference():
            self._console.open_field(Purpose.CONFERENCE)

    def _ask(self, permit: CallPermit | None) -> None:
        """Somebody asked not to be called: the agent decides."""
        self._console.ask(_question(permit) if permit is not None else None)

    def _redial(self) -> None:
        """The number dialled last; without one the dial field."""
        if not self._call_routing.redial():
            self._console.focus_dial()

    # -- the contact ------------------------------------------------------------------------
    def _hang_up(self) -> None:
        """The agent ends the call: the next thing is its reason, so the caret goes there; not
        while another call is up."""
        ended, asked = self._call_routing.active_call, self._call_routing.consultation
        self._call_routing.hang_up()
        session = self._front
        if ended is None or asked is not None or session is None:
            return
        others = [
            call
            for each in self._desk.sessions
            for call in each.calls
            if call.is_live
            and call.id != ended.id
            # The end of a conference is the end of all its calls.
            and not (call.in_conference and ended.in_conference)
        ]
        if not session.reason and not others:
            self._console.focus_reason()

    def _finish(self) -> None:
        """Finish what is being wrapped up; with nothing open, be ready for calls."""
        session = self._front or self._desk.current
        if session is not None:
            self._drafts.save_all()
            self._interaction_control.finish(session.id)
        elif not self._desk.sessions:
            self._be_ready()

    def _more_time(self) -> None:
        session = self._front
        if session is not None:
            self._interaction_control.more_time(session.id)

    def _go_identify(self) -> None:
        """The identify page of the session in front, or the one for looking somebody up."""
        session = self._desk.current
        unknown = session.id if session is not None and not session.confirmed else ""
        self._desk.open(Place(PageKind.IDENTIFY, session_id=unknown))

    def _on_reason(self, code: str) -> None:
        session = self._front or self._desk.current
        if session is not None:
            self._interaction_control.set_reason(session.id, code)

    def _on_reason_needed(self, _session_id: str) -> None:
        self._console.focus_reason()

    # -- the agent --------------------------------------------------------------------------
    def _be_ready(self) -> None:
        self._wish(AgentState.READY)

    def _on_not_ready(self, code: str) -> None:
        self._wish(AgentState.NOT_READY, code)

    def _wish(self, state: AgentState, reason: str = "") -> None:
        self._desk.set_agent(self._desk.agent.wishing(state, datetime.now(UTC), reason))


def _question(permit: CallPermit) -> DoNotCallQuestion:
    """The wishes of a number in words; several people may have asked."""
    names = tuple(dict.fromkeys(wish.name for wish in permit.wishes))
    told = (
        " ".join(part for part in (wording.date_long(wish.on), wish.reason) if part)
        for wish in permit.wishes
    )
    return DoNotCallQuestion(permit.dialled.again, names, " · ".join(part for part in told if part))
