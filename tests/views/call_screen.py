"""A program for a screen of a test's own: the real window with a phone without SIP, that tells
what it did. `python -m tests.views.call_screen [FOLDER]` also keeps a picture of each state."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from agent_desktop.desk.background import Background
from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.desk.interaction_control import InteractionControl
from agent_desktop.desk.sessions import Desk
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.models.agent.state import AgentState
from agent_desktop.telephony.call import Call, CallState, LineSettings
from agent_desktop.telephony.dummy import DummyPhone
from agent_desktop.views.console.agent_keys import AgentKeys
from agent_desktop.views.console.console_feed import ConsoleFeed
from agent_desktop.views.kit.draft_keeper import DraftKeeper
from agent_desktop.views.look import theme
from agent_desktop.views.shell.frame_feed import FrameFeed
from agent_desktop.views.shell.main_window import MainWindow
from tests import given
from tests.views.shell_parts import StandIn

MARINA = "+5511987654321"


def say(*words: object) -> None:
    """Tell the test."""
    print(*words, flush=True)


class Desktop:
    """The window, and far ends that answer by themselves after a moment."""

    def __init__(self, folder: Path) -> None:
        self.background = Background()
        self.background.stores = given.some_stores(folder)
        given.row(
            self.background.stores,
            "agent",
            user_name="joana",
            name="Joana Lima",
            extension="6105",
            active=True,
        )
        self.desk, self.phone = Desk(), DummyPhone()
        interaction_control = InteractionControl(self.desk, self.background)
        self.board = CallRouting(self.desk, self.phone, interaction_control, self.background)
        self.window = MainWindow(StandIn)  # type: ignore[arg-type]
        self._join(interaction_control)
        self.phone.open_line(LineSettings("4102", transport="tls"))
        self.desk.set_agent(self.desk.agent.moved(AgentState.READY, datetime.now(UTC)))

    def _join(self, interaction_control: InteractionControl) -> None:
        window, board = self.window, self.board
        self.feed = ConsoleFeed(window.console, self.desk, self.background, window)
        FrameFeed(window, self.desk, SyncReport(window), self.background, window)
        AgentKeys(
            window,
            self.desk,
            interaction_control,
            board,
            DraftKeeper(self.background, window),
            window,
        )
        board.may_pop = lambda: not window.work_area.is_typing()
        on = window.commands.on
        on("call.answer", board.answer)
        on("call.decline", board.decline)
        on("call.hold", board.toggle_hold)
        on("call.mute", board.toggle_mute)
        window.console.dialled.connect(board.dial)
        window.console.digits_wanted.connect(lambda keys: say("digits", keys))
        window.commands.ran.connect(lambda done: say("ran", done))
        answer = window.commands.action("call.answer")
        answer.changed.connect(lambda: say("may answer") if answer.isEnabled() else None)
        self.desk.page_changed.connect(window.open_page)
        self.phone.line_changed.connect(self.feed.set_line)
        self.phone.call_changed.connect(self.tell)
        self.feed.load_lists()

    def tell(self, call: Call) -> None:
        """One line a change, once the strip shows it; dialled people answer."""
        said = f"{call.number} {call.state.value}{' together' if call.in_conference else ''}"
        QTimer.singleShot(30, lambda: say(said))
        if call.state is CallState.DIALLING:
            QTimer.singleShot(400, lambda: self.phone.far_end_answers(call.id))

    def rings(self, number: str, queue: str = "") -> None:
        """Somebody calls."""
        since = datetime.now(UTC) - timedelta(seconds=1)
        self.phone.ring(number, started_at=since, queue=queue, encrypted=True)
        say("rings", number)


def main() -> None:
    """Show the window; what is typed into its field steers it: `r` rings, `s` a second one."""
    app = QApplication(["call-screen"])
    theme.apply(app, theme.Scheme.DARK if "dark" in sys.argv else theme.Scheme.LIGHT)
    with tempfile.TemporaryDirectory() as folder:
        desktop = Desktop(Path(folder))
        window = desktop.window
        window.resize(1366, 768)
        window.show()
        from agent_desktop.desk.session import PageKind, PageOpened, Place

        window.open_page(PageOpened(Place(PageKind.HOME)))
        edit = window.work_area.page.edit  # type: ignore[union-attr]
        edit.setFocus()
        edit.textChanged.connect(lambda text: say("text", text))
        rung: set[str] = set()

        def steer(text: str) -> None:
            for word, number in (("first", MARINA), ("second", "+5511991110099")):
                if text.endswith(word) and word not in rung:
                    rung.add(word)
                    desktop.rings(number, "Outages")

        edit.textChanged.connect(steer)
        if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir():
            keep_pictures(window, Path(sys.argv[1]))
        app.focusChanged.connect(lambda _old, now: say("ready") if now is edit else None)
        QTimer.singleShot(0, lambda: say("shown"))
        QTimer.singleShot(120_000, app.quit)
        app.exec()
        desktop.background.stop()
        desktop.background.stores.close()  # type: ignore[union-attr]


def keep_pictures(window: MainWindow, folder: Path) -> None:
    """A picture half a second after each command."""
    count = iter(range(100))
    window.commands.ran.connect(
        lambda done: QTimer.singleShot(
            600,
            lambda: window.grab().save(str(folder / f"{next(count):02d}-{done}.png")),
        )
    )


if __name__ == "__main__":
    main()
