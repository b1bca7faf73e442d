"""Nothing typed is lost: texts and cursors go to local.db and come back."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from agent_desktop.models.store import draft
from tests.views.conftest import Workplace


def _form(workplace: Workplace) -> tuple[QWidget, QLineEdit, QPlainTextEdit]:
    whole = QWidget()
    workplace.qtbot.addWidget(whole)
    return whole, QLineEdit(whole), QPlainTextEdit(whole)


def test_typed_text_is_kept_half_a_second_after_the_last_key(workplace: Workplace) -> None:
    whole, line, note = _form(workplace)
    kept = workplace.context.drafts.keep("form:1", {"line": line, "note": note}, whole)
    workplace.settle()
    workplace.qtbot.keyClicks(line, "Rua das Ac")
    line.setCursorPosition(3)
    assert kept.unsaved
    with workplace.qtbot.waitSignal(kept.saved, timeout=3_000):
        pass
    found = draft.load(workplace.company.stores, "form:1")
    assert found["line"] == draft.DraftField("Rua das Ac", 3)
    assert not kept.unsaved


def test_what_was_typed_before_the_draft_was_read_stays(workplace: Workplace) -> None:
    draft.save(workplace.company.stores, "form:1", {"line": draft.DraftField("old", 3)})
    whole, line, note = _form(workplace)
    workplace.qtbot.keyClicks(line, "quick")
    kept = workplace.context.drafts.keep("form:1", {"line": line, "note": note}, whole)
    assert kept.unsaved
    workplace.settle()
    assert line.text() == "quick"


def test_a_new_form_gets_text_and_cursor_back(workplace: Workplace) -> None:
    fields = {"line": draft.DraftField("Osasco", 2), "note": draft.DraftField("oxygen", 4)}
    draft.save(workplace.company.stores, "form:1", fields)
    whole, line, note = _form(workplace)
    kept = workplace.context.drafts.keep("form:1", {"line": line, "note": note}, whole)
    with workplace.qtbot.waitSignal(kept.restored) as told:
        pass
    assert told.args == [("line", "note")]
    assert (line.text(), line.cursorPosition()) == ("Osasco", 2)
    assert (note.toPlainText(), note.textCursor().position()) == ("oxygen", 4)


def test_what_is_typed_while_the_draft_is_read_stays(workplace: Workplace) -> None:
    draft.save(workplace.company.stores, "form:1", {"line": draft.DraftField("old", 3)})
    whole, line, note = _form(workplace)
    workplace.context.drafts.keep("form:1", {"line": line, "note": note}, whole)
    line.setText("new")
    workplace.settle()
    assert line.text() == "new"


def test_a_saved_record_leaves_no_draft(workplace: Workplace) -> None:
    whole, line, note = _form(workplace)
    kept = workplace.context.drafts.keep("form:1", {"line": line, "note": note}, whole)
    workplace.settle()
    line.setText("done")
    kept.save()
    kept.drop()
    workplace.settle()
    assert draft.load(workplace.company.stores, "form:1") == {}


def test_save_all_hands_over_everything_at_once(workplace: Workplace) -> None:
    whole, line, note = _form(workplace)
    drafts = workplace.context.drafts
    drafts.keep("form:1", {"line": line, "note": note}, whole)
    workplace.settle()
    note.setPlainText("half a sentence")
    assert drafts.unsaved
    drafts.save_all()
    workplace.settle()
    assert not drafts.unsaved
    assert draft.load(workplace.company.stores, "form:1")["note"].text == "half a sentence"
