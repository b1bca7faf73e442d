"""A desk with a phone that needs no PBX: real stores and background, no window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from agent_desktop.desk.background import Background
from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.desk.interaction_control import InteractionControl
from agent_desktop.desk.session import Session
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.account import verification
from agent_desktop.models.account.record import FactKind
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.store.stores import Stores
from agent_desktop.telephony.call import LineSettings
from agent_desktop.telephony.dummy import DummyPhone
from tests.models import conftest as small_company
from tests.models.conftest import Company

stores = small_company.stores
company = small_company.company

MARINA = "+5511987654321"


@dataclass
class Floor:
    """A desk with a phone that needs no PBX."""

    desk: Desk
    phone: DummyPhone
    interaction_control: InteractionControl
    call_routing: CallRouting
    background: Background
    stores: Stores
    bot: QtBot

    def rings(self, number: str = MARINA) -> str:
        """A call that has been ringing long enough to be answered, and was looked up."""
        earlier = datetime.now(UTC) - timedelta(seconds=2)
        call_id = self.phone.ring(number, started_at=earlier)
        self.settle()
        return call_id

    def settle(self) -> None:
        self.bot.waitUntil(lambda: self.background.is_idle, timeout=5000)

    @property
    def session(self) -> Session:
        assert self.desk.sessions
        return self.desk.sessions[-1]

    def verifies(self) -> None:
        """The caller's facts as the small company has them."""
        session = self.session
        assert session.interaction
        assert session.account
        answers = {FactKind.BIRTH_ON: "12/03/1986", FactKind.TAX_ID: small_company.MARINA_CPF}
        for kind, typed in answers.items():
            answer = verification.check(
                self.stores, session.interaction.id, session.account.id, kind, typed
            )
            self.interaction_control.answered(session.id, session.account.id, kind, answer)
        self.settle()


@pytest.fixture
def floor(qtbot: QtBot, company: Company) -> Iterator[Floor]:
    background = Background()
    background.stores = company.stores
    desk, phone = Desk(), DummyPhone()
    interaction_control = InteractionControl(desk, background)
    call_routing = CallRouting(desk, phone, interaction_control, background)
    phone.open_line(LineSettings("4102"))
    desk.set_agent(desk.agent.moved(AgentState.READY, datetime.now(UTC)))
    yield Floor(desk, phone, interaction_control, call_routing, background, company.stores, qtbot)
    background.stop()
