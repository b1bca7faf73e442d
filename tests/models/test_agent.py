"""The states of an agent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_desktop.models.agent import AgentState, AgentStatus, may_move

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
