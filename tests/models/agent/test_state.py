"""The states of an agent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_desktop.models.agent.state import AgentState, AgentStatus, may_move

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
S = AgentState


def test_a_call_from_ring_to_wrap_up_and_ready_again() -> None:
    status = AgentStatus(S.READY, NOW)
    for state in (S.OFFERED, S.TALKING, S.HOLD, S.TALKING, S.WRAP_UP):
        status = status.moved(state, LATER)
    assert status.freed(LATER).state is S.READY


def test_nobody_is_called_while_logged_out() -> None:
    assert not may_move(S.LOGGED_OUT, S.TALKING)
    with pytest.raises(ValueError):
        AgentStatus(S.LOGGED_OUT, NOW).moved(S.TALKING, LATER)


def test_after_a_lost_telephone_system_any_state_may_follow() -> None:
    assert all(may_move(S.UNKNOWN, state) for state in S)


def test_the_same_state_keeps_its_timer() -> None:
    assert AgentStatus(S.READY, NOW).moved(S.READY, LATER).since == NOW


def test_not_ready_asked_for_in_a_call_comes_after_it() -> None:
    status = AgentStatus(S.TALKING, NOW).wishing(S.NOT_READY, NOW, "lunch")
    assert status.state is S.TALKING
    assert (status.next_state, status.next_reason) == (S.NOT_READY, "lunch")
    after = status.moved(S.WRAP_UP, LATER).freed(LATER)
    assert (after.state, after.reason, after.next_state) == (S.NOT_READY, "lunch", None)


def test_not_ready_asked_for_while_idle_comes_at_once() -> None:
    status = AgentStatus(S.READY, NOW).wishing(S.NOT_READY, LATER, "break")
    assert (status.state, status.reason, status.since) == (S.NOT_READY, "break", LATER)


def test_who_made_a_call_during_a_break_goes_back_to_the_break() -> None:
    status = AgentStatus(S.NOT_READY, NOW, "break").moved(S.TALKING, LATER).moved(S.WRAP_UP, LATER)
    assert status.freed(LATER) == AgentStatus(S.NOT_READY, LATER, "break")


def test_being_freed_changes_nothing_for_who_is_not_busy() -> None:
    status = AgentStatus(S.NOT_READY, NOW, "lunch")
    assert status.freed(LATER) is status


def test_another_reason_starts_the_timer_again() -> None:
    status = AgentStatus(S.NOT_READY, NOW, "break")
    assert status.moved(S.NOT_READY, LATER, "break") is status
    assert status.moved(S.NOT_READY, LATER) is status
    assert status.wishing(S.NOT_READY, LATER, "lunch") == AgentStatus(S.NOT_READY, LATER, "lunch")


def test_without_a_line_nobody_knows_and_with_it_all_is_as_before() -> None:
    lost = AgentStatus(S.NOT_READY, NOW, "lunch").lost(LATER)
    assert (lost.state, lost.since) == (S.UNKNOWN, LATER)
    assert lost.found(LATER) == AgentStatus(S.NOT_READY, LATER, "lunch")
    assert AgentStatus(S.READY, NOW).lost(LATER).found(LATER).state is S.READY


def test_what_is_asked_for_without_a_line_comes_with_it() -> None:
    lost = AgentStatus(S.READY, NOW).lost(NOW).wishing(S.NOT_READY, NOW, "break")
    assert lost.state is S.UNKNOWN
    assert lost.found(LATER) == AgentStatus(S.NOT_READY, LATER, "break")


@pytest.mark.parametrize("state", [S.OFFERED, S.TALKING, S.HOLD, S.WRAP_UP, S.LOGGED_OUT])
def test_a_call_and_its_wrap_up_outlive_the_line(state: AgentState) -> None:
    status = AgentStatus(state, NOW)
    assert status.lost(LATER) is status
    assert status.found(LATER) is status


@pytest.mark.parametrize("state", S)
def test_who_leaves_is_logged_out_from_any_state(state: AgentState) -> None:
    after = AgentStatus(state, NOW, "x", S.NOT_READY, "y").left(LATER)
    assert after.state is S.LOGGED_OUT
    assert (after.since == NOW) == (state is S.LOGGED_OUT)


#: Every move there is; what is not listed is forbidden.
_TABLE = {
    S.LOGGED_OUT: {S.READY, S.NOT_READY, S.UNKNOWN},
    S.READY: {*S} - {S.HOLD},
    S.NOT_READY: {*S} - {S.HOLD},
    S.OFFERED: {*S} - {S.LOGGED_OUT},
    S.TALKING: {*S} - {S.LOGGED_OUT},
    S.HOLD: {*S} - {S.LOGGED_OUT},
    S.WRAP_UP: {*S},
    S.UNKNOWN: {*S},
}


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_every_cell_of_the_table(before: AgentState, after: AgentState) -> None:
    assert may_move(before, after) == (after is before or after in _TABLE[before])
