"""Messages between the desktop and the phone process. Pure; protocol.py writes them as lines.

An order is sent by the desktop, a report by the phone process. The agent's SIP secret travels
in `OpenLine` only, and is in no `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent_desktop.telephony.call import Call, Line, LineSettings, Notice, RejectReason
from agent_desktop.telephony.quality import Quality
from agent_desktop.telephony.sound import NO_SOUND, Levels, SoundChoice, SoundState


@dataclass(frozen=True, slots=True)
class Attach:
    """Desktop: first line of a connection; the token is known to this user's profile only."""

    token: str


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Desktop: open the agent's line, or replace it as soon as no call is up."""

    settings: LineSettings


@dataclass(frozen=True, slots=True)
class CloseLine:
    """Desktop: hang up everything and unregister."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Desktop: take the ringing call; a call being talked on is put on hold."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Desktop: decline the ringing call."""

    call_id: str
    reason: RejectReason = RejectReason.BUSY


@dataclass(frozen=True, slots=True)
class HangUp:
    """Desktop: end the call in whatever state it is."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Desktop: put the call on hold."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Desktop: talk again on a held call; another one being talked on is put on hold."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Desktop: send silence instead of the microphone, or the microphone again."""

    call_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class Dial:
    """Desktop: call this number."""

    number: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Desktop: hand the call over to a number without asking there first (RFC 5589 section 6)."""

    call_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Consult:
    """Desktop: hold the call and dial a number to ask about it."""

    call_id: str
    number: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Desktop: connect the consultation `call_id` with the call it is about, and leave both."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Back:
    """Desktop: end the consultation `call_id` and talk on with the one it was about."""

    call_id: str


@dataclass(frozen=True, slots=True)
class Conference:
    """Desktop: let all these calls hear each other and us."""

    call_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Desktop: leave the conference to its two other members."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Desktop: send these keys (0-9 * # A-D), one after the other."""

    call_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class ChooseSound:
    """Desktop: use these devices from now on, also in a call."""

    choice: SoundChoice


@dataclass(frozen=True, slots=True)
class WatchLevels:
    """Desktop: send `LevelsChanged` ten times a second, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class EchoTest:
    """Desktop: let the agent hear the microphone, a second late, or no longer; never in a call."""

    on: bool


@dataclass(frozen=True, slots=True)
class TryRing:
    """Desktop: ring for a moment, to hear where and how loud."""


@dataclass(frozen=True, slots=True)
class Quit:
    """Desktop: close the line and end the phone process."""


@dataclass(frozen=True, slots=True)
class EngineState:
    """Engine: everything, sent once after `Attach`. `pid` is the phone process."""

    pid: int
    line: Line
    calls: tuple[Call, ...] = ()
    sound: SoundState = NO_SOUND


@dataclass(frozen=True, slots=True)
class CallChanged:
    """Engine: a call is new or has changed."""

    call: Call


@dataclass(frozen=True, slots=True)
class LineChanged:
    """Engine: the line has changed."""

    line: Line


@dataclass(frozen=True, slots=True)
class SoundChanged:
    """Engine: devices have come or gone, or others are in use."""

    sound: SoundState


@dataclass(frozen=True, slots=True)
class LevelsChanged:
    """Engine: how loud it is, while somebody watches."""

    levels: Levels


@dataclass(frozen=True, slots=True)
class QualityChanged:
    """Engine: how a call is heard, every other second while it is talked on."""

    call_id: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class Noticed:
    """Engine: something worth telling that is no change of state."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Beat:
    """Engine: I am alive; sent each second."""


@dataclass(frozen=True, slots=True)
class AttachRefused:
    """Engine: you are not let in. `code`: wrong_token, attached_elsewhere, protocol."""

    code: str


# The names in KINDS are what is written on the wire: a desktop of another release may be
# attached, so a name is never given to another message.
Order = (
    Attach
    | OpenLine
    | CloseLine
    | Answer
    | Reject
    | HangUp
    | Hold
    | Resume
    | Mute
    | Dial
    | Transfer
    | Consult
    | Complete
    | Back
    | Conference
    | Leave
    | Digits
    | ChooseSound
    | WatchLevels
    | EchoTest
    | TryRing
    | Quit
)
Report = (
    EngineState
    | CallChanged
    | LineChanged
    | SoundChanged
    | LevelsChanged
    | QualityChanged
    | Noticed
    | Beat
    | AttachRefused
)
Message = Order | Report

KINDS: dict[str, type[Message]] = {
    "attach": Attach,
    "open_line": OpenLine,
    "close_line": CloseLine,
    "answer": Answer,
    "reject": Reject,
    "hang_up": HangUp,
    "hold": Hold,
    "resume": Resume,
    "mute": Mute,
    "dial": Dial,
    "transfer": Transfer,
    "consult": Consult,
    "complete": Complete,
    "back": Back,
    "conference": Conference,
    "leave": Leave,
    "digits": Digits,
    "choose_sound": ChooseSound,
    "watch_levels": WatchLevels,
    "echo_test": EchoTest,
    "try_ring": TryRing,
    "quit": Quit,
    "state": EngineState,
    "call": CallChanged,
    "line": LineChanged,
    "sound": SoundChanged,
    "levels": LevelsChanged,
    "quality": QualityChanged,
    "notice": Noticed,
    "beat": Beat,
    "refused": AttachRefused,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def name_of(message: Message) -> str:
    """The kind of a message as it is written in its line."""
    return _NAMES[type(message)]
