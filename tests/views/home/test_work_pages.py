"""Home, worklist, new account and the demo's page."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from agent_desktop.desk.session import PageKind
from tests.views import samples, shots
from tests.views.conftest import Workplace, part, texts


def test_home_shows_figures_work_and_open_interactions(qtbot: QtBot) -> None:
    page = shots.SHOTS["home"]()
    qtbot.addWidget(page)
    page.context.desk.add(samples.SESSION)
    page.show()
    words = texts(page)
    assert "31" in words
    assert "5:12" in words
    qtbot.waitUntil(lambda: "on the line" in texts(page))
    assert len(page.list.table.rows.rows()) == len(samples.WORK)  # type: ignore[attr-defined]


def test_home_greets_by_name(workplace: Workplace) -> None:
    page = workplace.page(PageKind.HOME)
    assert ", Ana" in texts(page)


def test_enter_opens_the_most_urgent_work(workplace: Workplace) -> None:
    page = workplace.page(PageKind.WORKLIST)
    first = page.list.table.rows.rows()[0]
    workplace.qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    assert workplace.now_open() is PageKind.TICKET
    assert workplace.opened[-1].record_id == first.key[1]


def test_nothing_to_do_is_said(qtbot: QtBot) -> None:
    page = shots.SHOTS["worklist"]()
    qtbot.addWidget(page)
    page.list.show_items(())  # type: ignore[attr-defined]
    page.show()
    assert "Nothing to do" in texts(page)


def test_an_unknown_caller_becomes_an_account(workplace: Workplace) -> None:
    session = workplace.session(confirmed=False)
    workplace.desk.update(session.id, account=None)
    page = workplace.page(PageKind.ACCOUNT_NEW, session=session)
    workplace.qtbot.keyClicks(page.first_focus(), "Bruno Teixeira")
    assert page.form.field("phone").value() == "+5511987654321"
    page.form.field("tax_id").set_value("")
    page.acts()["form.send"]()
    workplace.until(lambda: workplace.now_open() is PageKind.ACCOUNT)
    now = workplace.desk.session(session.id)
    assert now is not None
    assert now.account is not None
    assert now.account.name == "Bruno Teixeira"
    workplace.settle()


def test_a_wrong_document_is_told_on_leaving_the_field(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ACCOUNT_NEW)
    field = page.form.field("tax_id")
    field.editor.setFocus()
    field.editor.setText("123.456.789-00")
    field.left.emit()
    workplace.until(lambda: field.message())


def test_an_account_without_name_is_refused_at_the_field(workplace: Workplace) -> None:
    page = workplace.page(PageKind.ACCOUNT_NEW)
    page.save()
    workplace.until(lambda: page.form.field("name").message())
    workplace.settle()


def test_the_demo_asks_for_a_call(qtbot: QtBot) -> None:
    asked: list[str] = []
    page = shots.SHOTS["demo"]()
    qtbot.addWidget(page)
    page.context = replace(page.context, call_from=asked.append)
    with qtbot.waitSignal(page.demo_call_requested) as told:  # type: ignore[attr-defined]
        part(page, "demo.life_support").click()
    assert told.args == ["life_support"]
    assert asked == ["life_support"]
