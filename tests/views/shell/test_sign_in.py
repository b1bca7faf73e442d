"""The sign-in page: what it asks, what it says, and that it needs nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from agent_desktop.views.shell.sign_in import CentreState, SignIn, SignInRequest

FAILURES = (
    "wrong_password",
    "unreachable",
    "lease_expired",
    "never_signed_in_here",
    "agent_disabled",
    "clock_set_back",
    "keyring_missing",
    "old_password_needed",
    "old_password_wrong",
    "centre_untrusted",
    "centre_name",
    "centre_expired",
    "centre_no_tls",
    "root_certificate_unreadable",
)
HEAVY = ("sqlalchemy", "keyring", "psycopg", "pyqtgraph", "phonenumbers", "sqlcipher3", "stdnum")


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication):
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)
    made = SignIn()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def password(page: SignIn) -> QLineEdit:
    return page.findChild(QLineEdit, "sign_in.password.edit")


def test_two_keys_and_a_password(qtbot: QtBot, page: SignIn):
    page.fill("centre.example", "rita")
    assert QApplication.focusWidget() is password(page)
    qtbot.keyClicks(password(page), "secret")
    with qtbot.waitSignal(page.sign_in_requested) as told:
        qtbot.keyClick(password(page), Qt.Key.Key_Return)
    assert told.args == [SignInRequest("centre.example", "rita", "secret")]


def test_the_password_is_not_in_the_request_as_text(page: SignIn):
    assert "secret" not in repr(SignInRequest("s", "u", "secret"))
    assert password(page).echoMode() is QLineEdit.EchoMode.Password


def test_one_request_at_a_time(qtbot: QtBot, page: SignIn):
    told: list[SignInRequest] = []
    page.sign_in_requested.connect(told.append)
    page.fill("s", "u", password="p")
    for _ in range(2):
        page.findChild(QAbstractButton, "sign_in.button").click()
    assert len(told) == 1
    page.show_failure("unreachable")
    page.findChild(QAbstractButton, "sign_in.button").click()
    assert len(told) == 2


def test_what_is_missing_gets_the_caret(qtbot: QtBot, page: SignIn):
    page.fill("centre.example")
    qtbot.keyClick(page.user.editor, Qt.Key.Key_Return)
    assert "fill in" in page.failure()
    assert QApplication.focusWidget() is page.user.editor


def test_each_trouble_has_its_own_words(page: SignIn):
    words = set()
    for code in FAILURES:
        page.show_failure(code)
        assert page.failure() not in ("", code.replace("_", " "))
        words.add(page.failure())
    assert len(words) == len(FAILURES)


def test_a_wrong_password_can_be_typed_again_at_once(qtbot: QtBot, page: SignIn):
    page.fill("s", "u", password="wrong")
    page.show_failure("wrong_password")
    qtbot.keyClicks(password(page), "right")
    assert password(page).text() == "right"
    assert page.failure() == "", "typing takes the sentence away"


def test_work_offline_is_offered_only_when_possible(qtbot: QtBot, page: SignIn):
    offline = page.findChild(QAbstractButton, "sign_in.offline")
    assert not offline.isVisible()
    page.offer_offline(True)
    page.fill("s", "u", password="p")
    with qtbot.waitSignal(page.sign_in_requested) as told:
        offline.click()
    assert told.args[0].offline


def test_caps_lock_is_noticed(qtbot: QtBot, page: SignIn):
    hint = page.findChild(QWidget, "sign_in.caps")
    qtbot.keyClicks(password(page), "a")
    assert not hint.isVisible()
    qtbot.keyClick(password(page), "A")
    assert hint.isVisible()
    qtbot.keyClick(password(page), "A", Qt.KeyboardModifier.ShiftModifier)
    assert not hint.isVisible()


def test_the_state_of_the_centre_is_said(page: SignIn):
    page.show_centre(CentreState.UNREACHABLE)
    assert page.findChild(QWidget, "sign_in.centre").text() == "server does not answer"
    page.show_centre(CentreState.REACHABLE)
    assert page.findChild(QWidget, "sign_in.centre").text() == "server answers"


def test_the_language_is_told(qtbot: QtBot, page: SignIn):
    with qtbot.waitSignal(page.language_chosen) as told:
        page.language.editor.setCurrentIndex(2)
    assert told.args == ["ru"]


def test_no_field_is_cut_when_a_long_sentence_stands_there(page: SignIn):
    for code in FAILURES:
        page.show_failure(code)
        QApplication.processEvents()
        for part in (page.server, page.user, page.password):
            assert part.height() >= part.minimumSizeHint().height()


def test_nothing_heavy_is_imported_before_the_page_is_painted():
    code = f"""
import sys
from PySide6.QtWidgets import QApplication
app = QApplication(["x"])
from agent_desktop.views.look import theme
from agent_desktop.views.shell.sign_in import SignIn
theme.apply(app)
page = SignIn()
page.resize(800, 600)
page.show()
page.grab()
print([name for name in {HEAVY!r} if name in sys.modules])
print([name for name in sys.modules if name.startswith("agent_desktop.models")])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_the_old_password_is_asked_for_only_when_it_is_needed(qtbot: QtBot, page: SignIn):
    old = page.findChild(QLineEdit, "sign_in.old_password.edit")
    without = page.findChild(QAbstractButton, "sign_in.without_old")
    assert not old.isVisible()
    assert not without.isVisible()
    page.fill("centre.example", "rita", password="new")
    page.show_failure("old_password_needed")
    assert old.isVisible()
    assert old.accessibleName() == "Old password"
    assert old.echoMode() is QLineEdit.EchoMode.Password
    qtbot.waitUntil(lambda: QApplication.focusWidget() is old)
    qtbot.keyClicks(old, "before")
    with qtbot.waitSignal(page.sign_in_requested) as told:
        qtbot.keyClick(old, Qt.Key.Key_Return)
    asked = told.args[0]
    assert (asked.password, asked.old_password, asked.without_old) == ("new", "before", False)
    assert "before" not in repr(asked)
    assert not old.isEnabled()

    page.show_failure("old_password_wrong")
    with qtbot.waitSignal(page.sign_in_requested) as told:
        without.click()
    assert told.args[0].without_old
    page.show_failure("")
    assert not old.isVisible()
    assert page.old_password.value() == ""
