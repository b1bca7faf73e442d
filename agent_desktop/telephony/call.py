"""A telephone call as an immutable value, its states, and the table of moves between them.

Pure: no Qt, no SIP. The phone process owns the real call and sends a new `Call` whenever
something about it changes; everybody else only ever holds such values.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from agent_desktop.telephony.quality import Quality
from agent_desktop.telephony.sound import Sound


class Direction(Enum):
    """The side that started the call, seen from this desk."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CallState(Enum):
    """Where a call is in its life. TRANSFERRING: handed over, and not yet known how that ends.
    ENDED is final."""

    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    TRANSFERRING = "transferring"
    ENDED = "ended"


class Act(Enum):
    """An order that an agent can give about a call.

    COMPLETE, SWAP and BACK are acts on a consultation (`Call.consult_for`): connect both others
    and leave; talk to the other one; end it and go back. DROP and LEAVE are acts in a conference.
    """

    ANSWER = "answer"
    REJECT = "reject"
    HANG_UP = "hang_up"
    HOLD = "hold"
    RESUME = "resume"
    MUTE = "mute"
    DIGITS = "digits"
    TRANSFER = "transfer"
    CONSULT = "consult"
    CONFERENCE = "conference"
    COMPLETE = "complete"
    SWAP = "swap"
    BACK = "back"
    DROP = "drop"
    LEAVE = "leave"


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
    TRANSFERRED = "transferred"


class RejectReason(Enum):
    """Why a ringing call is declined, as the PBX is told (RFC 3261 section 21)."""

    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    DECLINE = "decline"


#: Every allowed move. What is not listed is a fault of the engine and is logged, not shown.
ALLOWED_MOVES: dict[CallState, frozenset[CallState]] = {
    CallState.DIALLING: frozenset({CallState.TALKING, CallState.ENDED}),
    CallState.RINGING: frozenset({CallState.TALKING, CallState.ENDED}),
    CallState.TALKING: frozenset({CallState.HELD, CallState.TRANSFERRING, CallState.ENDED}),
    CallState.HELD: frozenset({CallState.TALKING, CallState.TRANSFERRING, CallState.ENDED}),
    # A transfer that is refused gives the call back, as it was left: on hold.
    CallState.TRANSFERRING: frozenset({CallState.HELD, CallState.ENDED}),
    CallState.ENDED: frozenset(),
}

_UP = {Act.HANG_UP, Act.MUTE, Act.DIGITS, Act.TRANSFER, Act.CONSULT, Act.CONFERENCE}

#: The acts that a call allows in each state, if nothing else is up.
ALLOWED_ACTS: dict[CallState, frozenset[Act]] = {
    CallState.DIALLING: frozenset({Act.HANG_UP, Act.MUTE, Act.DIGITS}),
    CallState.RINGING: frozenset({Act.ANSWER, Act.REJECT}),
    CallState.TALKING: frozenset({*_UP, Act.HOLD}),
    CallState.HELD: frozenset({*_UP, Act.RESUME}),
    # Hold or digits would cross the REFER, whose outcome (NOTIFY) is still to come.
    CallState.TRANSFERRING: frozenset({Act.HANG_UP}),
    CallState.ENDED: frozenset(),
}
#: A consultation allows these besides. COMPLETE while it still rings there is a blind transfer.
CONSULT_ACTS: dict[CallState, frozenset[Act]] = {
    CallState.DIALLING: frozenset({Act.COMPLETE, Act.BACK}),
    CallState.TALKING: frozenset({Act.COMPLETE, Act.BACK, Act.SWAP}),
    CallState.HELD: frozenset({Act.COMPLETE, Act.BACK, Act.SWAP}),
}
#: In a conference calls are not handed over one by one; they are dropped, or left to each other.
CONFERENCE_ACTS = frozenset({Act.DROP, Act.LEAVE})
# The far ends hear each other through our bridge: a REFER for one would tear it out.
_NOT_IN_CONFERENCE = frozenset({Act.TRANSFER, Act.COMPLETE, Act.SWAP, Act.BACK})


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

    `consult_for` is the id of the call this one was dialled to ask about, `held_there` that the
    other side has put us on hold, `early_media` that it is heard before it answers, `media_lost`
    that nothing has been heard of it for some seconds although it should be. `end_status` is the
    SIP status the call ended with (0: none), `quality` is known once it has ended.
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
    consult_for: str = ""
    in_conference: bool = False
    held_there: bool = False
    early_media: bool = False
    media_lost: bool = False
    end_status: int = 0
    quality: Quality | None = None

    @property
    def is_live(self) -> bool:
        """True until the call has ended."""
        return self.state is not CallState.ENDED

    def allowed(self) -> frozenset[Act]:
        """Return the acts that this call allows now."""
        acts = ALLOWED_ACTS[self.state]
        if self.consult_for:
            acts |= CONSULT_ACTS.get(self.state, frozenset())
        if self.in_conference and self.state in (CallState.TALKING, CallState.HELD):
            acts = (acts | CONFERENCE_ACTS) - _NOT_IN_CONFERENCE
        return acts

    def may(self, act: Act) -> bool:
        """True if `act` can be done with this call now."""
        return act in self.allowed()

    def moved(self, state: CallState, at: datetime, reason: EndReason | None = None) -> Call:
        """The same call after a move at the UTC time `at`; `ValueError` if the table forbids it."""
        if not may_move(self.state, state):
            raise ValueError(f"a call cannot move from {self.state.value} to {state.value}")
        changed = replace(self, state=state, state_since=at)
        # Resuming is TALKING again; the time of the answer is the first one.
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


class DigitsBy(Enum):
    """How pressed digits travel: as telephone events (RFC 4733), or in INFO requests."""

    EVENTS = "events"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class AutoAnswer:
    """Calls of this queue ("*": of every queue) are answered by themselves after a moment, if no
    other call is up. Calls of no queue never are."""

    queue: str
    after_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class LineSettings:
    """The phone process opens a line with these. `secret` is never logged or shown.

    With an empty `registrar` the line does not register and only believes calls from the
    loopback (`accepts_loopback`), which nothing but a profile made by the demo may set; dialled
    numbers then go to `dial_to` ("127.0.0.1:5070"). `authority` (PEM text) or `ca_file` is a
    site's own certificate authority for TLS; without one the system's are believed. With
    `requires_srtp` no call of a TLS line is set up without encrypted sound.
    `emergency_numbers` can be dialled however many calls are up.
    """

    extension: str
    registrar: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    transport: str = "udp"
    local_port: int = 0
    accepts_loopback: bool = False
    dial_to: str = ""
    authority: str = ""
    ca_file: str = ""
    requires_srtp: bool = True
    digits_by: DigitsBy = DigitsBy.EVENTS
    auto_answer: tuple[AutoAnswer, ...] = ()
    emergency_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The agent's line. `code` names a failure for `wording.py`: sip_403 (refused; any SIP
    status), tls_untrusted (the server's certificate is not of a known authority), tls_expired,
    tls_name (it is another server's), tls_no_authority (`ca_file` cannot be read), tls_failed,
    port_in_use, unknown_transport, library_N.

    `encrypted` is true while the registration runs over TLS. `new_messages` and `old_messages`
    lie in the voice mailbox, which is reached by dialling `mailbox` (empty: no mailbox known).
    `engine` names the SIP library, `codecs` and `transports` what it can do.
    """

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
    has_srtp: bool = True
    mailbox: str = ""
    new_messages: int = 0
    old_messages: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the agent may want to know that is no change of a call or of the line.

    `code` is worded by `wording.py`: too_many_calls (refused with busy; `number` called),
    stranger_refused (`detail` is the source address), order_failed (`detail` is the order),
    dial_refused (`number` cannot be dialled), line_pending (a new line waits for the end of the
    call), sound_changed (`detail` is the device now in use), transfer_failed (`number`, and
    `detail` is the SIP status), leave_needs_two (a conference of more cannot go on without us),
    digits_failed, redial_wanted (a key of the headset, no word for the agent), sound_failed,
    engine_restarted (after a crash), engine_failed (it does not start), attached_elsewhere
    (another desktop has this profile's phone).
    """

    code: str
    call_id: str = ""
    number: str = ""
    detail: str = ""
