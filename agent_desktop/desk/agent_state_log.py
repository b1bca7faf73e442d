"""Tells the centre of each state of the agent as it begins."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QObject

from agent_desktop.desk.background import Background
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.agent import state_log
from agent_desktop.models.agent.state import AgentStatus


class AgentStateLog(QObject):
    """Writes down what the agent does from `begin` to `end`. What they only asked for (ready
    after this call) is no state yet."""

    def __init__(self, desk: Desk, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._written: AgentStatus | None = None

    def begin(self) -> None:
        """The shift begins: the first state is the log-in."""
        if self._written is None:
            self._desk.agent_changed.connect(self._follow)
            self._follow(self._desk.agent)

    def end(self) -> None:
        """The shift ends, whatever the agent was doing."""
        if self._written is not None:
            self._desk.set_agent(self._desk.agent.left(datetime.now(UTC)))
            self._desk.agent_changed.disconnect(self._follow)
            self._written = None

    def _follow(self, status: AgentStatus) -> None:
        # The desk says `agent_changed` also for a wish (ready after this call): nothing began then.
        before = self._written
        same = before is not None and (before.state, before.reason, before.since) == (
            status.state,
            status.reason,
            status.since,
        )
        if not same:
            self._written = status
            self._background.run(state_log.note, status).then()
