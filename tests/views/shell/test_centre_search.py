"""The centre's half of a search box: late, below, and never in the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from agent_desktop.desk.background import Background
from agent_desktop.desk.session import PageKind, PageOpened, Place
from agent_desktop.errors import CentreUnreachable
from agent_desktop.models.store.centre_search import CentreFound, CentreHit, CentreMatch
from agent_desktop.models.store.found import Found, FoundKind
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme
from agent_desktop.views.shell.centre_search import Asked, CentreSearch, CentreTold
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.palette import PaletteGroup, PaletteRow
from agent_desktop.views.words import wording
from tests.views.shell.test_palette import rows_of
from tests.views.shell_parts import make_window

HIT = CentreHit(
    CentreMatch.TAX_ID, UUID(int=1), UUID(int=1), "Marina", "Campinas", "100200300", "•••.982.2"
)
NOTHING = Found(FoundKind.NOTHING)
LOCAL = PaletteGroup("Accounts", (PaletteRow("0", "Marina A"), PaletteRow("1", "Marina T")))
PATIENCE_MS = 20_000


class Asker:
    """A centre search over a real background; the test decides when the centre answers."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.asked: list[str] = []
        self.told: list[CentreTold] = []
        self.may_answer = threading.Event()
        self.answer: Callable[[], CentreFound] = lambda: CentreFound(hits=(HIT,))
        self.background = Background()
        self.search = CentreSearch(self._search, self.background, self.background)
        self.search.told.connect(self.told.append)

    def _search(self, typed: str) -> CentreFound:
        self.asked.append(typed)
        assert self.may_answer.wait(PATIENCE_MS / 1000)
        return self.answer()

    def until_asked(self, typed: str) -> None:
        self.qtbot.waitUntil(lambda: typed in self.asked, timeout=PATIENCE_MS)

    def until_quiet(self) -> None:
        self.may_answer.set()
        self.qtbot.waitUntil(lambda: self.background.is_idle, timeout=PATIENCE_MS)


@pytest.fixture
def asker(qtbot: QtBot) -> Iterator[Asker]:
    made = Asker(qtbot)
    yield made
    made.may_answer.set()
    made.background.stop()


def test_it_asks_after_a_pause_and_tells(asker: Asker) -> None:
    asker.search.follow("982.2", NOTHING)
    assert asker.told == []
    asker.until_asked("982.2")
    assert asker.told == [CentreTold("982.2", Asked.ASKING)]
    asker.until_quiet()
    assert asker.told[1:] == [CentreTold("982.2", Asked.FOUND, (HIT,))]


def test_only_the_last_text_is_asked_for(asker: Asker, qtbot: QtBot) -> None:
    for typed in ("9822", "98224", "982247"):
        asker.search.follow(typed, NOTHING)
    asker.until_asked("982247")
    asker.until_quiet()
    assert asker.asked == ["982247"]


def test_the_answer_to_an_older_text_is_dropped(asker: Asker) -> None:
    asker.search.follow("9822", NOTHING)
    asker.until_asked("9822")
    asker.search.forget()
    asker.until_quiet()
    assert [told.asked for told in asker.told] == [Asked.ASKING]


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (CentreFound(), Asked.NOTHING),
        (CentreFound(hits=(HIT,), more=True), Asked.MORE),
        (CentreFound("search_too_often"), Asked.TOO_OFTEN),
        (CentreFound("search_too_short"), Asked.TOO_SHORT),
    ],
)
def test_what_the_centre_says(asker: Asker, answer: CentreFound, asked: Asked) -> None:
    asker.answer = lambda: answer
    asker.search.follow("9822", NOTHING)
    asker.until_asked("9822")
    asker.until_quiet()
    assert asker.told[-1].asked is asked


def test_a_centre_that_is_away_is_said_to_be(asker: Asker) -> None:
    def away() -> CentreFound:
        raise CentreUnreachable("no answer")

    asker.answer = away
    asker.search.follow("9822", NOTHING)
    asker.until_asked("9822")
    asker.until_quiet()
    assert asker.told[-1] == CentreTold("9822", Asked.AWAY)
    assert wording.asked(Asked.AWAY) == "The centre is away: only what this PC knows"


# -- in the palette ----------------------------------------------------------------------------
@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> MainWindow:
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)
    made = make_window()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.open_page(PageOpened(Place(PageKind.HOME)))
    return made


def centre_group(*rows: PaletteRow, note: str = "") -> PaletteGroup:
    return PaletteGroup("From the centre", rows, note)


def test_what_comes_late_stands_last_and_steals_nothing(qtbot: QtBot, window: MainWindow):
    palette = window.palette_box
    edit = palette.findChild(QLineEdit, "palette.edit")
    palette.open("mar")
    palette.show_results("mar", [LOCAL])
    before = [row.key for row in palette.rows()]
    palette.show_centre("mar", centre_group(note="Asking the centre..."))
    assert [row.key for row in palette.rows()] == before
    assert rows_of(palette).accessibleDescription() == "Asking the centre..."
    qtbot.keyClick(edit, Qt.Key.Key_Down)
    height = rows_of(palette).tops()[len(before)]
    palette.show_centre("mar", centre_group(PaletteRow("centre:0", "Marina B")))
    assert [row.key for row in palette.rows()] == [*before, "centre:0"]
    assert rows_of(palette).tops()[len(before)] == height
    with qtbot.waitSignal(palette.row_taken) as told:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert told.args == ["1"]


def test_an_untouched_choice_stays_the_first_row(qtbot: QtBot, window: MainWindow):
    palette = window.palette_box
    edit = palette.findChild(QLineEdit, "palette.edit")
    palette.open("mar")
    palette.show_results("mar", [LOCAL])
    palette.show_centre("mar", centre_group(PaletteRow("centre:0", "Marina B")))
    with qtbot.waitSignal(palette.row_taken) as told:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert told.args == ["0"]


def test_a_note_is_no_choice_and_goes_with_the_next_key(qtbot: QtBot, window: MainWindow):
    palette = window.palette_box
    edit = palette.findChild(QLineEdit, "palette.edit")
    palette.open("zzzzq")
    palette.show_centre("zzzzq", centre_group(note="Asking the centre..."))
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(edit, key)
    assert palette.isVisible()
    palette.show_centre("older", centre_group(PaletteRow("centre:0", "Old")))
    assert palette.rows() == ()
    qtbot.keyClicks(edit, "q")
    qtbot.waitUntil(lambda: rows_of(palette).accessibleDescription() == "")
