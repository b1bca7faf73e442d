"""A record leaves the agent's scope while its page is open: the page goes, with words."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from agent_desktop.desk.session import PageKind, Place
from tests.stories.story import MARINA, NAMES, Centre, Desk


def shown(desk: Desk) -> str:
    labels = desk.road.shift.window.work_area.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisible())


def test_a_page_whose_record_left_the_scope_closes_calmly(desk: Desk, centre: Centre) -> None:
    name = NAMES[MARINA.kind]
    desk.takes_call(MARINA)
    desk.hangs_up()
    desk.finishes()
    shift = desk.road.shift
    account = centre.asked("select id from crm.account where name = %s", name)
    shift.interaction_control.open_account(account)
    desk.waits(lambda: name in shown(desk), "the account")
    assert shift.desk.page.kind is PageKind.ACCOUNT
    centre.does("update crm.account set scope = 'vip' where id = %s", account)
    desk.waits(lambda: shift.desk.page.kind is PageKind.HOME, "the page to close")
    desk.sees("You may no longer see this record")
    desk.waits(lambda: name not in shown(desk), "nothing of it on the screen")
    shift.desk.open(Place(PageKind.ACCOUNT, account))
    desk.waits(lambda: "Could not be read" in shown(desk), "words instead of records")
    assert name not in shown(desk)
