"""What the page kit gives every form and record page, whatever kind they are of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QPlainTextEdit

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account.caller import MatchReason
from agent_desktop.models.kinds import BY_NAME
from agent_desktop.models.service_order import verbs as orders
from agent_desktop.models.service_order.record import OrderState
from agent_desktop.models.store import draft
from agent_desktop.views import kind_views
from agent_desktop.views.home.returned_words import intent_words
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.page import make_page
from agent_desktop.views.words import wording
from tests.views.conftest import Workplace, part, texts

#: The words of pages in the local.db of the first version; they stay for ever.
FIRST_PAGES = (
    "home identify account account_new ticket ticket_new order order_new worklist calls returned "
    "phone known demo"
).split()


class Marked(QTranslator):
    """English with a mark before each text."""

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return f"¡{source}"

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def marked() -> Iterator[Marked]:
    made = Marked()
    yield made
    QCoreApplication.removeTranslator(made)


def test_the_words_of_pages_in_local_db_stay() -> None:
    assert [PageKind(word).value for word in FIRST_PAGES] == FIRST_PAGES
    assert PageKind("order") is PageKind.ORDER
    with pytest.raises(ValueError, match="no_such_page"):
        PageKind("no_such_page")


def test_every_kind_with_a_face_is_a_kind() -> None:
    for view in kind_views.KIND_VIEWS:
        assert BY_NAME[view.kind.name] is view.kind
        assert set(view.parts) <= set(BY_NAME)


@pytest.mark.parametrize("page", kind_views.PAGES, ids=lambda page: page.value)
def test_pages_of_kinds_are_made_and_named(workplace: Workplace, page: PageKind) -> None:
    made = make_page(page, workplace.context)
    workplace.qtbot.addWidget(made)
    assert made.objectName() == f"page.{page.value}"
    assert wording.page(page)


def test_an_open_form_speaks_another_language(workplace: Workplace, marked: Marked) -> None:
    page = workplace.page(PageKind.TICKET_NEW, workplace.company.id("marina"))
    subject = page.form.field("subject")
    subject.editor.setText("No light")
    QCoreApplication.installTranslator(marked)
    workplace.until(lambda: page.title == "¡New ticket")
    assert subject.editor.accessibleName() == "¡¡Subject, required"
    assert part(page, "ticket_new.save").text() == "¡Create ticket"
    assert subject.value() == "No light"
    assert page.form.field("kind").value() == "demand"


def test_an_open_record_speaks_another_language(workplace: Workplace, marked: Marked) -> None:
    page = workplace.page(PageKind.TICKET, workplace.company.id("ticket"))
    QCoreApplication.installTranslator(marked)
    workplace.until(lambda: "¡Owner:" in texts(page))


def test_a_page_shows_what_its_record_has_become(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ORDER, workplace.company.id("order"))
    before = page.view
    orders.move(workplace.company.stores, page.view.order.id, OrderState.CANCELLED)
    workplace.until(lambda: page.view is not before)
    assert page.view.order.state is OrderState.CANCELLED


def test_what_waits_for_a_draft_is_done_once_it_is_back(workplace: Workplace) -> None:
    keeper, editor = workplace.context.drafts, QPlainTextEdit()
    workplace.qtbot.addWidget(editor)
    form, done = FormDraft(keeper, keeper), []
    form.begin("somewhere", {"text": editor})
    assert not form.when_complete(lambda: done.append(1))
    workplace.until(lambda: done == [1])
    assert form.when_complete(lambda: done.append(2))
    editor.setPlainText("half a word")
    form.close()
    assert not form.is_open
    workplace.settle()
    assert draft.load(workplace.company.stores, "somewhere")["text"].text == "half a word"
    form.begin("somewhere", {"text": editor})
    form.drop()
    workplace.settle()
    assert not draft.load(workplace.company.stores, "somewhere")


def test_work_of_any_kind_that_came_back_has_words() -> None:
    assert intent_words("phone.consent") == "wish about being called"
    assert intent_words("service_order.change") == "Service order: change"
    assert intent_words("nobody.knows") == "nobody.knows"


def test_a_sentence_says_whose_code_words_it_means() -> None:
    reason = MatchReason("phone", {"kind": "mobile"})
    assert wording.match_reason(reason) == "Number agrees (Mobile)"
