"""Asking the caller: brings the questions of an account, has answers compared, tells the desk.

Both pages on which a caller can be verified use it. An answer typed before the interaction has
begun waits for it; the agent need not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.models.account import verification
from agent_desktop.models.store import opened_accounts
from agent_desktop.models.store.working_set import Held
from agent_desktop.views.account.verification import VerificationBlock, questions_for

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.caller import AnswerResult, SecurityQuestion
    from agent_desktop.models.store.changes import Changes
    from agent_desktop.views.kit.page import Context


class Questioning(QObject):
    """The verification of one session against one account, shown in a block.

    `take_focus(widget)` gives the first question the keyboard unless somebody is typing;
    `judged` comes after each answer.
    """

    judged = Signal()

    def __init__(
        self,
        context: Context,
        block: VerificationBlock,
        take_focus: Callable[[QWidget], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._block = block
        self._take_focus = take_focus
        self._session_id = ""
        self._account_id: UUID | None = None
        self._waiting: tuple[str, str] | None = None
        block.asked.connect(self._on_asked)
        context.sync_report.records_changed.connect(self._on_changes)

    def stop(self) -> None:
        """Nobody is asked."""
        self._session_id, self._account_id, self._waiting = "", None, None
        self._block.show_questions(())
        self._block.show_missing(is_missing=False)

    def begin(self, session: Session, account_id: UUID) -> None:
        """Bring the questions of an account; the same account again costs nothing."""
        if (session.id, account_id) == (self._session_id, self._account_id):
            return
        self._session_id, self._account_id, self._waiting = session.id, account_id, None
        self._block.show_questions(())
        self._look(account_id)

    def follow(self, session: Session) -> None:
        """The session changed: perhaps its interaction has begun, or an answer was counted."""
        self._block.show_count(session.verified, session.verified_needed)
        self._ask()

    def _on_changes(self, changes: Changes) -> None:
        """Somebody of whom only the directory knew something is here now: there is more to ask."""
        account_id = self._account_id
        if account_id is not None and changes.touches("account", account_id):
            self._look(account_id)

    def _look(self, account_id: UUID) -> None:
        self._context.background.run(verification.questions, account_id).then(
            partial(self._show_questions, account_id)
        )
        self._context.background.run(opened_accounts.how_much, account_id).then(
            partial(self._show_standing, account_id)
        )

    def _show_standing(self, account_id: UUID, held: Held) -> None:
        if account_id == self._account_id:
            self._block.show_missing(is_missing=held is not Held.HELD)

    def _show_questions(self, account_id: UUID, questions: tuple[SecurityQuestion, ...]) -> None:
        session = self._context.desk.session(self._session_id)
        if account_id != self._account_id or session is None:
            return
        wanted = questions_for(questions, session.contact_id)
        if wanted == self._block.questions:
            return
        self._block.show_questions(wanted)
        self._block.show_count(session.verified, session.verified_needed)
        first = self._block.next_field()
        if first is not None:
            self._take_focus(first)

    def _on_asked(self, kind: str, typed: str) -> None:
        self._waiting = (kind, typed)
        self._ask()

    def _ask(self) -> None:
        session = self._context.desk.session(self._session_id)
        if self._waiting is None or session is None or session.interaction is None:
            return
        account_id = self._account_id
        if account_id is None:
            return
        (kind, typed), self._waiting = self._waiting, None
        contact_id = self._block.contact_of(kind)
        self._context.background.run(
            verification.check, session.interaction.id, account_id, kind, typed, contact_id
        ).then(
            partial(self._on_answer, session.id, account_id, kind),
            failed=partial(self._on_failed, kind),
        )

    def _on_answer(
        self, session_id: str, account_id: UUID, kind: str, answer: AnswerResult
    ) -> None:
        if (session_id, account_id) == (self._session_id, self._account_id):
            self._block.show_answer(kind, answer)
        self._context.interaction_control.answered(session_id, account_id, kind, answer)
        self.judged.emit()

    def _on_failed(self, kind: str, error: Exception) -> None:
        self._block.show_refused(kind, error)
