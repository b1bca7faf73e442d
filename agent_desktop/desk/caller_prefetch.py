"""Fetches callers from the centre while they ring: the answers to verification questions,
contacts and alerts of somebody of whom only the directory knows something at this desk."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from agent_desktop.desk.background import Background
from agent_desktop.desk.session import Session
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.store import opened_accounts

#: Of many candidates the best are fetched; the others when one is chosen.
MOST_CANDIDATES = 3


class CallerPrefetch(QObject):
    """Brings callers into the working set as soon as they are recognised."""

    def __init__(self, desk: Desk, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._asked: set[tuple[str, UUID]] = set()
        desk.session_changed.connect(self._look)

    def _look(self, session: Session) -> None:
        if session.live_call is None:
            return
        candidates = session.identification.candidates if session.identification else ()
        ids = [candidate.account.id for candidate in candidates[:MOST_CANDIDATES]]
        if session.account is not None:
            ids.append(session.account.id)
        # The one asked for last is fetched first: the best candidate.
        for account_id in reversed(dict.fromkeys(ids)):
            if (session.id, account_id) not in self._asked:
                self._asked.add((session.id, account_id))
                # After the ring was painted: other threads take turns of the interpreter.
                QTimer.singleShot(0, self, partial(self._fetch, account_id))

    def _fetch(self, account_id: UUID) -> None:
        self._background.run(opened_accounts.opened, account_id).then()
