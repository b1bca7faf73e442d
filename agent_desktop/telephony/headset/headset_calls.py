"""Keys of the headset act on the calls, and its lamps follow them.

In the phone process: a call is answered and ended from the headset also while the window hangs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from agent_desktop.telephony.call import Act, Call, CallState, RejectReason
from agent_desktop.telephony.headset.headset import HeadsetAction, HeadsetPress
from agent_desktop.telephony.headset.headset_device import Headset

log = logging.getLogger(__name__)

_TALKED_ON = frozenset({CallState.TALKING, CallState.DIALLING})


class Calls(Protocol):
    """The calls of this process, as live_calls.py has them."""

    def live(self) -> tuple[Call, ...]:
        """The live calls, oldest first."""

    def answer(self, call_id: str) -> None:
        """Take a ringing call; a call being talked on goes on hold."""

    def reject(self, call_id: str, reason: RejectReason) -> None:
        """Decline a ringing call."""

    def hang_up(self, call_id: str) -> None:
        """End a call."""

    def hold(self, call_id: str) -> None:
        """Put a call on hold."""

    def resume(self, call_id: str) -> None:
        """Talk on a held call again."""

    def mute(self, call_id: str, on: bool) -> None:
        """Mute a call, or not."""


class HeadsetCalls:
    """Joins one headset with the calls; everything happens within `turn`, in the engine's thread.

    `redial` is asked for when the agent wants the last number again: the number and the check
    whether it may be called are the desktop's. `changed` tells that a headset came or went.
    """

    def __init__(
        self,
        calls: Calls,
        *,
        redial: Callable[[], None] = lambda: None,
        changed: Callable[[], None] = lambda: None,
        headset: Callable[..., Headset] = Headset,
    ) -> None:
        self._calls = calls
        self._redial = redial
        self.headset = headset(self._pressed, changed=changed)

    def turn(self, now: float) -> None:
        """Show the calls on the headset, and do what was pressed."""
        live = self._calls.live()
        up = [call for call in live if call.state is not CallState.RINGING]
        talked_on = [call for call in up if call.state in _TALKED_ON]
        self.headset.show(
            ringing=len(up) < len(live),
            in_call=bool(up),
            muted=bool(talked_on) and all(call.muted for call in talked_on),
            held=bool(up) and not talked_on,
        )
        self.headset.turn(now)

    def close(self) -> None:
        """Switch the lamps off and let the headset go."""
        self.headset.close()

    def _pressed(self, press: HeadsetPress) -> None:
        log.info("headset: %s, %s", press.control.value, press.wish.value)
        live = self._calls.live()
        ringing = [call for call in live if call.may(Act.ANSWER)]
        talked_on = [call for call in live if call.state in _TALKED_ON]
        held = [call for call in live if call.state is CallState.HELD]
        match press.wish:
            case HeadsetAction.ANSWER if ringing:
                self._calls.answer(ringing[0].id)
            case HeadsetAction.REJECT if ringing:
                self._calls.reject(ringing[0].id, RejectReason.BUSY)
            case HeadsetAction.HANG_UP:
                # Of calls on hold only the last one: whoever was put on hold first still waits.
                for call in talked_on or held[-1:]:
                    self._calls.hang_up(call.id)
            case HeadsetAction.MUTE:
                is_heard = any(not call.muted for call in talked_on)
                for call in talked_on:
                    self._calls.mute(call.id, is_heard)
            case HeadsetAction.HOLD if talked_on:
                for call in talked_on:
                    self._calls.hold(call.id)
            case HeadsetAction.HOLD if held:
                self._calls.resume(held[-1].id)
            case HeadsetAction.REDIAL:
                self._redial()
