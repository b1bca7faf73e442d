"""The palette by keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind, PageOpened, Place
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.palette import COMMAND_KEY, Palette, PaletteGroup, PaletteRow
from agent_desktop.views.shell.palette_rows import RowList
from tests.views.shell_parts import StandIn

ACCOUNTS = PaletteGroup("Accounts", (PaletteRow("m1", "Marina A"), PaletteRow("m2", "Marina T")))
TICKETS = PaletteGroup("Numbers", (PaletteRow("t1", "TK-1"),))


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    window.open_page(PageOpened(Place(PageKind.HOME)))
    return window


@pytest.fixture
def palette(window: MainWindow) -> Palette:
    return window.palette_box


def edit_of(palette: Palette) -> QLineEdit:
    return palette.findChild(QLineEdit, "palette.edit")


def press(qtbot: QtBot, palette: Palette, key: Qt.Key) -> None:
    qtbot.keyClick(edit_of(palette), key)


def test_ctrl_k_opens_and_esc_gives_the_focus_back(qtbot: QtBot, window: MainWindow):
    page = window.work_area.page
    assert isinstance(page, StandIn)
    page.edit.setFocus()
    qtbot.keyClick(page.edit, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is edit_of(window.palette_box)
    press(qtbot, window.palette_box, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()
    assert QApplication.focusWidget() is page.edit


def test_typing_asks_and_enter_takes_the_first(qtbot: QtBot, palette: Palette):
    asked: list[str] = []
    palette.query_changed.connect(asked.append)
    palette.open()
    qtbot.keyClicks(edit_of(palette), "mar")
    assert asked == ["", "m", "ma", "mar"]
    palette.show_results("mar", [ACCOUNTS])
    with qtbot.waitSignal(palette.row_taken) as told:
        press(qtbot, palette, Qt.Key.Key_Return)
    assert told.args == ["m1"]
    assert not palette.isVisible()


def test_answers_to_older_questions_are_passed_over(qtbot: QtBot, palette: Palette):
    palette.open()
    qtbot.keyClicks(edit_of(palette), "zzz")
    palette.show_results("mar", [ACCOUNTS])
    assert palette.rows() == ()


def test_late_results_never_move_the_chosen_row(qtbot: QtBot, palette: Palette):
    palette.open("mar")
    palette.show_results("mar", [ACCOUNTS])
    press(qtbot, palette, Qt.Key.Key_Down)
    palette.show_results("mar", [TICKETS, ACCOUNTS])
    with qtbot.waitSignal(palette.row_taken) as told:
        press(qtbot, palette, Qt.Key.Key_Return)
    assert told.args == ["m2"]


def test_rows_of_the_text_before_stay_in_sight_until_the_answer(qtbot: QtBot, palette: Palette):
    palette.open("mar")
    palette.show_results("mar", [ACCOUNTS])
    shown = rows_of(palette).rows()
    qtbot.keyClicks(edit_of(palette), "z")
    assert rows_of(palette).rows() == shown
    palette.show_results("z", [TICKETS])
    assert [row.key for row in rows_of(palette).rows()] == ["t1"]
    qtbot.keyClicks(edit_of(palette), "z")
    qtbot.waitUntil(lambda: rows_of(palette).rows() == ())  # no answer comes


def test_enter_and_click_take_no_row_of_the_text_before(qtbot: QtBot, palette: Palette):
    taken: list[str] = []
    palette.row_taken.connect(taken.append)
    palette.open("mar")
    palette.show_results("mar", [ACCOUNTS])
    qtbot.keyClicks(edit_of(palette), "z")
    press(qtbot, palette, Qt.Key.Key_Return)
    palette.show_results("z", [ACCOUNTS])
    qtbot.keyClicks(edit_of(palette), "z")
    rows_of(palette).clicked.emit()
    assert taken == []
    assert palette.isVisible()
    palette.show_results("zz", [ACCOUNTS])
    rows_of(palette).clicked.emit()
    assert taken == ["m1"]


def rows_of(palette: Palette) -> RowList:
    """The list below the field."""
    found = palette.findChild(RowList, "palette.rows")
    assert isinstance(found, RowList)
    return found


class Painted(QObject):
    """Which of some widgets are drawn."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.names: list[str] = []
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.names.append(watched.objectName())
        return False


def test_other_rows_do_not_draw_the_page_below(qtbot: QtBot, window: MainWindow, palette: Palette):
    qtbot.waitExposed(window)
    palette.open("mar")
    palette.show_results("mar", [ACCOUNTS])
    drawn = Painted(window.work_area, rows_of(palette))
    qtbot.waitUntil(lambda: "palette.rows" in drawn.names)
    drawn.names.clear()
    others = PaletteGroup("Accounts", (PaletteRow("m3", "Marina B"), PaletteRow("m4", "Mario")))
    palette.show_results("mar", [others])
    qtbot.waitUntil(lambda: "palette.rows" in drawn.names)
    assert set(drawn.names) == {"palette.rows"}


def test_tab_goes_to_the_next_group(qtbot: QtBot, palette: Palette):
    palette.open("mar")
    palette.show_results("mar", [ACCOUNTS, TICKETS])
    press(qtbot, palette, Qt.Key.Key_Tab)
    with qtbot.waitSignal(palette.row_taken) as told:
        press(qtbot, palette, Qt.Key.Key_Return)
    assert told.args == ["t1"]


def test_commands_are_found_and_run(qtbot: QtBot, window: MainWindow, palette: Palette):
    done: list[str] = []
    window.commands.ran.connect(done.append)
    palette.open()
    qtbot.keyClicks(edit_of(palette), ">new tick")
    assert [row.key for row in palette.rows()] == [f"{COMMAND_KEY}ticket.new"]
    assert palette.rows()[0].cap == "Ctrl+Shift+T"
    press(qtbot, palette, Qt.Key.Key_Return)
    assert done == ["ticket.new"]


def test_numbers_and_people_leave_commands_out(qtbot: QtBot, palette: Palette):
    palette.open()
    qtbot.keyClicks(edit_of(palette), "#")
    assert palette.rows() == ()


def test_actions_on_the_record_in_front_come_first(qtbot: QtBot, palette: Palette):
    palette.set_context(PaletteGroup("Actions on Marina", (PaletteRow("x", "Move in"),)))
    palette.open()
    assert palette.rows()[0].key == "x"


def test_enter_without_a_row_does_nothing(qtbot: QtBot, palette: Palette):
    palette.open("zzzz")
    palette.show_results("zzzz", [])
    press(qtbot, palette, Qt.Key.Key_Return)
    assert palette.isVisible()
