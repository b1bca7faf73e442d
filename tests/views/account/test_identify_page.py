"""Identify: matches with reasons, answers typed and compared, the fewest keys."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account import identification
from agent_desktop.models.account.caller import CallerFacts
from tests.models.conftest import MARINA_CPF
from tests.views import samples, shots
from tests.views.conftest import Workplace, part, texts


def _identified(workplace: Workplace, number: str = "+5511987654321") -> object:
    """A ringing call of that number, its matches found."""
    session = workplace.session(confirmed=False)
    found = identification.identify(workplace.company.stores, CallerFacts(number))
    return workplace.desk.update(session.id, account=None, identification=found)


def test_matches_say_why_and_nothing_is_chosen(qtbot: object) -> None:
    page = shots.page(
        PageKind.IDENTIFY, replace(samples.RINGING_SESSION, account=None, contact_id=None)
    )
    names = [card.accessibleName() for card in page.matches.cards]  # type: ignore[attr-defined]
    assert len(names) == 3
    assert "Best match" in names[0]
    assert "Mobile number agrees" in names[0]
    assert not any(card.isChecked() for card in page.matches.cards)  # type: ignore[attr-defined]
    assert not page.confirm.isEnabled()  # type: ignore[attr-defined]


def test_the_call_is_told_with_its_document_masked(qtbot: QtBot) -> None:
    page = shots.SHOTS["identify"]()
    page.show()
    words = texts(page)
    assert "0800 727 0120" in words
    assert "•••.456.789-••" in words
    assert "12345678909" not in words
    # What a glance tells is asked for after the match was painted.
    qtbot.waitUntil(lambda: "Life support at this address" in texts(page))
    page.close()


def test_two_right_answers_open_the_account(workplace: Workplace) -> None:
    session = workplace.session(confirmed=False)
    page = workplace.page(PageKind.IDENTIFY, session=session)
    first = part(page, "identify.answer.birth_on")
    assert page.questions.next_field() is first
    workplace.qtbot.keyClicks(first, "12/03/1986")
    workplace.qtbot.keyClick(first, Qt.Key.Key_Return)
    workplace.until(lambda: page.questions.rows["birth_on"].is_right)
    second = page.questions.next_field()
    assert first.text() == ""
    answers = {"postcode": "06010-000", "last_bill": "214,37", "tax_id": MARINA_CPF}
    kind = second.objectName().rpartition(".")[2]
    workplace.qtbot.keyClicks(second, answers[kind])
    workplace.qtbot.keyClick(second, Qt.Key.Key_Return)
    workplace.until(lambda: workplace.now_open() is PageKind.ACCOUNT)
    now = workplace.desk.session(session.id)
    assert now is not None
    assert now.confirmed
    assert now.is_verified


def test_a_wrong_answer_says_so_and_shows_nothing(workplace: Workplace) -> None:
    page = workplace.page(PageKind.IDENTIFY, session=workplace.session(confirmed=False))
    field = part(page, "identify.answer.birth_on")
    field.setText("01/01/1990")
    workplace.qtbot.keyClick(field, Qt.Key.Key_Return)
    workplace.until(lambda: "Does not match" in texts(page))
    assert "1986" not in texts(page)
    assert field.selectedText() == "01/01/1990"
    assert workplace.now_open() is None


def test_an_answer_typed_before_the_interaction_began_waits_for_it(workplace: Workplace) -> None:
    session = workplace.session(confirmed=False)
    workplace.desk.update(session.id, interaction=None)
    page = workplace.page(PageKind.IDENTIFY, session=session)
    field = part(page, "identify.answer.birth_on")
    field.setText("12/03/1986")
    workplace.qtbot.keyClick(field, Qt.Key.Key_Return)
    workplace.desk.update(session.id, interaction=session.interaction)
    workplace.until(lambda: page.questions.rows["birth_on"].is_right)


def test_enter_on_a_card_chooses_it_and_asks_its_questions(workplace: Workplace) -> None:
    session = _identified(workplace)
    page = workplace.page(PageKind.IDENTIFY, session=session)  # type: ignore[arg-type]
    assert page.matches.cards
    workplace.qtbot.keyClick(page.matches.cards[0], Qt.Key.Key_Return)
    workplace.until(lambda: page.questions.next_field() is not None)
    now = workplace.desk.session("s1")
    assert now is not None
    assert now.account is not None


def test_search_by_name_offers_accounts(workplace: Workplace) -> None:
    session = _identified(workplace, "")
    page = workplace.page(PageKind.IDENTIFY, session=session)  # type: ignore[arg-type]
    workplace.qtbot.keyClicks(page.search, "marina")
    workplace.until(lambda: page.matches.cards)
    workplace.qtbot.keyClick(page.search, Qt.Key.Key_Return)
    workplace.until(lambda: workplace.desk.session("s1").account is not None)  # type: ignore[union-attr]


def test_who_speaks_for_the_customer_is_written_down(workplace: Workplace) -> None:
    page = workplace.page(PageKind.IDENTIFY, session=workplace.session(confirmed=False))
    line = page.acting.field.lineEdit()
    line.setText("João")
    workplace.qtbot.keyClick(line, Qt.Key.Key_Return)
    workplace.until(lambda: workplace.desk.session("s1").acting_for == "João")  # type: ignore[union-attr]
    workplace.settle()
