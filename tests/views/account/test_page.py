"""The account page: what it shows, what it hides, notes and editing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account import consent
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.working_set import Held, Standing
from agent_desktop.views.account.page import AccountPage
from agent_desktop.views.widgets.text import Text
from tests.views import samples, shots
from tests.views.conftest import Workplace, part, texts


def test_the_sample_is_shown_whole(qtbot: QtBot) -> None:
    page = shots.SHOTS["account"]()
    qtbot.addWidget(page)
    page.show()
    words = texts(page)
    for expected in (
        "Marina Albuquerque",
        "Account 100 482 913",
        "marina.a@correio.example",
        "Known outage OSA-12, 214 customers",
        "· Protocol 2026 1121 0004 8127",
    ):
        assert expected in words
    rows = page.tickets.table.rows.rows()  # type: ignore[attr-defined]
    assert len(rows) == 4


def test_data_stay_masked_until_the_caller_is_verified(qtbot: QtBot) -> None:
    page = shots.page(
        PageKind.ACCOUNT, replace(samples.SESSION, verified=frozenset()), samples.MARINA.id
    )
    qtbot.addWidget(page)
    page.show()
    words = texts(page)
    for hidden in ("marina.a@correio.example", "R. das Acácias", "98765-4321", "214.37"):
        assert hidden not in words
    assert "verify to see" in words
    assert page.questions.isVisible()  # type: ignore[attr-defined]
    assert page.first_focus() is page.questions.next_field()  # type: ignore[attr-defined]


def test_notes_reach_the_interaction_without_a_key(workplace: Workplace) -> None:
    session = workplace.session()
    page = workplace.page(PageKind.ACCOUNT, session.account.id, session)  # type: ignore[union-attr]
    workplace.qtbot.keyClicks(page.notes.editor, "Whole street dark")
    interaction_id = session.interaction.id  # type: ignore[union-attr]
    workplace.until(
        lambda: (
            interactions.get(workplace.company.stores, interaction_id).notes == "Whole street dark"
        )
    )
    workplace.until(lambda: "Saved to this interaction" in texts(page))
    page.notes.close_notes()
    workplace.settle()


def test_a_change_elsewhere_reloads_a_visible_page(workplace: Workplace) -> None:
    account_id = workplace.company.id("marina")
    page = workplace.page(PageKind.ACCOUNT, account_id)
    asked = workplace.background.times_asked("account.overview")
    page.refresh(Changes({"account": frozenset({samples.BAKERY.id})}))
    assert workplace.background.times_asked("account.overview") == asked
    page.refresh(Changes({"ticket": frozenset(), "account": frozenset({account_id})}))
    assert workplace.background.times_asked("account.overview") == asked + 1
    page.hide()
    page.refresh(Changes({"account": frozenset({account_id})}))
    assert workplace.background.times_asked("account.overview") == asked + 1
    page.show()
    assert workplace.background.times_asked("account.overview") == asked + 2
    workplace.settle()


def test_edited_data_are_saved_and_a_refusal_stands_at_its_field(workplace: Workplace) -> None:
    account_id = workplace.company.id("marina")
    page = workplace.page(PageKind.ACCOUNT, account_id)
    page.edit()
    form = page.form.form
    form.field("email").editor.setText("no address")
    page.acts()["form.send"]()
    workplace.until(lambda: form.field("email").message())
    assert page.form.isVisible()
    form.field("email").editor.setText("marina@correio.example")
    page.acts()["form.send"]()
    workplace.until(lambda: not page.form.isVisible())
    now = accounts.get(workplace.company.stores, account_id)
    assert now.email == "marina@correio.example"
    workplace.settle()


def test_the_same_field_changed_elsewhere_is_marked_and_answered(workplace: Workplace) -> None:
    account_id = workplace.company.id("marina")
    page = workplace.page(PageKind.ACCOUNT, account_id)
    page.edit()
    workplace.settle()
    base = accounts.get(workplace.company.stores, account_id)
    field = page.form.form.field("note")
    field.editor.setPlainText("mine")
    theirs = replace(base, note="theirs", city="Barueri", updated_by="Paulo Reis")
    page.form.follow(theirs)
    assert "Changed by Paulo Reis" in field.message()
    assert page.form.form.field("city").value() == "Barueri"
    field.take_theirs.emit()
    assert field.value() == "theirs"
    assert not field.message()
    page.form.close_sheet()
    workplace.settle()


def test_writing_while_the_call_is_with_somebody_else_says_so(workplace: Workplace) -> None:
    session = workplace.session()
    page = workplace.page(PageKind.ACCOUNT, session.account.id, session)  # type: ignore[union-attr]
    assert not page.notes.strip.isVisible()
    workplace.desk.update("s1", calls=())
    other = replace(samples.SESSION, id="s2", account=samples.BAKERY, interaction=None)
    workplace.desk.add(other)
    assert page.notes.strip.isVisible()
    assert "Padaria Estrela Ltda" in page.notes.strip.words
    assert "Marina" in page.notes.strip.words
    workplace.settle()


def test_the_document_is_shown_for_a_while_when_asked(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ACCOUNT, workplace.company.id("marina"))
    workplace.qtbot.mouseClick(part(page, "account.document.eye"), Qt.MouseButton.LeftButton)
    workplace.until(lambda: "123.456.789-09" in texts(page))


def test_a_dead_account_says_what_failed(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ACCOUNT, samples.number_id(12345))
    assert "Could not be read" in texts(page)


# -- who asked not to be called -------------------------------------------------------------------
def test_a_wish_not_to_be_called_is_kept_shown_and_undone(workplace: Workplace) -> None:
    session = workplace.session()
    workplace.desk.update(session.id, verified=frozenset({"birth_on", "tax_id"}))
    page = workplace.page(PageKind.ACCOUNT, workplace.company.id("marina"), session)
    workplace.company.stores.listen(page.refresh)
    assert "asked not to be called" not in texts(page)
    page.acts()["account.do_not_call"]()
    workplace.until(lambda: "asked not to be called" in texts(page))
    assert not consent.may_call(workplace.company.stores, "+5511987654321").allowed
    told = workplace.toasts[-1]
    assert told.code == "do_not_call_kept"
    assert told.undo is not None
    told.undo()
    workplace.until(lambda: "asked not to be called" not in texts(page))
    assert consent.may_call(workplace.company.stores, "+5511987654321").allowed
    assert workplace.toasts[-1].code == "do_not_call_ended"


def test_who_is_not_verified_has_no_number_to_wish_about(workplace: Workplace) -> None:
    session = workplace.session(confirmed=False)
    page = workplace.page(PageKind.ACCOUNT, workplace.company.id("marina"), session)
    page.acts()["account.do_not_call"]()
    workplace.settle()
    assert workplace.toasts == []
    assert consent.may_call(workplace.company.stores, "+5511987654321").allowed


def test_the_call_button_of_a_contact_says_what_was_asked(workplace: Workplace) -> None:
    company = workplace.company
    [phone] = [
        one
        for one in accounts.overview(company.stores, company.id("marina")).phones
        if one.contact_id == company.id("husband")
    ]
    consent.set_do_not_call(company.stores, phone.id, True, "Only in writing")
    session = workplace.session()
    workplace.desk.update(session.id, verified=frozenset({"birth_on", "tax_id"}))
    page = workplace.page(PageKind.ACCOUNT, company.id("marina"), session)
    button = part(page, f"block.contacts.call.{company.id('husband')}")
    assert button.accessibleName().endswith("who asked not to be called")


def test_who_is_not_kept_here_is_told_to_come_from_the_centre(workplace: Workplace) -> None:
    page: AccountPage = workplace.page(PageKind.ACCOUNT)
    said = page.findChild(Text, "account.standing")
    assert said is not None
    page.head.show_standing(Standing(Held.WANTED))
    assert said.text() == "Only what the directory knows; the rest comes from the centre"
    page.head.show_standing(Standing(Held.HELD, datetime(2026, 11, 22, 12, tzinfo=UTC)))
    assert said.text().startswith("From the centre, ")
    page.head.show_standing(Standing(Held.HELD))
    assert said.isHidden()
