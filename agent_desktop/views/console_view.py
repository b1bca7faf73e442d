"""What the console shows as one frozen value, and the words it makes of it. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from PySide6.QtCore import QCoreApplication

from agent_desktop.models.agent import BUSY, AgentState, AgentStatus
from agent_desktop.telephony.call import Call, CallState, Direction, Line, LineState
from agent_desktop.views import wording
from agent_desktop.views.theme import Tone

translate = QCoreApplication.translate


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
class ConsoleView:
    """Everything the console shows.

    `call` is the call in front (dialling, talking, held, or the ended one during wrap-up),
    `ringing` one that waits to be answered, perhaps beside it. `name` is a match until
    `verified`. `reason` is the code chosen so far; `waiting_calls` and `longest_seconds` are
    about the agent's queues, None where nobody tells.
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

    @property
    def strip(self) -> Strip:
        """What the strip is about: a ring first, then a call, then wrap-up, then the line."""
        if self.ringing is not None:
            return Strip.RINGING
        if self.call is not None and self.call.is_live:
            return _OF_CALL[self.call.state]
        if self.wrap_up is not None:
            return Strip.WRAP_UP
        return Strip.FAILED if self.line.state is LineState.FAILED else Strip.IDLE


class Strip(Enum):
    """What the strip is about."""

    IDLE = "idle"
    FAILED = "failed"
    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    WRAP_UP = "wrap_up"


_OF_CALL = {
    CallState.DIALLING: Strip.DIALLING,
    CallState.RINGING: Strip.RINGING,
    CallState.TALKING: Strip.TALKING,
    CallState.HELD: Strip.HELD,
}
#: States in which there is no caller to talk about.
WITHOUT_CALLER = frozenset({Strip.IDLE, Strip.FAILED})
#: States in which the reason of the contact can be chosen: wrap-up may start during the call.
WITH_REASON = frozenset({Strip.TALKING, Strip.HELD, Strip.WRAP_UP})
EDGES = {
    Strip.FAILED: Tone.CON_BAD,
    Strip.DIALLING: Tone.CON_BLUE,
    Strip.RINGING: Tone.CON_OK,
    Strip.WRAP_UP: Tone.CON_VIOLET,
}
_DOTS = {
    AgentState.READY: Tone.CON_OK,
    AgentState.OFFERED: Tone.CON_OK,
    AgentState.TALKING: Tone.CON_BLUE,
    AgentState.HOLD: Tone.CON_WARN,
    AgentState.WRAP_UP: Tone.CON_VIOLET,
}


def short_name(name: str) -> str:
    """A name as it may be shown before verification: `Marina A.`"""
    words = name.split()
    return f"{words[0]} {words[-1][:1]}." if len(words) > 1 else name


def agent_words(view: ConsoleView) -> tuple[str, Tone, str]:
    """The agent's state in words, its dot, and what comes after this call."""
    status = view.agent
    words = wording.agent_state(status.state)
    if status.state is AgentState.NOT_READY and view.not_ready_words:
        words = view.not_ready_words
    if view.call is not None and view.call.is_live and view.call.muted:
        words = translate("Console", "{0}, muted").format(words)
    after = ""
    if status.next_state is not None and status.state in BUSY:
        following = wording.agent_state(status.next_state)
        after = translate("Console", "then {0}").format(following)
    return words, _DOTS.get(status.state, Tone.CON_TEXT2), after


def title(view: ConsoleView) -> str:
    """The first line: who it is, never a name as fact before verification."""
    call = view.ringing or view.call
    if view.strip in WITHOUT_CALLER or call is None:
        return _title_without_caller(view)
    if view.name and view.verified:
        return view.name
    withheld = translate("Console", "Number withheld")
    number = withheld if call.withheld else wording.phone(call.number)
    if view.name:
        words = translate("Console", "Matches {0}, not verified").format(short_name(view.name))
        return f"{words} · {number}" if number else words
    return number or translate("Console", "Unknown caller")


def facts(view: ConsoleView) -> str:
    """The second line: queue, menu path, waiting time; what the call is about."""
    call = view.ringing or view.call
    if view.strip in WITHOUT_CALLER or call is None:
        return _facts_without_caller(view)
    parts = {Strip.RINGING: _ring_facts, Strip.WRAP_UP: _ended_facts}.get(view.strip, _call_facts)
    return " · ".join(part for part in parts(view, call) if part)


def _title_without_caller(view: ConsoleView) -> str:
    if view.strip is Strip.FAILED:
        failed = translate("Console", "The line does not work.")
        return wording.line_failure(view.line.code) or failed
    if view.line.state is not LineState.READY:
        return translate("Console", "The line is being connected")
    if view.agent.state is AgentState.READY:
        return translate("Console", "Ready for calls")
    return translate("Console", "No calls from the queues")


def _facts_without_caller(view: ConsoleView) -> str:
    if view.strip is Strip.FAILED:
        return translate("Console", "Use the desk phone meanwhile. Calls in progress go on.")
    if view.waiting_calls is None:
        words = translate("Console", "Direct calls reach you on extension {0}")
        return words.format(view.line.extension) if view.line.extension else ""
    words = translate("Console", "Waiting in your queues: {0}").format(view.waiting_calls)
    if view.waiting_calls and view.longest_seconds is not None:
        longest = translate("Console", "longest {0}")
        return f"{words} · {longest.format(wording.duration(view.longest_seconds))}"
    return words


def _ring_facts(view: ConsoleView, call: Call) -> tuple[str, ...]:
    waited = wording.duration(call.waited_seconds) if call.waited_seconds else ""
    return (
        translate("Console", "Queue: {0}").format(call.queue) if call.queue else "",
        translate("Console", "Menu: {0}").format(call.menu_path) if call.menu_path else "",
        translate("Console", "waited {0}").format(waited) if waited else "",
    )


def _call_facts(view: ConsoleView, call: Call) -> tuple[str, ...]:
    inbound = call.direction is Direction.INBOUND
    way = translate("Console", "inbound") if inbound else translate("Console", "outbound")
    # The number comes first: what a narrow strip cuts off is the way of the call.
    return wording.phone(call.number) if view.verified and view.name else "", call.queue, way


def _ended_facts(view: ConsoleView, call: Call) -> tuple[str, ...]:
    begun, ended = call.answered_at, call.ended_at
    lasted = (ended - begun).total_seconds() if begun and ended else 0
    return translate("Console", "Ended"), wording.duration(lasted)
