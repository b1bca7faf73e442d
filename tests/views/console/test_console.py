"""The console: what it says, what may be done, and that a ring takes no key and no focus."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.models.agent.state import AgentState, AgentStatus
from agent_desktop.telephony.call import Act, CallState
from agent_desktop.views.console.console import Console, ConsoleState, Strip
from agent_desktop.views.console.console_state import allowed, edge, short_name
from agent_desktop.views.console.transfer_field import Purpose
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Scheme, Tone
from agent_desktop.views.shell.commands import Commands
from tests.views.conftest import shown
from tools import state_sheet as sheet

IDLE, RINGS, MATCHED, TALKS, HELD, MUTED, WRAPS, DIALS, FAILED, SILENT = sheet.console_views()
ALL = {str(n): view for n, view in enumerate(sheet.console_views())}
ALL |= sheet.several_views() | sheet.odd_views()
IN_CALL = {"hold", "mute", "transfer", "conference", "keypad", "end", "reason"}


class Desk(QWidget):
    """A window with a console and an editor in which the agent types."""

    def __init__(self) -> None:
        super().__init__()
        self.commands = sheet.known_commands(self)
        self.done: list[str] = []
        self.commands.ran.connect(self.done.append)
        self.console = Console(self.commands, self)
        self.console.set_reasons(sheet.REASONS)
        self.editor = QLineEdit(self)
        column = QVBoxLayout(self)
        column.addWidget(self.console)
        column.addWidget(self.editor)

    def text(self, part: str) -> str:
        return self.findChild(QWidget, f"console.{part}").text()

    def keys(self) -> set[str]:
        names = {
            b.objectName() for b in self.console.findChildren(QAbstractButton) if b.isVisible()
        }
        return {n.removeprefix("console.") for n in names} - {"agent", "copy"}


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication):
    theme.apply(qapp, Scheme.LIGHT, at_zoom=1.0)
    window = Desk()
    shown(window, qtbot, (1296, 120))
    window.editor.setFocus()
    return window


def wait_until_it_can_be_answered(qtbot: QtBot, desk: Desk) -> None:
    qtbot.waitUntil(lambda: desk.commands.action("call.answer").isEnabled(), timeout=5000)


@pytest.mark.parametrize(
    ("view", "strip", "keys"),
    [
        (IDLE, Strip.IDLE, {"call_back"}),
        (RINGS, Strip.RINGING, {"answer", "decline", "decline_menu"}),
        (TALKS, Strip.TALKING, IN_CALL),
        (HELD, Strip.HELD, IN_CALL),
        (WRAPS, Strip.WRAP_UP, {"more", "finish"}),
        (DIALS, Strip.DIALLING, {"keypad", "end"}),
        (FAILED, Strip.FAILED, {"retry"}),
    ],
)
def test_each_state_has_its_keys(desk: Desk, view: ConsoleState, strip: Strip, keys: set[str]):
    desk.console.show_view(view)
    assert desk.console.strip is strip
    assert desk.keys() == keys


def test_before_verification_a_name_is_only_a_match(desk: Desk):
    desk.console.show_view(MATCHED)
    assert desk.text("title") == "Matches Marina A., not verified · +55 11 98765-4321"
    desk.console.show_view(TALKS)
    assert desk.text("title") == "Marina Albuquerque"
    assert short_name("Marina de Souza Albuquerque") == "Marina A."


def test_a_withheld_number_says_so(desk: Desk):
    call = replace(RINGS.ringing, number="", withheld=True)
    desk.console.show_view(replace(RINGS, ringing=call, name=""))
    assert desk.text("title") == "Number withheld"


def test_the_protocol_number_can_be_read_out_and_copied(qtbot: QtBot, desk: Desk):
    desk.console.show_view(TALKS)
    assert desk.text("protocol") == "Protocol 2026 1121 0000 0174"
    desk.commands.run("copy.protocol")
    assert QApplication.clipboard().text() == sheet.PROTOCOL


def test_a_young_ring_is_not_answered(qtbot: QtBot, desk: Desk):
    desk.console.show_view(RINGS)
    qtbot.keyClick(desk, Qt.Key.Key_F9)
    assert desk.done == []
    wait_until_it_can_be_answered(qtbot, desk)
    qtbot.keyClick(desk, Qt.Key.Key_F9)
    assert desk.done == ["call.answer"]


def test_the_next_ring_is_young_again(qtbot: QtBot, desk: Desk):
    desk.console.show_view(RINGS)
    wait_until_it_can_be_answered(qtbot, desk)
    desk.console.show_view(replace(RINGS, ringing=replace(RINGS.ringing, id="next")))
    assert not desk.commands.action("call.answer").isEnabled()


def test_a_ring_takes_neither_focus_nor_keys(qtbot: QtBot, desk: Desk):
    qtbot.keyClicks(desk.editor, "the crew has ")
    desk.console.show_view(RINGS)
    wait_until_it_can_be_answered(qtbot, desk)
    assert QApplication.focusWidget() is desk.editor
    qtbot.keyClicks(desk.editor, "found a broken insulator")
    qtbot.keyClick(desk.editor, Qt.Key.Key_Space)
    qtbot.keyClick(desk.editor, Qt.Key.Key_Return)
    assert desk.editor.text() == "the crew has found a broken insulator "
    assert desk.done == []


def test_no_key_of_the_console_takes_the_focus(desk: Desk):
    for view in sheet.console_views():
        desk.console.show_view(view)
        for button in desk.console.findChildren(QAbstractButton):
            assert button.focusPolicy() is Qt.FocusPolicy.NoFocus, button.objectName()
            assert button.accessibleName(), button.objectName()


def test_keys_stay_in_their_places_between_talking_and_hold(desk: Desk):
    places = []
    for view in (TALKS, HELD, MUTED):
        desk.console.show_view(view)
        QApplication.processEvents()
        QApplication.processEvents()
        mute = desk.findChild(QAbstractButton, "console.mute")
        end = desk.findChild(QAbstractButton, "console.end")
        places.append((end.x(), end.width(), mute.x() + mute.width()))
    assert len(set(places)) == 1


def test_hang_up_and_decline_are_never_the_same(desk: Desk):
    desk.console.show_view(RINGS)
    assert not desk.commands.action("call.hang_up").isEnabled()
    assert desk.commands.action("call.decline").isEnabled()
    desk.console.show_view(replace(RINGS, call=TALKS.call))
    assert desk.commands.action("call.hang_up").isEnabled()


def test_a_reason_is_chosen_by_typing(qtbot: QtBot, desk: Desk):
    desk.console.show_view(replace(TALKS, reason=""))
    desk.commands.run("wrap_up.reason")
    with qtbot.waitSignal(desk.console.reason_chosen) as told:
        qtbot.keyClicks(desk.console.reason, "crew")
        qtbot.keyClick(desk.console.reason, Qt.Key.Key_Return)
    assert told.args == ["o.c"]


def test_the_reason_typed_so_far_survives_the_end_of_the_call(qtbot: QtBot, desk: Desk):
    desk.console.show_view(replace(TALKS, reason=""))
    desk.commands.run("wrap_up.reason")
    qtbot.keyClicks(desk.console.reason, "cre")
    desk.console.show_view(replace(WRAPS, reason=""))
    assert desk.console.reason.text() == "cre"
    assert QApplication.focusWidget() is desk.console.reason


def test_finish_is_off_while_the_call_lives(desk: Desk):
    desk.console.show_view(replace(WRAPS, call=TALKS.call))
    assert not desk.commands.action("wrap_up.finish").isEnabled()
    desk.console.show_view(WRAPS)
    assert desk.commands.action("wrap_up.finish").isEnabled()


def test_enter_dials_and_the_focus_goes_back(qtbot: QtBot, desk: Desk):
    desk.console.show_view(IDLE)
    desk.commands.run("go.dial")
    with qtbot.waitSignal(desk.console.dialled) as told:
        qtbot.keyClicks(desk.console.dial, "11 3222-9000")
        qtbot.keyClick(desk.console.dial, Qt.Key.Key_Return)
    assert told.args == ["11 3222-9000"]
    assert QApplication.focusWidget() is desk.editor


def test_no_sound_device_is_said(desk: Desk):
    desk.console.show_view(SILENT)
    assert desk.text("transport") == "no sound device"
    assert desk.text("title") == "No calls from the queues"


def test_a_failed_line_says_why(desk: Desk):
    desk.console.show_view(FAILED)
    assert desk.text("title") == "The telephone system refuses your line."
    assert desk.commands.action("call.retry").isEnabled()


def test_what_comes_after_the_call_is_said(desk: Desk):
    desk.console.show_view(HELD)
    assert desk.console.agent.accessibleDescription() == "then Not ready"
    muted = replace(TALKS.call, muted=True, state=CallState.TALKING)
    status = AgentStatus(AgentState.TALKING, sheet.NOW)
    desk.console.show_view(replace(TALKS, agent=status, call=muted))
    assert desk.console.agent.accessibleName() == "Agent state: On a call, muted"


def test_markup_in_a_name_stays_text(desk: Desk):
    desk.console.show_view(replace(TALKS, name="<b>Bold</b> & Co"))
    assert desk.text("title") == "<b>Bold</b> & Co"
    assert desk.findChild(QWidget, "console.title").textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize("name", ALL)
def test_the_console_fits_the_smallest_window(desk: Desk, name: str):
    desk.console.show_view(ALL[name])
    QApplication.processEvents()
    assert desk.console.minimumSizeHint().width() <= 1274, "as wide as the window leaves it"
    assert desk.console.height() == 62
    for button in desk.console.findChildren(QAbstractButton):
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus, button.objectName()
        assert button.accessibleName(), button.objectName()
        if button.isVisible() and not button.objectName().startswith("console.agent"):
            assert button.width() >= button.sizeHint().width(), button.objectName()


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("name", ["3", "4", "two calls", "four calls"])
def test_the_transfer_field_fits_too(desk: Desk, name: str, purpose: Purpose):
    desk.console.show_view(ALL[name])
    desk.console.open_field(purpose)
    QApplication.processEvents()
    assert desk.console.transfer_field.isVisible()
    assert desk.console.minimumSizeHint().width() <= 1274


def test_a_wide_strip_has_room_for_the_reason(desk: Desk):
    desk.console.show_view(TALKS)
    assert desk.console.reason.isHidden()
    desk.resize(1880, 120)
    QApplication.processEvents()
    assert desk.console.reason.isVisible()
    assert not {"reason"} & desk.keys()


def test_the_reason_gives_its_room_back(qtbot: QtBot, desk: Desk):
    desk.console.show_view(TALKS)
    desk.commands.run("wrap_up.reason")
    assert desk.console.reason.isVisible()
    desk.editor.setFocus()
    qtbot.waitUntil(desk.console.reason.isHidden, timeout=5000)
    assert {"reason"} <= desk.keys()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("early media", "not answered yet, already heard"),
        ("media lost", "Nothing is heard"),
        ("held there", "The other side has put you on hold"),
        (
            "answers itself",
            "Answers by itself in 1 s · Queue: Outages · Menu: 2 > 1 · waited 01:07",
        ),
        ("asking", "Ringing there · asked about Marina A."),
        ("swapped", "Paulo R. waits"),
        ("conference of four", "Marina A., Paulo R., +55 11 3222-9000"),
        ("second call", "Padaria E. rings · 2 more · Outages"),
        ("busy", "Busy"),
        ("asked not to be called", "12.11.2026 no calls at work"),
    ],
)
def test_the_second_line_says_what_goes_on(desk: Desk, name: str, words: str):
    desk.console.show_view(ALL[name])
    assert desk.text("under") == words


def test_a_ring_is_seen_whatever_else_goes_on():
    assert edge(ALL["second call"]) is Tone.CON_OK
    assert edge(TALKS) is None
    assert edge(ALL["handing over"]) is Tone.CON_BLUE


@pytest.mark.parametrize("state", list(CallState))
@pytest.mark.parametrize("act", list(Act))
def test_commands_follow_the_table_of_acts(state: CallState, act: Act):
    """One case a cell: a call alone in each state."""
    call = replace(TALKS.call, state=state)
    view = replace(TALKS, call=call)
    if state is CallState.RINGING:
        view = replace(TALKS, call=None, ringing=call)
    commands = {
        Act.REJECT: "call.decline",
        Act.HANG_UP: "call.hang_up",
        Act.HOLD: "call.hold",
        Act.RESUME: "call.hold",
        Act.MUTE: "call.mute",
        Act.DIGITS: "call.keypad",
        Act.TRANSFER: "call.transfer",
        Act.CONSULT: "call.transfer",
        Act.CONFERENCE: "call.conference",
        Act.COMPLETE: "call.go_back",
        Act.BACK: "call.go_back",
        Act.SWAP: "call.swap",
        Act.DROP: "call.drop",
        Act.LEAVE: "call.leave",
    }
    if act not in commands:
        return
    both = {Act.HOLD, Act.RESUME} if act in (Act.HOLD, Act.RESUME) else {act}
    assert allowed(view)[commands[act]] is bool(both & call.allowed())


def test_commands_object_is_shared(desk: Desk):
    assert isinstance(desk.commands, Commands)
