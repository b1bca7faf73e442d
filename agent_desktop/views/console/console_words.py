"""The words of the console: who it is, what the call is about, what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from agent_desktop.desk.call_control import consultation
from agent_desktop.desk.call_ending import ending
from agent_desktop.models.agent.state import BUSY, AgentState
from agent_desktop.telephony.call import Call, CallState, Direction, LineState
from agent_desktop.views.console.console_state import (
    WITHOUT_CALLER,
    ConsoleState,
    Party,
    Strip,
    short_name,
)
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.words import wording

translate = QCoreApplication.translate

_DOTS = {
    AgentState.READY: Tone.CON_OK,
    AgentState.OFFERED: Tone.CON_OK,
    AgentState.TALKING: Tone.CON_BLUE,
    AgentState.HOLD: Tone.CON_WARN,
    AgentState.WRAP_UP: Tone.CON_VIOLET,
    AgentState.UNKNOWN: Tone.CON_BAD,
}


def agent_words(view: ConsoleState) -> tuple[str, Tone, str]:
    """The agent's state in words, its dot, and what comes after this call."""
    status = view.agent
    words = wording.agent_state(status.state)
    if status.state is AgentState.NOT_READY and view.not_ready_words:
        words = view.not_ready_words
    if view.live is not None and view.live.muted:
        words = translate("Console", "{0}, muted").format(words)
    after = ""
    if status.next_state is not None and status.state in (*BUSY, AgentState.UNKNOWN):
        following = wording.agent_state(status.next_state)
        after = translate("Console", "then {0}").format(following)
    return words, _DOTS.get(status.state, Tone.CON_TEXT2), after


def title(view: ConsoleState) -> str:
    """The first line: who it is, never a name as fact before verification."""
    call = view.shown_call
    if view.strip in WITHOUT_CALLER or call is None:
        return _title_without_caller(view)
    if view.strip is Strip.TRANSFERRING:
        words = translate("Console", "Handing over to {0}…")
        unknown = translate("Console", "Handing over…")
        return words.format(wording.phone(view.handing_to)) if view.handing_to else unknown
    if view.strip is Strip.CONFERENCE:
        members = 1 + sum(call.in_conference for call in view.up)
        return translate("Console", "Conference of {0}").format(members)
    return who(call, view.name, verified=view.verified)


def who(call: Call, name: str, *, verified: bool) -> str:
    """Who is at the other end, as far as it may be said."""
    if name and verified:
        return name
    number = translate("Console", "Number withheld") if call.withheld else _number(call)
    if name:
        words = translate("Console", "Matches {0}, not verified").format(short_name(name))
        return f"{words} · {number}" if number else words
    return number or translate("Console", "Unknown caller")


def brief(party: Party) -> str:
    """Who is at the other end, in a word or two."""
    if party.name:
        return short_name(party.name)
    return _number(party.call) or translate("Console", "Unknown caller")


def facts(view: ConsoleState) -> tuple[str, Tone]:
    """The second line and its tone: what is wrong with the call, who rings beside it, else
    queue, menu path, waiting time; what the call is about."""
    call = view.shown_call
    if view.strip in WITHOUT_CALLER or call is None:
        asks = view.strip is Strip.ASKING
        return _facts_without_caller(view), Tone.CON_WARN if asks else Tone.CON_TEXT2
    trouble = trouble_of(call)
    ring = _rings_beside(view) if view.rings_beside else ""
    if trouble or ring:
        words = " · ".join(part for part in (trouble, ring) if part)
        return words, Tone.CON_WARN if trouble else Tone.CON_OK
    parts = _PARTS.get(view.strip, _call_facts)
    return " · ".join(part for part in parts(view, call) if part), Tone.CON_TEXT2


def trouble_of(call: Call) -> str:
    """What an agent must know of the sound of a live call, in words."""
    if not call.is_live:
        return ""
    if call.media_lost:
        return translate("Console", "Nothing is heard")
    if call.held_there and call.state is not CallState.HELD:
        return translate("Console", "The other side has put you on hold")
    return ""


def call_end(call: Call) -> str:
    """How a call ended."""
    return wording.term("call_end", ending(call))


def state_of(call: Call) -> str:
    """What goes on with a call that is not in front."""
    if call.in_conference and call.state is CallState.TALKING:
        return translate("Console", "in the conference")
    return wording.term("call_state", call.state)


def decline_tip(view: ConsoleState) -> str:
    """Where a call goes when it is declined; nothing where nobody can know."""
    if view.ringing is not None and view.ringing.queue:
        words = translate("Console", "Declined, the call goes back to the queue {0}")
        return words.format(view.ringing.queue)
    return translate("Console", "Declined, the caller hears that you are busy")


def _number(call: Call) -> str:
    return wording.phone(call.number)


def _title_without_caller(view: ConsoleState) -> str:
    if view.question is not None and view.strip is Strip.ASKING:
        names = ", ".join(view.question.names) or wording.phone(view.question.number)
        words = translate("Console", "{0} asked not to be called on {1}")
        return words.format(names, wording.phone(view.question.number))
    if view.strip is Strip.FAILED:
        failed = translate("Console", "The line does not work.")
        return wording.line_failure(view.line.code) or failed
    if view.line.state is not LineState.READY:
        return translate("Console", "The line is being connected")
    if view.agent.state is AgentState.READY:
        return translate("Console", "Ready for calls")
    return translate("Console", "No calls from the queues")


def _facts_without_caller(view: ConsoleState) -> str:
    if view.question is not None and view.strip is Strip.ASKING:
        return view.question.why or translate("Console", "Nobody wrote down why.")
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


def _rings_beside(view: ConsoleState) -> str:
    """Who rings while a call is up: in as few words as tell it."""
    call = view.ringing
    if call is None:
        return ""
    name = brief(Party(call, view.ringing_name))
    words = translate("Console", "{0} rings").format(name)
    return " · ".join(part for part in (words, _more(view), call.queue) if part)


def _more(view: ConsoleState) -> str:
    return translate("Console", "{0} more").format(view.also_ringing) if view.also_ringing else ""


def _ring_facts(view: ConsoleState, call: Call) -> tuple[str, ...]:
    waited = wording.duration(call.waited_seconds) if call.waited_seconds else ""
    return (
        _answers_itself(view),
        _more(view),
        translate("Console", "Queue: {0}").format(call.queue) if call.queue else "",
        translate("Console", "Menu: {0}").format(call.menu_path) if call.menu_path else "",
        translate("Console", "waited {0}").format(waited) if waited else "",
    )


def _answers_itself(view: ConsoleState) -> str:
    if view.answers_after is None:
        return ""
    words = translate("Console", "Answers by itself in {0} s")
    return words.format(f"{view.answers_after:g}")


def _call_facts(view: ConsoleState, call: Call) -> tuple[str, ...]:
    inbound = call.direction is Direction.INBOUND
    way = translate("Console", "inbound") if inbound else translate("Console", "outbound")
    if call.early_media:
        way = translate("Console", "not answered yet, already heard")
    # The number comes first: what a narrow strip cuts off is the way of the call.
    return wording.phone(call.number) if view.verified and view.name else "", call.queue, way


def _consult_facts(view: ConsoleState, call: Call) -> tuple[str, ...]:
    """What the other call of a consultation does meanwhile."""
    asked = consultation(view.up)
    other = next((party for party in view.others if asked and _is_pair(asked, party.call)), None)
    if asked is None or other is None:
        return ()
    if call.id == asked.id:
        rings = call.state is CallState.DIALLING
        first = translate("Console", "Ringing there") if rings else ""
        about = translate("Console", "asked about {0}").format(brief(other))
        return first, about
    return (translate("Console", "{0} waits").format(brief(other)),)


def _is_pair(asked: Call, call: Call) -> bool:
    return call.id in (asked.id, asked.consult_for)


def _conference_facts(view: ConsoleState, call: Call) -> tuple[str, ...]:
    first = brief(Party(call, view.name, view.verified))
    held = translate("Console", "on hold")
    names = (first, *(brief(party) for party in view.others if party.call.in_conference))
    return ", ".join(names), held if call.state is CallState.HELD else ""


def _transfer_facts(view: ConsoleState, call: Call) -> tuple[str, ...]:
    return brief(Party(call, view.name, view.verified)), call.queue


def _ended_facts(view: ConsoleState, call: Call) -> tuple[str, ...]:
    begun, ended = call.answered_at, call.ended_at
    lasted = (ended - begun).total_seconds() if begun and ended else 0
    return call_end(call), wording.duration(lasted) if begun else ""


_PARTS = {
    Strip.RINGING: _ring_facts,
    Strip.WRAP_UP: _ended_facts,
    Strip.CONSULTING: _consult_facts,
    Strip.CONFERENCE: _conference_facts,
    Strip.TRANSFERRING: _transfer_facts,
}
