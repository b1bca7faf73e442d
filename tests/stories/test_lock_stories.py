"""The agent leaves the desk for a moment: the screen is locked, the telephone is not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from agent_desktop.views.shell.screen_lock import ScreenLock
from tests.stories.story import MARINA, NAMES, Desk


def lock_of(desk: Desk) -> ScreenLock:
    found = desk.road.shift.window.findChild(ScreenLock, "lock")
    assert isinstance(found, ScreenLock)
    return found


def types_password(desk: Desk, password: str) -> None:
    edit = lock_of(desk).findChild(QLineEdit, "lock.password.edit")
    assert isinstance(edit, QLineEdit)
    QTest.keyClicks(edit, password)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def all_words(window: QWidget) -> str:
    parts = (part for part in window.findChildren(QWidget) if part.isVisible())
    return " ".join(
        f"{part.accessibleName()} {part.accessibleDescription()} {part.toolTip()}"
        f" {getattr(part, 'text', str)()}"
        for part in parts
    )


def test_a_call_behind_a_locked_screen_shows_a_number_and_no_name(desk: Desk) -> None:
    shift = desk.road.shift
    desk.takes_call(MARINA)
    shift.window.commands.run("screen.lock")
    lock = lock_of(desk)
    assert lock.is_locked
    desk.waits(lambda: desk.road.app.background.is_idle, "the console has read who calls")
    first, last = NAMES[MARINA.kind].split()
    words = all_words(shift.window)
    assert first not in words
    assert last not in words
    desk.hangs_up()
    desk.waits(lambda: shift.call_routing.active_call is None, "the end of the call")
    assert lock.is_locked

    types_password(desk, "guessed")
    desk.waits(lambda: lock.problem.text(), "the answer")
    assert lock.is_locked
    types_password(desk, desk.computer.agent.password)
    desk.waits(lambda: not lock.is_locked, "the screen unlocked")
    QApplication.processEvents()
    assert last in all_words(shift.window)
    shift.window.commands.run("wrap_up.reason")
    desk.finishes()
