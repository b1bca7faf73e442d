"""The centre goes down and comes back: nothing stops, nothing is lost, nothing comes twice."""

from __future__ import annotations

from tests.desk.story import MARINA, Centre, Desk


def test_a_ticket_saved_offline_survives_a_restart_and_arrives_once(
    desk: Desk, centre: Centre
) -> None:
    desk.takes_call(MARINA)
    centre.goes_down()
    number = desk.writes_ticket("Street lamp is out")
    desk.hangs_up()
    desk.finishes()
    desk.is_offline()
    desk.restarts().signs_in().is_offline()
    assert "offline since" in desk.header
    assert "not sent" in desk.header
    centre.comes_back()
    desk.tries_the_centre().is_in_sync()
    assert desk.header == "In sync"
    assert centre.has_ticket(number)
    assert centre.count("ticket", subject="Street lamp is out") == 1
