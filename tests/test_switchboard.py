"""Calls into sessions: real stores and background, a phone without SIP, no window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from agent_desktop.background import Background
from agent_desktop.desk import Desk
from agent_desktop.handling import Handling
from agent_desktop.models import draft, verification
from agent_desktop.models import interaction as interactions
from agent_desktop.models.agent import AgentState
from agent_desktop.models.draft import DraftField
from agent_desktop.models.record import FactKind, InteractionStatus
from agent_desktop.models.stores import Stores
from agent_desktop.session import PageKind, Session
from agent_desktop.switchboard import Switchboard
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
    handling: Handling
    switchboard: Switchboard
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
            self.handling.answered(session.id, kind, answer)
        self.settle()


@pytest.fixture
def floor(qtbot: QtBot, company: Company) -> Iterator[Floor]:
    background = Background()
    background.stores = company.stores
    desk, phone = Desk(), DummyPhone()
    handling = Handling(desk, background)
    switchboard = Switchboard(desk, phone, handling, background)
    phone.open_line(LineSettings("4102"))
    desk.set_agent(desk.agent.moved(AgentState.READY, datetime.now(UTC)))
    yield Floor(desk, phone, handling, switchboard, background, company.stores, qtbot)
    background.stop()


def test_a_ring_is_looked_up_and_pops(floor: Floor) -> None:
    floor.rings()
    assert floor.desk.page.kind is PageKind.IDENTIFY
    assert floor.session.identification
    assert floor.session.identification.candidates
    assert floor.desk.agent.state is AgentState.OFFERED


def test_a_ring_waits_while_somebody_types(floor: Floor) -> None:
    floor.switchboard.may_pop = lambda: False
    floor.rings()
    assert floor.desk.page.kind is PageKind.HOME
    floor.switchboard.answer()
    floor.settle()
    assert floor.desk.page.kind is PageKind.IDENTIFY


def test_a_young_ring_is_not_answered(floor: Floor) -> None:
    floor.phone.ring(MARINA)
    floor.switchboard.answer()
    assert floor.session.is_ringing
    floor.settle()


def test_an_answered_call_has_a_protocol_number(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.settle()
    assert floor.session.interaction
    assert len(floor.session.interaction.protocol) == 16
    assert floor.desk.agent.state is AgentState.TALKING


def test_two_right_answers_open_the_account(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.settle()
    floor.verifies()
    assert floor.session.confirmed
    assert floor.desk.page.kind is PageKind.ACCOUNT
    assert floor.session.interaction
    assert floor.session.account
    assert floor.session.interaction.account_id == floor.session.account.id


def test_declining_closes_the_session_and_frees_the_agent(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.decline()
    floor.settle()
    assert floor.desk.sessions == ()
    assert floor.desk.agent.state is AgentState.READY
    assert floor.desk.page.kind is PageKind.HOME


def test_decline_never_ends_a_call_in_progress(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.switchboard.decline()
    floor.settle()
    assert floor.session.live_call is not None


def test_hang_up_leaves_a_ringing_call_alone(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.hang_up()
    assert floor.session.is_ringing


def test_after_the_call_comes_wrap_up_and_then_the_end(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.settle()
    asked: list[object] = []
    floor.handling.reason_needed.connect(asked.append)
    floor.switchboard.hang_up()
    floor.settle()
    session = floor.session
    assert floor.desk.agent.state is AgentState.WRAP_UP
    floor.handling.finish(session.id)
    assert asked == [session.id]
    floor.handling.set_reason(session.id, "outage")
    floor.handling.finish(session.id)
    floor.settle()
    assert floor.desk.sessions == ()
    assert floor.desk.agent.state is AgentState.READY
    assert session.interaction
    kept = interactions.get(floor.stores, session.interaction.id)
    assert kept.status is InteractionStatus.FINISHED


def test_a_ticket_begun_and_not_saved_is_shown_before_the_end(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.settle()
    floor.verifies()
    floor.switchboard.hang_up()
    floor.settle()
    session = floor.session
    floor.handling.set_reason(session.id, "outage")
    draft.save(floor.stores, f"ticket:new:{session.id}", {"subject": DraftField("No sup")})
    floor.handling.finish(session.id)
    floor.settle()
    assert floor.desk.page.kind is PageKind.TICKET_NEW
    floor.handling.finish(session.id)
    floor.settle()
    assert floor.desk.sessions == ()


def test_calling_back_stays_in_the_same_interaction(floor: Floor) -> None:
    call_id = floor.rings()
    floor.switchboard.answer()
    floor.settle()
    before = floor.session
    floor.phone.far_end_hangs_up(call_id)
    floor.settle()
    floor.switchboard.call_back()
    call = floor.session.live_call
    assert call is not None
    assert len(floor.desk.sessions) == 1
    floor.phone.far_end_answers(call.id)
    floor.settle()
    assert floor.session.interaction == before.interaction
    assert floor.session.wrap_up_since is None
    assert floor.desk.agent.state is AgentState.TALKING


def test_the_first_call_is_held_when_a_second_is_answered(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.settle()
    floor.rings("+5511991110099")
    floor.switchboard.answer()
    floor.settle()
    states = [session.live_call.state.value for session in floor.desk.sessions if session.live_call]
    assert states == ["held", "talking"]
    assert floor.desk.current == floor.session


def test_calls_the_phone_forgot_are_lost(floor: Floor) -> None:
    floor.rings()
    floor.switchboard.answer()
    floor.settle()
    floor.phone.calls = lambda: ()  # type: ignore[method-assign]
    floor.switchboard.reconcile()
    floor.settle()
    assert floor.session.live_call is None
    assert floor.session.wrap_up_since is not None
