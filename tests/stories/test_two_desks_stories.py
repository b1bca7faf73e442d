"""Two desks edit the same account: what differs is merged, what collides is asked about."""

from __future__ import annotations

import pytest

from agent_desktop.demo.staff import BRUNO
from tests.stories.conftest import ADesk
from tests.stories.story import Centre, Desk

MARINA = "Marina Albuquerque"


@pytest.fixture
def bruno(a_desk: ADesk) -> Desk:
    """A colleague's desk."""
    return a_desk(BRUNO)


def of_marina(centre: Centre, field: str) -> object:
    """What the centre has in a field of her account."""
    return centre.asked(f"select {field} from crm.account where name = %s", MARINA)


def test_different_fields_merge(desk: Desk, bruno: Desk, centre: Centre) -> None:
    for each in (desk, bruno):
        each.opens_account(MARINA)
        each.edits_account()
    centre.goes_down()
    desk.types_into("account.email.edit", "marina@example.com")
    desk.presses("Ctrl+Return")
    bruno.types_into("account.note.edit", "Rings twice, the dog is deaf")
    bruno.presses("Ctrl+Return")
    desk.is_offline()
    bruno.is_offline()

    centre.comes_back()
    desk.tries_the_centre().is_in_sync()
    bruno.tries_the_centre().is_in_sync()
    assert of_marina(centre, "email") == "marina@example.com"
    assert of_marina(centre, "note") == "Rings twice, the dog is deaf"
    bruno.sees("marina@example.com")


def test_a_colleagues_change_stands_at_the_field_being_edited(
    desk: Desk, bruno: Desk, centre: Centre
) -> None:
    desk.opens_account(MARINA)
    desk.edits_account()
    desk.types_into("account.email.edit", "mine@example.com")
    bruno.opens_account(MARINA)
    bruno.edits_account()
    bruno.types_into("account.email.edit", "theirs@example.com")
    bruno.presses("Ctrl+Return")
    bruno.is_in_sync()

    desk.sees("Changed by Bruno Tavares .*theirs@example.com")
    assert desk.text_in("account.email.edit") == "mine@example.com"
    desk.clicks("account.email.keep_mine")
    desk.presses("Ctrl+Return")
    desk.waits_for_quiet()
    desk.is_in_sync()
    assert of_marina(centre, "email") == "mine@example.com"


def test_the_same_field_changed_apart_is_asked_about(
    desk: Desk, bruno: Desk, centre: Centre
) -> None:
    for each in (desk, bruno):
        each.opens_account(MARINA)
        each.edits_account()
    centre.goes_down()
    desk.types_into("account.email.edit", "mine@example.com")
    desk.presses("Ctrl+Return")
    bruno.types_into("account.email.edit", "theirs@example.com")
    bruno.presses("Ctrl+Return")
    desk.is_offline()
    desk.closes()

    centre.comes_back()
    bruno.tries_the_centre().is_in_sync()
    desk.opens().signs_in().is_in_sync()
    assert of_marina(centre, "email") == "theirs@example.com"
    desk.presses("Alt+3")
    desk.sees("Came back: change of customer data")
    desk.opens_work("Came back: change of customer data")
    desk.sees("Changed by Bruno Tavares .*theirs@example.com")
    assert desk.text_in("returned.email.edit") == "mine@example.com"

    desk.clicks("returned.email.keep_mine")
    desk.presses("Ctrl+Return")
    desk.waits_for_quiet()
    desk.is_in_sync()
    assert of_marina(centre, "email") == "mine@example.com"
    desk.presses("Alt+3")
    desk.waits(lambda: "Came back" not in desk.screen, "the work is off the list")


def test_theirs_can_be_taken(desk: Desk, bruno: Desk, centre: Centre) -> None:
    desk.opens_account(MARINA)
    desk.edits_account()
    desk.types_into("account.street.edit", "Rua das Flores")
    bruno.opens_account(MARINA)
    bruno.edits_account()
    bruno.types_into("account.street.edit", "Rua das Pedras")
    bruno.presses("Ctrl+Return")
    bruno.is_in_sync()

    desk.sees("Changed by Bruno Tavares .*Rua das Pedras")
    desk.clicks("account.street.take_theirs")
    assert desk.text_in("account.street.edit") == "Rua das Pedras"
    desk.presses("Ctrl+Return")
    desk.waits_for_quiet()
    desk.is_in_sync()
    assert of_marina(centre, "street") == "Rua das Pedras"


def test_a_colleague_at_the_same_record_is_seen_while_he_is_there(desk: Desk, bruno: Desk) -> None:
    desk.opens_account(MARINA)
    bruno.opens_account(MARINA)
    bruno.sees("^Also here: Rita Souza$")
    desk.sees("^Also here: Bruno Tavares$")
    bruno.edits_account()
    bruno.types_into("account.email.edit", "marina@example.com")
    desk.sees("^Also here: Bruno Tavares, typing in E-mail$")
    desk.edits_account()
    desk.sees("^Bruno Tavares is typing$")
    bruno.presses("Escape")
    bruno.presses("Alt+1")
    desk.waits(lambda: "Also here" not in desk.screen, "he has left the record")
    desk.waits(lambda: "is typing" not in desk.screen, "and types no more")


def test_the_same_agent_at_two_computers_is_told_and_both_work(
    desk: Desk, a_desk: ADesk, centre: Centre
) -> None:
    other = a_desk()
    for each in (desk, other):
        each.sees("You are also signed in at .* since ")
    numbers = []
    for each in (desk, other):
        each.opens_account(MARINA)
        numbers.append(each.writes_ticket("No supply"))
        each.waits_for_quiet()
        each.is_in_sync()
    assert numbers[0] != numbers[1]
    assert all(centre.has_ticket(number) for number in numbers)
    for each in (desk, other):
        each.opens_account(MARINA)
        each.sees(numbers[0])
        each.sees(numbers[1])
    other.closes()
    desk.waits(lambda: "also signed in" not in desk.screen, "told that it is over")
