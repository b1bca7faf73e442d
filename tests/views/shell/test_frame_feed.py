"""The first load of records is seen, with the time left, and does not cover a fault."""

from __future__ import annotations

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from agent_desktop.desk.background import Background
from agent_desktop.desk.sessions import Desk
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.telephony.call import Line, LineState
from agent_desktop.views.shell.frame_feed import FrameFeed
from agent_desktop.views.words import language
from tests.views.shell_parts import make_window


def test_the_first_load_tells_its_share_and_the_time_left(qtbot: QtBot) -> None:
    language.speak("en")
    window, background = make_window(), Background()
    qtbot.addWidget(window)
    desk = Desk(background)
    sync_report = SyncReport(background)
    feed = FrameFeed(window, desk, sync_report, background, window)
    since = datetime(2026, 3, 4, tzinfo=UTC)

    def told(**facts: int | None) -> str:
        sync_report.tell_status(SyncStatus(SyncState.RESYNCING, since=since, **facts))  # type: ignore[arg-type]
        return window.message_bar.accessibleName()

    sync_report.tell_status(SyncStatus(SyncState.RESYNCING, since=since))
    assert window.message_bar.key() == ""
    assert "45 %" in told(fetched=45_000, expected=100_000)
    assert "2 minutes left." in told(fetched=45_000, expected=100_000, seconds_left=110)
    assert "1 minute left." in told(fetched=99_000, expected=100_000, seconds_left=2)
    feed.show_line(Line(LineState.FAILED, code="sip_408"))
    assert window.message_bar.key() == "line"
    feed.show_line(Line(LineState.READY))
    assert window.message_bar.key() == "filling"
    sync_report.tell_status(SyncStatus(SyncState.IN_SYNC, since=since))
    assert window.message_bar.key() == ""
    background.stop()
