"""Who else works here and can take a call: agents with an extension, as the mirror knows them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import true

from agent_desktop.models.agent.record import AgentRow, Team
from agent_desktop.models.store.reading import reading
from agent_desktop.models.store.stores import Stores


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent who can be called inside the house."""

    name: str
    extension: str
    team: str = ""


def colleagues(stores: Stores) -> tuple[Colleague, ...]:
    """All active agents with an extension but the one who asks, by name."""
    own = stores.site.agent.extension
    with reading(stores) as r:
        teams: dict[UUID | None, str] = {
            team.id: team.name for team in r.selected(Team, true(), bool)
        }
        agents = r.selected(AgentRow, true(), lambda agent: agent.active)
    found = [
        Colleague(agent.name, agent.extension, teams.get(agent.team_id, ""))
        for agent in agents
        if agent.extension and agent.extension != own
    ]
    return tuple(sorted(found, key=lambda each: each.name))
