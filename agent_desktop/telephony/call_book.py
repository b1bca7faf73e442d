"""The calls a desktop knows, checked against the table of moves. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from agent_desktop.telephony.call import Call, CallState, EndReason, may_move

# Screens look a call up for some time after its end (wrap-up, list of calls); a day of calls
# must not stay in memory.
_MOST_ENDED = 64


class CallBook:
    """Live calls and the last few ended ones by id, oldest first."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}

    def live(self) -> tuple[Call, ...]:
        """The live calls, oldest first."""
        return tuple(call for call in self._calls.values() if call.is_live)

    def find(self, call_id: str) -> Call | None:
        """A live or recently ended call."""
        return self._calls.get(call_id)

    def enter(self, call: Call) -> str:
        """Take a new value over. If the table forbids the move nothing changes, and the answer
        says what was wrong; it is empty when all is well."""
        known = self._calls.get(call.id)
        # A late line about an ended call would ring again on the screen with nobody behind it.
        if known and not known.is_live:
            return f"call {call.id} has ended, yet is {call.state.value}"
        if known and not may_move(known.state, call.state):
            return f"call {call.id} moves from {known.state.value} to {call.state.value}"
        self._calls[call.id] = call
        self._forget_oldest()
        return ""

    def lose_all(self) -> tuple[Call, ...]:
        """End every live call as LOST; the ended values."""
        # The phone process knew the times of these calls and is dead: the end is when we noticed.
        now = datetime.now(UTC)
        lost = tuple(c.moved(CallState.ENDED, now, EndReason.LOST) for c in self.live())
        self._calls.update((call.id, call) for call in lost)
        return lost

    def _forget_oldest(self) -> None:
        ended = [each.id for each in self._calls.values() if not each.is_live]
        for call_id in ended[:-_MOST_ENDED]:
            del self._calls[call_id]
