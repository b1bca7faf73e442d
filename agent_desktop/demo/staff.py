"""The agents of the demo. Their passwords are for everybody to read: demo sites only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from agent_desktop.demo.catalogue import BILLING, FIELD, OUTAGES, SERVICE, DemoTeam
from agent_desktop.demo.chance import IdKind, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.row_format import Row

DEMO_PASSWORD = "planalto"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as `add-agent` needs it: log-in name, business role, team, extension."""

    n: int
    user_name: str
    name: str
    business_role: str
    team: DemoTeam
    extension: str
    password: str = DEMO_PASSWORD

    @property
    def id_number(self) -> int:
        """The agent's id as a number."""
        return id_number(IdKind.AGENT, 0, self.n)

    @property
    def id(self) -> UUID:
        """The agent's id."""
        return UUID(int=self.id_number)


RITA = Agent(1, "rita", "Rita Souza", "agent", SERVICE, "4102")
PAULO = Agent(2, "paulo", "Paulo Reis", "second_level", FIELD, "4201")
HELENA = Agent(3, "helena", "Helena Castro", "supervisor", SERVICE, "4001")
BRUNO = Agent(4, "bruno", "Bruno Tavares", "agent", SERVICE, "4103")
CARLA = Agent(5, "carla", "Carla Dias", "agent", OUTAGES, "4104")
IARA = Agent(6, "iara", "Iara Lopes", "agent", OUTAGES, "4105")
DENISE = Agent(7, "denise", "Denise Prado", "second_level", BILLING, "4202")
OTAVIO = Agent(8, "otavio", "Otávio Lins", "administrator", SERVICE, "4900")

AGENTS = (RITA, PAULO, HELENA, BRUNO, CARLA, IARA, DENISE, OTAVIO)
FIRST_LEVEL = (RITA, BRUNO, CARLA, IARA)
OUTAGE_DESK = (CARLA, IARA)
SECOND_LEVEL = (PAULO, DENISE)


def agent(s: CompanySetting) -> Iterator[Row]:
    """All agents as everybody may see them."""
    for each in AGENTS:
        yield (
            s.spelling.id(each.id_number), each.user_name, each.name, each.business_role,
            s.spelling.id(each.team.id_number), each.extension, True,
        )  # fmt: skip
