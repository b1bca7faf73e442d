"""The desk: what this agent is doing now.

It knows the open sessions (one per customer), which of them is in front, the page shown for each
and the way back, and the agent's state. It knows neither windows nor databases: screens follow
its signals, `call_routing.py` tells it of calls and `interaction_control.py` of what was
written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from agent_desktop.desk.session import PageKind, PageOpened, Place, Session, Toast
from agent_desktop.models.agent.state import AgentState, AgentStatus

HOME = Place(PageKind.HOME)
#: How many pages the list of the history holds.
HISTORY_LENGTH = 20


@dataclass(slots=True)
class _Trail:
    """The pages one session (or the desk itself) went through, and where it stands in them."""

    pages: list[Place]
    at: int = 0

    @property
    def page(self) -> Place:
        return self.pages[self.at]

    def go_to(self, page: Place) -> None:
        del self.pages[self.at + 1 :]
        self.pages.append(page)
        del self.pages[:-HISTORY_LENGTH]
        self.at = len(self.pages) - 1

    def step(self, by: int) -> bool:
        if not 0 <= self.at + by < len(self.pages):
            return False
        self.at += by
        return True


class Desk(QObject):
    """Sessions, the page in front, and the agent's state; all values it emits are frozen."""

    session_changed = Signal(object)
    sessions_changed = Signal(object)
    current_changed = Signal(object)
    page_changed = Signal(object)
    agent_changed = Signal(object)
    toast = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions: dict[str, Session] = {}
        self._trails: dict[str, _Trail] = {"": _Trail([HOME])}
        self._current_id = ""
        self._agent = AgentStatus(AgentState.NOT_READY, datetime.now(UTC))

    # -- sessions ---------------------------------------------------------------------------
    @property
    def sessions(self) -> tuple[Session, ...]:
        """All open sessions, oldest first."""
        return tuple(self._sessions.values())

    @property
    def current(self) -> Session | None:
        """The session in front, None on pages that belong to no customer."""
        return self._sessions.get(self._current_id)

    @property
    def page(self) -> Place:
        """The page in front."""
        return self._trails[self._current_id].page

    def session(self, session_id: str) -> Session | None:
        """The open session of that id, if there is one."""
        return self._sessions.get(session_id)

    def add(self, session: Session, first: PageKind = PageKind.IDENTIFY) -> None:
        """Put a new session on the roster without showing it."""
        self._sessions[session.id] = session
        self._trails[session.id] = _Trail([Place(first, session_id=session.id)])
        self.session_changed.emit(session)
        self.sessions_changed.emit(self.sessions)

    def put_back(self, sessions: Iterable[Session], page: Place) -> None:
        """Open what was open before the program ended. Only the page in front is shown: those of
        the other sessions are made when somebody goes there."""
        for session in sessions:
            self.add(session)
            if session.confirmed and session.account is not None:
                account = Place(PageKind.ACCOUNT, session.account.id, session.id)
                self._trails[session.id].go_to(account)
        self._current_id = page.session_id if page.session_id in self._sessions else ""
        if page.session_id == self._current_id and page != self.page:
            self._trails[self._current_id].go_to(page)
        self._show()

    def update(self, session_id: str, **changes: object) -> Session | None:
        """Change fields of an open session; None if it was closed in the meantime."""
        session = self._sessions.get(session_id)
        if session is None:
            return None
        changed = replace(session, **changes)  # type: ignore[arg-type]
        if changed == session:
            return session
        self._sessions[session_id] = changed
        self.session_changed.emit(changed)
        self.sessions_changed.emit(self.sessions)
        return changed

    def close(self, session_id: str) -> None:
        """Take a session off the roster; the desk's own last page comes to the front."""
        if self._sessions.pop(session_id, None) is None:
            return
        was_current = self._current_id == session_id
        if was_current:
            self._current_id = ""
        self._trails.pop(session_id, None)
        self.sessions_changed.emit(self.sessions)
        if was_current:
            self._show()

    def select(self, session_id: str, because_of_call: bool = False) -> None:
        """Bring a session to the front, on the page it was left on."""
        if session_id in self._sessions and session_id != self._current_id:
            self._current_id = session_id
            self._show(because_of_call)

    def select_next(self) -> None:
        """Bring the next open session to the front (Ctrl+Tab)."""
        ids = list(self._sessions)
        if ids:
            here = ids.index(self._current_id) if self._current_id in ids else -1
            self.select(ids[(here + 1) % len(ids)])

    # -- pages ------------------------------------------------------------------------------
    def open(self, page: Place, because_of_call: bool = False) -> None:
        """Show a page and remember the one before it in the history of its session."""
        if page.session_id and page.session_id not in self._sessions:
            return
        if page.session_id == self._current_id and page == self.page:
            return
        self._current_id = page.session_id
        trail = self._trails[page.session_id]
        if trail.page != page:
            trail.go_to(page)
        self._show(because_of_call)

    def replace_page(self, page: Place) -> None:
        """Show a page in place of the current one (a form becomes the record it saved)."""
        trail = self._trails.get(page.session_id)
        if trail is not None:
            trail.pages[trail.at] = page
            self._current_id = page.session_id
            self._show()

    def back(self) -> None:
        """One page back in the history of the session in front; from its first page, home."""
        if self._trails[self._current_id].step(-1):
            self._show()
        elif self._current_id:
            self._current_id = ""
            self._show()

    def forward(self) -> None:
        """One page forward again."""
        if self._trails[self._current_id].step(+1):
            self._show()

    def history(self) -> tuple[Place, ...]:
        """The pages of the session in front, newest first."""
        return tuple(reversed(self._trails[self._current_id].pages))

    def _show(self, because_of_call: bool = False) -> None:
        self.current_changed.emit(self.current)
        self.page_changed.emit(PageOpened(self.page, because_of_call))

    # -- agent and messages -----------------------------------------------------------------
    @property
    def agent(self) -> AgentStatus:
        """The agent's state and since when it holds."""
        return self._agent

    def set_agent(self, status: AgentStatus) -> None:
        """Change the agent's state; the same state again is not told."""
        if status != self._agent:
            self._agent = status
            self.agent_changed.emit(status)

    def say(self, code: str, **params: object) -> None:
        """Show a toast; `code` is turned into words by views/words/wording.py."""
        self.toast.emit(Toast(code, params))
