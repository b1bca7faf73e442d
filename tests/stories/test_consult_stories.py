"""Asking a colleague about a call, over real SIP: the phone process calls, the customer's process
takes both calls."""

from __future__ import annotations

from agent_desktop.models.agent.state import AgentState
from agent_desktop.telephony.call import CallState
from agent_desktop.views.console.console_state import Strip
from tests.stories.story import MARINA, Centre, Desk

COLLEAGUE = "4177"
CALLS = """
    select count(*), count(c.answered_at), count(c.ended_at)
    from crm.interaction_call c join crm.interaction i on i.id = c.interaction_id
    where i.protocol = %s
"""


def states(desk: Desk) -> list[CallState]:
    return [call.state for call in desk.road.shift.phone.calls()]


def strip(desk: Desk) -> Strip:
    return desk.road.shift.window.console.strip


def asks(desk: Desk) -> None:
    """Hold the customer and talk with a colleague, by keys."""
    desk.presses("Shift+F8")
    desk.waits(lambda: desk.focus == "console.transfer_field", "the caret in the field")
    desk.types(COLLEAGUE)
    desk.presses("Enter")
    desk.waits(lambda: states(desk) == [CallState.HELD, CallState.TALKING], "the colleague talks")


def test_a_colleague_is_asked_joined_and_dropped(desk: Desk, centre: Centre) -> None:
    desk.takes_call(MARINA)
    protocol = desk.protocol
    asks(desk)
    assert len(desk.road.shift.desk.sessions) == 1
    desk.waits(lambda: strip(desk) is Strip.CONSULTING, "the console of a consultation")
    desk.presses("Ctrl+Shift+F8")
    desk.waits(lambda: states(desk) == [CallState.TALKING, CallState.HELD], "swapped")
    desk.presses("Ctrl+F8")
    desk.waits(lambda: strip(desk) is Strip.CONFERENCE, "a conference")
    desk.waits(lambda: states(desk) == [CallState.TALKING] * 2, "both are heard")
    desk.presses("F8")
    desk.waits(lambda: states(desk) == [CallState.HELD] * 2, "both wait")
    desk.presses("F8")
    desk.waits(lambda: states(desk) == [CallState.TALKING] * 2, "both are back")
    desk.presses("Ctrl+F11")
    desk.waits(lambda: states(desk) == [CallState.TALKING], "the colleague is dropped")
    desk.waits(lambda: strip(desk) is Strip.TALKING, "an ordinary call")
    desk.hangs_up()
    desk.finishes("outage")
    desk.is_in_sync()
    assert centre.asked(CALLS, protocol) == (2, 2, 2)


def test_back_to_the_customer_with_one_key(desk: Desk) -> None:
    desk.takes_call(MARINA)
    asks(desk)
    desk.presses("Ctrl+Shift+F7")
    desk.waits(lambda: states(desk) == [CallState.TALKING], "only the customer")
    assert desk.agent_state is AgentState.TALKING
    desk.hangs_up()
    desk.finishes("outage")
