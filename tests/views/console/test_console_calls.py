"""Everything with a call by one key and by mouse, with real key events: window, console,
switchboard and a phone without SIP."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QListWidget, QMenu, QWidget

from agent_desktop.models.account import consent
from agent_desktop.models.account.identification import phones_with
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.rules import phone_number
from agent_desktop.models.site.site import AutoAnswerRule
from agent_desktop.models.store.reading import reading
from agent_desktop.telephony.call import CallState, EndReason, LineState
from agent_desktop.telephony.quality import Quality
from agent_desktop.views.console.console import Strip
from agent_desktop.views.console.dialpad import Dialpad, pasted_keys
from agent_desktop.views.console.other_calls import OtherCalls
from tests import floor as a_floor
from tests.floor import MARINA
from tests.views import call_desk
from tests.views.call_desk import COLLEAGUE, OTHER, CallDesk

stores, company, floor = a_floor.stores, a_floor.company, a_floor.floor
calls = call_desk.calls

DIALLING, RINGING, TALKING, HELD, TRANSFERRING, ENDED = CallState


def asks(calls: CallDesk, number: str = COLLEAGUE, *, answered: bool = True) -> tuple[str, str]:
    """A call, and a consultation about it."""
    call_id = calls.talks()
    calls.press("Shift+F8")
    calls.type(number)
    calls.press("Return")
    asked = calls.newest()
    if answered:
        calls.floor.phone.far_end_answers(asked)
        calls.settle()
    return call_id, asked


# -- one call


def test_hold_and_mute_by_key_and_by_mouse(calls: CallDesk) -> None:
    call_id = calls.talks()
    calls.press("F8")
    assert calls.call(call_id).state is HELD
    assert calls.text("hold") == "Resume"
    calls.click("hold")
    assert calls.call(call_id).state is TALKING
    calls.press("F7")
    assert calls.call(call_id).muted
    calls.click("mute")
    assert not calls.call(call_id).muted


def test_keys_stay_in_their_places_between_talking_and_hold(calls: CallDesk) -> None:
    calls.talks()
    names = ("hold", "mute", "transfer", "conference", "keypad", "end")
    before = [calls.button(name).geometry() for name in names]
    calls.press("F8")
    assert [calls.button(name).geometry() for name in names] == before
    assert calls.keys() >= set(names)


# -- transfer


def test_a_blind_transfer_says_to_whom_and_ends_in_wrap_up(calls: CallDesk) -> None:
    call_id = calls.talks()
    calls.press("Shift+F8")
    calls.type(COLLEAGUE)
    calls.press("Ctrl+Return")
    assert calls.console.strip is Strip.TRANSFERRING
    assert calls.text("title") == "Handing over to 6002…"
    assert calls.keys() == {"end"}
    calls.floor.phone.far_end_hangs_up(call_id)
    calls.settle()
    assert calls.console.strip is Strip.WRAP_UP
    assert calls.text("under").startswith("Handed over")
    assert calls.floor.desk.agent.state is AgentState.WRAP_UP


def test_a_refused_transfer_gives_the_call_back_with_resume_lit(calls: CallDesk) -> None:
    call_id = calls.talks()
    calls.press("Shift+F8")
    calls.type(COLLEAGUE)
    calls.press("Ctrl+Return")
    calls.floor.phone.notice.connect(
        lambda notice: calls.floor.desk.say(
            f"notice_{notice.code}", number=notice.number, detail=notice.detail
        )
    )
    calls.floor.phone.far_end_refuses(call_id)
    calls.settle()
    assert calls.console.strip is Strip.HELD
    assert calls.text("hold") == "Resume"
    assert calls.said()[-1] == "6002 did not take the call. It is on hold again: F8 talks on."
    assert calls.floor.session.handing_to == ""


def test_the_field_is_left_with_nothing_lost(calls: CallDesk) -> None:
    call_id = calls.talks()
    calls.editor.setFocus()
    calls.type("the crew ")
    calls.press("Shift+F8")
    calls.type("60")
    calls.press("Escape")
    assert QApplication.focusWidget() is calls.editor
    calls.type("comes")
    assert calls.editor.text() == "the crew comes"
    assert calls.call(call_id).state is TALKING
    assert calls.console.transfer_field.isHidden()


def test_enter_with_nothing_typed_calls_nobody(calls: CallDesk) -> None:
    calls.talks()
    calls.press("Shift+F8")
    calls.press("Return")
    assert calls.states() == [TALKING]


def test_a_colleague_is_found_by_name(calls: CallDesk) -> None:
    calls.talks()
    calls.press("Shift+F8")
    calls.type("lim")
    shown = calls.window.findChild(QListWidget, "console.transfer_list")
    assert shown.isVisible()
    assert "Joana Lima" in shown.item(0).text()
    assert "6105" in shown.item(0).text()
    calls.press("Return")
    assert calls.states() == [HELD, DIALLING]
    assert calls.call(calls.newest()).number == "6105"
    assert calls.text("title") == "Joana Lima"


def test_who_was_asked_last_comes_first(calls: CallDesk) -> None:
    asks(calls, "6177")
    calls.press("Ctrl+Shift+F7")
    calls.press("Shift+F8")
    calls.press("Down")
    calls.press("Return")
    assert calls.call(calls.newest()).number == "6177"


def test_nobody_by_that_name_is_said_and_nobody_called(calls: CallDesk) -> None:
    calls.talks()
    calls.press("Shift+F8")
    calls.type("xyzzy")
    shown = calls.window.findChild(QListWidget, "console.transfer_list")
    assert shown.item(0).text() == "Nobody by that name"
    calls.press("Return")
    assert calls.states() == [TALKING]


# -- consultation


def test_a_consultation_belongs_to_the_call_it_is_about(calls: CallDesk) -> None:
    _, asked = asks(calls)
    assert len(calls.floor.desk.sessions) == 1
    assert [c.id for c in calls.floor.session.calls][-1] == asked
    assert calls.console.strip is Strip.CONSULTING
    assert calls.keys() == {"swap", "mute", "complete", "conference", "keypad", "back", "end"}
    assert calls.text("title") == COLLEAGUE
    assert calls.text("under") == "asked about Marina A."
    assert calls.floor.session.interaction is not None


def test_swap_brightens_the_one_who_is_heard(calls: CallDesk) -> None:
    call_id, asked = asks(calls)
    calls.press("Ctrl+Shift+F8")
    assert calls.call(call_id).state is TALKING
    assert calls.call(asked).state is HELD
    assert calls.text("title").startswith("Matches Marina A.")
    calls.click("swap")
    assert calls.call(asked).state is TALKING


def test_completing_by_the_key_of_transfer(calls: CallDesk) -> None:
    call_id, asked = asks(calls)
    calls.press("Shift+F8")
    assert [calls.call(each).end_reason for each in (call_id, asked)] == [
        EndReason.TRANSFERRED,
        EndReason.TRANSFERRED,
    ]
    assert calls.console.strip is Strip.WRAP_UP
    assert calls.floor.desk.agent.state is AgentState.WRAP_UP


def test_back_ends_the_consultation(calls: CallDesk) -> None:
    call_id, asked = asks(calls)
    calls.press("Ctrl+Shift+F7")
    assert calls.call(asked).state is ENDED
    assert calls.call(call_id).state is TALKING
    assert calls.console.strip is Strip.TALKING


def test_who_is_busy_is_told_and_the_call_waits_on_hold(calls: CallDesk) -> None:
    call_id, asked = asks(calls, answered=False)
    assert not calls.button("swap").isEnabled()
    assert calls.button("complete").isEnabled()
    calls.floor.phone.far_end_refuses(asked, 486)
    calls.settle()
    assert calls.said()[-1] == "6002 is busy"
    assert calls.call(call_id).state is HELD
    assert calls.console.strip is Strip.HELD
    assert calls.floor.desk.agent.state is AgentState.HOLD


def test_the_customer_who_hangs_up_leaves_an_ordinary_call(calls: CallDesk) -> None:
    call_id, asked = asks(calls)
    calls.floor.phone.far_end_hangs_up(call_id)
    calls.settle()
    assert calls.console.strip is Strip.TALKING
    assert calls.text("title") == COLLEAGUE
    assert calls.floor.session.wrap_up_since is None
    calls.press("Ctrl+F9")
    assert calls.call(asked).state is ENDED
    assert calls.floor.session.wrap_up_since is not None


# -- conference


def conference(calls: CallDesk) -> tuple[str, str]:
    ids = asks(calls)
    calls.press("Ctrl+F8")
    return ids


def test_a_conference_shows_faces_and_count(calls: CallDesk) -> None:
    conference(calls)
    assert calls.console.strip is Strip.CONFERENCE
    assert calls.text("title") == "Conference of 3"
    assert len(calls.console.findChild(OtherCalls).faces()) == 2
    assert calls.keys() >= {"hold", "mute", "leave", "end"}
    assert len(calls.floor.desk.sessions) == 1


def test_with_one_call_the_key_asks_who_joins(calls: CallDesk) -> None:
    calls.talks()
    calls.press("Ctrl+F8")
    assert calls.console.transfer_field.isVisible()
    calls.type(COLLEAGUE)
    calls.press("Return")
    calls.floor.phone.far_end_answers(calls.newest())
    calls.settle()
    calls.press("Ctrl+F8")
    assert calls.console.strip is Strip.CONFERENCE


def test_the_last_one_is_dropped_by_key(calls: CallDesk) -> None:
    call_id, asked = conference(calls)
    calls.press("Ctrl+F11")
    assert calls.call(asked).state is ENDED
    assert calls.call(call_id).state is TALKING
    assert calls.console.strip is Strip.TALKING


def test_one_is_dropped_by_the_cross_on_the_face(calls: CallDesk) -> None:
    call_id, asked = conference(calls)
    face = next(
        f
        for f in calls.console.findChild(OtherCalls).faces()
        if f.party and f.party.call.id == asked
    )
    calls.click_at(face, face.cross().center().toPoint())
    assert calls.call(asked).state is ENDED
    assert calls.call(call_id).state is TALKING


def test_hold_holds_all_and_resume_takes_all_back(calls: CallDesk) -> None:
    conference(calls)
    calls.press("F8")
    assert calls.states() == [HELD, HELD]
    assert calls.text("hold") == "Resume"
    calls.press("F8")
    assert calls.states() == [TALKING, TALKING]
    assert calls.console.strip is Strip.CONFERENCE


def test_leaving_leaves_the_others_to_each_other(calls: CallDesk) -> None:
    call_id, asked = conference(calls)
    calls.press("Ctrl+Shift+F11")
    ends = [calls.call(each).end_reason for each in (call_id, asked)]
    assert ends == [EndReason.TRANSFERRED, EndReason.TRANSFERRED]
    assert calls.console.strip is Strip.WRAP_UP


def test_the_end_of_a_conference_leads_to_the_reason(calls: CallDesk) -> None:
    conference(calls)
    calls.press("Ctrl+F9")
    assert calls.states() == []
    assert calls.console.strip is Strip.WRAP_UP
    assert QApplication.focusWidget() is calls.console.reason


# -- dialpad


def pad(calls: CallDesk) -> Dialpad:
    found = calls.window.findChild(Dialpad)
    assert found is not None
    return found


def test_typed_keys_are_sent_and_letters_refused(calls: CallDesk) -> None:
    calls.talks()
    calls.editor.setFocus()
    calls.press("Shift+F7")
    assert pad(calls).isVisible()
    assert not pad(calls).isWindow()
    calls.type("12#x*yd z0")
    assert calls.floor.phone.sent_digits == "12#*D0"
    assert calls.text("dialpad.digits") == "12#*D0"
    assert calls.editor.text() == ""
    calls.press("Escape")
    assert pad(calls).isHidden()
    assert QApplication.focusWidget() is calls.editor


def test_the_keys_of_the_dialpad_take_no_focus(calls: CallDesk) -> None:
    calls.talks()
    calls.click("keypad")
    calls.click("dialpad.5")
    calls.click("dialpad.#")
    assert calls.floor.phone.sent_digits == "5#"
    assert QApplication.focusWidget() is pad(calls)


def test_other_fields_keep_their_keys(calls: CallDesk) -> None:
    calls.talks()
    calls.press("Shift+F7")
    calls.editor.setFocus()
    calls.type("42")
    assert calls.editor.text() == "42"
    assert calls.floor.phone.sent_digits == ""


@pytest.mark.parametrize(
    ("pasted", "keys"),
    [
        ("+55 (11) 98765-4321", "5511987654321"),
        ("1234#", "1234#"),
        ("call 1234", ""),
        ("", ""),
    ],
)
def test_a_pasted_number_is_sent_whole_or_not(calls: CallDesk, pasted: str, keys: str) -> None:
    assert pasted_keys(pasted) == keys
    calls.talks()
    calls.press("Shift+F7")
    QApplication.clipboard().setText(pasted)
    calls.press("Ctrl+V")
    assert calls.floor.phone.sent_digits == keys


def test_call_keys_work_while_the_dialpad_has_the_keyboard(calls: CallDesk) -> None:
    call_id = calls.talks()
    calls.press("Shift+F7")
    calls.press("F8")
    assert calls.call(call_id).state is HELD
    calls.floor.phone.far_end_hangs_up(call_id)
    calls.settle()
    assert pad(calls).isHidden()


# -- several calls


def test_a_second_call_rings_beside_the_first(calls: CallDesk) -> None:
    first = calls.talks()
    second = calls.rings(OTHER, queue="Outages")
    assert calls.console.strip is Strip.TALKING
    assert calls.keys() >= {"answer", "decline", "decline_menu", "hold", "mute", "end"}
    assert "rings" in calls.text("under")
    assert "Outages" in calls.text("under")
    assert calls.floor.desk.agent.state is AgentState.TALKING
    calls.press("F8")
    assert calls.call(first).state is HELD, "the talked-on call keeps its keys"
    calls.press("F8")
    calls.can_answer()
    calls.press("F9")
    assert [calls.call(each).state for each in (first, second)] == [HELD, TALKING]
    assert len(calls.floor.desk.sessions) == 2


def test_the_second_call_is_declined_alone(calls: CallDesk) -> None:
    first = calls.talks()
    second = calls.rings(OTHER)
    calls.press("Shift+F9")
    assert calls.call(first).state is TALKING
    assert calls.call(second).end_reason is EndReason.DECLINED
    assert calls.floor.desk.agent.state is AgentState.TALKING


def test_swap_between_two_customers(calls: CallDesk) -> None:
    first = calls.talks()
    second = calls.talks(OTHER)
    calls.press("Ctrl+Shift+F8")
    assert [calls.call(each).state for each in (first, second)] == [TALKING, HELD]
    assert calls.text("title").startswith("Matches Marina A.")
    calls.click("swap")
    assert [calls.call(each).state for each in (first, second)] == [HELD, TALKING]


def test_one_of_four_calls_is_chosen_by_its_face(calls: CallDesk) -> None:
    ids = [calls.talks(number) for number in (MARINA, OTHER, "+5511991110098", "+5511991110097")]
    faces = calls.console.findChild(OtherCalls).faces()
    assert len(faces) == 3
    face = next(f for f in faces if f.party and f.party.call.id == ids[1])
    assert face.accessibleDescription() == "on hold"
    calls.click_at(face, QPoint(12, 12))
    assert [calls.call(each).state for each in ids] == [HELD, TALKING, HELD, HELD]


def test_four_rings_show_the_longest_and_a_count(calls: CallDesk) -> None:
    first = calls.rings(MARINA)
    page = calls.floor.desk.page
    for number in (OTHER, "+5511991110098", "+5511991110097"):
        calls.rings(number)
    assert calls.floor.desk.page == page, "one pop at a time"
    assert "3 more" in calls.text("under")
    assert "Marina A." in calls.text("title")
    calls.floor.phone.far_end_hangs_up(first)
    calls.settle()
    assert "2 more" in calls.text("under")
    current = calls.floor.desk.current
    assert current is not None
    assert current.live_call is not None
    assert current.live_call.number == OTHER, "the next one comes to the front"


# -- declining, calling again, the mailbox


def test_declining_says_where_the_call_goes(calls: CallDesk) -> None:
    calls.rings(MARINA, queue="Outages")
    assert "back to the queue Outages" in calls.button("decline").toolTip()
    calls.click("decline_menu")
    menu = calls.window.findChild(QMenu, "console.decline_menu")
    words = [action.text() for action in menu.actions() if action.text()]
    assert words[0] == "Declined, the call goes back to the queue Outages"
    assert [each.split("\t")[0] for each in words[1:]] == ["Busy", "Not available", "Decline"]
    menu.actions()[-1].trigger()
    menu.close()
    calls.settle()
    assert calls.states() == []
    assert calls.said()[-1].endswith("it goes back to the queue Outages")


def test_redial_calls_the_last_number_again(calls: CallDesk) -> None:
    calls.press("Ctrl+F7")
    assert QApplication.focusWidget() is calls.console.dial, "nothing was dialled yet"
    calls.type("11 3222-9000")
    calls.press("Return")
    assert calls.states() == [DIALLING]
    calls.press("Ctrl+F9")
    calls.press("Ctrl+F7")
    assert calls.states() == [DIALLING]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (486, "is busy"),
        (404, "does not exist"),
        (484, "is not complete"),
        (480, "does not answer"),
        (603, "declined the call"),
        (503, "could not connect"),
        (500, "could not connect"),
        (499, "could not be reached"),
    ],
)
def test_why_a_dialled_call_ended_is_said(calls: CallDesk, status: int, words: str) -> None:
    calls.press("Ctrl+D")
    calls.type("11 3222-9000")
    calls.press("Return")
    calls.floor.phone.far_end_refuses(calls.newest(), status)
    calls.settle()
    assert words in calls.said()[-1]


def test_the_mailbox_is_nobodys_contact(calls: CallDesk) -> None:
    phone = calls.floor.phone
    phone._line = replace(phone.line, mailbox="*97", new_messages=2)
    phone.line_changed.emit(phone.line)
    calls.settle()
    assert calls.window.findChild(QWidget, "console.messages").isVisible()
    assert calls.text("voicemail").startswith("2")
    calls.press("Shift+F11")
    phone.far_end_answers(calls.newest())
    calls.settle()
    assert calls.floor.session.interaction is None
    calls.press("Ctrl+F9")
    assert calls.floor.desk.sessions == ()
    assert calls.floor.desk.agent.state is AgentState.READY


def test_a_call_that_answers_itself_says_so(calls: CallDesk) -> None:
    site = calls.floor.stores.site
    rules = (AutoAnswerRule("Outages", 1.5),)
    calls.floor.stores.site = replace(site, sip=replace(site.sip, auto_answer=rules))
    calls.rings(MARINA, queue="Outages")
    assert calls.text("under").startswith("Answers by itself in 1.5 s")
    calls.rings(OTHER, queue="Outages")
    assert "by itself" not in calls.text("under"), "only the one call there is"


# -- the line and the sound


def test_quality_is_shown_while_it_is_measured(calls: CallDesk) -> None:
    call_id = calls.talks()
    calls.feed.set_quality(call_id, Quality("opus", 4.0, 0.5, 40.0, 4.3))
    calls.settle()
    assert calls.text("transport") == "MOS 4.3"
    tip = calls.window.findChild(QWidget, "console.line").toolTip()
    assert "Jitter 4 ms" in tip
    assert "Lost 0.5 %" in tip
    calls.feed.set_quality(call_id, Quality("opus", 70.0, 8.0, 190.0, 2.4))
    calls.settle()
    assert calls.text("transport") == "MOS 2.4 poor"


def test_the_lock_is_there_only_while_the_sound_is_encrypted(calls: CallDesk) -> None:
    lock = calls.window.findChild(QWidget, "console.lock")
    calls.talks(encrypted=True)
    assert lock.isVisible()
    calls.press("Ctrl+F9")
    assert not lock.isVisible()


def test_lost_sound_and_a_far_hold_are_said(calls: CallDesk) -> None:
    calls.talks(media_lost=True)
    assert calls.text("under") == "Nothing is heard"
    calls.press("Ctrl+F9")
    calls.talks(OTHER, held_there=True)
    assert calls.text("under") == "The other side has put you on hold"


def test_without_a_line_the_agent_is_not_connected(calls: CallDesk) -> None:
    phone = calls.floor.phone
    ready = phone.line
    phone._line = replace(ready, state=LineState.STARTING)
    phone.line_changed.emit(phone.line)
    calls.settle()
    assert calls.floor.desk.agent.state is AgentState.UNKNOWN
    assert calls.console.agent.accessibleName() == "Agent state: Not connected"
    phone._line = ready
    phone.line_changed.emit(ready)
    calls.settle()
    assert calls.floor.desk.agent.state is AgentState.READY


# -- who asked not to be called


@pytest.fixture
def asked_not_to_be_called(calls: CallDesk) -> CallDesk:
    phones = phones_of(calls)
    consent.set_do_not_call(calls.floor.stores, phones, True, "nights only")
    return calls


def phones_of(calls: CallDesk) -> UUID:
    """Marina's own number."""
    with reading(calls.floor.stores) as r:
        return next(p.id for p in phones_with(r, phone_number.parse(MARINA)))


def test_the_agent_is_asked_before_dialling_who_asked_not_to_be_called(
    asked_not_to_be_called: CallDesk,
) -> None:
    calls = asked_not_to_be_called
    calls.press("Ctrl+D")
    calls.type(MARINA)
    calls.press("Return")
    assert calls.states() == []
    assert calls.console.strip is Strip.ASKING
    assert "asked not to be called" in calls.text("title")
    assert "nights only" in calls.text("under")
    assert calls.keys() == {"dial_anyway", "dial_not"}
    calls.press("Ctrl+Shift+F6")
    assert calls.states() == []
    assert calls.console.strip is Strip.IDLE


def test_the_agent_may_call_all_the_same(asked_not_to_be_called: CallDesk) -> None:
    calls = asked_not_to_be_called
    calls.press("Ctrl+D")
    calls.type(MARINA)
    calls.press("Return")
    calls.click("dial_anyway")
    assert calls.states() == [DIALLING]
    assert calls.console.strip is Strip.DIALLING


def test_an_emergency_number_is_dialled_at_once(calls: CallDesk) -> None:
    board = calls.floor.call_routing
    board.dial("190")
    assert calls.states() == [DIALLING], "before anything in the background had its turn"
    calls.settle()
