"""A telephone call as an immutable value, its states, and the table of moves between them.

Pure: no Qt, no SIP. The phone process owns the real call and sends a new `Call` whenever
something about it changes; everybody else only ever holds such values.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum


class Direction(Enum):
    """Who started the call, seen from this desk."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CallState(Enum):
    """Where a call is in its life. ENDED is final."""

    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    ENDED = "ended"


class EndReason(Enum):
    """Why a call ended; `LOST` means that the phone process or the network died under it."""

    HUNG_UP_HERE = "hung_up_here"
    HUNG_UP_THERE = "hung_up_there"
    DECLINED = "declined"
    MISSED = "missed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    LOST = "lost"


#: Every allowed move. What is not listed is a fault of the engine and is logged, not shown.
ALLOWED_MOVES: dict[CallState, frozenset[CallState]] = {
    CallState.DIALLING: frozenset({CallState.TALKING, CallState.ENDED}),
    CallState.RINGING: frozenset({CallState.TALKING, CallState.ENDED}),
    CallState.TALKING: frozenset({CallState.HELD, CallState.ENDED}),
    CallState.HELD: frozenset({CallState.TALKING, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}


def may_move(before: CallState, after: CallState) -> bool:
    """True if a call in `before` may be in `after` next; staying is always allowed."""
    return before is after or after in ALLOWED_MOVES[before]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the agent's desk sees it. All times are aware and in UTC.

    `id` is made by the phone process (UUIDv7 text) and never reused; `pbx_call_id` is the id
    the PBX sent (X-Call-UUID), empty if it sent none. `number` is the caller's (or dialled)
    number exactly as the PBX wrote it; empty when withheld. `typed_tax_id` is what the caller
    typed into the voice menu, digits and letters only. `user_to_user` is what another desk
    sent along with a transfer (RFC 7433), not decoded.
    """

    id: str
    direction: Direction
    state: CallState
    number: str
    started_at: datetime
    display_name: str = ""
    withheld: bool = False
    queue: str = ""
    dialled: str = ""
    pbx_call_id: str = ""
    menu_path: str = ""
    typed_tax_id: str = ""
    waited_seconds: int = 0
    answered_at: datetime | None = None
    state_since: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    muted: bool = False
    encrypted: bool = False
    user_to_user: str = ""

    @property
    def is_live(self) -> bool:
        """True until the call has ended."""
        return self.state is not CallState.ENDED

    def moved(self, state: CallState, at: datetime, reason: EndReason | None = None) -> Call:
        """The same call after a move at the UTC time `at`; `ValueError` if the table forbids it."""
        if not may_move(self.state, state):
            raise ValueError(f"a call cannot move from {self.state.value} to {state.value}")
        changed = replace(self, state=state, state_since=at)
        if state is CallState.TALKING and self.answered_at is None:
            changed = replace(changed, answered_at=at)
        if state is CallState.ENDED:
            changed = replace(changed, ended_at=at, end_reason=reason)
        return changed


class LineState(Enum):
    """The state of the agent's telephone line."""

    OFF = "off"
    STARTING = "starting"
    REGISTERING = "registering"
    READY = "ready"
    FAILED = "failed"


class Sound(Enum):
    """How sound reaches the headset."""

    NATIVE = "native"
    PULSE = "pulse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class LineSettings:
    """What the phone process needs to open a line. `secret` is never logged or shown.

    With an empty `registrar` the line does not register and only believes calls from the
    loopback (`accepts_loopback`), which nothing but a profile made by the demo may set; dialled
    numbers then go to `dial_to` ("127.0.0.1:5070"). `ca_file` is a site's own certificate
    authority for TLS; empty means the system's. Empty device names mean the system's default;
    `sound_device` is where the agent hears (and speaks, with a native device).
    """

    extension: str
    registrar: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    transport: str = "udp"
    local_port: int = 0
    accepts_loopback: bool = False
    sound_device: str = ""
    microphone_device: str = ""
    ring_device: str = ""
    dial_to: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The agent's line. `code` names a failure for `views/wording.py` (for example `sip_403`)."""

    state: LineState = LineState.OFF
    extension: str = ""
    transport: str = ""
    port: int = 0
    code: str = ""
    sound: Sound = Sound.NONE
    sound_device: str = ""
    encrypted: bool = False
    engine: str = ""
    codecs: tuple[str, ...] = ()
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the agent may want to know that is no change of a call or of the line.

    `code` is worded by `views/wording.py`: too_many_calls (refused with busy; `number` called),
    stranger_refused (`detail` is the source address), order_failed (`detail` is the order),
    dial_refused (`number` cannot be dialled), line_pending (a new line waits for the end of the
    call), sound_failed, engine_restarted (after a crash), engine_failed (it does not start),
    attached_elsewhere (another desktop has this profile's phone).
    """

    code: str
    call_id: str = ""
    number: str = ""
    detail: str = ""
