"""Pages over real stores and a real background: the small company of the models' tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.desk.background import Background
from agent_desktop.desk.interaction_control import InteractionControl
from agent_desktop.desk.session import PageKind, PageOpened, Place, Session, Toast
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.views.kit.draft_keeper import DraftKeeper
from agent_desktop.views.kit.page import Context, Page, make_page
from agent_desktop.views.look import theme
from agent_desktop.views.shell.main_window import MainWindow
from tests.models.conftest import Company, company, stores  # noqa: F401 - fixtures
from tests.views import samples
from tests.views.shell_parts import make_window

PATIENCE_MS = 5_000


def shown(window: QWidget, qtbot: QtBot, size: tuple[int, int] = (1366, 768)) -> None:
    """A window comes to the front; if nothing is said, in the size of the least screen."""
    qtbot.addWidget(window)
    window.resize(*size)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()


@pytest.fixture
def scheme() -> theme.Scheme:
    """The look of `window`; a module that wants both makes a fixture of its own."""
    return theme.Scheme.LIGHT


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, scheme: theme.Scheme) -> MainWindow:
    """The main window with nothing behind it, in front."""
    theme.apply(qapp, scheme, at_zoom=1.0)
    made = make_window()
    shown(made, qtbot)
    return made


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> Iterator[None]:
    """Light, and no window of an older test is there to be laid out or painted."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    yield
    for window in qapp.topLevelWidgets():
        window.close()
        window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@dataclass
class Workplace:
    """A desk with real stores behind it, and the words to use it."""

    qtbot: QtBot
    company: Company
    background: Background
    context: Context
    dialled: list[str] = field(default_factory=list)
    toasts: list[Toast] = field(default_factory=list)
    opened: list[Place] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return self.context.desk

    def session(self, *, confirmed: bool = True, account: str = "marina") -> Session:
        """A call with that account's customer, with its interaction begun."""
        here = self.company.stores
        made = Session(
            "s1",
            samples.ago(minutes=2),
            interaction=interactions.begin(here, NewInteraction(number="+5511987654321")),
            account=accounts.get(here, self.company.id(account)),
            confirmed=confirmed,
            calls=(samples.CALL,),
        )
        self.desk.add(made)
        return made

    def page(
        self, kind: PageKind, record: UUID | None = None, session: Session | None = None
    ) -> Any:
        """A page on the screen, loaded."""
        made = make_page(kind, self.context)
        self.qtbot.addWidget(made)
        made.resize(1296, 638)
        self.context.sync_report.records_changed.connect(made.refresh)
        place = Place(kind, record, session.id if session else "")
        made.shown(place)
        made.show()
        self.settle()
        focus = made.first_focus()
        if focus is not None:
            focus.setFocus()
        return made

    def settle(self) -> None:
        """Wait until nothing is asked any more."""
        self.until(lambda: self.background.is_idle)

    def until(self, holds: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(holds()), timeout=PATIENCE_MS)

    def now_open(self) -> PageKind | None:
        return self.opened[-1].kind if self.opened else None


@pytest.fixture
def workplace(qtbot: QtBot, company: Company) -> Iterator[Workplace]:  # noqa: F811
    background = Background()
    background.stores = company.stores
    desk = Desk(background)
    interaction_control = InteractionControl(desk, background, background)
    drafts = DraftKeeper(background, background)
    dialled: list[str] = []
    context = Context(
        desk,
        interaction_control,
        background,
        drafts,
        dialled.append,
        lambda _id, _field: "123.456.789-09",
    )
    company.stores.listen(context.sync_report.tell_records)  # as a shift does
    place = Workplace(qtbot, company, background, context, dialled)
    desk.toast.connect(place.toasts.append)
    desk.page_changed.connect(lambda opened: _note(place, opened))
    yield place
    background.stop()


def _note(place: Workplace, opened: PageOpened) -> None:
    place.opened.append(opened.page)


def texts(page: Page) -> str:
    """Everything that is written on a page and can be seen."""
    from PySide6.QtWidgets import QLabel

    labels = [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]
    return "\n".join(labels)


def part(page: QWidget, name: str) -> Any:
    """The part of a page with that object name."""
    found = page.findChild(QWidget, name)
    assert found is not None, name
    return found
