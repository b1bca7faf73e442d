"""The phone process dies in a call: what the agent has stays, and the customer is called back."""

from __future__ import annotations

import os
import signal

from agent_desktop.desk.session import PageKind
from agent_desktop.telephony.call import CallState, EndReason, LineState
from tests.stories.story import MARINA, Centre, Desk

CALLS = """
    select c.end_reason from crm.interaction_call c join crm.interaction i
    on i.id = c.interaction_id where i.protocol = %s order by c.started_at
"""


def _kill_phone(desk: Desk) -> int:
    """kill -9; returns the process it was."""
    pid = desk.road.shift.phone.engine_pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    return pid


def test_the_phone_is_killed_in_a_call(
    desk: Desk, centre: Centre, expected_errors: list[str]
) -> None:
    expected_errors += ["engine_restarted", "phone process"]
    desk.takes_call(MARINA)
    desk.waits_for_quiet()
    protocol, session_id = desk.protocol, desk.session.id
    desk.presses("Ctrl+Shift+N")
    desk.types("Lamp dark since Monday")
    dead = _kill_phone(desk)
    desk.waits(lambda: desk.call_state is CallState.ENDED, "the call is lost")
    desk.types(", crew was here once")
    call = desk.session.last_call
    assert call is not None
    assert call.end_reason is EndReason.LOST
    assert (desk.session.id, desk.protocol) == (session_id, protocol)
    assert desk.page is PageKind.ACCOUNT
    phone = desk.road.shift.phone
    desk.waits(lambda: phone.line.state is LineState.READY, "the line is back", 40)
    assert phone.engine_pid not in (0, dead)
    assert desk.text_in("notes.text") == "Lamp dark since Monday, crew was here once"
    desk.presses("Ctrl+Shift+F9")
    desk.waits(lambda: desk.call_state is CallState.TALKING, "talking again")
    assert (desk.session.id, desk.protocol) == (session_id, protocol)
    desk.hangs_up()
    desk.finishes("outage")
    desk.is_in_sync()
    with_notes = "select notes from crm.interaction where protocol = %s"
    assert centre.asked(with_notes, protocol) == "Lamp dark since Monday, crew was here once"
    assert centre.asked_all(CALLS, protocol) == ["lost", "hung_up_here"]


def test_the_phone_is_killed_while_it_rings(desk: Desk, expected_errors: list[str]) -> None:
    expected_errors += ["engine_restarted", "phone process"]
    desk.rings_from(MARINA)
    _kill_phone(desk)
    desk.waits(lambda: not desk.road.shift.desk.sessions, "the ring is gone")
    desk.waits(lambda: desk.road.shift.phone.line.state is LineState.READY, "the line is back", 40)
    desk.takes_call(MARINA)
