"""A press on the headset does with the calls what was meant, and the lamps follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agent_desktop.telephony.call import Call, CallState, EndReason, RejectReason
from agent_desktop.telephony.dummy import DummyPhone
from agent_desktop.telephony.headset.headset import Control, HeadsetAction, HeadsetPress, Shown
from agent_desktop.telephony.headset.headset_calls import HeadsetCalls


class DummyCalls:
    """The dummy phone with the face of the phone process's calls."""

    def __init__(self, phone: DummyPhone) -> None:
        self._phone = phone

    def live(self) -> tuple[Call, ...]:
        return self._phone.calls()

    def reject(self, call_id: str, reason: RejectReason) -> None:
        self._phone.reject(call_id, reason)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._phone, name)


class HeldInHand:
    """A headset whose presses the test makes."""

    def __init__(self, pressed: Callable[[HeadsetPress], None], **_how: object) -> None:
        self._pressed = pressed
        self._wishes: list[HeadsetAction] = []
        self.shown = Shown()

    def show(self, **what: bool) -> None:
        self.shown = Shown(**what)

    def turn(self, now: float) -> None:
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            self._pressed(HeadsetPress(Control.HOOK, wish))

    def press(self, wish: HeadsetAction) -> None:
        self._wishes.append(wish)


class Desk:
    def __init__(self) -> None:
        self.phone = DummyPhone()
        self.redialled = 0
        self.joined = HeadsetCalls(
            DummyCalls(self.phone),  # type: ignore[arg-type]
            redial=self._redial,
            headset=HeldInHand,  # type: ignore[arg-type]
        )
        self.joined.turn(0.0)

    def _redial(self) -> None:
        self.redialled += 1

    def press(self, wish: HeadsetAction) -> None:
        self.joined.headset.press(wish)  # type: ignore[attr-defined]
        self.joined.turn(0.0)
        self.joined.turn(0.0)

    @property
    def shown(self) -> Shown:
        self.joined.turn(0.0)
        return self.joined.headset.shown  # type: ignore[attr-defined,no-any-return]

    def states(self) -> list[CallState]:
        return [call.state for call in self.phone.calls()]


@pytest.fixture
def desk(qapp: object) -> Desk:
    return Desk()


def test_answer_mute_hold_and_hang_up(desk: Desk) -> None:
    desk.phone.ring("+5511987654321")
    assert desk.shown == Shown(ringing=True)
    desk.press(HeadsetAction.ANSWER)
    assert desk.states() == [CallState.TALKING]
    assert desk.shown == Shown(in_call=True)
    desk.press(HeadsetAction.MUTE)
    assert desk.shown == Shown(in_call=True, muted=True)
    desk.press(HeadsetAction.MUTE)
    assert desk.shown == Shown(in_call=True)
    desk.press(HeadsetAction.HOLD)
    assert desk.shown == Shown(in_call=True, held=True)
    desk.press(HeadsetAction.HOLD)
    assert desk.states() == [CallState.TALKING]
    desk.press(HeadsetAction.HANG_UP)
    assert desk.shown == Shown()


def test_a_second_call(desk: Desk) -> None:
    first = desk.phone.ring("1")
    desk.press(HeadsetAction.ANSWER)
    desk.phone.ring("2")
    assert desk.shown == Shown(ringing=True, in_call=True)
    desk.press(HeadsetAction.ANSWER)
    assert desk.states() == [CallState.HELD, CallState.TALKING]
    desk.press(HeadsetAction.HANG_UP)
    assert [call.id for call in desk.phone.calls()] == [first]
    assert desk.shown == Shown(in_call=True, held=True)
    desk.press(HeadsetAction.HANG_UP)
    assert desk.states() == []


def test_reject_and_redial(desk: Desk) -> None:
    call_id = desk.phone.ring("1")
    desk.press(HeadsetAction.REJECT)
    call = desk.phone.call(call_id)
    assert call is not None
    assert call.end_reason is EndReason.DECLINED
    desk.press(HeadsetAction.REDIAL)
    assert desk.redialled == 1


@pytest.mark.parametrize("wish", HeadsetAction)
def test_a_press_for_a_call_that_is_gone_does_nothing(desk: Desk, wish: HeadsetAction) -> None:
    desk.press(wish)
    assert desk.states() == []


def test_a_dialled_call_is_off_hook_before_it_is_answered(desk: Desk) -> None:
    desk.phone.dial("190")
    assert desk.shown == Shown(in_call=True)
    desk.press(HeadsetAction.HANG_UP)
    assert desk.states() == []
