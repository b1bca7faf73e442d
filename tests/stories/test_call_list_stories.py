"""Calls nobody answered, and what the agent was doing: nothing of it is lost."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView, QWidget

from agent_desktop.demo.callers import RITA
from agent_desktop.desk.session import PageKind
from agent_desktop.models.agent.state import AgentState
from tests.stories.story import MARINA, Centre, Desk

MISSED = """
    select c.interaction_id, c.account_id, a.user_name, c.end_reason, c.queue, c.seen_at is not null
    from crm.interaction_call c join crm.agent a on a.id = c.agent_id
    where c.number = %s and c.interaction_id is null
"""
STATES = """
    select array_agg(s.state order by s.happened_at, s.logged_at)
    from crm.agent_state s join crm.agent a on a.id = s.agent_id where a.user_name = %s
"""


def test_who_gave_up_is_in_the_list_and_is_called_back_with_one_key(
    desk: Desk, centre: Centre
) -> None:
    before = desk.part("navigation.calls", QWidget).accessibleName()
    desk.rings_from(MARINA)
    desk.caller_hangs_up()
    desk.waits(lambda: not desk.calls, "the ring is over")
    navigation = desk.part("navigation.calls", QWidget)
    desk.waits(lambda: navigation.accessibleName() != before, "one more missed call")
    desk.is_in_sync()
    expected = (None, None, "rita", "missed", MARINA.queue, False)
    assert centre.asked(MISSED, MARINA.number) == expected

    desk.waits_for_quiet()
    desk.presses("Alt+4")
    desk.waits(lambda: desk.page is PageKind.CALLS, "the page of calls")
    desk.sees("Marina Albuquerque \\(matches\\)")
    table = desk.part("calls.table", QTableView)
    desk.waits(lambda: table.model().index(0, 0).data() == "Missed", "the missed call on top")
    desk.waits(lambda: navigation.accessibleName() == "Calls", "seen, so nothing to count")
    desk.is_in_sync()
    assert centre.asked(MISSED, MARINA.number)[-1]

    desk.presses("Ctrl+Shift+F9")
    desk.waits(lambda: [call.number for call in desk.calls] == [MARINA.number], "the call back")
    desk.presses("Ctrl+F9")
    desk.waits(lambda: not desk.calls, "the call back is over")


def test_a_missed_call_without_a_centre_is_in_the_list_too(desk: Desk, centre: Centre) -> None:
    centre.goes_down()
    desk.is_offline()
    desk.rings_from(MARINA)
    desk.caller_hangs_up()
    desk.waits(lambda: not desk.calls, "the ring is over")
    desk.waits_for_quiet()
    desk.presses("Alt+4")
    desk.sees("Marina Albuquerque \\(matches\\)")
    centre.comes_back()
    desk.tries_the_centre().is_in_sync()
    assert centre.asked(MISSED, MARINA.number)[3] == "missed"


def test_the_centre_knows_what_the_agent_was_doing(desk: Desk, centre: Centre) -> None:
    desk.presses("F12")
    desk.waits(lambda: desk.agent_state is AgentState.READY, "ready")
    desk.takes_call(MARINA)
    desk.hangs_up()
    desk.finishes()
    desk.waits(lambda: desk.agent_state is AgentState.READY, "ready again")
    desk.is_in_sync()
    desk.logs_off()
    desk.waits(lambda: not desk.is_signed_in, "signed out")
    wanted = ["not_ready", "ready", "offered", "talking", "wrap_up", "ready", "logged_out"]
    assert centre.asked(STATES, RITA.user_name) == wanted
