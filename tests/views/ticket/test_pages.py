"""New ticket and ticket: errors at fields, drafts that survive, replies, escalation, solution."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.store import draft
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import NoteKind, TicketKind, TicketStatus
from agent_desktop.views.kit.page import make_page
from tests.views import samples, shots
from tests.views.conftest import Workplace, part, texts


def test_a_ticket_without_subject_says_so_at_the_field(workplace: Workplace) -> None:
    page = workplace.page(PageKind.TICKET_NEW, workplace.company.id("marina"))
    page.acts()["form.send"]()
    workplace.until(lambda: page.form.field("subject").message())
    assert page.save_button.isEnabled()
    assert workplace.now_open() is None


def test_a_complaint_needs_its_regulated_type(workplace: Workplace) -> None:
    page = workplace.page(PageKind.TICKET_NEW, workplace.company.id("marina"))
    field = page.form.field("complaint_type")
    assert not field.isVisible()
    kind = page.form.field("kind").editor
    kind.setCurrentIndex(kind.findData(TicketKind.COMPLAINT.value))
    assert field.isVisible()
    page.form.field("subject").editor.setText("Voltage")
    page.save()
    workplace.until(lambda: field.message())


def test_ctrl_enter_creates_the_ticket_and_opens_it(workplace: Workplace) -> None:
    session = workplace.session()
    page = workplace.page(PageKind.TICKET_NEW, workplace.company.id("marina"), session)
    workplace.qtbot.keyClicks(page.first_focus(), "No supply")
    page.acts()["form.send"]()
    workplace.until(lambda: workplace.now_open() is PageKind.TICKET)
    made = tickets.get(workplace.company.stores, workplace.opened[-1].record_id)  # type: ignore[arg-type]
    assert made.subject == "No supply"
    assert made.interaction_id == session.interaction.id  # type: ignore[union-attr]
    assert made.pending
    workplace.settle()
    assert draft.load(workplace.company.stores, "ticket:new:s1") == {}


def test_what_is_sent_before_the_form_is_complete_is_created_then(workplace: Workplace) -> None:
    page = make_page(PageKind.TICKET_NEW, workplace.context)
    workplace.qtbot.addWidget(page)
    page.show()
    page.shown(Place(PageKind.TICKET_NEW, workplace.company.id("marina")))
    workplace.qtbot.keyClicks(page.first_focus(), "No supply")
    page.acts()["form.send"]()
    assert workplace.now_open() is None
    workplace.until(lambda: workplace.now_open() is PageKind.TICKET)
    made = tickets.get(workplace.company.stores, workplace.opened[-1].record_id)  # type: ignore[arg-type]
    assert made.subject == "No supply"


def test_a_half_written_ticket_comes_back_with_its_cursor(workplace: Workplace) -> None:
    account_id = workplace.company.id("marina")
    session = workplace.session()
    page = workplace.page(PageKind.TICKET_NEW, account_id, session)
    subject = page.first_focus()
    workplace.qtbot.keyClicks(subject, "Street dark sinc")
    subject.setCursorPosition(6)
    page.keep()
    workplace.settle()
    page.deleteLater()
    again = workplace.page(PageKind.TICKET_NEW, account_id, session)
    assert again.first_focus().text() == "Street dark sinc"
    assert again.first_focus().cursorPosition() == 6
    assert "Brought back" in texts(again)


def test_the_sample_ticket_is_shown_whole(qtbot: QtBot) -> None:
    page = shots.SHOTS["ticket"]()
    qtbot.addWidget(page)
    page.show()
    words = texts(page)
    for expected in ("TK-20418", "Rita Souza → second level", "internal", "Crew on site since"):
        assert expected in words
    assert not part(page, "ticket.escalate").isEnabled()
    assert "second level already" in part(page, "ticket.escalate").toolTip()


def test_a_reply_is_written_down_and_the_field_is_empty(workplace: Workplace) -> None:
    ticket_id = workplace.company.id("ticket")
    page = workplace.page(PageKind.TICKET, ticket_id)
    workplace.qtbot.keyClicks(page.editor.editor, "The crew is on its way")
    page.acts()["form.send"]()
    workplace.until(lambda: page.editor.editor.toPlainText() == "")
    workplace.settle()
    notes = tickets.view(workplace.company.stores, ticket_id).notes
    assert [(note.kind, note.text) for note in notes][-1] == (
        NoteKind.REPLY,
        "The crew is on its way",
    )
    page.reload()
    workplace.until(lambda: "The crew is on its way" in texts(page))


def test_reply_and_note_keep_their_own_texts(workplace: Workplace) -> None:
    page = workplace.page(PageKind.TICKET, workplace.company.id("ticket"))
    workplace.qtbot.keyClicks(page.editor.editor, "Dear Marina")
    page.editor.choose("note")
    workplace.qtbot.keyClicks(page.editor.editor, "ask Paulo")
    page.leave()
    workplace.settle()
    again = workplace.page(PageKind.TICKET, workplace.company.id("ticket"))
    assert again.editor.texts["reply"].toPlainText() == "Dear Marina"
    assert again.editor.texts["note"].toPlainText() == "ask Paulo"


def test_escalation_needs_a_hand_over(workplace: Workplace) -> None:
    ticket_id = workplace.company.id("ticket")
    page = workplace.page(PageKind.TICKET, ticket_id)
    page.acts()["ticket.escalate"]()
    workplace.until(page.escalate_sheet.isVisible)
    workplace.settle()
    page.acts()["form.send"]()
    handover = page.escalate_sheet.form.field("handover")
    workplace.until(lambda: handover.message())
    handover.editor.setPlainText("Address and breaker checked")
    page.acts()["form.send"]()
    workplace.until(lambda: not page.escalate_sheet.isVisible())
    workplace.settle()
    assert tickets.get(workplace.company.stores, ticket_id).level == 2
    assert workplace.toasts[-1].code == "ticket_escalated"


def test_the_solution_closes_the_ticket(workplace: Workplace) -> None:
    ticket_id = workplace.company.id("ticket")
    page = workplace.page(PageKind.TICKET, ticket_id)
    page.acts()["form.resolve"]()
    page.resolve_sheet.form.field("solution").editor.setPlainText("Insulator replaced")
    page.acts()["form.resolve"]()
    workplace.until(lambda: not page.resolve_sheet.isVisible())
    workplace.settle()
    assert tickets.get(workplace.company.stores, ticket_id).status is TicketStatus.RESOLVED


def test_escape_puts_a_sheet_away_and_keeps_the_text(workplace: Workplace) -> None:
    page = workplace.page(PageKind.TICKET, workplace.company.id("ticket"))
    page.resolve()
    workplace.settle()
    field = page.resolve_sheet.form.field("solution").editor
    workplace.qtbot.keyClicks(field, "half")
    workplace.qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not page.resolve_sheet.isVisible()
    workplace.settle()
    page.resolve()
    workplace.settle()
    assert field.toPlainText() == "half"


def test_an_unknown_ticket_is_looked_for_at_the_centre(workplace: Workplace) -> None:
    page = workplace.page(PageKind.TICKET, samples.number_id(77))
    workplace.settle()
    assert "It opens once the centre is back" in texts(page)
