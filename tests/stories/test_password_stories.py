"""The agent changes the password at the desk; who comes back with a temporary one chooses another;
what lies sealed at a shared computer goes to the centre."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from agent_desktop.central import database, staff
from agent_desktop.demo.staff import BRUNO
from agent_desktop.models.store.stores import LOCAL_FILE
from agent_desktop.sync.connection import Server
from agent_desktop.sync.sign_in import folder_of
from agent_desktop.system.credentials import KeySafe
from agent_desktop.views.shell.screen_lock import ScreenLock
from agent_desktop.views.workplace.password_sheet import PasswordSheet
from agent_desktop.views.workplace.set_aside_sheet import SetAsideSheet
from tests.stories.conftest import ADesk
from tests.stories.story import MARINA, Centre, Desk

NEW = "nine small owls"


def types(parent: object, name: str, text: str, *, enter: bool = False) -> None:
    edit = parent.findChild(QLineEdit, f"{name}.edit")  # type: ignore[attr-defined]
    assert isinstance(edit, QLineEdit)
    edit.setFocus()
    QTest.keyClicks(edit, text)
    if enter:
        QTest.keyClick(edit, Qt.Key.Key_Return)


def tries(desk: Desk, password: str) -> str:
    """Sign in as a person does, on the page; what it says about it."""
    page, computer = desk.road.app.sign_in, desk.computer
    page.fill(computer.server, computer.agent.user_name, password=password)
    page.button.click()
    desk.waits(lambda: desk.message or desk.is_signed_in, "an answer")
    return desk.message


def password_back(request: pytest.FixtureRequest, centre: Centre, desk: Desk) -> None:
    """Roles are the server's, which other stories use."""
    agent = desk.computer.agent
    request.addfinalizer(
        lambda: centre.does(
            f"alter role {agent.user_name} login password '{agent.password.replace(chr(39), '')}'"
        )
    )


def test_changed_at_the_desk_it_is_good_everywhere(
    desk: Desk, centre: Centre, request: pytest.FixtureRequest
) -> None:
    password_back(request, centre, desk)
    window, old = desk.road.shift.window, desk.computer.agent.password
    desk.is_in_sync()
    window.commands.run("password.change")
    sheet = window.findChild(PasswordSheet, "password")
    assert isinstance(sheet, PasswordSheet)
    assert sheet.isVisible()
    for name, text in (("current", "guessed"), ("new", NEW)):
        types(sheet, f"password.{name}", text)
    types(sheet, "password.again", NEW, enter=True)
    desk.waits(lambda: sheet.current.message(), "that the present one is wrong")
    sheet.current.wipe()
    types(sheet, "password.current", old, enter=True)
    desk.waits(lambda: not sheet.isVisible(), "the change")
    desk.sees("Password changed")

    window.commands.run("screen.lock")
    lock = window.findChild(ScreenLock, "lock")
    assert isinstance(lock, ScreenLock)
    types(lock, "lock.password", old, enter=True)
    desk.waits(lambda: lock.problem.text(), "the old one is no longer good")
    types(lock, "lock.password", NEW, enter=True)
    desk.waits(lambda: not lock.is_locked, "the new one unlocks")

    desk.takes_call(MARINA)  # and what is done goes to the centre over a line of the new one
    number = desk.writes_ticket("After the change")
    desk.hangs_up()
    desk.waits(lambda: centre.has_ticket(number), "the ticket at the centre")
    desk.closes()
    desk.opens()
    assert "User or password is not right" in desk.tries_to_sign_in(password=old)
    desk.signs_in(NEW).is_in_sync()
    assert centre.count("audit", what="password") == 1


def test_offline_it_says_that_it_needs_the_centre(desk: Desk, centre: Centre) -> None:
    desk.is_in_sync()
    centre.goes_down()
    desk.is_offline()
    window = desk.road.shift.window
    window.commands.run("password.change")
    sheet = window.findChild(PasswordSheet, "password")
    assert isinstance(sheet, PasswordSheet)
    types(sheet, "password.current", desk.computer.agent.password)
    types(sheet, "password.new", NEW)
    types(sheet, "password.again", NEW, enter=True)
    desk.waits(lambda: sheet.problem.text(), "why not")
    assert "only it can change a password" in sheet.problem.text()
    centre.comes_back()


def test_fourteen_days_before_its_end_it_is_told(a_desk: ADesk, centre: Centre) -> None:
    centre.does("update crm.site set password_days = 90")
    centre.does("update crm.password set changed_at = now() - interval '80 days'")
    desk = a_desk()
    desk.sees("Your password is good for")
    window = desk.road.shift.window
    assert window.message_bar.key() == "password"


def test_a_temporary_one_leads_to_the_form_before_anything_else(
    a_desk: ADesk, centre: Centre, request: pytest.FixtureRequest
) -> None:
    desk = a_desk()
    desk.is_in_sync()
    password_back(request, centre, desk)
    desk.closes()
    with database.connect(centre.dsn) as admin:
        staff.reset_password(admin, desk.computer.agent.user_name, "on a slip of paper")
    desk.opens()
    assert "no longer good" in tries(desk, "on a slip of paper")
    page = desk.road.app.sign_in
    types(page, "sign_in.fresh.new", "short")
    types(page, "sign_in.fresh.again", "short", enter=True)
    desk.waits(lambda: "At least" in page.new_password.new.message(), "what is wrong with it")
    page.new_password.wipe()
    types(page, "sign_in.fresh.new", NEW)
    types(page, "sign_in.fresh.again", NEW, enter=True)
    desk.waits(lambda: "Type the old one too" in desk.message, "the question for the old one")
    types(page, "sign_in.old_password", desk.computer.agent.password, enter=True)
    desk.waits(lambda: desk.is_signed_in, "the shift")
    desk.is_in_sync()


def test_a_shared_computer(desk: Desk, centre: Centre, request: pytest.FixtureRequest) -> None:
    """Rita goes home with unsent work, Bruno comes; it stays hers until she has left."""
    rita = desk.computer.agent
    folder = folder_of(desk.computer.settings.folder, Server.parse(desk.computer.server),
                       rita.user_name)  # fmt: skip
    desk.takes_call(MARINA)
    centre.goes_down()
    number = desk.writes_ticket("Written in the dark")
    desk.hangs_up()
    desk.finishes()
    desk.road.shift.window.commands.run("sign.out")
    desk.sees("not sent yet")
    desk.sees("They stay on this computer")
    desk.closes()
    centre.comes_back()

    desk.computer.agent = BRUNO
    desk.opens().signs_in().is_in_sync()
    assert (folder / LOCAL_FILE).exists()
    safe = KeySafe(f"{desk.computer.profile}/{desk.computer.server}", desk.computer.ring)
    mine = safe.unwrap(BRUNO.user_name, BRUNO.password)
    assert mine is not None
    assert centre.count("quarantine") == 0
    desk.closes()

    with database.connect(centre.dsn) as admin:
        staff.offboard(admin, rita.user_name)
        request.addfinalizer(lambda: centre.does(f"alter role {rita.user_name} login"))
    desk.opens().signs_in().is_in_sync()
    desk.waits(lambda: not (folder / LOCAL_FILE).exists(), "Rita's files to be handed over")
    assert centre.asked("select done_at is not null from crm.quarantine") is True
    assert not centre.has_ticket(number), "the administrator decides what becomes of it"


def test_work_set_aside_comes_back_with_the_old_password(
    desk: Desk, centre: Centre, request: pytest.FixtureRequest
) -> None:
    agent = desk.computer.agent
    password_back(request, centre, desk)
    desk.takes_call(MARINA)
    centre.goes_down()
    number = desk.writes_ticket("Before the reset")
    desk.hangs_up()
    desk.finishes()
    desk.closes()
    centre.comes_back()
    centre.does(f"alter role {agent.user_name} password '{NEW}'")
    desk.opens()
    assert "Type the old one too" in tries(desk, NEW)
    desk.road.app.sign_in.without_old.click()
    desk.waits(lambda: desk.is_signed_in, "the shift")
    desk.is_in_sync()
    window = desk.road.shift.window
    desk.sees("Work you did not send before")
    window.message_bar.verb_chosen.emit("set_aside")
    sheet = window.findChild(SetAsideSheet, "set_aside")
    assert isinstance(sheet, SetAsideSheet)
    types(sheet, "set_aside.old", "guessed", enter=True)
    desk.waits(lambda: sheet.old.message(), "that it is not the one")
    sheet.old.wipe()
    types(sheet, "set_aside.old", agent.password, enter=True)
    desk.waits(lambda: not sheet.isVisible(), "the work brought back")
    QApplication.processEvents()
    desk.waits(lambda: centre.has_ticket(number), "the ticket at the centre")
    desk.waits(lambda: window.message_bar.key() != "set_aside", "nothing is left")
