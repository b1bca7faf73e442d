"""The dummy has the phone's face and manners."""

from __future__ import annotations

import inspect

import pytest

from agent_desktop.telephony.call import Call, CallState, EndReason, LineSettings, LineState, Notice
from agent_desktop.telephony.dummy import DummyPhone
from agent_desktop.telephony.phone import Phone

DIALLING, RINGING, TALKING, HELD, ENDED = CallState


@pytest.fixture
def phone(qapp: object) -> DummyPhone:
    return DummyPhone()


def _public(kind: type) -> dict[str, str]:
    """Public names; functions with their parameters."""
    return {
        name: str(inspect.signature(value)) if inspect.isfunction(value) else ""
        for name, value in vars(kind).items()
        if not name.startswith("_") and name != "staticMetaObject"
    }


def test_same_face_as_the_real_phone() -> None:
    dummy, real = _public(DummyPhone), _public(Phone)
    assert {name: dummy[name] for name in real} == real
    assert set(dummy) - set(real) == {"ring", "far_end_answers", "far_end_hangs_up"}


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
    assert [call.state for call in phone.calls()] == [HELD, TALKING]


def test_dial_decline_miss_and_the_fifth(phone: DummyPhone) -> None:
    notices: list[Notice] = []
    phone.notice.connect(notices.append)
    phone.dial("77")
    dialled = phone.calls()[0].id
    phone.far_end_answers(dialled)
    declined, missed = phone.ring("2"), phone.ring("3")
    assert phone.ring("4")
    assert phone.ring("5") == ""
    phone.reject(declined)
    phone.far_end_hangs_up(missed)
    ends = [phone.call(each) for each in (declined, missed)]
    assert [c.end_reason for c in ends if c] == [EndReason.DECLINED, EndReason.MISSED]
    assert [n.code for n in notices] == ["too_many_calls"]


def test_line(phone: DummyPhone) -> None:
    phone.open_line(LineSettings("1001"))
    assert (phone.line.state, phone.line.extension) == (LineState.READY, "1001")
    phone.ring("1")
    phone.close()
    assert (phone.line.state, phone.calls()) == (LineState.OFF, ())
