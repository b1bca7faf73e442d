"""A contact was given to the wrong account: it goes to the right one with all that is in it."""

from __future__ import annotations

from tests.stories.story import MARINA, Centre, Desk


def test_the_contact_moves_with_its_ticket_and_notes(desk: Desk, centre: Centre) -> None:
    desk.takes_call(MARINA)
    desk.presses("Ctrl+Shift+N")
    desk.types("It is about her neighbour Antonia.")
    number = desk.writes_ticket("Ventilator needs power")
    desk.presses("Alt+Left")
    desk.sees_account("Marina Albuquerque")
    protocol = desk.protocol

    desk.finds_command("Move to another account")
    desk.waits(lambda: desk.focus == "move.search", "the search for the right account")
    desk.types("Antônia Ribeiro")
    desk.sees("Antônia Ribeiro")
    desk.waits_for_quiet()
    desk.presses("Return", "Return")
    desk.sees_account("Antônia Ribeiro")

    assert desk.protocol == protocol
    assert not desk.session.is_verified
    desk.waits(lambda: "her neighbour" in desk.text_in("notes.text"), "the notes")
    desk.sees(number)
    desk.hangs_up()
    desk.finishes()
    desk.is_in_sync()
    moved = centre.asked(
        "select a.name, i.notes, i.protocol from crm.ticket t"
        " join crm.interaction i on i.id = t.interaction_id"
        " join crm.account a on a.id = t.account_id and a.id = i.account_id"
        " where t.number = %s",
        number,
    )
    assert moved == ("Antônia Ribeiro", "It is about her neighbour Antonia.", protocol)
    left = (
        "select count(*) from crm.interaction_call c join crm.account a on a.id = c.account_id"
        " join crm.interaction i on i.id = c.interaction_id"
        " where i.protocol = %s and a.name <> 'Antônia Ribeiro'"
    )
    assert centre.asked(left, protocol) == 0
