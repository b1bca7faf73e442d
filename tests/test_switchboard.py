"""Calls into sessions: real stores and background, a phone without SIP, no window."""

from __future__ import annotations

from agent_desktop.models import draft
from agent_desktop.models import interaction as interactions
from agent_desktop.models.agent import AgentState
from agent_desktop.models.draft import DraftField
from agent_desktop.models.record import InteractionStatus
from agent_desktop.session import PageKind
from tests import floor as a_floor
from tests.floor import MARINA, Floor

stores, company, floor = a_floor.stores, a_floor.company, a_floor.floor


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
    floor.settle()
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
