"""The frame: pages, the guard after a call's page change, navigation, header, toasts, panes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind, PageOpened, Place
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from agent_desktop.views.look.tokens import DARK
from agent_desktop.views.shell.header import SyncDisplay
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.navigation_bar import RosterEntry
from agent_desktop.views.shell.peek_card import PeekView
from tests.views.shell_parts import StandIn
from tools import state_sheet as sheet

HOME = PageOpened(Place(PageKind.HOME))
IDENTIFY = PageOpened(Place(PageKind.IDENTIFY), because_of_call=True)


def page(window: MainWindow) -> StandIn:
    assert isinstance(window.work_area.page, StandIn)
    return window.work_area.page


def drawn(window: MainWindow) -> bool:
    """Whether what the sheet shows now is what lies on the screen."""
    return window.work_area.updatesEnabled()


def test_the_page_before_stays_in_sight_until_the_record_is_there(qtbot: QtBot, window: MainWindow):
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    awaiting = page(window)
    awaiting.awaits_record = True
    window.open_page(HOME)
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    assert page(window) is awaiting
    assert not drawn(window)
    awaiting.arrived.emit()
    assert drawn(window)


def test_an_empty_page_is_shown_when_its_record_takes_long_or_another_page_comes(
    qtbot: QtBot, window: MainWindow
):
    page(window).awaits_record = True
    window.open_page(HOME)
    assert not drawn(window)
    qtbot.waitUntil(lambda: drawn(window))
    window.open_page(HOME)
    window.open_page(PageOpened(Place(PageKind.WORKLIST)))
    assert drawn(window)


def test_a_caller_is_shown_at_once(window: MainWindow):
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    page(window).awaits_record = True
    window.open_page(HOME)
    window.open_page(IDENTIFY)
    assert drawn(window)


def text(window: MainWindow, name: str) -> str:
    return window.findChild(QWidget, name).text()


def test_a_page_is_made_once_and_kept(window: MainWindow):
    first = page(window)
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    window.open_page(HOME)
    assert page(window) is first
    assert len(first.shown_places) == 2


def test_the_header_says_where_one_is(window: MainWindow):
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    assert text(window, "header.title") == "Identify"
    assert window.findChild(QAbstractButton, "navigation.identify").isChecked()
    assert not window.findChild(QAbstractButton, "navigation.home").isChecked()


def test_keys_for_the_old_page_do_nothing_on_the_new_one(qtbot: QtBot, window: MainWindow):
    window.open_page(IDENTIFY)
    edit = page(window).edit
    assert window.work_area.guard.active
    assert QApplication.focusWidget() is edit
    qtbot.keyClicks(edit, "old words")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == ""
    qtbot.waitUntil(lambda: not window.work_area.guard.active, timeout=3000)
    qtbot.keyClicks(edit, "98765")
    assert edit.text() == "98765"


def test_f_keys_pass_the_guard_and_other_commands_do_not(qtbot: QtBot, window: MainWindow):
    done: list[str] = []
    window.commands.ran.connect(done.append)
    window.console.show_view(sheet.console_views()[3])
    window.open_page(IDENTIFY)
    edit = page(window).edit
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(edit, Qt.Key.Key_T, control | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(edit, Qt.Key.Key_K, control)
    qtbot.keyClick(edit, Qt.Key.Key_F8)
    assert done == ["call.hold"]


def test_a_page_change_by_hand_has_no_guard(qtbot: QtBot, window: MainWindow):
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    qtbot.keyClicks(page(window).edit, "now")
    assert page(window).edit.text() == "now"


def test_the_page_in_front_carries_out_its_commands(window: MainWindow):
    window.open_page(HOME)
    home = page(window)
    window.open_page(PageOpened(Place(PageKind.IDENTIFY)))
    window.commands.run("ticket.new")
    assert (home.done, page(window).done) == ([], ["ticket.new"])


def test_typing_is_noticed(qtbot: QtBot, window: MainWindow):
    window.open_page(HOME)
    assert not window.work_area.is_typing()
    qtbot.keyClicks(page(window).edit, "Marina")
    assert window.work_area.is_typing()


@pytest.mark.parametrize(
    ("state", "unsent", "words"),
    [
        (SyncDisplay.IN_SYNC, 0, "In sync"),
        (SyncDisplay.NOT_SENT, 3, "3 not sent"),
        (SyncDisplay.OFFLINE, 0, "offline since "),
        (SyncDisplay.OFFLINE, 2, "2 not sent"),
    ],
)
def test_the_header_tells_the_sync_state(
    window: MainWindow, state: SyncDisplay, unsent: int, words: str
):
    window.header.show_sync(state, unsent, datetime.now(UTC))
    assert words in text(window, "header.sync")


def test_navigation_folds_by_key_and_by_width(qtbot: QtBot, window: MainWindow):
    assert window.navigation.width() == 60
    window.resize(1600, 900)
    assert window.navigation.width() == 208
    with qtbot.waitSignal(window.fold_chosen) as told:
        qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert told.args == [True]
    window.resize(1700, 900)
    assert window.navigation.width() == 60, "what the person chose stays"


def test_the_roster_brings_an_interaction_to_the_front(qtbot: QtBot, window: MainWindow):
    window.navigation.show_roster((RosterEntry("a", "Marina"), RosterEntry("b", "")))
    with qtbot.waitSignal(window.navigation.session_chosen) as told:
        window.findChild(QAbstractButton, "navigation.session.b").click()
    assert told.args == ["b"]


def test_toasts_are_at_most_two_and_undo_takes_the_newest(qtbot: QtBot, window: MainWindow):
    undone: list[str] = []
    for name in ("one", "two", "three"):
        window.toasts.say(name, undo=lambda name=name: undone.append(name))
    assert window.toasts.texts() == ("two", "three")
    window.commands.run("undo")
    assert (undone, window.toasts.texts()) == (["three"], ("two",))


def test_the_peek_card_takes_nothing_and_leaves_the_caret_free(window: MainWindow):
    window.open_page(HOME)
    focus = QApplication.focusWidget()
    window.show_peek(PeekView("Marina Albuquerque", "Best of 3", "Life support"))
    assert QApplication.focusWidget() is focus
    assert text(window, "peek.name") == "Marina A."
    assert text(window, "peek.match") == "Best of 3 · not verified"
    for part in window.peek.findChildren(QWidget):
        assert part.focusPolicy() is Qt.FocusPolicy.NoFocus
    right = window.peek.x()
    edit = page(window).edit
    edit.setParent(window)
    edit.setGeometry(QRect(right + 20, window.peek.y() + 20, 100, 30))
    edit.show()
    edit.setFocus()
    window.show_peek(PeekView("Marina Albuquerque", "Best of 3", "Life support"))
    assert window.peek.x() < right, "it flips to the left column"


def test_the_console_is_never_covered(window: MainWindow):
    window.palette_box.open()
    window.toasts.say("Saved")
    console = QRect(
        window.console.mapTo(window, window.console.rect().topLeft()), window.console.size()
    )
    assert not window.palette_box.geometry().intersects(console)
    window.show_peek(PeekView("Marina", ""))
    assert not window.peek.geometry().intersects(console)


def test_f6_goes_round_the_panes(qtbot: QtBot, window: MainWindow):
    window.open_page(HOME)
    panes = (window.header, window.navigation, window.console, window.work_area)
    seen = set()
    for _ in range(4):
        window.commands.run("go.next_pane")
        focus = QApplication.focusWidget()
        seen |= {pane.objectName() for pane in panes if pane.isAncestorOf(focus)}
    assert seen == {"header", "navigation", "console", "work_area"}


def test_theme_and_zoom_are_told(qtbot: QtBot, window: MainWindow):
    with qtbot.waitSignal(window.scheme_chosen) as told:
        window.commands.run("look.dark")
    assert told.args == [Scheme.DARK]
    assert theme.tokens() is DARK
    with qtbot.waitSignal(window.zoom_chosen):
        window.commands.run("look.larger")
    assert window.console.height() == 68


def test_closing_can_be_refused(qtbot: QtBot, window: MainWindow):
    window.may_close = lambda: False
    window.close()
    assert window.isVisible()
    window.may_close = lambda: True
    with qtbot.waitSignal(window.closing):
        window.close()


def test_it_fits_1366_by_768(window: MainWindow):
    hint = window.minimumSizeHint()
    assert hint.width() <= 1366
    assert hint.height() <= 768
    for view in sheet.console_views():
        window.console.show_view(view)
        QApplication.processEvents()
        assert window.width() == 1366, view.strip


def test_every_button_has_a_name(window: MainWindow):
    for view in sheet.console_views():
        window.console.show_view(view)
    for button in window.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName(), button.objectName() or type(button)


def test_solved_messages_give_way_to_older_ones(window: MainWindow):
    window.message_bar.show_message("offline", "Centre not reachable")
    window.message_bar.show_message("line", "Line lost")
    assert text(window, "message_bar.text") == "Line lost"
    window.message_bar.solved("line")
    assert text(window, "message_bar.text") == "Centre not reachable"
    window.message_bar.solved("offline")
    assert not window.message_bar.isVisible()
