"""The dummy has the phone's face and manners."""

from __future__ import annotations

import inspect

import pytest

from agent_desktop.telephony.call import (
    Act,
    Call,
    CallState,
    EndReason,
    LineSettings,
    LineState,
    Notice,
)
from agent_desktop.telephony.dummy import DummyPhone
from agent_desktop.telephony.phone import Phone
from agent_desktop.telephony.sound import SoundChoice

DIALLING, RINGING, TALKING, HELD, TRANSFERRING, ENDED = CallState
MARINA, COLLEAGUE = "+5511987654321", "6002"


@pytest.fixture
def phone(qapp: object) -> DummyPhone:
    return DummyPhone()


@pytest.fixture
def notices(phone: DummyPhone) -> list[Notice]:
    heard: list[Notice] = []
    phone.notice.connect(heard.append)
    return heard


def _public(kind: type) -> dict[str, str]:
    """Public names; functions with their parameters."""
    return {
        name: str(inspect.signature(value)) if inspect.isfunction(value) else ""
        for name, value in vars(kind).items()
        if not name.startswith("_") and name != "staticMetaObject"
    }


def talking(phone: DummyPhone, number: str = MARINA) -> str:
    """An answered call."""
    call_id = phone.ring(number)
    phone.answer(call_id)
    return call_id


def consulting(phone: DummyPhone, call_id: str, *, answered: bool = True) -> str:
    """A consultation about that call."""
    phone.consult(call_id, COLLEAGUE)
    consult = phone.calls()[-1].id
    if answered:
        phone.far_end_answers(consult)
    return consult


def state(phone: DummyPhone, *call_ids: str) -> list[CallState]:
    return [call.state for each in call_ids if (call := phone.call(each))]


def ends(phone: DummyPhone, *call_ids: str) -> list[EndReason | None]:
    return [call.end_reason for each in call_ids if (call := phone.call(each))]


def test_same_face_as_the_real_phone() -> None:
    dummy, real = _public(DummyPhone), _public(Phone)
    assert {name: dummy[name] for name in real} == real
    assert set(dummy) - set(real) == {
        "ring",
        "far_end_answers",
        "far_end_refuses",
        "far_end_hangs_up",
    }


def test_a_call_from_ring_to_end(phone: DummyPhone) -> None:
    heard: list[Call] = []
    phone.call_changed.connect(heard.append)
    call_id = phone.ring("+551133334444", queue="Vendas", waited_seconds=7)
    phone.answer(call_id)
    phone.hold(call_id)
    phone.resume(call_id)
    phone.mute(call_id, True)
    phone.far_end_hangs_up(call_id)
    assert [c.state for c in heard] == [RINGING, TALKING, HELD, TALKING, TALKING, ENDED]
    assert (heard[0].queue, heard[-1].end_reason) == ("Vendas", EndReason.HUNG_UP_THERE)
    assert phone.calls() == ()


def test_answering_holds_the_other(phone: DummyPhone) -> None:
    first, second = phone.ring("1"), phone.ring("2")
    phone.answer(first)
    phone.answer(second)
    assert state(phone, first, second) == [HELD, TALKING]


def test_dial_decline_miss_and_the_fifth(phone: DummyPhone, notices: list[Notice]) -> None:
    phone.dial("77")
    dialled = phone.calls()[0].id
    phone.far_end_answers(dialled)
    declined, missed = phone.ring("2"), phone.ring("3")
    assert phone.ring("4")
    assert phone.ring("5") == ""
    phone.reject(declined)
    phone.far_end_hangs_up(missed)
    assert ends(phone, declined, missed) == [EndReason.DECLINED, EndReason.MISSED]
    assert [n.code for n in notices] == ["too_many_calls"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (486, EndReason.BUSY),
        (480, EndReason.NO_ANSWER),
        (603, EndReason.DECLINED),
        (404, EndReason.FAILED),
    ],
)
def test_a_refused_call_keeps_its_status(phone: DummyPhone, status: int, reason: EndReason) -> None:
    phone.dial("77")
    dialled = phone.calls()[0].id
    phone.far_end_refuses(dialled, status)
    call = phone.call(dialled)
    assert call
    assert (call.end_reason, call.end_status) == (reason, status)


def test_a_transfer_is_taken(phone: DummyPhone) -> None:
    call_id = talking(phone)
    phone.transfer(call_id, COLLEAGUE)
    assert state(phone, call_id) == [TRANSFERRING]
    phone.far_end_hangs_up(call_id)
    assert ends(phone, call_id) == [EndReason.TRANSFERRED]


def test_a_refused_transfer_gives_the_call_back_on_hold(
    phone: DummyPhone, notices: list[Notice]
) -> None:
    call_id = talking(phone)
    phone.transfer(call_id, COLLEAGUE)
    phone.far_end_refuses(call_id, 486)
    assert state(phone, call_id) == [HELD]
    assert notices == [Notice("transfer_failed", call_id, COLLEAGUE, "486")]


def test_consulting_holds_the_call_it_is_about(phone: DummyPhone) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id, answered=False)
    assert state(phone, call_id, consult) == [HELD, DIALLING]
    asked = phone.call(consult)
    assert asked
    assert asked.consult_for == call_id
    assert asked.may(Act.BACK)
    assert not asked.may(Act.SWAP)


def test_completing_connects_both_and_leaves(phone: DummyPhone) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id)
    phone.complete(consult)
    assert ends(phone, call_id, consult) == [EndReason.TRANSFERRED, EndReason.TRANSFERRED]


def test_completing_while_it_rings_there_hands_over_blindly(phone: DummyPhone) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id, answered=False)
    phone.complete(consult)
    assert ends(phone, consult) == [EndReason.HUNG_UP_HERE]
    assert state(phone, call_id) == [TRANSFERRING]


def test_going_back_ends_the_consultation(phone: DummyPhone) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id)
    phone.back(consult)
    assert state(phone, call_id, consult) == [TALKING, ENDED]


def test_resuming_swaps(phone: DummyPhone) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id)
    phone.resume(call_id)
    assert state(phone, call_id, consult) == [TALKING, HELD]


def test_a_conference_of_three_and_one_is_dropped(phone: DummyPhone) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id)
    phone.conference([call_id, consult])
    members = [call for call in phone.calls() if call.in_conference]
    assert state(phone, call_id, consult) == [TALKING, TALKING]
    assert len(members) == 2
    assert members[1].consult_for == ""
    phone.hang_up(consult)
    left = phone.call(call_id)
    assert left
    assert (left.state, left.in_conference) == (TALKING, False)


def test_one_call_is_no_conference(phone: DummyPhone) -> None:
    call_id = talking(phone)
    phone.conference([call_id])
    call = phone.call(call_id)
    assert call
    assert not call.in_conference


def test_leaving_connects_the_two_others(phone: DummyPhone, notices: list[Notice]) -> None:
    call_id = talking(phone)
    consult = consulting(phone, call_id)
    phone.conference([call_id, consult])
    phone.leave()
    assert ends(phone, call_id, consult) == [EndReason.TRANSFERRED, EndReason.TRANSFERRED]
    assert notices == []


def test_three_others_cannot_be_left(phone: DummyPhone, notices: list[Notice]) -> None:
    members = [talking(phone, number) for number in ("1", "2", "3")]
    phone.conference(members)
    phone.leave()
    assert [n.code for n in notices] == ["leave_needs_two"]
    assert len(phone.calls()) == 3


def test_digits_go_to_the_far_end_also_while_muted(phone: DummyPhone) -> None:
    call_id = talking(phone)
    phone.mute(call_id, True)
    phone.digits(call_id, "12#")
    phone.far_end_hangs_up(call_id)
    phone.digits(call_id, "9")
    assert phone.sent_digits == "12#"


def test_a_device_that_is_not_there_is_missing(phone: DummyPhone) -> None:
    phone.choose_sound(SoundChoice("headset", "gone", "speakers"))
    assert (phone.sound.headset, phone.sound.microphone) == ("headset", "")
    assert phone.sound.missing == ("gone",)


def test_line(phone: DummyPhone) -> None:
    phone.open_line(LineSettings("1001"))
    assert (phone.line.state, phone.line.extension) == (LineState.READY, "1001")
    phone.ring("1")
    phone.close()
    assert (phone.line.state, phone.calls()) == (LineState.OFF, ())
