"""Keys while it rings: nothing typed is lost, nothing happens that nobody asked for."""

from __future__ import annotations

import re
from itertools import chain
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget

from agent_desktop.demo import callers as cast
from agent_desktop.desk.session import PageKind, PageOpened
from agent_desktop.telephony.call import Call, CallState, EndReason
from tests.stories.story import MARINA, NAMES, PADARIA, STRANGER, Centre, Desk

TEXT = "The lamp in front of number 218 has been dark since Monday; neighbours say the same. "


def _told(desk: Desk) -> str:
    """Every text of the window that a person or a screen reader could come upon."""
    texts: list[str] = [desk.screen]
    for one in desk.window.findChildren(QWidget):
        if not one.isVisible():
            continue
        texts += [one.accessibleName(), one.accessibleDescription(), one.toolTip()]
        if isinstance(one, QAbstractButton | QLineEdit | QLabel):
            texts.append(one.text())
        elif isinstance(one, QPlainTextEdit):
            texts.append(one.toPlainText())
    return "\n".join(chain(texts, [desk.window.windowTitle()]))


def _rings(desk: Desk) -> bool:
    return any(call.state is CallState.RINGING for call in desk.calls)


def _reaches_grace(desk: Desk) -> None:
    """Wait until the ring could be answered."""
    answer = desk.road.shift.window.commands.action("call.answer")
    desk.waits(answer.isEnabled, "F9 is taken")


def test_a_call_while_typing_takes_no_key_and_no_text(desk: Desk) -> None:
    desk.finds(cast.MARINA.name)
    desk.sees_account(cast.MARINA.name)
    desk.waits_for_quiet()
    desk.presses("Ctrl+Shift+T")
    desk.waits_for_quiet()
    desk.types_into("ticket.description.edit", "")
    writing = desk.session.id
    page = desk.road.shift.window.work_area.page
    desk.is_called_by(PADARIA)
    typed = ""
    while not desk.part("peek").isVisible():
        key = TEXT[len(typed) % len(TEXT)]
        desk.types(key)
        typed += key
        assert len(typed) < 5_000, "it never rang"
    desk.types(TEXT)
    assert desk.text_in("ticket.description.edit") == typed + TEXT
    assert desk.focus == "ticket.description.edit"
    assert desk.road.shift.window.work_area.page is page
    assert desk.session.id == writing
    assert desk.text_in("peek.name") == "Padaria L."
    assert _rings(desk)
    desk.answers()
    assert desk.session.id != writing
    assert desk.page is PageKind.IDENTIFY
    assert not desk.part("peek").isVisible()
    desk.waits_for_quiet()
    desk.presses("Ctrl+Tab")
    desk.waits_for_quiet()
    assert desk.session.id == writing
    assert desk.page is PageKind.TICKET_NEW
    assert desk.text_in("ticket.description.edit") == typed + TEXT


def test_enter_and_space_never_answer(desk: Desk) -> None:
    desk.rings_from(MARINA)
    _reaches_grace(desk)
    desk.waits_for_quiet()
    keys = [one for one in desk.window.findChildren(QAbstractButton) if one.isVisible()]
    answering = [one for one in keys if one.objectName() in ("console.answer", "console.decline")]
    assert len(answering) == 2
    assert all(one.focusPolicy() is Qt.FocusPolicy.NoFocus for one in answering)
    for _ in range(4):
        desk.presses("Space", "Return", "Enter", "Tab")
    assert _rings(desk)
    assert [call.state for call in desk.calls] == [CallState.RINGING]


def test_f9_meant_for_something_else_does_not_answer(desk: Desk) -> None:
    """A ring younger than 400 ms is not answered: the finger was already on its way."""
    pressed: list[Call] = []

    def press_at_once(call: Call) -> None:
        if call.state is CallState.RINGING and not pressed:
            pressed.append(call)
            desk.presses("F9", "F9")

    desk.road.shift.phone.call_changed.connect(press_at_once)
    desk.rings_from(MARINA)
    assert pressed
    _reaches_grace(desk)
    assert [call.state for call in desk.calls] == [CallState.RINGING]
    desk.answers()


def test_after_a_page_came_with_a_call_keys_of_the_old_page_do_nothing(desk: Desk) -> None:
    """What was on its way to the page before is swallowed for 400 ms, on ring and on answer."""
    seen: list[PageKind] = []

    def type_at_once(opened: PageOpened) -> None:
        if opened.because_of_call:
            seen.append(opened.page.kind)
            desk.road.gui.type("x y")
            desk.road.gui.press("Return", "Ctrl+Return", "Tab")

    desk.presses("Alt+3")
    desk.road.shift.desk.page_changed.connect(type_at_once)
    desk.rings_from(STRANGER)
    assert seen == [PageKind.IDENTIFY]
    assert desk.page is PageKind.IDENTIFY
    assert desk.text_in("identify.search") == ""
    desk.waits_for_quiet()
    desk.types("x")
    assert desk.text_in("identify.search") == "x"


def test_each_key_means_its_own_call(desk: Desk) -> None:
    """Shift+F9 declines the ringing call only, Ctrl+F9 ends the active one only."""
    desk.takes_call(MARINA)
    first = desk.session.id
    desk.rings_from(STRANGER)
    desk.presses("Shift+F9")
    desk.waits(lambda: not _rings(desk), "declined")
    assert [call.state for call in desk.calls] == [CallState.TALKING]
    desk.rings_from(STRANGER)
    ringing = next(call.id for call in desk.calls if call.state is CallState.RINGING)
    desk.presses("Ctrl+F9")
    desk.waits(lambda: len(desk.calls) == 1, "the active call is over")
    assert [(call.id, call.state) for call in desk.calls] == [(ringing, CallState.RINGING)]
    ended = desk.road.shift.desk.session(first)
    assert ended is not None
    assert ended.last_call is not None
    assert ended.last_call.end_reason is EndReason.HUNG_UP_HERE


def test_hold_and_mute_by_key(desk: Desk) -> None:
    desk.takes_call(MARINA)
    desk.presses("F8")
    desk.waits(lambda: desk.call_state is CallState.HELD, "on hold")
    desk.caller_hears("held")
    desk.presses("F8")
    desk.waits(lambda: desk.call_state is CallState.TALKING, "talking again")
    desk.caller_hears("resumed")
    desk.presses("F7")
    desk.waits(lambda: desk.calls[0].muted, "muted")
    assert "muted" in desk.road.shift.window.console.agent.accessibleName()
    desk.presses("F7")
    desk.waits(lambda: not desk.calls[0].muted, "heard again")


def test_a_call_that_changes_while_notes_are_written_takes_none_of_them(
    desk: Desk, centre: Centre
) -> None:
    """The session still holds the notes of before; they must not come back over what is typed."""
    desk.takes_call(MARINA)
    desk.waits_for_quiet()
    protocol = desk.protocol
    desk.presses("Ctrl+Shift+N")
    desk.types("Lamp dark")
    busy = Event()
    desk.road.app.background.run_free(busy.wait, 20.0).then()
    desk.presses("Ctrl+S", "F7")
    desk.waits(lambda: desk.session.live_call and desk.session.live_call.muted, "muted")
    assert desk.text_in("notes.text") == "Lamp dark"
    desk.types(" since Monday")
    busy.set()
    desk.waits_for_quiet()
    assert desk.text_in("notes.text") == "Lamp dark since Monday"
    desk.hangs_up()
    desk.finishes("outage")
    desk.is_in_sync()
    notes = "select notes from crm.interaction where protocol = %s"
    assert centre.asked(notes, protocol) == "Lamp dark since Monday"


def test_nothing_is_told_before_the_caller_is_verified(desk: Desk, centre: Centre) -> None:
    facts = "select street, house, postcode, email from crm.account where id = %s"
    street, _house, postcode, email = centre.asked(facts, cast.MARINA.id)
    digits = re.sub(r"\D", "", cast.MARINA.tax_id)
    secrets = [street, email, postcode, digits, f"{digits[:3]}.{digits[3:6]}", "1986", "23/03"]
    secrets += [cast.MARINA.meter_serial, "214.37", "214,37"]
    desk.rings_from(MARINA)
    desk.waits_for_quiet()
    for secret in secrets:
        assert secret not in _told(desk), f"{secret} while ringing"
    desk.answers()
    desk.waits_for_quiet()
    desk.presses("Ctrl+Return")
    desk.sees_account(cast.MARINA.name)
    desk.waits_for_quiet()
    desk.sees("verify to see")
    for secret in secrets:
        assert secret not in _told(desk), f"{secret} before verification"
    desk.verifies(MARINA)
    desk.sees(re.escape(email))
    desk.sees(re.escape(street))
    for typed in ("23/03/1986", digits):
        assert typed not in _told(desk), f"the answer {typed} is shown"


def test_three_wrong_answers_close_a_question(desk: Desk, centre: Centre) -> None:
    desk.rings_from(MARINA)
    desk.answers()
    for left in ("2 tries left", "One try left", "0 tries left"):
        desk.waits(lambda: desk.focus == "identify.answer.birth_on", "the first question")
        desk.waits_for_quiet()
        desk.types("01/01/1970")
        desk.presses("Return")
        desk.sees(f"Does not match. {left}")
    assert not desk.part("identify.answer.birth_on").isEnabled()
    assert not desk.session.verified
    assert not desk.session.confirmed
    desk.verifies(MARINA)
    desk.sees_account(NAMES[MARINA.kind])
    desk.is_in_sync()
    wrong = {"account_id": cast.MARINA.id, "fact": "birth_on", "passed": False}
    assert centre.count("verification", **wrong) == 3


@pytest.mark.parametrize(
    "name",
    [
        '<img src="file:///etc/hostname"><b>Ana</b>',
        "Ana \u202egnirts live\u202c \u2066x\u2069 Prado",
        "Ana &amp; F&9 " + "A" * 10_000,
    ],
    ids=["markup", "bidi", "10 kB"],
)
def test_a_hostile_name_is_plain_text(centre: Centre, desk: Desk, name: str) -> None:
    centre.does("update crm.account set name = %s where id = %s", name, cast.MARINA.id)
    desk.tries_the_centre().waits(lambda: _name_at_desk(desk) == name, "the name has arrived")
    desk.rings_from(MARINA)
    desk.answers()
    desk.verifies(MARINA)
    desk.sees_account(name)
    desk.waits_for_quiet()
    shown = [one for one in desk.window.findChildren(QLabel) if name[:20] in one.text()]
    assert shown
    for label in shown:
        assert label.textFormat() is Qt.TextFormat.PlainText, label.objectName()
        assert label.text() == name or len(label.text()) > len(name) or len(name) > 1_000
    assert desk.window.width() < 2_000


def _name_at_desk(desk: Desk) -> str:
    from agent_desktop.models.account import verbs as accounts

    stores = desk.road.shift.stores
    return accounts.get(stores, cast.MARINA.id).name
