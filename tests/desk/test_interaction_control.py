"""What is done with a session's interaction: real stores and background, no window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from agent_desktop.desk.session import PageKind, Session
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.caller import AnswerResult
from agent_desktop.models.account.record import Account
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.record import InteractionDirection, InteractionStatus
from agent_desktop.telephony.call import CallState, EndReason
from tests import floor as a_floor
from tests.floor import Floor
from tests.models.conftest import Company

stores, company, floor = a_floor.stores, a_floor.company, a_floor.floor

STRANGER = "+5519999990000"


def talks(floor: Floor, number: str = a_floor.MARINA) -> Session:
    """A call in progress whose interaction has its number."""
    floor.rings(number)
    floor.call_routing.answer()
    floor.settle()
    return floor.session


def wraps_up(floor: Floor, number: str = a_floor.MARINA) -> Session:
    talks(floor, number)
    floor.call_routing.hang_up()
    floor.settle()
    return floor.session


def the(company: Company, name: str) -> Account:
    return accounts.get(company.stores, company.id(name))


def written(floor: Floor, session: Session) -> interactions.Interaction:
    """The interaction of a session as the stores have it."""
    floor.settle()
    assert session.interaction is not None
    return interactions.get(floor.stores, session.interaction.id)


def opened(floor: Floor, account_id: UUID) -> Session:
    floor.interaction_control.open_account(account_id)
    floor.settle()
    found = floor.desk.current
    assert found is not None
    return found


def test_an_account_found_by_search_opens_without_a_call(floor: Floor, company: Company) -> None:
    session = opened(floor, company.id("joao"))
    assert session.confirmed
    assert (session.calls, session.interaction) == ((), None)
    assert session.may_show_data
    assert floor.desk.page.kind is PageKind.ACCOUNT
    assert floor.desk.page.record_id == company.id("joao")


def test_an_account_that_is_open_comes_to_the_front(floor: Floor, company: Company) -> None:
    first = opened(floor, company.id("joao"))
    opened(floor, company.id("pedro"))
    assert opened(floor, company.id("joao")).id == first.id
    assert len(floor.desk.sessions) == 2


def test_on_an_unidentified_call_search_finds_the_caller(floor: Floor, company: Company) -> None:
    session = talks(floor, STRANGER)
    assert session.account is None
    matched = opened(floor, company.id("joao"))
    assert matched.id == session.id
    assert matched.account == the(company, "joao")
    assert not matched.confirmed
    assert not matched.may_show_data


def test_confirming_closes_what_was_only_being_read(floor: Floor, company: Company) -> None:
    """One session per customer: the record opened by search gives way to the call."""
    twin = opened(floor, company.id("marina"))
    session = talks(floor)
    assert session.account is not None
    floor.interaction_control.confirm(session.id)
    floor.settle()
    assert [each.id for each in floor.desk.sessions] == [session.id]
    assert floor.desk.session(twin.id) is None
    assert floor.desk.page.kind is PageKind.ACCOUNT
    assert written(floor, session).account_id == company.id("marina")


def test_a_match_adopted_from_a_form_must_be_verified_anew(floor: Floor, company: Company) -> None:
    session = talks(floor)
    floor.desk.update(session.id, verified=frozenset({"birth_on"}))
    floor.interaction_control.adopt(session.id, the(company, "pedro"))
    assert floor.session.account == the(company, "pedro")
    assert floor.session.verified == frozenset()
    floor.interaction_control.confirm(session.id)
    floor.interaction_control.adopt(session.id, the(company, "joao"))
    assert floor.session.account == the(company, "pedro"), (
        "a confirmed account is moved, not adopted"
    )


def test_somebody_may_speak_for_the_customer(floor: Floor) -> None:
    session = talks(floor)
    floor.interaction_control.act_for(session.id, "Carla Souza")
    assert floor.session.acting_for == "Carla Souza"
    assert written(floor, session).acting_for == "Carla Souza"


def test_a_caller_may_stay_anonymous(floor: Floor) -> None:
    session = talks(floor)
    floor.interaction_control.stay_anonymous(session.id)
    assert floor.session.account is None
    assert written(floor, session).account_id is None


def test_the_wrong_account_gives_everything_to_the_right_one(
    floor: Floor, company: Company
) -> None:
    session = talks(floor)
    floor.verifies()
    protocol = written(floor, session).protocol
    interactions.note(floor.stores, written(floor, session).id, "Meter is smoking")
    floor.interaction_control.move(session.id, the(company, "joao"))
    moved = written(floor, session)
    assert moved.account_id == company.id("joao")
    assert (moved.protocol, moved.notes) == (protocol, "Meter is smoking")
    assert floor.session.account == the(company, "joao")
    assert floor.session.verified == frozenset(), "who was verified is somebody else"
    assert not floor.session.may_show_data
    assert floor.desk.page.record_id == company.id("joao")


def test_more_time_is_half_a_minute_and_only_after_the_call(floor: Floor) -> None:
    session = talks(floor)
    before = session.wrap_up_seconds
    floor.interaction_control.more_time(session.id)
    assert floor.session.wrap_up_seconds == before
    floor.call_routing.hang_up()
    floor.settle()
    floor.interaction_control.more_time(session.id)
    assert floor.session.wrap_up_seconds == before + 30


def _lets_wrap_up_run_out(floor: Floor) -> None:
    session = floor.session
    long_ago = datetime.now(UTC) - timedelta(seconds=session.wrap_up_seconds + 1)
    floor.desk.update(session.id, wrap_up_since=long_ago)


def test_a_wrap_up_with_a_reason_finishes_by_itself(floor: Floor) -> None:
    session = wraps_up(floor)
    floor.interaction_control.set_reason(session.id, "outage.reported")
    floor.settle()
    _lets_wrap_up_run_out(floor)
    floor.bot.waitUntil(lambda: not floor.desk.sessions, timeout=5000)
    assert written(floor, session).status is InteractionStatus.FINISHED
    assert floor.desk.agent.state is AgentState.READY


def test_a_wrap_up_without_a_reason_stays(floor: Floor) -> None:
    session = wraps_up(floor)
    _lets_wrap_up_run_out(floor)
    with floor.bot.waitSignal(floor.interaction_control._clock.timeout, timeout=5000):
        pass
    assert floor.desk.session(session.id) is not None
    assert written(floor, session).status is InteractionStatus.OPEN


def test_a_contact_in_a_call_cannot_be_finished(floor: Floor) -> None:
    session = talks(floor)
    toasts: list[str] = []
    floor.desk.toast.connect(lambda toast: toasts.append(toast.code))
    floor.interaction_control.finish(session.id)
    assert toasts == ["call_still_up"]
    assert floor.desk.session(session.id) is not None


def test_an_answer_about_another_account_does_not_count(floor: Floor) -> None:
    session = talks(floor)
    right = AnswerResult(passed=True, count=1, needed=1)
    floor.interaction_control.answered(session.id, UUID(int=7), "birth_on", right)
    assert floor.session.verified == frozenset()
    assert not floor.session.confirmed


# -- calls in vain --------------------------------------------------------------------------------
def calls_in_vain(floor: Floor, company: Company) -> Session:
    """Joao's record is open, he is called and does not answer; the desk is told to wrap up."""
    session = opened(floor, company.id("joao"))
    floor.call_routing.dial("+5511987651111", session.id)
    floor.settle()
    call = floor.session.live_call
    assert call is not None
    ended = call.moved(CallState.ENDED, datetime.now(UTC), EndReason.NO_ANSWER)
    floor.desk.update(session.id, calls=(ended,))
    floor.interaction_control.tried(session.id)
    floor.settle()
    return floor.session


def test_a_call_in_vain_is_a_contact_with_a_wrap_up(floor: Floor, company: Company) -> None:
    session = calls_in_vain(floor, company)
    assert session.interaction is not None
    assert session.interaction.direction is InteractionDirection.OUTBOUND
    assert floor.desk.agent.state is AgentState.WRAP_UP
    assert written(floor, session).account_id == company.id("joao")
    [call] = call_log.recent(floor.stores)
    assert (call.call.interaction_id, call.call.end_reason) == (session.interaction.id, "no_answer")
    assert (call.account_name, call.is_sure) == ("João Conceição", True)


def test_after_a_call_in_vain_ready_only_with_a_reason(floor: Floor, company: Company) -> None:
    session = calls_in_vain(floor, company)
    asked: list[object] = []
    floor.interaction_control.reason_needed.connect(asked.append)
    past = datetime.now(UTC) - timedelta(seconds=session.wrap_up_seconds + 1)
    floor.desk.update(session.id, wrap_up_since=past)
    floor.interaction_control._end_wrap_ups()
    floor.settle()
    assert floor.desk.agent.state is AgentState.WRAP_UP
    floor.interaction_control.finish(session.id)
    assert asked == [session.id]
    floor.interaction_control.set_reason(session.id, "other.info")
    floor.interaction_control._end_wrap_ups()
    floor.settle()
    assert floor.desk.sessions == ()
    assert floor.desk.agent.state is AgentState.READY
    kept = interactions.get(floor.stores, session.interaction.id)  # type: ignore[union-attr]
    assert (kept.status, kept.reason) == (InteractionStatus.FINISHED, "other.info")


def test_a_reason_given_before_the_protocol_number_is_not_lost(floor: Floor) -> None:
    floor.rings()
    floor.call_routing.answer()  # the interaction is begun in the background
    floor.interaction_control.set_reason(floor.session.id, "outage")
    assert floor.session.interaction is None
    session = talks_on(floor)
    assert written(floor, session).reason == "outage"


def talks_on(floor: Floor) -> Session:
    floor.settle()
    return floor.session


def test_a_call_that_ended_at_once_is_written_into_its_interaction(floor: Floor) -> None:
    """Answered and hung up before the interaction had its number."""
    floor.rings()
    floor.call_routing.answer()
    floor.call_routing.hang_up()
    floor.settle()
    session = floor.session
    assert session.interaction is not None
    [call] = call_log.recent(floor.stores)
    assert call.call.interaction_id == session.interaction.id
