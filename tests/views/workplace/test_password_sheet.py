"""The password: changed from the desk, asked for before anything else when it has ended."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.sign_in import SignIn, SignInRequest
from agent_desktop.views.workplace.password_sheet import PasswordSheet

GOOD = "nine small owls"
HIDDEN, SHOWN = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal


@pytest.fixture
def sheet(window: MainWindow) -> PasswordSheet:
    made = PasswordSheet(window.work_area)
    made.open_for(14)
    return made


def edit(parent: object, name: str) -> QLineEdit:
    found = parent.findChild(QLineEdit, f"{name}.edit")  # type: ignore[attr-defined]
    assert isinstance(found, QLineEdit)
    return found


def fill(qtbot: QtBot, sheet: PasswordSheet, current: str, new: str, again: str) -> None:
    for name, text in (("current", current), ("new", new), ("again", again)):
        qtbot.keyClicks(edit(sheet, f"password.{name}"), text)


def test_it_asks_for_the_present_one_and_twice_for_the_new_one(
    qtbot: QtBot, sheet: PasswordSheet
) -> None:
    assert QApplication.focusWidget() is edit(sheet, "password.current")
    assert "14" in sheet.new.rule.text()
    fill(qtbot, sheet, "old one", GOOD, GOOD)
    with qtbot.waitSignal(sheet.change_asked) as told:
        qtbot.keyClick(edit(sheet, "password.again"), Qt.Key.Key_Return)
    assert told.args == ["old one", GOOD]
    assert not sheet.verb.isEnabled(), "one change at a time"
    with qtbot.assertNotEmitted(sheet.change_asked):
        sheet.verb.click()


@pytest.mark.parametrize(
    ("current", "new", "again", "at", "words"),
    [
        ("", GOOD, GOOD, "current", "fill this in"),
        ("old", "", "", "new", "fill this in"),
        ("old", GOOD, "nine small owl", "again", "not the same"),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    qtbot: QtBot, sheet: PasswordSheet, current: str, new: str, again: str, at: str, words: str
) -> None:
    fill(qtbot, sheet, current, new, again)
    with qtbot.assertNotEmitted(sheet.change_asked):
        sheet.verb.click()
    field = {"current": sheet.current, "new": sheet.new.new, "again": sheet.new.again}[at]
    assert words in field.message()
    assert QApplication.focusWidget() is field.editor
    assert words in field.editor.accessibleDescription()


def test_what_the_rule_says_stands_at_the_field(qtbot: QtBot, sheet: PasswordSheet) -> None:
    fill(qtbot, sheet, "old", "short", "short")
    sheet.verb.click()
    sheet.show_refusal({"new": "password_short"}, length=14)
    assert sheet.new.new.message() == "At least 14 characters"
    qtbot.keyClicks(edit(sheet, "password.new"), "er")
    assert sheet.new.new.message() == ""
    sheet.show_refusal({"current": "password_wrong"})
    assert sheet.current.message() == "This is not your present password"
    assert sheet.new.new.value() == "shorter", "what was typed stays"


def test_without_the_centre_it_says_so(qtbot: QtBot, sheet: PasswordSheet) -> None:
    fill(qtbot, sheet, "old", GOOD, GOOD)
    sheet.verb.click()
    sheet.show_failure("password_needs_centre")
    assert "only it can change a password" in sheet.problem.text()
    assert sheet.verb.isEnabled()


def test_dots_until_the_eye_and_nothing_is_left_behind(qtbot: QtBot, sheet: PasswordSheet) -> None:
    QApplication.clipboard().setText(GOOD)
    line = edit(sheet, "password.new")
    assert line.echoMode() is HIDDEN
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == GOOD, "pasting is allowed"
    sheet.new.eye.click()
    assert line.echoMode() is SHOWN
    assert edit(sheet, "password.again").echoMode() is SHOWN
    assert edit(sheet, "password.current").echoMode() is HIDDEN
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    sheet.open_for(14)
    assert line.text() == ""
    assert line.echoMode() is HIDDEN
    line.undo()
    assert line.text() == ""


# -- the sign-in page -----------------------------------------------------------------------------
@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> SignIn:
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)
    made = SignIn()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.fill("centre.example", "rita", password="temporary")
    return made


def test_one_that_has_ended_leads_to_another(qtbot: QtBot, page: SignIn) -> None:
    page.show_failure("password_ended", length=16)
    assert page.new_password.isVisible()
    assert QApplication.focusWidget() is edit(page, "sign_in.fresh.new")
    assert "no longer good" in page.failure()
    assert "16" in page.new_password.rule.text()
    assert page.button.text() == "Change and sign in"
    for name in ("new", "again"):
        qtbot.keyClicks(edit(page, f"sign_in.fresh.{name}"), GOOD)
    with qtbot.waitSignal(page.sign_in_requested) as told:
        qtbot.keyClick(edit(page, "sign_in.fresh.again"), Qt.Key.Key_Return)
    asked = told.args[0]
    assert asked == SignInRequest("centre.example", "rita", "temporary", new_password=GOOD)
    assert GOOD not in repr(asked)
    after = asked.with_new_password()
    assert (after.password, after.old_password, after.new_password) == (GOOD, "", "")
    page.take_new_password()
    assert (page.password.value(), page.new_password.new.value()) == (GOOD, "")
    assert not page.new_password.isVisible()


def test_a_new_one_that_is_refused_says_why_and_nobody_signs_in(qtbot: QtBot, page: SignIn) -> None:
    page.show_failure("password_ended", length=12)
    for name, text in (("new", "abcdefg"), ("again", "abcdefgh")):
        qtbot.keyClicks(edit(page, f"sign_in.fresh.{name}"), text)
    with qtbot.assertNotEmitted(page.sign_in_requested):
        page.button.click()
    assert "not the same" in page.new_password.again.message()
    page.show_refusal({"new": "password_same"})
    assert page.new_password.new.message() == "This is the password you have now"
    page.show_refusal({"current": "password_wrong"})
    assert "not right" in page.failure()
    page.show_failure("password_ended", length=12)
    page.user.editor.setText("another")
    assert not page.new_password.isVisible(), "somebody else's has not ended"
    assert page.button.text() == "Sign in"
