"""The end of a shift: agents take turns at one computer, and nobody leaves a caller behind."""

from __future__ import annotations

from agent_desktop.demo.callers import RITA
from agent_desktop.demo.staff import BRUNO, Agent
from tests.stories.story import MARINA, Centre, Desk


def sits_down(desk: Desk, agent: Agent) -> None:
    """Another agent signs in, in the program as it stands there."""
    desk.computer.agent = desk.road.agent = agent
    desk.signs_in().is_in_sync()
    desk.sees(agent.name)
    assert desk.road.shift.phone.line.extension == agent.extension
    assert desk.road.shift.desk.sessions == ()


def test_agents_take_turns_in_one_program(desk: Desk, centre: Centre) -> None:
    """Each has what is theirs: name, line, records; twice in a row."""
    for agent in (BRUNO, RITA, BRUNO, RITA):
        desk.logs_off()
        desk.waits(lambda: not desk.is_signed_in, "signed out")
        sits_down(desk, agent)

    desk.takes_call(MARINA)
    number = desk.writes_ticket("Light went out after the turn")
    desk.hangs_up()
    desk.finishes()
    desk.is_in_sync()
    assert centre.has_ticket(number)


def test_nobody_leaves_in_a_call(desk: Desk) -> None:
    """Neither by the window's cross nor by logging off, and the program says why."""
    desk.takes_call(MARINA)
    desk.window.close()
    assert desk.window.isVisible()
    desk.sees("The call is still up")
    desk.logs_off()
    assert desk.is_signed_in
    assert desk.call_state is not None

    desk.hangs_up()
    desk.finishes()
    desk.is_in_sync()
    desk.logs_off()
    desk.waits(lambda: not desk.is_signed_in, "signed out")
