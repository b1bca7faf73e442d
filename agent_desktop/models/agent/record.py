"""The records of the people who work here: agents and teams."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agent_desktop.models.kind import Kind, Record, Word


class BusinessRole(Word):
    """What an agent is employed as; rights hang on it."""

    AGENT = "agent"
    SECOND_LEVEL = "second_level"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class Team(Record):
    """A team; level 2 is the second level."""

    code: str = ""
    name: str = ""
    level: int = 1


@dataclass(frozen=True, slots=True)
class AgentRow(Record):
    """An agent as everybody may see them (table `agent`)."""

    user_name: str = ""
    name: str = ""
    business_role: BusinessRole = BusinessRole.AGENT
    team_id: UUID | None = None
    extension: str = ""
    active: bool = True


TEAM = Kind("team", Team, title="name")
AGENT = Kind("agent", AgentRow, title="name")
