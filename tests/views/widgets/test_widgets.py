"""The vocabulary of widgets, each for what it promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme, Tone
from agent_desktop.views.widgets.alert_row import AlertRow, AlertText
from agent_desktop.views.widgets.block import Block, BlockState
from agent_desktop.views.widgets.button import Button, IconButton
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.widgets.field import Field, MaskedValue
from agent_desktop.views.widgets.lifecycle_bar import LifecycleBar, Step, StepState
from agent_desktop.views.widgets.page_head import PageHead, Tab
from agent_desktop.views.widgets.rows import Column, Link, Row, RowsTable
from agent_desktop.views.widgets.shapes import PillText, initials
from agent_desktop.views.widgets.sla_clock import SlaClock, SlaDue, face_of
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.ticker import ticker
from agent_desktop.views.widgets.timeline import Timeline, TimelineEntry
from agent_desktop.views.widgets.type_ahead import Node, TypeAhead, leaves, matching

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TREE = (
    Node("o", "Outage"),
    Node("o.r", "Reported", "o"),
    Node("o.r.c", "Crew sent", "o.r"),
    Node("b", "Bill"),
    Node("b.h", "Higher than average", "b"),
    Node("v", "Variação de consumo"),
)


@pytest.fixture(autouse=True)
def _light(qapp: QApplication):
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    """The widget in a window that has the focus."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.addWidget(widget)
    widget.kept_window = window
    qtbot.addWidget(window)
    window.resize(700, 300)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def test_text_is_plain_and_elides_with_a_tooltip(qtbot: QtBot):
    text = Text("<img src=file:///etc/passwd> and a long name", elide=True)
    qtbot.addWidget(text)
    text.show()
    text.resize(60, 20)
    assert text.textFormat() is Qt.TextFormat.PlainText
    assert text.toolTip().startswith("<span>&lt;img")
    text.resize(900, 20)
    assert text.toolTip() == ""


def test_initials():
    assert [initials(name) for name in ("Marina de Albuquerque", "João", "Ы", "")] == [
        "MA",
        "JO",
        "Ы",
        "?",
    ]


def test_a_button_that_is_off_says_why(qtbot: QtBot):
    button = Button("Resolve")
    qtbot.addWidget(button)
    button.set_tip("Ctrl+Shift+Enter")
    button.set_off("Only the second level may")
    assert (button.isEnabled(), button.toolTip()) == (False, "Only the second level may")
    button.set_on()
    assert button.toolTip() == "Ctrl+Shift+Enter"


def test_an_icon_button_has_name_key_and_a_target_that_can_be_hit(qtbot: QtBot):
    button = IconButton("copy", "Copy", key="Ctrl+L")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Copy", "Copy (Ctrl+L)")
    assert min(button.sizeHint().width(), button.sizeHint().height()) >= 24


def test_setting_a_value_is_no_edit(qtbot: QtBot):
    field = Field("E-mail", name="email", required=True)
    qtbot.addWidget(field)
    edits: list[str] = []
    field.edited.connect(edits.append)
    field.set_value("a@b")
    qtbot.keyClicks(field.editor, "c")
    assert edits == ["a@bc"]
    assert field.editor.accessibleName() == "E-mail, required"


def test_a_conflict_is_answered_at_the_field(qtbot: QtBot):
    field = Field("Phone", name="phone")
    qtbot.addWidget(field)
    field.show()
    field.show_conflict("Changed by P. Reis 09:12")
    assert field.editor.property("state") == "conflict"
    with qtbot.waitSignal(field.take_theirs):
        field.findChild(Button, "phone.take_theirs").click()
    field.show_conflict("")
    assert field.message() == ""


def test_a_choice_gives_its_key(qtbot: QtBot):
    field = Field("Kind", name="kind", choices=[("d", "Demand"), ("c", "Complaint")])
    qtbot.addWidget(field)
    field.set_value("c")
    assert field.value() == "c"
    field.set_choices([("c", "Complaint"), ("r", "Request")])
    assert field.value() == "c"


def test_a_form_shows_refusals_at_their_fields_and_stays_open(qtbot: QtBot):
    form = RecordForm(name="form", columns=2)
    form.add("name", Field("Name", name="form.name"))
    form.add("tax_id", Field("CPF", name="form.tax_id"))
    window = shown(qtbot, form)
    assert window.isVisible()
    form.show_errors({"tax_id": "Check digit is wrong", "": "Not saved"})
    assert form.field("tax_id").message() == "Check digit is wrong"
    assert QApplication.focusWidget() is form.field("tax_id").editor
    qtbot.keyClicks(form.field("tax_id").editor, "1")
    assert form.field("tax_id").message() == ""
    assert form.values() == {"name": "", "tax_id": "1"}


def test_a_masked_value_asks_and_hides_again(qtbot: QtBot):
    masked = MaskedValue("•••.456.789-••", name="cpf")
    qtbot.addWidget(masked)
    with qtbot.waitSignal(masked.reveal_requested):
        masked.findChild(IconButton, "cpf.eye").click()
    masked.reveal("123.456.789-09")
    assert masked.findChild(Text, "cpf.text").text() == "123.456.789-09"
    masked.findChild(IconButton, "cpf.eye").click()
    assert masked.findChild(Text, "cpf.text").text() == "•••.456.789-••"


def test_a_block_keeps_its_contents_while_it_loads_again(qtbot: QtBot):
    block = Block("tickets", "Open tickets", "ticket")
    content = Text("TK-1")
    block.body.addWidget(content)
    shown(qtbot, block)
    block.start_loading()
    qtbot.waitUntil(lambda: block.state is BlockState.LOADING)
    assert not content.isVisible()
    block.show_ready()
    assert content.isVisible()
    block.show_waiting(3)
    assert content.isVisible()


def test_a_block_folds_and_its_states_have_one_action(qtbot: QtBot):
    block = Block("tickets", "Open tickets", "ticket", add="New ticket")
    shown(qtbot, block)
    block.show_empty("No open tickets", "", "New ticket")
    with qtbot.waitSignal(block.add_requested):
        block.findChild(Button, "block.tickets.action").click()
    block.show_error("The centre did not answer")
    with qtbot.waitSignal(block.retry_requested):
        block.findChild(Button, "block.tickets.action").click()
    block.set_folded(True)
    assert not block.findChild(Button, "block.tickets.action").isVisible()


def table(qtbot: QtBot) -> RowsTable:
    made = RowsTable([Column("no", "No.", 90), Column("subject", "Subject")], name="t")
    made.set_rows([Row(n, (Link(f"TK-{n}"), f"Subject {n}")) for n in range(50)])
    shown(qtbot, made)
    made.setFocus()
    return made


def test_a_table_is_walked_by_keyboard(qtbot: QtBot):
    made = table(qtbot)
    qtbot.keyClick(made, Qt.Key.Key_End)
    assert made.marked() == 49
    qtbot.keyClick(made, Qt.Key.Key_Home)
    qtbot.keyClick(made, Qt.Key.Key_Down)
    assert made.marked() == 1
    with qtbot.waitSignal(made.row_opened) as told:
        qtbot.keyClick(made, Qt.Key.Key_Return)
    assert told.args == [1]


def test_new_rows_keep_the_marked_one(qtbot: QtBot):
    made = table(qtbot)
    made.mark(7)
    made.set_rows([Row(n, (Link(f"TK-{n}"), "changed")) for n in range(5, 20)])
    assert made.marked() == 7


def test_a_table_of_a_block_is_as_high_as_its_rows(qtbot: QtBot):
    made = RowsTable([Column("a", "A")], name="t", most_rows=4)
    shown(qtbot, made)
    made.set_rows([Row(n, ("x",)) for n in range(3)])
    assert made.height() == 26 + 3 * 34
    made.set_rows([Row(n, ("x",)) for n in range(9)])
    assert made.height() == 26 + 4 * 34


@pytest.mark.parametrize(
    ("minutes", "words", "tone"),
    [
        (90, "01:30", Tone.OK),
        (45, "00:45", Tone.WARN),
        (20, "00:20", Tone.BAD),
        (-7, "−00:07", Tone.BAD),
    ],
)
def test_the_sla_clock_changes_with_its_share(minutes: int, words: str, tone: Tone):
    due = SlaDue(NOW + timedelta(minutes=minutes), NOW - timedelta(minutes=100 - minutes))
    face = face_of(due, NOW)
    assert (face.text, face.tone) == (words, tone)


def test_the_sla_clock_pauses_and_counts_days():
    due = SlaDue(NOW + timedelta(days=4, hours=2), NOW)
    assert face_of(due, NOW).text == "4 d 02 h"
    assert face_of(SlaDue(NOW, NOW, paused=True), NOW).text == "paused"


def test_clocks_tick_only_while_they_are_seen(qtbot: QtBot):
    clock = SlaClock(SlaDue(datetime.now(UTC) + timedelta(hours=1)))
    before = ticker().listeners
    window = shown(qtbot, clock)
    assert ticker().listeners == before + 1
    assert clock.accessibleName().startswith("SLA 00:59")
    window.hide()
    assert ticker().listeners == before


def test_a_promise_runs_by_the_centre_s_clock(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    """The desk's own is five hours ahead: nothing is overdue for that."""
    monkeypatch.setattr(ticker(), "site_clock", lambda: datetime.now(UTC) - timedelta(hours=5))
    clock = SlaClock(SlaDue(datetime.now(UTC) - timedelta(hours=4)))
    shown(qtbot, clock)
    assert clock.accessibleName().startswith("SLA 00:59")


def steps(allowed: str = "confirmed") -> tuple[Step, ...]:
    return (
        Step("quotation", "Quotation", StepState.DONE, "18 Nov"),
        Step("order", "Order", StepState.DONE),
        Step("dispatched", "Dispatched", StepState.NOW),
        Step("confirmed", "Confirmed", StepState.NEXT, allowed=allowed == "confirmed"),
        Step("billed", "Billed", StepState.NEXT, why="After the confirmation"),
    )


def test_the_lifecycle_bar_moves_only_where_it_may(qtbot: QtBot):
    bar = LifecycleBar()
    shown(qtbot, bar)
    bar.show_steps(steps())
    bar.setFocus()
    with qtbot.waitSignal(bar.step_chosen) as told:
        qtbot.keyClick(bar, Qt.Key.Key_Return)
    assert told.args == ["confirmed"]
    assert bar.accessibleName().startswith("Quotation done, Order done, Dispatched now")
    bar.show_steps(steps(allowed=""))
    with qtbot.assertNotEmitted(bar.step_chosen):
        qtbot.keyClick(bar, Qt.Key.Key_Return)
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton)


def test_a_narrow_lifecycle_bar_shows_the_present_step_and_its_neighbours(qtbot: QtBot):
    bar = LifecycleBar()
    qtbot.addWidget(bar)
    bar.show_steps(steps())
    bar.resize(430, 60)
    assert [step.key for step, _box in bar.boxes()] == ["order", "dispatched", "confirmed"]
    bar.resize(900, 60)
    assert len(bar.boxes()) == 5


def test_a_timeline_opens_what_can_be_opened(qtbot: QtBot):
    timeline = Timeline()
    shown(qtbot, timeline)
    timeline.show_entries(
        (TimelineEntry("Call now", "04:12", key="c"), TimelineEntry("E-mail", "yesterday"))
    )
    row = timeline.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)[0]
    with qtbot.waitSignal(timeline.entry_chosen) as told:
        qtbot.keyClick(row, Qt.Key.Key_Return)
    assert told.args == ["c"]


def test_a_fourth_alert_folds_into_one(qtbot: QtBot):
    row = AlertRow()
    shown(qtbot, row)
    row.show_alerts(tuple(AlertText(str(n), f"Alert {n}", verb="Do") for n in range(5)))
    with qtbot.waitSignal(row.verb_chosen) as told:
        row.findChild(Button, "alert.0.verb").click()
    assert told.args == ["0"]
    assert row.findChild(QWidget, "alert.3") is None
    row.show_alerts(())
    assert not row.isVisible()


def test_anchor_tabs_tell_the_block(qtbot: QtBot):
    head = PageHead(name="head")
    shown(qtbot, head)
    head.set_identity("Marina Albuquerque", under="Account 100 482 913", avatar="Marina A")
    head.set_pills([PillText("Verified", Tone.OK, "shield-check")])
    head.set_tabs([Tab("a", "Overview"), Tab("t", "Tickets", 4)])
    with qtbot.waitSignal(head.tab_chosen) as told:
        head.findChild(QWidget, "head.tabs.t").click()
    assert told.args == ["t"]


def test_anchor_tabs_of_another_record_are_the_same_buttons(qtbot: QtBot):
    head = PageHead(name="head")
    shown(qtbot, head)
    head.set_tabs([Tab("a", "Overview"), Tab("t", "Tickets", 4)])
    before = head.findChild(QWidget, "head.tabs.t")
    head.show_tab("t")
    head.set_tabs([Tab("a", "Overview"), Tab("t", "Tickets", 12)])
    after = head.findChild(QWidget, "head.tabs.t")
    assert after is before
    assert after.accessibleName() == "Tickets, 12"
    assert not after.isChecked()  # the first is marked
    head.set_tabs([Tab("o", "Orders")])
    assert head.findChild(QWidget, "head.tabs.o").isVisible()
    assert not before.isVisible()


def test_facts_of_another_record_say_other_words(qtbot: QtBot):
    facts = FactRows(name="facts")
    shown(qtbot, facts)
    call = FactLine("Phone", "1", key="call", verb="Call 1", verb_icon="phone")
    facts.set_facts([call, FactLine("Calls", "no", Tone.WARN, "ban"), FactLine("City", "")])
    qtbot.waitUntil(lambda: len(seen(facts)) == 4)
    facts.set_facts([replace(call, value="2", verb="Call 2")])
    assert seen(facts) == ["Phone", "2"]
    button = facts.findChild(QWidget, "facts.call")
    assert (button.accessibleName(), button.toolTip()) == ("Call 2", "Call 2")
    with qtbot.waitSignal(facts.verb_chosen) as told:
        button.click()
    assert told.args == ["call"]
    facts.set_facts([FactLine("Phone", "masked", Tone.TEXT2, "lock"), FactLine("City", "Recife")])
    qtbot.waitUntil(lambda: seen(facts) == ["Phone", "masked", "City", "Recife"])
    qtbot.waitUntil(lambda: facts.findChild(QWidget, "facts.call") is None)


def seen(facts: FactRows) -> list[str]:
    """The words of visible facts from the top."""
    texts = [text for text in facts.findChildren(Text) if text.isVisible()]
    places = {text: text.mapTo(facts, text.rect().topLeft()) for text in texts}
    return [t.text() for t in sorted(texts, key=lambda t: (places[t].y(), places[t].x()))]


def test_only_leaves_can_be_chosen_and_have_their_path():
    assert [leaf.path for leaf in leaves(TREE)] == [
        "Outage › Reported › Crew sent",
        "Bill › Higher than average",
        "Variação de consumo",
    ]


def test_typing_finds_by_parts_without_accents():
    found = leaves(TREE)
    assert [leaf.code for leaf in matching(found, "variacao")] == ["v"]
    assert [leaf.code for leaf in matching(found, "out crew")] == ["o.r.c"]
    assert matching(found, "xyz") == ()


def test_type_ahead_takes_by_enter_and_keeps_by_esc(qtbot: QtBot):
    edit = TypeAhead("Reason", name="reason")
    edit.set_nodes(TREE)
    shown(qtbot, edit)
    edit.setFocus()
    with qtbot.waitSignal(edit.chosen) as told:
        qtbot.keyClicks(edit, "high")
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert told.args == ["b.h"]
    assert edit.text() == "Bill › Higher than average"
    edit.selectAll()
    qtbot.keyClicks(edit, "crew")
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert (edit.code(), edit.text()) == ("b.h", "Bill › Higher than average")
    assert QApplication.focusWidget() is edit
    assert isinstance(edit, QLineEdit)
