"""A window with the real console, feed, keys and switchboard, and a phone without SIP: what an
agent does with calls, by real key events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from agent_desktop.desk.session import Toast
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.telephony.call import Call, CallState
from agent_desktop.views.console.agent_keys import AgentKeys
from agent_desktop.views.console.console import Console
from agent_desktop.views.console.console_feed import ConsoleFeed
from agent_desktop.views.kit.draft_keeper import DraftKeeper
from agent_desktop.views.look import theme
from agent_desktop.views.shell.frame_feed import FrameFeed
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.words import wording
from tests import given
from tests.floor import MARINA, Floor
from tests.views.shell_parts import StandIn

COLLEAGUE, OTHER = "6002", "+5511991110099"
PATIENCE_MS = 10_000


@dataclass
class CallDesk:
    """A desk at which calls are taken."""

    floor: Floor
    window: MainWindow
    feed: ConsoleFeed
    toasts: list[Toast]
    sent: list[str]

    @property
    def console(self) -> Console:
        return self.window.console

    @property
    def editor(self) -> QLineEdit:
        page: Any = self.window.work_area.page
        edit: QLineEdit = page.edit
        return edit

    # -- hands
    def press(self, keys: str, on: QWidget | None = None) -> None:
        """A key with its modifiers, sent to the window as the keyboard does."""
        combination = QKeySequence(keys)[0]  # type: ignore[index]  # the stub knows no index
        target = on or QApplication.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
        self.settle()

    def type(self, text: str) -> None:
        """Text into whatever has the keyboard."""
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClicks(target, text)
        self.settle()

    def click(self, name: str) -> None:
        """The left button on a key of the console."""
        button = self.button(name)
        assert button.isVisible(), name
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())
        self.settle()

    def click_at(self, button: QWidget, at: QPoint) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=at)
        self.settle()

    # -- eyes
    def button(self, name: str) -> QAbstractButton:
        found = self.window.findChild(QAbstractButton, f"console.{name}")
        assert isinstance(found, QAbstractButton), name
        return found

    def text(self, part: str) -> str:
        found: Any = self.window.findChild(QWidget, f"console.{part}")
        return str(found.text())

    def keys(self) -> set[str]:
        """The keys in the strip, from left to right they are in `ConsoleKeys.all`."""
        return {
            key.objectName().removeprefix("console.")
            for key in self.console._keys.all
            if key.isVisible()
        }

    def said(self) -> list[str]:
        return [wording.toast(toast) for toast in self.toasts]

    # -- the far ends
    def settle(self) -> None:
        self.floor.settle()
        self.feed.refresh()
        QApplication.processEvents()

    def talks(self, number: str = MARINA, **facts: Any) -> str:
        """A call that was answered."""
        call_id = self.rings(number, **facts)
        self.floor.phone.answer(call_id)
        self.settle()
        guard = self.window.work_area.guard
        self.floor.bot.waitUntil(lambda: not guard.active, timeout=PATIENCE_MS)
        return call_id

    def rings(self, number: str = MARINA, **facts: Any) -> str:
        """A call that has been ringing for a while."""
        since = facts.pop("started_at", datetime.now(UTC) - timedelta(seconds=2))
        call_id = self.floor.phone.ring(number, started_at=since, **facts)
        self.settle()
        return call_id

    def can_answer(self) -> None:
        action = self.window.commands.action("call.answer")
        self.floor.bot.waitUntil(action.isEnabled, timeout=PATIENCE_MS)

    def call(self, call_id: str) -> Call:
        found = self.floor.phone.call(call_id)
        assert found is not None
        return found

    def newest(self) -> str:
        return self.floor.phone.calls()[-1].id

    def states(self) -> list[CallState]:
        return [call.state for call in self.floor.phone.calls()]


@pytest.fixture
def calls(floor: Floor, qapp: QApplication) -> Iterator[CallDesk]:
    theme.apply(qapp, theme.Scheme.LIGHT, at_zoom=1.0)
    window = MainWindow(StandIn)  # type: ignore[arg-type]
    floor.bot.addWidget(window)
    feed = ConsoleFeed(window.console, floor.desk, floor.background, window)
    FrameFeed(window, floor.desk, SyncReport(window), floor.background, window)
    drafts = DraftKeeper(floor.background, window)
    board = floor.call_routing
    AgentKeys(window, floor.desk, floor.interaction_control, board, drafts, window)
    on = window.commands.on
    on("call.answer", board.answer)
    on("call.decline", board.decline)
    on("call.hold", board.toggle_hold)
    on("call.mute", board.toggle_mute)
    on("call.back", board.call_back)
    window.console.dialled.connect(board.dial)
    floor.desk.page_changed.connect(window.open_page)
    floor.phone.line_changed.connect(feed.set_line)
    floor.phone.quality_changed.connect(feed.set_quality)
    feed.set_line(floor.phone.line)
    given.row(
        floor.stores, "agent", user_name="joana", name="Joana Lima", extension="6105", active=True
    )
    feed.load_lists()
    toasts: list[Toast] = []
    floor.desk.toast.connect(toasts.append)
    window.resize(1366, 768)
    with floor.bot.waitActive(window):
        window.show()
        window.activateWindow()
    made = CallDesk(floor, window, feed, toasts, [])
    window.console.digits_wanted.connect(made.sent.append)
    made.settle()
    yield made
    window.close()
