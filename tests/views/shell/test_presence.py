"""Who else has the record in front and who types where, seen and told; nothing moves for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.agent.presence import (
    NOBODY,
    NOWHERE,
    OtherAgent,
    OtherDesk,
    Presence,
    Stand,
)
from agent_desktop.models.store.what_is_stored import Known
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.views.kit.page import make_page
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.presence_feed import PresenceFeed
from agent_desktop.views.workplace.stored_page import KnownPage
from tests.views import samples, shots
from tests.views.conftest import part, shown
from tests.views.stand_in import SampleBackground

AT_MARINA = Stand("account", samples.MARINA.id)
AT_TICKET = Stand("ticket", samples.TICKET.id)
AT_ORDER = Stand("service_order", samples.ORDER.id)
BRUNO = OtherAgent("Bruno Lima", "email")


class Screen:
    """The main window with pages of samples, and presence in it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        context = shots.context(SampleBackground(dict(shots.ANSWERS)), samples.SESSION)
        self.desk, self.sync_report = context.desk, context.sync_report
        self.window = MainWindow(lambda kind, owner: make_page(kind, context, owner), role="agent")
        self.desk.page_changed.connect(self.window.open_page)
        self.told: list[Stand] = []
        self._before: dict[str, QRect] = {}
        self.feed = PresenceFeed(
            self.window,
            self.desk,
            self.sync_report,
            context.drafts,
            self.told.append,
            self.window,
        )
        shown(self.window, qtbot)

    def opens(self, stand: Stand) -> Any:
        kind = {AT_MARINA: PageKind.ACCOUNT, AT_TICKET: PageKind.TICKET, AT_ORDER: PageKind.ORDER}
        self.desk.open(Place(kind[stand], stand.record_id, samples.SESSION.id))
        return self.window.work_area.page

    def stands_still(self) -> bool:
        """Whether nothing has moved since it was asked before."""
        before, self._before = self._before, self.places()
        return before == self._before

    def places(self) -> dict[str, QRect]:
        """Where everything of the page in front is, but what presence shows."""
        page = self.window.work_area.page
        assert page is not None
        parts = [one for one in page.findChildren(QWidget) if one.isVisible() and one.objectName()]
        return {
            f"{one.objectName()} {id(one)}": QRect(
                one.mapTo(page, one.rect().topLeft()), one.size()
            )
            for one in parts
            if not one.objectName().startswith("qt_")
            and ".here" not in one.objectName()
            and ".typist" not in one.objectName()
        }


@pytest.fixture
def screen(qtbot: QtBot) -> Screen:
    return Screen(qtbot)


def here(*colleagues: OtherAgent, at: Stand = AT_MARINA) -> Presence:
    return Presence(at, colleagues)


def line(page: QWidget, name: str) -> str:
    """What stands in the head of a page about colleagues; empty if it is hidden."""
    found = page.findChild(QWidget, f"{name}.head.here")
    if found is None or not found.isVisible():
        return ""
    assert found.accessibleName() == part(page, f"{name}.head.here.text").text()
    return str(found.accessibleName())


@pytest.mark.parametrize(
    ("stand", "name"), [(AT_MARINA, "account"), (AT_TICKET, "ticket"), (AT_ORDER, "order")]
)
def test_colleagues_stand_in_the_head_of_record_pages(
    screen: Screen, stand: Stand, name: str
) -> None:
    page = screen.opens(stand)
    assert screen.told == [stand]
    assert line(page, name) == ""
    screen.feed.show(here(OtherAgent("Bruno Lima"), at=stand))
    assert line(page, name) == "Also here: Bruno Lima"
    screen.feed.show(here(at=stand))
    assert line(page, name) == ""


def test_what_they_do_is_told_in_words(screen: Screen) -> None:
    page = screen.opens(AT_MARINA)
    screen.feed.show(here(BRUNO, OtherAgent("Carla Dias")))
    assert line(page, "account") == "Also here: Bruno Lima, typing in E-mail · Carla Dias"
    screen.feed.show(here(OtherAgent("Bruno Lima", "no field of ours")))
    assert line(page, "account") == "Also here: Bruno Lima, typing"
    screen.feed.show(here(*(OtherAgent(f"A{n}") for n in range(5))))
    assert line(page, "account") == "Also here: A0 · A1 · A2 · and 2 more"
    screen.feed.show(here(OtherAgent("<img src=x>&amp;")))
    assert line(page, "account") == "Also here: <img src=x>&amp;"


def test_nothing_moves_when_somebody_comes(screen: Screen) -> None:
    page = screen.opens(AT_MARINA)
    page.edit()
    screen.qtbot.waitUntil(page.form.isVisible)
    screen.qtbot.waitUntil(screen.stands_still)
    before = screen.places()
    assert "account.email" in {name.partition(" ")[0] for name in before}
    screen.feed.show(here(BRUNO))
    screen.window.grab()
    assert line(page, "account")
    assert part(page, "account.email.typist").isVisible()
    after = screen.places()
    assert {name: place for name, place in after.items() if before.get(name) != place} == {}


def test_a_long_title_is_not_cut_for_colleagues(screen: Screen) -> None:
    page = screen.opens(AT_MARINA)
    name = "Companhia Paulista de Beneficiamento e Comércio de Grãos do Oeste e Filhos Ltda ME"
    page.head.set_identity(name, avatar=name)
    screen.qtbot.waitUntil(screen.stands_still)
    before = screen.places()
    screen.feed.show(here(BRUNO))
    screen.window.grab()
    assert line(page, "account")
    after = screen.places()
    assert {one: place for one, place in after.items() if before.get(one) != place} == {}


def test_a_mark_stands_at_the_field_and_goes(screen: Screen) -> None:
    page = screen.opens(AT_MARINA)
    screen.feed.show(here(BRUNO))
    page.edit()  # the form is made after it was told
    mark = part(page, "account.email.typist")
    assert mark.text() == "Bruno Lima is typing"
    assert mark.isVisibleTo(page.form)
    assert page.findChild(QWidget, "account.name.typist") is None
    screen.feed.show(here(OtherAgent("Bruno Lima", "name")))
    assert not mark.isVisibleTo(page.form)
    assert part(page, "account.name.typist").text() == "Bruno Lima is typing"


def test_who_writes_a_reply_too_is_told_beside_the_button(screen: Screen) -> None:
    page = screen.opens(AT_TICKET)
    screen.feed.show(here(OtherAgent("Bruno Lima", "reply"), at=AT_TICKET))
    mark = part(page, "ticket.reply.typist")
    assert mark.text() == "Bruno Lima is typing: reply"
    assert mark.isVisible()
    assert not part(page, "ticket.note.typist").isVisible()
    assert line(page, "ticket") == "Also here: Bruno Lima, typing in Reply"


def test_what_was_told_of_another_record_is_not_shown(screen: Screen) -> None:
    page = screen.opens(AT_MARINA)
    screen.feed.show(here(BRUNO))
    ticket = screen.opens(AT_TICKET)
    assert line(ticket, "ticket") == ""
    screen.feed.show(here(BRUNO))  # an answer that was on its way
    assert line(ticket, "ticket") == ""
    screen.feed.show(here(at=AT_TICKET))
    screen.opens(AT_MARINA)
    assert line(page, "account") == ""


def test_offline_nobody_is_there(screen: Screen) -> None:
    page = screen.opens(AT_MARINA)
    screen.feed.show(here(BRUNO))
    screen.sync_report.tell_status(SyncStatus(SyncState.OFFLINE, code="unreachable"))
    assert line(page, "account") == ""


def test_typing_is_told_while_it_goes_on(screen: Screen) -> None:
    page = screen.opens(AT_TICKET)
    screen.feed._typing.setInterval(100)
    page.editor.editor.setFocus()
    QTest.keyClicks(page.editor.editor, "Dear Marina")
    typing = Stand("ticket", samples.TICKET.id, "reply")
    assert screen.told == [AT_TICKET, typing], "once, however many keys"
    screen.qtbot.waitUntil(lambda: screen.told[-1] == AT_TICKET)
    screen.desk.open(Place(PageKind.HOME))
    assert screen.told == [AT_TICKET, typing, AT_TICKET, NOWHERE]


def test_what_the_program_writes_into_a_field_is_not_typing(screen: Screen) -> None:
    page = screen.opens(AT_TICKET)
    screen.window.console.setFocus()
    page.editor.editor.clearFocus()
    page.editor.editor.setPlainText("brought back")
    assert screen.told == [AT_TICKET]


def test_the_same_agent_elsewhere_is_one_calm_line(screen: Screen) -> None:
    bar = screen.window.message_bar
    since = datetime(2026, 11, 22, 9, 12, tzinfo=UTC)
    elsewhere = Presence(NOWHERE, (), (OtherDesk("PC2", since),))
    screen.feed.show(elsewhere)
    assert bar.key() == "elsewhere"
    assert part(bar, "message_bar.text").text().startswith("You are also signed in at PC2 since ")
    bar.show_message("centre", "The centre is away")
    assert bar.key() == "centre", "trouble comes first"
    bar.solved("centre")
    part(bar, "message_bar.verb").click()
    assert bar.key() == ""
    screen.feed.show(Presence(AT_MARINA, (), elsewhere.elsewhere))
    assert bar.key() == "", "read is read"
    screen.feed.show(Presence(NOWHERE, (), (*elsewhere.elsewhere, OtherDesk("PC3", since))))
    assert bar.key() == "elsewhere", "a third desk is news"
    screen.feed.show(NOBODY)
    assert bar.key() == ""


def test_what_this_pc_knows_tells_of_the_other_one_too(screen: Screen) -> None:
    since = datetime(2026, 11, 22, 9, 12, tzinfo=UTC)
    screen.feed.show(Presence(NOWHERE, (), (OtherDesk("PC2", since),)))
    screen.desk.open(Place(PageKind.KNOWN))
    page = screen.window.work_area.page
    assert isinstance(page, KnownPage)
    page.show_known(Known(is_part=False))
    words = [one.text() for one in page.findChildren(QLabel)]
    assert any(word.startswith("PC2 since ") for word in words)
