"""A number from a link in the dial field of the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_desktop.views.shell import link_offer
from agent_desktop.views.shell.link_offer import LinkOffer
from agent_desktop.views.shell.main_window import MainWindow
from tools import state_sheet as sheet

NUMBER = "+5511987654321"


class Screen:
    """The window, and the numbers it was asked to dial."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.dialled: list[str] = []
        self.window.console.dialled.connect(self.dialled.append)
        self.offer = LinkOffer(self.window)
        self.dial = self.window.console.dial
        self.edit = self.window.work_area.page.edit  # type: ignore[union-attr]

    def said(self) -> str:
        return " ".join(self.window.toasts.texts())


@pytest.fixture
def screen(window: MainWindow) -> Screen:
    return Screen(window)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_offer, "GRACE_SECONDS", 0.0)


def test_the_number_is_offered_and_enter_dials_it(
    screen: Screen, qtbot: QtBot, no_grace: None
) -> None:
    screen.offer.offer(f"tel:{NUMBER};ext=12", was_in_front=False)
    assert screen.dial.text() == NUMBER
    assert screen.dial.hasFocus()
    assert "12" in screen.said()
    assert screen.dialled == []
    qtbot.keyClick(screen.dial, Qt.Key.Key_Return)
    assert screen.dialled == [NUMBER]


def test_an_enter_on_its_way_to_somewhere_else_dials_nothing(screen: Screen, qtbot: QtBot) -> None:
    screen.offer.offer(f"tel:{NUMBER}", was_in_front=False)
    qtbot.keyClick(screen.dial, Qt.Key.Key_Return)
    assert screen.dialled == []
    assert screen.dial.text() == NUMBER
    qtbot.wait(int(link_offer.GRACE_SECONDS * 1000) + 50)
    qtbot.keyClick(screen.dial, Qt.Key.Key_Enter)
    assert screen.dialled == [NUMBER]


def test_who_types_keeps_the_focus(screen: Screen, qtbot: QtBot, no_grace: None) -> None:
    screen.edit.setFocus()
    screen.offer.offer(f"tel:{NUMBER}", was_in_front=True)
    assert QApplication.focusWidget() is screen.edit
    assert screen.dial.text() == NUMBER
    qtbot.keyClicks(screen.edit, "crew")
    assert screen.edit.text() == "crew"
    screen.window.console.focus_dial()
    qtbot.keyClick(screen.dial, Qt.Key.Key_Return)
    assert screen.dialled == [NUMBER]


def test_a_number_that_is_being_typed_stays(screen: Screen, qtbot: QtBot) -> None:
    screen.window.console.focus_dial()
    qtbot.keyClicks(screen.dial, "190")
    screen.offer.offer(f"tel:{NUMBER}", was_in_front=True)
    assert screen.dial.text() == "190"
    assert NUMBER in screen.said()


def test_during_a_call_the_number_waits(screen: Screen) -> None:
    views = sheet.console_views()
    screen.window.console.show_view(views[1])
    assert not screen.dial.isVisible()
    screen.offer.offer(f"callto:{NUMBER}", was_in_front=False)
    screen.offer.offer("callto:190", was_in_front=False)
    assert "190" in screen.said()
    screen.edit.setFocus()
    screen.window.console.show_view(views[0])
    assert screen.dial.isVisible()
    assert screen.dial.text() == "190"
    assert QApplication.focusWidget() is screen.edit
    assert screen.dialled == []


@pytest.mark.parametrize("link", ["tel:*72190", "sip:rita@x", "javascript:1", "tel:<img src=x>"])
def test_what_is_no_number_is_said_and_not_shown(screen: Screen, link: str) -> None:
    screen.offer.offer(link, was_in_front=False)
    assert screen.dial.text() == ""
    assert screen.said()
    assert "img" not in screen.said()
