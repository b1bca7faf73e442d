"""The centre goes down and comes back: nothing stops, nothing is lost, nothing comes twice."""

from __future__ import annotations

import re

from tests.stories.story import ANTONIA, MARINA, Centre, Desk


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
    desk.sees(r"offline since \d\d:\d\d · \d+ not sent")

    centre.comes_back()
    desk.tries_the_centre().is_in_sync()
    assert desk.header == "In sync"
    assert centre.has_ticket(number)
    assert centre.count("ticket", subject="Street lamp is out") == 1
    assert centre.asked("select created_by from crm.ticket where number = %s", number) == (
        desk.computer.agent.name
    )


def test_the_whole_call_works_with_the_centre_down(desk: Desk, centre: Centre) -> None:
    centre.goes_down()
    desk.is_offline()

    desk.rings_from(ANTONIA)
    desk.answers()
    protocol = desk.protocol
    assert re.fullmatch(r"\d{16}", protocol)
    desk.sees(" ".join(re.findall("....", protocol)))
    desk.verifies(ANTONIA)
    desk.sees_account("Antônia Ribeiro")
    number = desk.writes_ticket("The ventilator runs on battery")
    desk.hangs_up()
    desk.finishes("outage")

    centre.comes_back()
    desk.tries_the_centre().is_in_sync()
    told = centre.asked(
        "select i.status, i.reason, i.verified_count, a.name, t.number"
        " from crm.interaction i join crm.account a on a.id = i.account_id"
        " join crm.ticket t on t.interaction_id = i.id where i.protocol = %s",
        protocol,
    )
    assert told[0] == "finished"
    assert told[1]
    assert told[2:] == (2, "Antônia Ribeiro", number)
    assert centre.count("interaction", protocol=protocol) == 1
    talked = (
        "select count(*) from crm.interaction_call c"
        " join crm.interaction i on i.id = c.interaction_id"
        " where i.protocol = %s and c.answered_at is not null and c.ended_at > c.answered_at"
    )
    assert centre.asked(talked, protocol) == 1


def test_a_refused_ticket_comes_back_with_its_escalation(desk: Desk, centre: Centre) -> None:
    desk.takes_call(MARINA)
    centre.goes_down()
    number = desk.writes_ticket("Voltage drops in the evening")
    desk.escalates("Measured 180 V at the meter, customer is at home after 18 h")
    desk.hangs_up()
    desk.finishes()
    desk.closes()

    centre.comes_back()
    centre.does(
        "update crm.ticket set number = %s where number like 'TK-%%' and ctid = "
        "(select ctid from crm.ticket limit 1)",
        number,
    )
    desk.opens().signs_in().is_in_sync()

    assert centre.count("ticket", subject="Voltage drops in the evening") == 0
    desk.presses("Alt+3")
    desk.sees("Came back: new ticket")
    desk.opens_work("Came back: new ticket")
    desk.sees("Voltage drops in the evening")
    desk.sees("Measured 180 V at the meter")


def test_logging_off_with_unsent_work_says_so_and_keeps_it(desk: Desk, centre: Centre) -> None:
    desk.takes_call(MARINA)
    desk.hangs_up()
    centre.goes_down()
    desk.finishes()
    desk.is_offline()

    desk.logs_off()
    desk.sees(r"change\(?s?\)? .*not sent yet.* stay on this computer")
    assert desk.is_signed_in
    desk.clicks_verb("Log off")
    desk.waits(lambda: not desk.is_signed_in, "the sign-in page")

    centre.comes_back()
    desk.signs_in().is_in_sync()
    assert centre.count("interaction", status="open") == 0


def test_the_header_tells_how_the_desk_stands_to_the_centre(desk: Desk, centre: Centre) -> None:
    assert desk.header == "In sync"
    centre.goes_down()
    desk.sees(r"^offline since \d\d:\d\d$")
    desk.rings_from(MARINA)
    desk.answers()
    desk.sees(r"offline since \d\d:\d\d · \d+ not sent")
    centre.comes_back()
    desk.tries_the_centre()
    desk.sees("^In sync$", 40)
    desk.hangs_up()
