"""Work that came back: what was written, why it came, and what can be done about it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.values import AccountDraft
from agent_desktop.models.store import local, outbox
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import IntentResult
from agent_desktop.models.work import work_item
from agent_desktop.views.home.returned_page import ReturnedPage
from tests.views.conftest import Workplace, part, texts

WORDS = "XX001: <b>could not read block 7</b>"


def came_back(workplace: Workplace, answer: IntentResult) -> ReturnedPage:
    """Marina's note was changed here, and this was the centre's answer."""
    stores = workplace.company.stores
    marina = accounts.get(stores, workplace.company.id("marina"))
    accounts.change(stores, AccountDraft(marina, {"note": "Rings twice"}))
    with stores.local.writing() as c:
        n = c.execute(select(local.intent.c.n).order_by(local.intent.c.n.desc())).scalars().first()
        assert n is not None
        outbox.settle(c, n, answer)
    page = workplace.page(PageKind.RETURNED, work_item.id_of(n))
    assert isinstance(page, ReturnedPage)
    return page


def unsent(workplace: Workplace) -> list[str]:
    with workplace.company.stores.local.reading() as c:
        intent = local.intent.c
        found = select(intent.kind).where(intent.state == State.UNSENT.value)
        return list(c.execute(found).scalars())


@pytest.fixture
def set_aside(workplace: Workplace) -> ReturnedPage:
    return came_back(workplace, IntentResult(State.REFUSED, outbox.SET_ASIDE, {"": WORDS}))


def test_what_was_set_aside_shows_the_centres_words_as_plain_text(set_aside: ReturnedPage) -> None:
    words = texts(set_aside)
    assert WORDS in words
    assert "Rings twice" in words
    assert "the rest was sent" in words


def test_it_can_be_sent_again(set_aside: ReturnedPage, workplace: Workplace, qtbot: QtBot) -> None:
    assert unsent(workplace) == []
    assert part(set_aside, "returned.verb").text() == "Send again"
    set_aside.acts()["form.send"]()
    workplace.until(lambda: unsent(workplace) == ["account.change"])
    assert work_item.work_items(workplace.company.stores) == ()


def test_the_record_can_be_opened_from_there(set_aside: ReturnedPage, workplace: Workplace) -> None:
    part(set_aside, "returned.open").click()
    assert workplace.now_open() is PageKind.ACCOUNT
    assert workplace.opened[-1].record_id == workplace.company.id("marina")


def test_what_was_refused_is_not_sent_again(workplace: Workplace) -> None:
    page = came_back(workplace, IntentResult(State.REFUSED, "not_allowed"))
    assert part(page, "returned.verb").isHidden()
    assert "Your role may not do this" in texts(page)


def test_a_conflict_stands_field_by_field(workplace: Workplace) -> None:
    theirs = {"note": {"value": "The dog is deaf", "by": "Bruno", "at": "2026-11-20T12:00:00Z"}}
    page = came_back(workplace, IntentResult(State.CONFLICT, "changed_elsewhere", {}, theirs))
    assert page.first_focus().toPlainText() == "Rings twice"  # type: ignore[union-attr]
    part(page, "returned.note.take_theirs").click()
    assert page.first_focus().toPlainText() == "The dog is deaf"  # type: ignore[union-attr]
    part(page, "returned.note.edit").setPlainText("Rings twice, the dog is deaf")
    page.acts()["form.send"]()
    workplace.until(lambda: not work_item.work_items(workplace.company.stores))
    note = accounts.get(workplace.company.stores, workplace.company.id("marina")).note
    assert note == "Rings twice, the dog is deaf"
