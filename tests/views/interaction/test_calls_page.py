"""The page of calls: what its rows say, and what one key does with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from uuid6 import uuid7

from agent_desktop.desk.session import PageKind, Session
from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.record import InteractionCall, InteractionDirection
from agent_desktop.models.store.changes import Changes
from agent_desktop.telephony.call import CallState, EndReason
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.missed_feed import MissedFeed
from agent_desktop.views.widgets.filter_chips import Chip, FilterChips
from agent_desktop.views.widgets.rows import RowsTable, words_of
from tests.models.conftest import ago
from tests.views import samples, shots
from tests.views.conftest import Workplace, part, texts

MARINA = "+5511987654321"
STRANGER = "+5519999990000"


def rows(page: QWidget) -> list[list[str]]:
    table = page.findChild(RowsTable, "calls.table")
    return [[words_of(cell) for cell in row.cells] for row in table.rows.rows()]


def missed(workplace: Workplace, number: str, minutes: float, **more: object) -> UUID:
    call = InteractionCall(
        uuid7(), number=number, started_at=ago(minutes=minutes), end_reason="missed",
        ended_at=ago(minutes=minutes) + timedelta(seconds=20),
    )  # fmt: skip
    return interaction.log_call(workplace.company.stores, replace(call, **more)).id  # type: ignore[arg-type]


def unseen(workplace: Workplace) -> int:
    return call_log.missed_unseen(workplace.company.stores)


# -- what the rows say ----------------------------------------------------------------------------
def test_every_row_says_in_words_what_its_icon_shows(qtbot: QtBot) -> None:
    page = shots.SHOTS["calls"]()
    qtbot.addWidget(page)
    page.show()
    ways = [row[0] for row in rows(page)]
    wanted = ["Missed", "Missed", "Inbound", "Outbound", "Inbound", "Inbound", "Outbound", "Missed"]
    assert ways == wanted


def test_names_are_facts_matches_or_what_the_telephone_says(qtbot: QtBot) -> None:
    page = shots.SHOTS["calls"]()
    qtbot.addWidget(page)
    names = [row[1] for row in rows(page)]
    assert names[:4] == [
        "Marina Albuquerque (matches)",
        "<b>Bruno</b>",
        "Marina Albuquerque",
        samples.BAKERY.name,
    ]
    assert names[4:7] == ["Iara Lopes", "Unknown caller", "Unknown"]
    assert rows(page)[5][2] == "withheld"


def test_how_calls_ended_and_sounded(qtbot: QtBot) -> None:
    page = shots.SHOTS["calls"]()
    qtbot.addWidget(page)
    found = [(row[5], row[6], row[7]) for row in rows(page)]
    assert found[0] == ("", "Not answered within 00:21", "")
    assert found[2] == ("06:12", "Ended by the other side", "4.3 good")
    assert found[3] == ("", "Busy", "")
    assert found[4] == ("01:35", "Handed over → 4202", "3.2 poor")
    assert found[5][1] == "Declined, back in the queue"
    assert found[6] == ("00:44", "Ended", "3.8 fair")


# -- one key --------------------------------------------------------------------------------------
def test_enter_calls_a_missed_caller_back(workplace: Workplace) -> None:
    missed(workplace, STRANGER, 9)
    newest = missed(workplace, MARINA, 2)
    page = workplace.page(PageKind.CALLS)
    assert page.list.selected().call.id == newest
    workplace.qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert workplace.dialled == [MARINA]
    workplace.qtbot.keyClick(page.list.table, Qt.Key.Key_Down)
    page.acts()["call.back"]()
    assert workplace.dialled == [MARINA, STRANGER]


def test_enter_opens_the_account_of_a_call_that_was_answered(workplace: Workplace) -> None:
    missed(workplace, MARINA, 3, answered_at=ago(minutes=2.9), end_reason="hung_up_there")
    page = workplace.page(PageKind.CALLS)
    workplace.qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    workplace.until(lambda: workplace.now_open() is PageKind.ACCOUNT)
    assert workplace.opened[-1].record_id == workplace.company.id("marina")
    assert workplace.dialled == []


def test_a_click_never_dials(workplace: Workplace) -> None:
    missed(workplace, MARINA, 3)
    page = workplace.page(PageKind.CALLS)
    view = page.list.table
    for at in range(view.model().columnCount()):
        place = view.visualRect(view.model().index(0, at)).center()
        workplace.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert workplace.dialled == []
    assert workplace.opened == []


def test_who_hides_the_number_cannot_be_called_back(workplace: Workplace) -> None:
    missed(workplace, "", 3)
    page = workplace.page(PageKind.CALLS)
    button = part(page, "calls.call_back")
    assert not button.isEnabled()
    assert button.toolTip()
    workplace.qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    page.acts()["call.back"]()
    assert workplace.dialled == []


def test_ctrl_o_opens_the_account_of_a_missed_call(workplace: Workplace) -> None:
    missed(workplace, MARINA, 3)
    page = workplace.page(PageKind.CALLS)
    page.acts()["account.open"]()
    workplace.until(lambda: workplace.now_open() is PageKind.ACCOUNT)
    assert workplace.dialled == []


# -- filters, seen, live --------------------------------------------------------------------------
def test_chips_choose_what_is_shown(workplace: Workplace) -> None:
    missed(workplace, MARINA, 3)
    missed(workplace, STRANGER, 5, direction=InteractionDirection.OUTBOUND, end_reason="busy")
    page = workplace.page(PageKind.CALLS)
    assert len(rows(page)) == 2
    for number, way in ((2, "Missed"), (3, "Outbound")):
        page.acts()[f"tab.{number}"]()
        workplace.settle()
        assert [row[0] for row in rows(page)] == [way]
    page.acts()["tab.1"]()
    workplace.settle()
    assert len(rows(page)) == 2


def test_an_empty_filter_says_so(workplace: Workplace) -> None:
    page = workplace.page(PageKind.CALLS)
    assert "No calls yet" in texts(page)
    page.acts()["tab.2"]()
    workplace.settle()
    assert "No missed calls" in texts(page)


def test_what_was_on_the_screen_is_seen_and_stands_out_until_one_leaves(
    workplace: Workplace,
) -> None:
    missed(workplace, MARINA, 3)
    assert unseen(workplace) == 1
    page = workplace.page(PageKind.CALLS)
    workplace.until(lambda: unseen(workplace) == 0)
    page.reload()
    workplace.settle()
    assert page.list.table.rows.rows()[0].cells[0].bold
    page.leave()
    page.reload()
    workplace.settle()
    assert not page.list.table.rows.rows()[0].cells[0].bold


def test_a_page_nobody_sees_marks_nothing(workplace: Workplace) -> None:
    page = workplace.page(PageKind.CALLS)
    page.hide()
    missed(workplace, MARINA, 3)
    page.reload()
    workplace.settle()
    assert unseen(workplace) == 1


def test_a_call_that_has_just_ended_appears_by_itself(workplace: Workplace) -> None:
    page = workplace.page(PageKind.CALLS)
    stores = workplace.company.stores
    stores.listen(page.refresh)
    call_id = missed(workplace, STRANGER, 1)
    workplace.until(lambda: [row.key for row in page.list.table.rows.rows()] == [call_id])


def test_older_calls_come_on_demand(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_desktop.views.interaction.calls_page.PAGE", 2)
    for minutes in (1, 2, 3):
        missed(workplace, STRANGER, minutes)
    page = workplace.page(PageKind.CALLS)
    page._limit = 2
    page.reload()
    workplace.settle()
    more = part(page, "calls.more")
    assert (len(rows(page)), more.isVisible()) == (2, True)
    more.click()
    workplace.settle()
    assert (len(rows(page)), more.isVisible()) == (3, False)


def test_chips_are_moved_by_arrows_and_chosen_by_enter(qtbot: QtBot) -> None:
    chips = FilterChips(name="filter")
    qtbot.addWidget(chips)
    chips.set_chips((Chip("all", "All"), Chip("missed", "Missed", 2)))
    chips.mark("all")
    chips.show()
    told: list[str] = []
    chips.chosen.connect(told.append)
    qtbot.keyClick(chips, Qt.Key.Key_Right)
    qtbot.keyClick(chips, Qt.Key.Key_Right)
    assert told == ["missed", "missed"]
    assert part(chips, "filter.missed").accessibleName() == "Missed, 2"
    qtbot.keyClick(part(chips, "filter.all"), Qt.Key.Key_Return)
    assert told[-1] == "all"
    assert part(chips, "filter.all").isChecked()
    assert not part(chips, "filter.missed").isChecked()


# -- the frame ------------------------------------------------------------------------------------
@dataclass
class Board:
    """Writes down whom the switchboard is asked to call."""

    dialled: list[str]
    into: list[str] = field(default_factory=list)

    def dial(self, number: str, session_id: str = "") -> None:
        self.dialled.append(number)

    def call_back(self, session_id: str = "") -> None:
        self.into.append(session_id)


@pytest.fixture
def feed(workplace: Workplace, qtbot: QtBot) -> tuple[MissedFeed, MainWindow, list[str]]:
    window = MainWindow(lambda _kind, owner: QWidget(owner))  # type: ignore[arg-type,return-value]
    qtbot.addWidget(window)
    board = Board(workplace.dialled)
    made = MissedFeed(
        window,
        workplace.desk,
        workplace.context.sync_report,
        workplace.background,
        board,
        workplace.desk,
    )
    return made, window, board.into


def test_the_navigation_counts_missed_calls(
    workplace: Workplace, feed: tuple[MissedFeed, MainWindow, list[str]]
) -> None:
    made, window, _into = feed
    entry = part(window, "navigation.calls")
    missed(workplace, MARINA, 3)
    made.load()
    workplace.until(lambda: entry.accessibleName() == "Calls 1")
    call_log.mark_seen(workplace.company.stores, [missed(workplace, STRANGER, 1)])
    workplace.context.sync_report.tell_records(Changes({"ticket": frozenset()}))
    workplace.context.sync_report.tell_records(Changes({"interaction_call": frozenset()}))
    workplace.settle()
    assert entry.accessibleName() == "Calls 1"
    entry.click()
    assert workplace.now_open() is PageKind.CALLS


def test_the_key_returns_the_newest_missed_call(
    workplace: Workplace, feed: tuple[MissedFeed, MainWindow, list[str]]
) -> None:
    _made, window, into = feed
    missed(workplace, STRANGER, 5)
    window.commands.run("call.back")
    workplace.until(lambda: workplace.dialled == [STRANGER])
    assert into == []


def test_the_customer_whose_call_just_ended_comes_first(
    workplace: Workplace, feed: tuple[MissedFeed, MainWindow, list[str]]
) -> None:
    _made, window, into = feed
    missed(workplace, STRANGER, 5)
    ended = samples.CALL.moved(CallState.ENDED, datetime.now(UTC), EndReason.LOST)
    session = Session("s9", samples.ago(minutes=3), calls=(ended,))
    workplace.desk.add(session)
    workplace.desk.select("s9")
    window.commands.run("call.back")
    workplace.settle()
    assert into == ["s9"]
    workplace.desk.update("s9", calls=(samples.CALL,))
    window.commands.run("call.back")
    workplace.settle()
    assert (into, workplace.dialled) == (["s9"], [])


def test_with_nobody_to_call_back_it_says_so(
    workplace: Workplace, feed: tuple[MissedFeed, MainWindow, list[str]]
) -> None:
    _made, window, _into = feed
    window.commands.run("call.back")
    workplace.settle()
    assert workplace.dialled == []
    assert "No missed call waits to be returned" in texts(window)
