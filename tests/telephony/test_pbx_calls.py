"""Calls at a real PBX: what an agent does with one, two and three of them."""

from __future__ import annotations

import pytest

from agent_desktop.telephony.call import (
    AutoAnswer,
    Call,
    CallState,
    DigitsBy,
    Direction,
    EndReason,
    RejectReason,
)
from tests.pbx.pbx import DNIS, QUEUE, Pbx
from tests.telephony.endpoints import Desk
from tests.telephony.pbx_lines import OpenDesk
from tests.waiting import until_in_qt

pytestmark = [pytest.mark.pbx, pytest.mark.sip]

MARIA = "5511987654321"
DIALLING, RINGING, TALKING, HELD, TRANSFERRING, ENDED = CallState


def _dial(desk: Desk, number: str, state: CallState = TALKING) -> Call:
    nth = len(desk.ids())
    desk.phone.dial(number)
    return desk.wait_call(state, nth=nth)


def _answer(desk: Desk, nth: int = 0) -> Call:
    desk.phone.answer(desk.wait_call(RINGING, nth=nth).id)
    return desk.wait_call(TALKING, nth=nth)


def test_queue_call_shows_who_what_and_from_where_before_the_answer(
    pbx: Pbx, open_desk: OpenDesk
) -> None:
    desk = open_desk("6001")
    pbx.add_member("6001")
    pbx.customer_calls(MARIA, "Maria <b>Silva</b>")
    call = desk.wait_call(RINGING)
    assert (call.direction, call.number, call.queue) == (Direction.INBOUND, MARIA, QUEUE)
    assert (call.dialled, call.display_name) == (DNIS, "Maria <b>Silva</b>")
    assert call.pbx_call_id
    desk.phone.answer(call.id)
    desk.wait_call(TALKING)
    pbx.wait_for(lambda: [leg for leg in pbx.legs_of("6001") if leg.is_up])
    desk.phone.hang_up(call.id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE
    pbx.wait_for(lambda: not pbx.legs_of("6001"))


def test_queue_call_is_answered_by_policy(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001", auto_answer=(AutoAnswer(QUEUE, 0.2),))
    pbx.add_member("6001")
    pbx.customer_calls(MARIA)
    call = desk.wait_call(TALKING)
    # A direct call, and a second one, are not for the policy.
    pbx.originate("6001")
    assert desk.wait_call(RINGING, nth=1).queue == ""
    assert desk.now(0).id == call.id


@pytest.mark.parametrize(
    ("number", "reason", "status"),
    [
        ("104", EndReason.BUSY, 486),
        ("106", EndReason.FAILED, 503),
        ("777", EndReason.FAILED, 404),
        ("6004", EndReason.FAILED, 404),
    ],
)
def test_a_number_that_cannot_be_reached(
    open_desk: OpenDesk, number: str, reason: EndReason, status: int
) -> None:
    call = _dial(open_desk("6001"), number, ENDED)
    assert (call.end_reason, call.answered_at) == (reason, None)
    assert call.end_status == status


def test_cancelled_before_the_answer(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    call = _dial(desk, "105", DIALLING)
    pbx.wait_for(lambda: pbx.legs_of("6001"))
    desk.phone.hang_up(call.id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE
    pbx.wait_for(lambda: not pbx.channels())


def test_early_media_is_heard_before_the_answer(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    _dial(desk, "103", DIALLING)
    until_in_qt(lambda: desk.now(0).early_media)
    assert desk.now(0).state is DIALLING


@pytest.mark.parametrize("extension", ["6001", "6002", "6003"])
def test_hold_plays_music_to_the_other_and_resume_takes_back(
    pbx: Pbx, open_desk: OpenDesk, extension: str
) -> None:
    desk, other = open_desk(extension), open_desk("6004")
    call = _dial(desk, "6004", DIALLING)
    there = _answer(other)
    desk.wait_call(TALKING)
    desk.phone.hold(call.id)
    desk.wait_call(HELD)
    # Asterisk plays music, so the other side is not held by re-INVITE: it only hears.
    desk.phone.resume(call.id)
    desk.wait_call(TALKING)
    other.phone.hold(there.id)
    other.wait_call(HELD)
    other.phone.hang_up(there.id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_THERE
    assert desk.states() == [DIALLING, TALKING, HELD, TALKING, ENDED]


def test_hold_and_resume_pressed_faster_than_the_pbx_agrees(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    call = _dial(desk, "101")
    for _ in range(5):
        desk.phone.hold(call.id)
        desk.phone.resume(call.id)
    desk.phone.hold(call.id)
    desk.wait_call(HELD)
    until_in_qt(lambda: desk.now(0).state is HELD)
    desk.phone.resume(call.id)
    desk.wait_call(TALKING)


@pytest.mark.parametrize(
    ("reason", "status"),
    [(RejectReason.BUSY, 486), (RejectReason.UNAVAILABLE, 480), (RejectReason.DECLINE, 603)],
)
def test_reject_tells_the_pbx_why(
    pbx: Pbx, open_desk: OpenDesk, reason: RejectReason, status: int
) -> None:
    desk = open_desk("6001")
    pbx.originate("6001")
    desk.phone.reject(desk.wait_call(RINGING).id, reason)
    assert desk.wait_call(ENDED).end_reason is EndReason.DECLINED
    pbx.wait_for(lambda: f"SIP/2.0 {status} " in pbx.log())


def test_second_call_rings_and_answering_it_holds_the_first(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    first = _dial(desk, "101")
    pbx.originate("6001", "102", number="2000")
    second = desk.wait_call(RINGING, nth=1)
    assert desk.now(0).state is TALKING
    desk.phone.answer(second.id)
    desk.wait_call(TALKING, nth=1)
    desk.wait_call(HELD, nth=0)
    desk.phone.resume(first.id)
    desk.wait_call(TALKING, nth=0)
    desk.wait_call(HELD, nth=1)
    desk.phone.hang_up(first.id)
    desk.wait_call(ENDED, nth=0)
    assert desk.now(1).state is HELD


def test_the_fifth_call_is_refused_and_told(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    for nth in range(4):
        pbx.originate("6001", number=f"200{nth}")
        desk.wait_call(RINGING, nth=nth)
    pbx.originate("6001", number="2004")
    until_in_qt(lambda: [n for n in desk.notices if n.code == "too_many_calls"])
    assert [n.number for n in desk.notices if n.code == "too_many_calls"] == ["2004"]
    assert len(desk.phone.calls()) == 4


# ------------------------------------------------------------------ handing over


def test_blind_transfer_closes_our_leg_and_connects_the_others(
    pbx: Pbx, open_desk: OpenDesk
) -> None:
    desk, colleague = open_desk("6001"), open_desk("6004")
    pbx.add_member("6001")
    pbx.customer_calls(MARIA)
    call = _answer(desk)
    desk.phone.transfer(call.id, "6004")
    there = colleague.wait_call(RINGING)
    assert there.number == MARIA
    ended = desk.wait_call(ENDED)
    assert ended.end_reason is EndReason.TRANSFERRED
    assert TRANSFERRING in desk.states()
    colleague.phone.answer(there.id)
    colleague.wait_call(TALKING)
    pbx.wait_for(lambda: not pbx.legs_of("6001"))
    colleague.phone.hang_up(there.id)
    pbx.wait_for(lambda: not pbx.channels())


def test_blind_transfer_to_nobody_gives_the_call_back(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    call = _dial(desk, "101")
    desk.phone.transfer(call.id, "777")
    until_in_qt(lambda: [n for n in desk.notices if n.code == "transfer_failed"])
    assert desk.wait_call(HELD).id == call.id
    desk.phone.resume(call.id)
    desk.wait_call(TALKING)
    assert pbx.legs_of("6001")


def test_consult_and_complete(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk, colleague = open_desk("6001"), open_desk("6004")
    pbx.originate("6001", "111", number=MARIA)
    main = _answer(desk)
    desk.phone.consult(main.id, "6004")
    desk.wait_call(HELD)
    there = _answer(colleague)
    consult = desk.wait_call(TALKING, nth=1)
    assert consult.consult_for == main.id
    desk.phone.complete(consult.id)
    assert desk.wait_call(ENDED).end_reason is EndReason.TRANSFERRED
    assert desk.wait_call(ENDED, nth=1).end_reason is EndReason.TRANSFERRED
    pbx.wait_for(lambda: not pbx.legs_of("6001"))
    assert colleague.phone.call(there.id).state is TALKING  # type: ignore[union-attr]
    colleague.phone.hang_up(there.id)
    pbx.wait_for(lambda: not pbx.channels())


def test_complete_while_it_still_rings_there(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk, colleague = open_desk("6001"), open_desk("6004")
    pbx.originate("6001", "101", number=MARIA)
    main = _answer(desk)
    desk.phone.consult(main.id, "6004")
    colleague.wait_call(RINGING)
    desk.phone.complete(desk.wait_call(DIALLING, nth=1).id)
    assert desk.wait_call(ENDED).end_reason is EndReason.TRANSFERRED
    _answer(colleague, nth=1)


def test_consult_swap_and_back_to_the_customer(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    main = _dial(desk, "101")
    desk.phone.consult(main.id, "102")
    desk.wait_call(HELD)
    consult = desk.wait_call(TALKING, nth=1)
    desk.phone.resume(main.id)
    desk.wait_call(TALKING)
    desk.wait_call(HELD, nth=1)
    desk.phone.resume(consult.id)
    desk.wait_call(TALKING, nth=1)
    desk.phone.back(consult.id)
    assert desk.wait_call(ENDED, nth=1).end_reason is EndReason.HUNG_UP_HERE
    desk.wait_call(TALKING)


def test_conference_of_three_others_drop_one_and_leave(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk, others = open_desk("6001"), [open_desk("6004"), open_desk("6005")]
    for nth, other in enumerate(others):
        _dial(desk, f"600{nth + 4}", DIALLING)
        _answer(other)
        desk.wait_call(TALKING, nth=nth)
    _dial(desk, "101")
    calls = desk.phone.calls()
    desk.phone.conference(call.id for call in calls)
    for nth in range(3):
        assert desk.wait_call(TALKING, nth=nth).in_conference
    desk.phone.leave()
    until_in_qt(lambda: [n for n in desk.notices if n.code == "leave_needs_two"])
    desk.phone.hang_up(calls[2].id)
    desk.wait_call(ENDED, nth=2)
    assert desk.now(0).in_conference
    desk.phone.leave()
    for nth in (0, 1):
        assert desk.wait_call(ENDED, nth=nth).end_reason is EndReason.TRANSFERRED
    pbx.wait_for(lambda: not pbx.legs_of("6001"))
    bridges = {leg.bridge for leg in pbx.channels()}
    assert len(bridges) == 1
    assert "" not in bridges
    assert {leg.endpoint for leg in pbx.channels()} == {"6004", "6005"}


def test_two_announcements_cannot_be_left_to_each_other(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    calls = [_dial(desk, number) for number in ("101", "102")]
    desk.phone.conference(call.id for call in calls)
    desk.wait_call(TALKING, nth=0)
    desk.phone.leave()
    until_in_qt(lambda: [n for n in desk.notices if n.code == "transfer_failed"])
    for nth in (0, 1):
        desk.wait_call(HELD, nth=nth)


def test_a_conference_of_one_is_none(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    calls = [_dial(desk, number) for number in ("101", "102")]
    desk.phone.conference(call.id for call in calls)
    desk.wait_call(TALKING, nth=0)
    desk.phone.hang_up(calls[0].id)
    desk.wait_call(ENDED, nth=0)
    until_in_qt(lambda: not desk.now(1).in_conference)


# ------------------------------------------------------------------ digits, messages


@pytest.mark.parametrize(("extension", "by"), [("6001", DigitsBy.EVENTS), ("6007", DigitsBy.INFO)])
@pytest.mark.parametrize("muted", [False, True])
def test_digits_arrive_also_while_muted(
    pbx: Pbx, open_desk: OpenDesk, extension: str, by: DigitsBy, muted: bool
) -> None:
    desk = open_desk(extension, digits_by=by)
    call = _dial(desk, "107")
    desk.phone.mute(call.id, muted)
    desk.phone.digits(call.id, "159*0#")
    pbx.wait_for(lambda: pbx.digits(extension) == "159*0#")


def test_what_is_no_key_is_not_sent(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    call = _dial(desk, "107")
    desk.phone.digits(call.id, "12x")
    until_in_qt(lambda: [n for n in desk.notices if n.code == "digits_failed"])


def test_voicemail_lamp_follows_the_mailbox(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    pbx.messages("6001", 2, 1)
    phone = desk.phone
    until_in_qt(lambda: (phone.line.new_messages, phone.line.old_messages) == (2, 1))
    pbx.messages("6001", 0, 3)
    until_in_qt(lambda: phone.line.new_messages == 0)
