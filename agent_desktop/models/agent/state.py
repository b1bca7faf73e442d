"""What an agent is doing as the contact centre counts it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum


class AgentState(Enum):
    """The states of an agent; UNKNOWN while the telephone system cannot tell."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    NOT_READY = "not_ready"
    OFFERED = "offered"
    TALKING = "talking"
    HOLD = "hold"
    WRAP_UP = "wrap_up"
    UNKNOWN = "unknown"


_S = AgentState
_IN_CALL = frozenset(
    {_S.OFFERED, _S.TALKING, _S.HOLD, _S.WRAP_UP, _S.READY, _S.NOT_READY, _S.UNKNOWN}
)
_IDLE = (_IN_CALL | {_S.LOGGED_OUT}) - {_S.HOLD}

#: Every allowed move. Calls reach agents who are not ready too (direct calls), an outbound call
#: that nobody answers goes straight to wrap-up, and a second call rings while one is held.
ALLOWED_MOVES: dict[AgentState, frozenset[AgentState]] = {
    _S.LOGGED_OUT: frozenset({_S.READY, _S.NOT_READY, _S.UNKNOWN}),
    _S.READY: _IDLE,
    _S.NOT_READY: _IDLE,
    _S.OFFERED: _IN_CALL,
    _S.TALKING: _IN_CALL,
    _S.HOLD: _IN_CALL,
    _S.WRAP_UP: _IN_CALL | {_S.LOGGED_OUT},
    _S.UNKNOWN: frozenset(_S),
}
#: States an agent is in because of a call; a wish for another state waits until they are over.
BUSY = frozenset({_S.OFFERED, _S.TALKING, _S.HOLD, _S.WRAP_UP})
#: The same, and while nobody knows what reaches the agent.
_WAITS = BUSY | {_S.UNKNOWN}


def may_move(before: AgentState, after: AgentState) -> bool:
    """True if `after` may follow `before`; staying is always allowed."""
    return before is after or after in ALLOWED_MOVES[before]


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """The agent's state since the UTC time `since`.

    `reason` is a code of the list `not_ready`. `next_state` (with `next_reason`) is what the
    agent asked for during a call and gets when its wrap-up is over; None means READY. While the
    state is UNKNOWN it is what the agent was, or asked for since.
    """

    state: AgentState
    since: datetime
    reason: str = ""
    next_state: AgentState | None = None
    next_reason: str = ""

    def moved(self, state: AgentState, at: datetime, reason: str = "") -> AgentStatus:
        """The status after a move at `at`; `ValueError` if the table forbids it.

        The same state keeps its `since`, so a timer does not start again; another reason for not
        being ready starts it again, because times are counted by reason. An agent who takes or
        makes a call during a break goes back to the break.
        """
        if not may_move(self.state, state):
            raise ValueError(f"an agent cannot move from {self.state.value} to {state.value}")
        if state is self.state:
            return self if reason in ("", self.reason) else replace(self, reason=reason, since=at)
        if state not in BUSY:
            return AgentStatus(state, at, reason if state is AgentState.NOT_READY else "")
        if self.state is AgentState.NOT_READY:
            return AgentStatus(state, at, "", AgentState.NOT_READY, self.reason)
        return AgentStatus(state, at, "", self.next_state, self.next_reason)

    def wishing(self, state: AgentState, at: datetime, reason: str = "") -> AgentStatus:
        """The agent asks for READY or NOT_READY: at once when idle, else after the call or when
        the line is back."""
        if self.state in _WAITS:
            return replace(self, next_state=state, next_reason=reason)
        return self.moved(state, at, reason)

    def freed(self, at: datetime) -> AgentStatus:
        """The status once the call and its wrap-up are over: what was asked for, else READY.
        Who was not busy stays as they are."""
        if self.state not in BUSY:
            return self
        return self.moved(self.next_state or AgentState.READY, at, self.next_reason)

    def lost(self, at: datetime) -> AgentStatus:
        """The status while the line or the phone process is away: nobody knows whether calls
        reach the agent. A call and its wrap-up go on; they are known here."""
        if self.state not in (AgentState.READY, AgentState.NOT_READY):
            return self
        return AgentStatus(AgentState.UNKNOWN, at, "", self.state, self.reason)

    def found(self, at: datetime) -> AgentStatus:
        """The status once the line is back: what the agent was, or asked for meanwhile."""
        if self.state is not AgentState.UNKNOWN:
            return self
        return self.moved(self.next_state or AgentState.NOT_READY, at, self.next_reason)

    def left(self, at: datetime) -> AgentStatus:
        """Logged out, from whatever state: who closes the window is gone."""
        if self.state is AgentState.LOGGED_OUT:
            return self
        return AgentStatus(AgentState.LOGGED_OUT, at)
