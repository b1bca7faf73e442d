"""The screen lock: what is hidden, what still works, and that nothing typed is lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.views.console.console_state import veiled
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from agent_desktop.views.shell import screen_lock
from agent_desktop.views.shell.commands import TABLE
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.peek_card import PeekView
from agent_desktop.views.shell.screen_lock import ALLOWED, TRIES, IdleWatch, ScreenLock
from tests.views.shell_parts import StandIn
from tools import state_sheet as sheet


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return request.param


@pytest.fixture
def lock(window: MainWindow) -> ScreenLock:
    return ScreenLock(window, "Rita Souza")


def page(window: MainWindow) -> StandIn:
    assert isinstance(window.work_area.page, StandIn)
    return window.work_area.page


def visible(window: MainWindow) -> list[QWidget]:
    return [part for part in window.findChildren(QWidget) if part.isVisible()]


def inside(part: QWidget, *roots: QWidget) -> bool:
    return any(part is root or root.isAncestorOf(part) for root in roots)


def type_password(qtbot: QtBot, window: MainWindow, text: str) -> None:
    edit = window.findChild(QLineEdit, "lock.password.edit")
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_only_the_console_and_the_lock_are_left(window: MainWindow, lock: ScreenLock) -> None:
    place = window.console.geometry()
    window.commands.run("screen.lock")
    assert lock.is_locked
    QApplication.processEvents()
    assert window.console.geometry() == place
    bar = window.message_bar
    strange = [p for p in visible(window) if not inside(p, window.console, lock, bar)]
    assert strange == []
    assert window.childAt(place.center()) is not lock
    for spot in (QPoint(20, 20), QPoint(40, 300), QPoint(700, 700)):
        assert inside(window.childAt(spot), lock)
    seen = window.grab().toImage()
    frame = QColor(theme.tokens().frame)
    assert QColor(seen.pixel(30, 20)) == frame, "the header"
    assert QColor(seen.pixel(60, 400)) == frame, "the navigation"


def test_a_ring_and_a_message_do_not_come_through(
    qtbot: QtBot, window: MainWindow, lock: ScreenLock
) -> None:
    lock.lock()
    window.show_peek(PeekView("Marina Albuquerque", "Best of 3"))
    window.message_bar.show_message("x", "Marina Albuquerque")
    window.toasts.say("Marina Albuquerque")
    qtbot.waitUntil(lambda: not window.peek.isVisible())
    spot = window.message_bar.geometry().center()
    assert inside(window.childAt(spot), lock)
    assert not window.toasts.isVisible()


def test_calls_can_be_taken_and_nothing_else_be_done(
    qtbot: QtBot, window: MainWindow, lock: ScreenLock
) -> None:
    done: list[str] = []
    for command in TABLE:
        if command.id != "screen.lock":
            window.commands.on(command.id, lambda name=command.id: done.append(name))
        window.commands.set_enabled(command.id, True)
    lock.lock()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    for command in TABLE:
        window.commands.run(command.id)
    assert set(done) - {"call.dial_not"} == ALLOWED
    assert not window.console.dial.isEnabled()
    done.clear()
    window.commands.set_enabled("go.home", True)  # what is allowed meanwhile stays locked
    window.commands.run("go.home")
    assert done == []
    lock.unlock()
    window.commands.run("go.home")
    assert done == ["go.home"]


def test_the_password_opens_it_and_the_caret_is_where_it_was(
    qtbot: QtBot, window: MainWindow, lock: ScreenLock
) -> None:
    edit = page(window).edit
    edit.setFocus()
    qtbot.keyClicks(edit, "half a wo")
    lock.lock()
    password = window.findChild(QLineEdit, "lock.password.edit")
    assert QApplication.focusWidget() is password
    assert password.echoMode() is QLineEdit.EchoMode.Password
    with qtbot.waitSignal(lock.password_typed) as told:
        type_password(qtbot, window, "secret")
    assert told.args == ["secret"]
    assert not lock.button.isEnabled(), "one try at a time"
    lock.unlock()
    assert QApplication.focusWidget() is edit
    assert edit.text() == "half a wo"
    assert lock.password.value() == ""
    assert window.header.isVisible()
    assert window.work_area.isVisible()


def test_tries_are_limited_and_each_pause_is_longer(
    qtbot: QtBot, window: MainWindow, lock: ScreenLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_lock, "PAUSES", (1, 2))
    lock.password_typed.connect(lock.refuse)
    lock.lock()
    words = window.findChild(QLabel, "lock.problem") or window.findChild(QWidget, "lock.problem")
    for seconds in (1, 2, 2):
        for _ in range(TRIES):
            assert lock.password.isEnabled()
            type_password(qtbot, window, "guess")
        assert not lock.password.isEnabled()
        assert str(seconds) in words.text()
        qtbot.waitUntil(lock.password.isEnabled, timeout=20_000)


def test_what_a_screen_reader_is_told(window: MainWindow, lock: ScreenLock) -> None:
    lock.lock()
    assert lock.accessibleName() == "Locked"
    assert "telephone works" in lock.accessibleDescription()
    password = window.findChild(QLineEdit, "lock.password.edit")
    assert password.accessibleName() == "Password"
    lock.refuse()
    assert "not right" in lock.accessibleDescription()


@pytest.mark.parametrize("state", range(len(sheet.console_views())))
def test_a_veiled_console_says_no_name(qtbot: QtBot, window: MainWindow, state: int) -> None:
    view = sheet.console_views()[state]
    names = {view.name, view.ringing_name, view.protocol, *(p.name for p in view.others)}
    window.console.show_view(veiled(view))
    shown = " ".join(
        f"{part.accessibleName()} {part.accessibleDescription()} {part.toolTip()}"
        f" {getattr(part, 'text', str)()}"
        for part in (window.console, *window.console.findChildren(QWidget))
    )
    for name in filter(None, names):
        assert name not in shown
        assert name.split()[0] not in shown


def test_nobody_there_locks_and_input_does_not(qtbot: QtBot, window: MainWindow) -> None:
    watch = IdleWatch(0.02, window)  # 1.2 s
    with qtbot.waitSignal(watch.idle, timeout=20_000):
        pass
    watch.again()
    told: list[int] = []
    watch.idle.connect(lambda: told.append(1))
    before = watch.findChild(QTimer).remainingTime()
    qtbot.waitUntil(lambda: watch.findChild(QTimer).remainingTime() < before - 100)
    qtbot.keyClick(window, Qt.Key.Key_Shift)
    assert watch.findChild(QTimer).remainingTime() > before - 100
    assert told == []
    never = IdleWatch(0, window)
    qtbot.keyClick(window, Qt.Key.Key_Shift)
    assert not never.findChild(QTimer).isActive()
