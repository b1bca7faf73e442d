"""What the console shows as one frozen value, and what may be done then. No widgets, no words
(those are in `console_words.py`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from agent_desktop.desk.call_control import consultation, held_beside, mergeable
from agent_desktop.models.agent.state import AgentStatus
from agent_desktop.telephony.call import Act, Call, CallState, Line, LineState
from agent_desktop.telephony.quality import Quality
from agent_desktop.views.look.theme import Tone

#: A conference may still grow while fewer calls than this are up.
MOST_CALLS = 4


@dataclass(frozen=True, slots=True)
class WrapUp:
    """After-call work that began at `since` (UTC) and lasts `seconds`; `seconds` only grows."""

    since: datetime
    seconds: int

    @property
    def until(self) -> datetime:
        """When the agent is made ready, if a reason is chosen by then."""
        return self.since + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Party:
    """Another call that is up, and who is at its end: a match until `verified`."""

    call: Call
    name: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class DoNotCallQuestion:
    """Somebody asked not to be called: whom, and what they said, in words."""

    number: str
    names: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleState:
    """Everything the console shows.

    `call` is the call in front (dialling, talking, held, or the ended one during wrap-up),
    `others` are further ones that are up, `ringing` the one that waits longest to be answered,
    perhaps beside them, and `also_ringing` how many more wait. `name` (of `call`, or of
    `ringing` if there is no call) and `ringing_name` are matches; `name` until `verified`.
    `answers_after` are the seconds after which the ringing call is answered by itself, None if
    it is not; `handing_to` is the number the call is being handed over to, `question` what must be
    decided before somebody is called. `reason` is the code
    chosen so far; `waiting_calls` and `longest_seconds` are about the agent's queues, None where
    nobody tells.
    """

    agent: AgentStatus
    line: Line
    call: Call | None = None
    ringing: Call | None = None
    name: str = ""
    verified: bool = False
    protocol: str = ""
    reason: str = ""
    wrap_up: WrapUp | None = None
    waiting_calls: int | None = None
    longest_seconds: int | None = None
    not_ready_words: str = ""
    others: tuple[Party, ...] = ()
    ringing_name: str = ""
    also_ringing: int = 0
    answers_after: float | None = None
    handing_to: str = ""
    quality: Quality | None = None
    question: DoNotCallQuestion | None = None

    @property
    def live(self) -> Call | None:
        """The call in front, if it has not ended."""
        return self.call if self.call is not None and self.call.is_live else None

    @property
    def up(self) -> tuple[Call, ...]:
        """All calls that are up, the one in front first; ringing ones are not."""
        here = (self.live,) if self.live is not None else ()
        return (*here, *(party.call for party in self.others))

    @property
    def shown_call(self) -> Call | None:
        """The call that the title is about."""
        return self.call if self.live is not None or self.ringing is None else self.ringing

    @property
    def rings_beside(self) -> bool:
        """A call waits to be answered while another one is up."""
        return self.ringing is not None and self.live is not None

    @property
    def strip(self) -> Strip:
        """What the strip is about: a call first, then a ring, then wrap-up, then the line."""
        if self.live is not None:
            return self._of_call(self.live)
        if self.ringing is not None:
            return Strip.RINGING
        if self.question is not None:
            return Strip.ASKING
        if self.wrap_up is not None:
            return Strip.WRAP_UP
        return Strip.FAILED if self.line.state is LineState.FAILED else Strip.IDLE

    def _of_call(self, call: Call) -> Strip:
        if call.in_conference:
            return Strip.CONFERENCE
        asked = consultation(self.up)
        if asked is not None and call.id in (asked.id, asked.consult_for):
            return Strip.CONSULTING
        return _OF_CALL[call.state]


class Strip(Enum):
    """What the strip is about."""

    IDLE = "idle"
    FAILED = "failed"
    ASKING = "asking"
    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    CONSULTING = "consulting"
    CONFERENCE = "conference"
    TRANSFERRING = "transferring"
    WRAP_UP = "wrap_up"


_OF_CALL = {
    CallState.DIALLING: Strip.DIALLING,
    CallState.RINGING: Strip.RINGING,
    CallState.TALKING: Strip.TALKING,
    CallState.HELD: Strip.HELD,
    CallState.TRANSFERRING: Strip.TRANSFERRING,
}
#: States in which there is no caller to talk about.
WITHOUT_CALLER = frozenset({Strip.IDLE, Strip.FAILED, Strip.ASKING})
#: States in which the reason of the contact can be chosen: wrap-up may start during the call.
WITH_REASON = frozenset({Strip.TALKING, Strip.HELD, Strip.WRAP_UP})
EDGES = {
    Strip.FAILED: Tone.CON_BAD,
    Strip.ASKING: Tone.CON_WARN,
    Strip.DIALLING: Tone.CON_BLUE,
    Strip.RINGING: Tone.CON_OK,
    Strip.TRANSFERRING: Tone.CON_BLUE,
    Strip.WRAP_UP: Tone.CON_VIOLET,
}


def edge(view: ConsoleState) -> Tone | None:
    """The colour of the edge; a ring is seen whatever else goes on."""
    return Tone.CON_OK if view.ringing is not None else EDGES.get(view.strip)


def short_name(name: str) -> str:
    """A name as it may be shown before verification: `Marina A.`"""
    words = name.split()
    return f"{words[0]} {words[-1][:1]}." if len(words) > 1 else name


def allowed(view: ConsoleState) -> dict[str, bool]:
    """Which commands of the telephone may be used now, after the table in `telephony/call.py`.

    Answering is not among them: it also depends on how long the call has been ringing.
    """
    live, calls = view.live, view.up
    asked = consultation(calls)
    acts = live.allowed() if live is not None else frozenset()
    declines = ("call.decline", *(f"call.decline_{how}" for how in DECLINE_WAYS))
    rests = live is None
    grows = Act.CONFERENCE in acts and len(calls) < MOST_CALLS
    return dict.fromkeys(declines, view.ringing is not None) | {
        "call.hang_up": Act.HANG_UP in acts,
        "call.hold": bool(acts & {Act.HOLD, Act.RESUME}),
        "call.mute": Act.MUTE in acts,
        "call.keypad": Act.DIGITS in acts,
        "call.transfer": asked.may(Act.COMPLETE) if asked else Act.TRANSFER in acts,
        "call.conference": bool(mergeable(calls)) or grows,
        "call.swap": held_beside(calls) is not None,
        "call.go_back": asked is not None and asked.may(Act.BACK),
        "call.drop": Act.DROP in acts,
        "call.leave": Act.LEAVE in acts,
        "call.redial": rests,
        "call.dial_anyway": view.strip is Strip.ASKING,
        "call.dial_not": view.strip is Strip.ASKING,
        "call.voicemail": rests and bool(view.line.mailbox),
        "wrap_up.finish": rests and (view.wrap_up is not None or view.strip is Strip.IDLE),
        "wrap_up.more": view.wrap_up is not None,
        "wrap_up.reason": view.strip in WITH_REASON,
        "copy.protocol": bool(view.protocol),
    }


#: The ways to decline besides "busy", and the menu that has them.
DECLINE_WAYS = ("menu", "unavailable", "refuse")


def veiled(view: ConsoleState) -> ConsoleState:
    """The same without what tells who a customer is and what the call is about, but the number."""
    return replace(
        view,
        call=_nameless(view.call),
        ringing=_nameless(view.ringing),
        name="",
        ringing_name="",
        verified=False,
        protocol="",
        reason="",
        others=tuple(Party(_nameless(party.call) or party.call) for party in view.others),
        question=None,
    )


def _nameless(call: Call | None) -> Call | None:
    if call is None:
        return None
    return replace(call, display_name="", menu_path="", typed_tax_id="", user_to_user="")
