"""Keeps open sessions and the page in front over a restart.

Written to local.db shortly after each change, so that after a crash, or a kill, the same
sessions stand there with the same page. What was typed is kept by drafts, records by intents.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from agent_desktop.desk.background import Background
from agent_desktop.desk.session import WRAP_UP_SECONDS, PageKind, Place, Session
from agent_desktop.desk.sessions import HOME, Desk
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.record import InteractionStatus
from agent_desktop.models.store import draft
from agent_desktop.telephony.call import Call, CallState, Direction

if TYPE_CHECKING:
    from agent_desktop.models.store.stores import Stores

log = logging.getLogger(__name__)

#: Under which name the window state holds it, and how long after a change it is written.
NAME = "desk"
PAUSE_MS = 200


@dataclass(frozen=True, slots=True)
class DeskState:
    """The sessions that were open and the page that was in front."""

    sessions: tuple[Session, ...] = ()
    page: Place = HOME


class SessionRestore(QObject):
    """Writes the desk down while it changes; `recall` brings it back."""

    def __init__(self, desk: Desk, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        desk.sessions_changed.connect(self._on_change)
        desk.page_changed.connect(self._on_change)

    def keep(self) -> None:
        """Write the desk down now."""
        self._pause.stop()
        value = json.dumps(_written(self._desk.sessions, self._desk.page)).encode()
        self._background.run(draft.save_window, NAME, value).then()

    def put_back(self, remembered: DeskState) -> None:
        """Open what was open, and show the page that was in front."""
        self._desk.put_back(remembered.sessions, remembered.page)

    def _on_change(self, _value: object) -> None:
        # Anew at each change: many come at once with a call, and are written once.
        self._pause.start()


def recall(stores: Stores) -> DeskState:
    """The desk as it was last written down; runs off the GUI thread.

    Interactions that were finished meanwhile (on another PC) do not come back; open ones of this
    agent come back even when nothing was remembered of them.
    """
    kept = draft.load_window(stores, NAME)
    memory: dict[str, Any] = json.loads(kept) if kept else {}
    sessions = [_session_or_none(stores, entry) for entry in memory.get("sessions", [])]
    opened = [s for s in sessions if s is not None]
    # A kill between the intent and the next writing down loses a session from this memory only.
    known = {s.interaction.id for s in opened if s.interaction is not None}
    for interaction in interactions.open_of_agent(stores):
        if interaction.id not in known:
            opened.append(_session_of(stores, interaction.id))
    page = _page(memory.get("page"), {session.id for session in opened})
    return DeskState(tuple(opened), page)


def _written(sessions: Iterable[Session], page: Place) -> dict[str, Any]:
    return {
        "sessions": [_entry(session) for session in sessions],
        "page": {
            "kind": page.kind.value,
            "record_id": str(page.record_id) if page.record_id else None,
            "session_id": page.session_id,
        },
    }


def _entry(session: Session) -> dict[str, Any]:
    since = session.wrap_up_since
    return {
        "id": session.id,
        "started_at": session.started_at.isoformat(),
        "interaction_id": str(session.interaction.id) if session.interaction else None,
        "account_id": str(session.account.id) if session.account else None,
        "contact_id": str(session.contact_id) if session.contact_id else None,
        "confirmed": session.confirmed,
        "verified": sorted(session.verified),
        "verified_needed": session.verified_needed,
        "acting_for": session.acting_for,
        "reason": session.reason,
        "wrap_up_since": since.isoformat() if since else None,
        "wrap_up_seconds": session.wrap_up_seconds,
        "calls": [_call_entry(call) for call in session.calls],
    }


def _call_entry(call: Call) -> dict[str, Any]:
    return {
        "id": call.id,
        "direction": call.direction.value,
        "state": call.state.value,
        "number": call.number,
        "queue": call.queue,
        "started_at": call.started_at.isoformat(),
        "answered_at": call.answered_at.isoformat() if call.answered_at else None,
    }


def _session_or_none(stores: Stores, entry: dict[str, Any]) -> Session | None:
    """A session as it was; None if its records left this desk meanwhile."""
    try:
        return _session(stores, entry)
    except Refused as refused:
        log.warning("a session is not restored: %s", refused)
        return None


def _session(stores: Stores, entry: dict[str, Any]) -> Session | None:
    interaction_id = _uuid(entry["interaction_id"])
    interaction = interactions.get(stores, interaction_id) if interaction_id else None
    if interaction is not None and interaction.status is InteractionStatus.FINISHED:
        return None
    account_id = _uuid(entry["account_id"])
    account = accounts.get(stores, account_id) if account_id else None
    if interaction is None and account is None:
        return None
    return Session(
        id=entry["id"],
        started_at=datetime.fromisoformat(entry["started_at"]),
        interaction=interaction,
        account=account,
        contact_id=_uuid(entry["contact_id"]),
        confirmed=entry["confirmed"] and account is not None,
        calls=tuple(_call(call) for call in entry["calls"]),
        verified=frozenset(entry["verified"]),
        verified_needed=entry["verified_needed"],
        acting_for=entry["acting_for"],
        reason=entry["reason"],
        wrap_up_since=_time(entry["wrap_up_since"]),
        wrap_up_seconds=entry.get("wrap_up_seconds", WRAP_UP_SECONDS),
    )


def _session_of(stores: Stores, interaction_id: UUID) -> Session:
    """A session for an open interaction of which nothing else is known."""
    interaction = interactions.get(stores, interaction_id)
    account = accounts.get(stores, interaction.account_id) if interaction.account_id else None
    return Session(
        id=str(interaction.id),
        started_at=interaction.started_at or datetime.now(UTC),
        interaction=interaction,
        account=account,
        contact_id=interaction.contact_id,
        confirmed=account is not None,
        acting_for=interaction.acting_for,
        reason=interaction.reason,
        wrap_up_since=datetime.now(UTC),
    )


def _call(entry: dict[str, Any]) -> Call:
    return Call(
        id=entry["id"],
        direction=Direction(entry["direction"]),
        state=CallState(entry["state"]),
        number=entry["number"],
        queue=entry["queue"],
        started_at=datetime.fromisoformat(entry["started_at"]),
        answered_at=_time(entry["answered_at"]),
    )


def _page(entry: dict[str, Any] | None, session_ids: set[str]) -> Place:
    """The page that was in front; home if its session is gone."""
    if entry is None or (entry["session_id"] and entry["session_id"] not in session_ids):
        return HOME
    return Place(PageKind(entry["kind"]), _uuid(entry["record_id"]), entry["session_id"])


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
