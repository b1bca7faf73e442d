"""What this agent was doing since when, told to the centre for the supervisor. Nothing of it is
kept in the mirror: one desk does not watch the others."""

from __future__ import annotations

from uuid6 import uuid7

from agent_desktop.models.agent.state import AgentStatus
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.intent import Intent
from agent_desktop.models.store.stores import Stores


def note(stores: Stores, status: AgentStatus) -> None:
    """Tell the centre of a state that began at `status.since`."""
    line_id, at = uuid7(), stores.clock.of(status.since)
    said = {"id": line_id, "state": status.state, "reason": status.reason, "at": at}
    with stores.local.writing() as c:
        pending.put(c, Intent("agent.state", said))
    # No record looks different; this wakes the syncer.
    stores.changed(Changes({"agent_state": frozenset({line_id})}))
