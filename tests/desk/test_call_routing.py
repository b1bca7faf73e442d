"""Calls into sessions: real stores and background, a phone without SIP, no window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from agent_desktop.desk.session import PageKind
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.record import InteractionCall, InteractionStatus
from agent_desktop.models.store import draft
from agent_desktop.models.store.draft import DraftField
from agent_desktop.telephony.call import CallState, EndReason, LineState
from agent_desktop.telephony.quality import Quality
from tests import floor as a_floor
from tests.floor import MARINA, Floor
from tests.models.conftest import Company

COLLEAGUE = "6002"

stores, company, floor = a_floor.stores, a_floor.company, a_floor.floor


def test_a_ring_is_looked_up_and_pops(floor: Floor) -> None:
    floor.rings()
    assert floor.desk.page.kind is PageKind.IDENTIFY
    assert floor.session.identification
    assert floor.session.identification.candidates
    assert floor.desk.agent.state is AgentState.OFFERED


def test_a_ring_waits_while_somebody_types(floor: Floor) -> None:
    floor.call_routing.may_pop = lambda: False
    floor.rings()
    assert floor.desk.page.kind is PageKind.HOME
    floor.call_routing.answer()
    floor.settle()
    assert floor.desk.page.kind is PageKind.IDENTIFY


def test_a_young_ring_is_not_answered(floor: Floor) -> None:
    floor.phone.ring(MARINA)
    floor.call_routing.answer()
    assert floor.session.is_ringing
    floor.settle()


def test_an_answered_call_has_a_protocol_number(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    assert floor.session.interaction
    assert len(floor.session.interaction.protocol) == 16
    assert floor.desk.agent.state is AgentState.TALKING


def test_two_right_answers_open_the_account(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    floor.verifies()
    assert floor.session.confirmed
    assert floor.desk.page.kind is PageKind.ACCOUNT
    assert floor.session.interaction
    assert floor.session.account
    assert floor.session.interaction.account_id == floor.session.account.id


def test_declining_closes_the_session_and_frees_the_agent(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.decline()
    floor.settle()
    assert floor.desk.sessions == ()
    assert floor.desk.agent.state is AgentState.READY
    assert floor.desk.page.kind is PageKind.HOME


def test_decline_never_ends_a_call_in_progress(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.call_routing.decline()
    floor.settle()
    assert floor.session.live_call is not None


def test_hang_up_leaves_a_ringing_call_alone(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.hang_up()
    assert floor.session.is_ringing


def test_after_the_call_comes_wrap_up_and_then_the_end(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    asked: list[object] = []
    floor.interaction_control.reason_needed.connect(asked.append)
    floor.call_routing.hang_up()
    floor.settle()
    session = floor.session
    assert floor.desk.agent.state is AgentState.WRAP_UP
    floor.interaction_control.finish(session.id)
    assert asked == [session.id]
    floor.interaction_control.set_reason(session.id, "outage")
    floor.interaction_control.finish(session.id)
    floor.settle()
    assert floor.desk.sessions == ()
    assert floor.desk.agent.state is AgentState.READY
    assert session.interaction
    kept = interactions.get(floor.stores, session.interaction.id)
    assert kept.status is InteractionStatus.FINISHED


def test_a_ticket_begun_and_not_saved_is_shown_before_the_end(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    floor.verifies()
    floor.call_routing.hang_up()
    floor.settle()
    session = floor.session
    floor.interaction_control.set_reason(session.id, "outage")
    draft.save(floor.stores, f"ticket:new:{session.id}", {"subject": DraftField("No sup")})
    floor.interaction_control.finish(session.id)
    floor.settle()
    assert floor.desk.page.kind is PageKind.TICKET_NEW
    floor.interaction_control.finish(session.id)
    floor.settle()
    assert floor.desk.sessions == ()


def test_calling_back_stays_in_the_same_interaction(floor: Floor) -> None:
    call_id = floor.rings()
    floor.call_routing.answer()
    floor.settle()
    before = floor.session
    floor.phone.far_end_hangs_up(call_id)
    floor.settle()
    floor.call_routing.call_back()
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
    floor.call_routing.answer()
    floor.settle()
    floor.rings("+5511991110099")
    floor.call_routing.answer()
    floor.settle()
    states = [session.live_call.state.value for session in floor.desk.sessions if session.live_call]
    assert states == ["held", "talking"]
    assert floor.desk.current == floor.session


def test_calls_the_phone_forgot_are_lost(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    floor.phone.calls = lambda: ()  # type: ignore[method-assign]
    floor.call_routing.reconcile()
    floor.settle()
    assert floor.session.live_call is None
    assert floor.session.wrap_up_since is not None


# -- several calls, and calls about calls


def talks(floor: Floor, number: str = MARINA, **facts: object) -> str:
    """A call that was answered."""
    earlier = datetime.now(UTC) - timedelta(seconds=2)
    call_id = floor.phone.ring(number, started_at=earlier, **facts)
    floor.settle()
    floor.phone.answer(call_id)
    floor.settle()
    return call_id


def asks(floor: Floor) -> str:
    """The active call waits, a colleague was asked and answers."""
    floor.call_routing.transfer(COLLEAGUE)
    asked = floor.phone.calls()[-1].id
    floor.phone.far_end_answers(asked)
    floor.settle()
    return asked


def written(floor: Floor, call_id: str) -> InteractionCall:
    """The call as the desk's own list has it."""
    return call_log.find(floor.stores, UUID(call_id)).call


def test_a_consultation_has_no_session_of_its_own(floor: Floor) -> None:
    talks(floor)
    asked = asks(floor)
    assert [call.id for call in floor.session.calls][1:] == [asked]
    assert len(floor.desk.sessions) == 1
    assert floor.desk.agent.state is AgentState.TALKING
    assert floor.session.live_call
    assert floor.session.live_call.id == asked


def test_a_completed_transfer_is_written_down_with_its_target(floor: Floor) -> None:
    call_id = talks(floor)
    asked = asks(floor)
    floor.call_routing.complete()
    floor.settle()
    assert floor.session.wrap_up_since is not None
    call = written(floor, call_id)
    assert (call.end_reason, call.transferred_to) == ("transferred", COLLEAGUE)
    assert written(floor, asked).transferred_to == ""
    assert written(floor, asked).interaction_id == call.interaction_id


def test_the_target_survives_the_hold_before_the_handing_over(floor: Floor) -> None:
    """The engine holds the call first, and only then it is TRANSFERRING."""
    call_id = talks(floor)
    floor.phone.hold(call_id)
    floor.call_routing.blind(COLLEAGUE)
    assert floor.session.handing_to == COLLEAGUE
    floor.phone.far_end_hangs_up(call_id)
    floor.settle()
    assert written(floor, call_id).transferred_to == COLLEAGUE


def test_a_refused_transfer_forgets_its_target(floor: Floor) -> None:
    call_id = talks(floor)
    floor.call_routing.blind(COLLEAGUE)
    floor.phone.far_end_refuses(call_id)
    assert floor.session.handing_to == ""
    assert floor.session.wrap_up_since is None
    assert floor.desk.agent.state is AgentState.HOLD
    floor.phone.hang_up(call_id)
    floor.settle()


def test_members_of_a_conference_stay_in_their_sessions(floor: Floor) -> None:
    talks(floor)
    talks(floor, "+5511991110099")
    assert floor.call_routing.conference()
    assert len(floor.desk.sessions) == 2
    floor.call_routing.hang_up()
    floor.settle()
    assert floor.phone.calls() == (), "ending a conference ends it for all"
    assert all(session.wrap_up_since for session in floor.desk.sessions)


def test_a_swap_takes_the_one_who_waited_longest(floor: Floor) -> None:
    ids = [talks(floor, f"+551199111009{n}") for n in range(3)]
    floor.call_routing.swap()
    talking = [call.id for call in floor.phone.calls() if call.state is CallState.TALKING]
    assert talking == [ids[0]]
    floor.settle()


def test_nobody_pops_beside_a_call_that_is_talked_on(floor: Floor) -> None:
    talks(floor)
    page = floor.desk.page
    floor.rings("+5511991110099")
    assert floor.desk.page == page
    assert floor.desk.agent.state is AgentState.TALKING


def test_a_second_caller_who_gives_up_leaves_wrap_up_as_it_was(floor: Floor) -> None:
    first = talks(floor)
    floor.phone.hang_up(first)
    floor.settle()
    second = floor.rings("+5511991110099")
    assert floor.desk.agent.state is AgentState.OFFERED
    floor.phone.far_end_hangs_up(second)
    floor.settle()
    assert floor.desk.agent.state is AgentState.WRAP_UP


# -- calling somebody


def opened(floor: Floor, company: Company) -> None:
    """Marina's record, opened to read."""
    floor.interaction_control.open_account(company.id("marina"))
    floor.settle()


def test_a_customer_called_in_vain_is_a_contact_with_its_wrap_up(
    floor: Floor, company: Company
) -> None:
    opened(floor, company)
    floor.call_routing.dial("+5511987654321")
    floor.settle()
    assert floor.desk.agent.state is AgentState.TALKING
    floor.phone.far_end_refuses(floor.phone.calls()[0].id, 486)
    floor.settle()
    assert floor.session.wrap_up_since is not None
    assert floor.session.interaction is not None
    assert floor.desk.agent.state is AgentState.WRAP_UP
    floor.interaction_control.set_reason(floor.session.id, "outage")
    floor.interaction_control.finish(floor.session.id)
    floor.settle()
    assert floor.desk.agent.state is AgentState.READY


def test_who_thinks_better_of_it_keeps_the_record_open(floor: Floor, company: Company) -> None:
    opened(floor, company)
    floor.call_routing.dial("+5511987654321")
    floor.settle()
    floor.call_routing.hang_up()
    floor.settle()
    assert floor.session.confirmed
    assert floor.session.wrap_up_since is None
    assert floor.desk.agent.state is AgentState.READY


def test_the_quality_of_a_call_is_written_down(floor: Floor) -> None:
    call_id = talks(floor)
    call = floor.phone.call(call_id)
    assert call
    measured = replace(call, quality=Quality("opus", 4.0, 0.5, 41.0, 4.2))
    floor.phone.call_changed.emit(
        measured.moved(CallState.ENDED, datetime.now(UTC), EndReason.HUNG_UP_THERE)
    )
    floor.settle()
    kept = written(floor, call_id)
    assert (kept.codec, kept.mos, kept.delay_ms) == ("opus", 4.2, 41.0)


# -- without a line


def line_is(floor: Floor, state: LineState) -> None:
    floor.phone._line = replace(floor.phone.line, state=state)
    floor.phone.line_changed.emit(floor.phone.line)


def test_what_is_asked_for_without_a_line_comes_with_it(floor: Floor) -> None:
    line_is(floor, LineState.FAILED)
    assert floor.desk.agent.state is AgentState.UNKNOWN
    status = floor.desk.agent.wishing(AgentState.NOT_READY, datetime.now(UTC), "lunch")
    floor.desk.set_agent(status)
    assert floor.desk.agent.state is AgentState.UNKNOWN
    line_is(floor, LineState.READY)
    assert (floor.desk.agent.state, floor.desk.agent.reason) == (AgentState.NOT_READY, "lunch")


def test_a_call_that_outlives_the_line_ends_not_connected(floor: Floor) -> None:
    call_id = talks(floor)
    line_is(floor, LineState.FAILED)
    assert floor.desk.agent.state is AgentState.TALKING
    floor.phone.far_end_hangs_up(call_id)
    floor.settle()
    floor.interaction_control.set_reason(floor.session.id, "outage")
    floor.interaction_control.finish(floor.session.id)
    floor.settle()
    assert floor.desk.agent.state is AgentState.UNKNOWN
    line_is(floor, LineState.READY)
    assert floor.desk.agent.state is AgentState.READY
