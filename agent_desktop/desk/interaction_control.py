"""Handling: what is done with a session's interaction, from the first word to "finished".

The verbs here change the session on the desk at once and write the interaction down in the
background; a session whose interaction could not be written says so and keeps what it has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from uuid6 import uuid7

from agent_desktop.desk.background import Background, Lane
from agent_desktop.desk.call_record import record_of
from agent_desktop.desk.session import PageKind, Place, Session
from agent_desktop.desk.sessions import Desk
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.record import Channel, InteractionDirection
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.store import draft

if TYPE_CHECKING:
    from agent_desktop.models.account.caller import AnswerResult, Candidate
    from agent_desktop.models.account.record import Account
    from agent_desktop.models.interaction.record import Interaction
    from agent_desktop.models.store.stores import Stores

#: What Ctrl+F12 adds to the wrap-up.
MORE_SECONDS = 30


class InteractionControl(QObject):
    """Verbs on the interaction of a session.

    `reason_needed(session_id)` asks the console for a reason code: without one an interaction
    cannot be finished. `finishing(session_id)` is the last moment to write something down in it.
    """

    reason_needed = Signal(object)
    finishing = Signal(str)

    def __init__(self, desk: Desk, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._told_half_written: set[str] = set()
        self._being_finished: set[str] = set()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._end_wrap_ups)

    # -- beginning --------------------------------------------------------------------------
    def begin(self, session_id: str) -> None:
        """Begin the interaction of a session: from now on it has a protocol number."""
        session = self._desk.session(session_id)
        call = session.last_call if session else None
        if session is None or call is None or session.interaction is not None:
            return
        new = NewInteraction(
            channel=Channel.CALL,
            direction=InteractionDirection(call.direction.value),
            number=call.number,
            queue=call.queue,
            dialled=call.dialled,
            account_id=session.account.id if session.account and session.confirmed else None,
        )
        self._background.run(interactions.begin, new).then(
            partial(self._begun, session_id), failed=self._failed, lane=Lane.CALL
        )

    def _begun(self, session_id: str, interaction: Interaction) -> None:
        session = self._desk.update(session_id, interaction=interaction)
        if session is None:
            return
        if session.confirmed and interaction.account_id is None:
            self._assign(session)
        if session.reason:
            self.set_reason(session_id, session.reason)
        # What was over before it could be written into its interaction.
        for call in (call for call in session.calls if not call.is_live):
            self._background.run(interactions.log_call, record_of(call, session)).then()

    # -- who is it --------------------------------------------------------------------------
    def choose(self, session_id: str, candidate: Candidate | None) -> None:
        """Take a candidate as the session's match; answers given for another one do not count."""
        session = self._desk.session(session_id)
        if session is None or session.confirmed:
            return
        account = candidate.account if candidate else None
        contact = candidate.contact if candidate else None
        same = account is not None and session.account is not None
        if same and session.account is not None and account is not None:
            same = session.account.id == account.id
        self._desk.update(
            session_id,
            account=account,
            contact_id=contact.id if contact else None,
            verified=session.verified if same else frozenset(),
        )

    def adopt(self, session_id: str, account: Account) -> None:
        """Take an account found by search, or just created, as the session's match."""
        session = self._desk.session(session_id)
        if session is not None and not session.confirmed:
            self._desk.update(session_id, account=account, contact_id=None, verified=frozenset())

    def answered(self, session_id: str, account_id: UUID, kind: str, answer: AnswerResult) -> None:
        """Count an answer to a question about an account; enough right ones open it. An answer
        about another account than the session's match (it was changed meanwhile) is dropped."""
        session = self._desk.session(session_id)
        if session is None or session.account is None or session.account.id != account_id:
            return
        known = session.verified | {str(kind)} if answer.passed else session.verified
        session = self._desk.update(session_id, verified=known, verified_needed=answer.needed)
        if session is not None and session.is_verified and not session.confirmed:
            self.confirm(session_id)

    def confirm(self, session_id: str) -> None:
        """The match is the caller: assign the interaction to the account and open it."""
        session = self._desk.session(session_id)
        if session is None or session.account is None:
            return
        for twin in _being_read(session, self._desk.sessions):
            self._desk.close(twin)
        confirmed = self._desk.update(session_id, confirmed=True)
        if confirmed is not None:
            self._assign(confirmed)
        self._desk.open(Place(PageKind.ACCOUNT, session.account.id, session_id))

    def _assign(self, session: Session) -> None:
        if session.interaction is None or session.account is None:
            return
        self._background.run(
            interactions.assign, session.interaction.id, session.account.id, session.contact_id
        ).then(partial(self._written, session.id), failed=self._failed)

    def act_for(self, session_id: str, name: str) -> None:
        """The caller speaks for the customer and is called `name`."""
        session = self._desk.update(session_id, acting_for=name)
        if session is not None and session.interaction is not None:
            self._background.run(interactions.act_for, session.interaction.id, name).then(
                partial(self._written, session_id), failed=self._failed
            )

    def stay_anonymous(self, session_id: str) -> None:
        """The caller stays unidentified: the interaction goes on without an account."""
        self.choose(session_id, None)
        self._desk.say("stays_anonymous")

    def move(self, session_id: str, account: Account) -> None:
        """The interaction was given to the wrong account: it goes to the right one with
        everything written in it, and the caller must be verified anew."""
        session = self._desk.session(session_id)
        if session is None or session.interaction is None:
            return
        self._desk.update(
            session_id, account=account, contact_id=None, verified=frozenset(), confirmed=True
        )
        self._background.run(interactions.move, session.interaction.id, account.id).then(
            partial(self._moved, session_id, account), failed=self._failed
        )

    def _moved(self, session_id: str, account: Account, interaction: Interaction) -> None:
        self._desk.update(session_id, interaction=interaction)
        self._desk.open(Place(PageKind.ACCOUNT, account.id, session_id))
        self._desk.say("interaction_moved", name=account.name)

    def open_account(self, account_id: UUID, stub: Account | None = None) -> None:
        """Open an account found here, or (`stub`) at the centre. On an unidentified call it becomes
        the match; otherwise its session comes to the front, or a new one without a call."""
        look = self._background.run(accounts.known, account_id, stub)
        current = self._desk.current
        if current is not None and current.live_call is not None and not current.confirmed:
            look.then(partial(self.adopt, current.id))
            return
        for session in self._desk.sessions:
            if session.account is not None and session.account.id == account_id:
                self._desk.open(Place(PageKind.ACCOUNT, account_id, session.id))
                return
        look.then(self._open_read_only, key="open")

    def _open_read_only(self, account: Account) -> None:
        session = Session(str(uuid7()), datetime.now(UTC), account=account, confirmed=True)
        self._desk.add(session, PageKind.ACCOUNT)
        self._desk.replace_page(Place(PageKind.ACCOUNT, account.id, session.id))

    # -- the end ----------------------------------------------------------------------------
    def set_reason(self, session_id: str, code: str) -> None:
        """Give the interaction its reason code; may be done during the call."""
        session = self._desk.update(session_id, reason=code)
        if session is not None and session.interaction is not None:
            self._background.run(interactions.set_reason, session.interaction.id, code).then(
                partial(self._written, session_id), failed=self._failed
            )

    def begin_wrap_up(self, session_id: str) -> None:
        """The call is over: the clock of the after-call work starts."""
        self._desk.update(session_id, wrap_up_since=datetime.now(UTC))
        self._move_agent(AgentState.WRAP_UP)
        self._clock.start()

    def tried(self, session_id: str) -> None:
        """The customer was called and did not answer: a contact all the same, with a protocol
        number, a reason and its after-call work."""
        self.begin(session_id)
        self.begin_wrap_up(session_id)

    def more_time(self, session_id: str) -> None:
        """Half a minute more for the after-call work."""
        session = self._desk.session(session_id)
        if session is not None and session.wrap_up_since is not None:
            self._desk.update(session_id, wrap_up_seconds=session.wrap_up_seconds + MORE_SECONDS)

    def finish(self, session_id: str) -> None:
        """Close the interaction. It needs a reason and may not have a live call; a ticket or
        order begun in it and not saved is shown first, once."""
        session = self._desk.session(session_id)
        if session is None or session_id in self._being_finished:
            return
        if session.live_call is not None:
            self._desk.say("call_still_up")
        elif not session.reason and (session.interaction or session.wrap_up_since):
            self.reason_needed.emit(session_id)
        elif session.interaction is None:
            self._leave(session_id)
        else:
            self._being_finished.add(session_id)
            self.finishing.emit(session_id)
            told = session_id in self._told_half_written
            self._background.run(
                _finish, session_id, session.interaction, session.reason, told
            ).then(
                partial(self._finished, session_id), failed=partial(self._not_finished, session_id)
            )

    def _not_finished(self, session_id: str, error: Exception) -> None:
        """Show the form that was begun; finishing again leaves it behind."""
        self._being_finished.discard(session_id)
        kind = error.details.get("kind") if isinstance(error, Refused) else None
        session = self._desk.session(session_id)
        if kind is None or session is None:
            self._failed(error)
            return
        self._told_half_written.add(session_id)
        account_id = session.account.id if session.account else None
        self._desk.open(Place(PageKind(f"{kind}_new"), account_id, session_id))
        self._desk.say("half_written")

    def _finished(self, session_id: str, interaction: Interaction) -> None:
        self._being_finished.discard(session_id)
        self._desk.say("interaction_finished", protocol=interaction.protocol)
        self._leave(session_id)

    def _leave(self, session_id: str) -> None:
        session = self._desk.session(session_id)
        self._desk.close(session_id)
        busy = any(other.live_call or other.wrap_up_since for other in self._desk.sessions)
        if session is not None and session.calls and not busy:
            self._desk.set_agent(self._desk.agent.freed(datetime.now(UTC)))

    def _end_wrap_ups(self) -> None:
        """At the end of its time a wrap-up with a reason finishes by itself; others stay."""
        now = datetime.now(UTC)
        waiting = [s for s in self._desk.sessions if s.wrap_up_since is not None]
        for session in waiting:
            since = session.wrap_up_since or now
            over = (now - since).total_seconds() >= session.wrap_up_seconds
            if over and session.reason and session.id not in self._told_half_written:
                self.finish(session.id)
        if not waiting:
            self._clock.stop()

    def _move_agent(self, state: AgentState) -> None:
        self._desk.set_agent(self._desk.agent.moved(state, datetime.now(UTC)))

    # -- results ----------------------------------------------------------------------------
    def _written(self, session_id: str, interaction: Interaction) -> None:
        self._desk.update(session_id, interaction=interaction)

    def _failed(self, error: Exception) -> None:
        self._desk.say("not_saved", why=str(error))


def _being_read(session: Session, others: Iterable[Session]) -> list[str]:
    """One session per customer: the ids of those in which this one's record is only read."""
    account = session.account
    return [
        other.id
        for other in others
        if other.id != session.id and not other.calls and not other.interaction
        and other.account and account and other.account.id == account.id
    ]  # fmt: skip


def _finish(
    stores: Stores, session_id: str, interaction: Interaction, reason: str, anyway: bool
) -> Interaction:
    """Finish, unless a form was begun and not saved: Refused({"": "half_written"}, kind=...)."""
    kinds = draft.half_written(stores, session_id)
    if kinds and not anyway:
        raise Refused({"": "half_written"}, kind=kinds[0])
    return interactions.finish(stores, interaction.id, reason)
