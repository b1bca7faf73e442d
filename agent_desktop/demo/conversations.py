"""Rows of past interactions with their protocol numbers, and of the calls in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from agent_desktop.demo import customer_traits, staff
from agent_desktop.demo.call_topics import TALKS
from agent_desktop.demo.chance import Deck, IdKind, dice, faces, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.directory import first_number
from agent_desktop.demo.row_format import DAY, MINUTE, SECOND, Row, local_ordinal
from agent_desktop.demo.staff import Agent
from agent_desktop.demo.tickets import course, plan_of

#: Sequences of protocol numbers: desks give those below, named callers have their own, then ours.
FIRST_CAST_PROTOCOL = 4_990_000
FIRST_PROTOCOL = 5_000_000
PROTOCOLS_PER_ACCOUNT = 4
PROTOCOLS = 10_000_000
DIALLED = "08007270120"

_COUNTS = faces([(90, 0), (70, 1), (50, 2), (30, 3), (16, 4)])
_CHANNELS = faces([(180, "call"), (36, "email"), (24, "chat"), (10, "note"), (6, "fax")])
_QUEUES = {"outage": "Outages", "bill": "Billing", "complaint": "Complaints", "move": "Contracts"}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_TODAY_EVERY = 65
_MISSED_EVERY = 130
# No account has so many contacts.
_MISSED_N = 100


@dataclass(frozen=True, slots=True)
class Talk:
    """A past contact; times in microseconds."""

    sequence: int
    channel: str
    direction: str
    queue: str
    started: int
    ended: int
    reason: str
    summary: str
    notes: str
    agent: Agent
    verified: int


def protocol(day: int, sequence: int) -> str:
    """16 digits: day (an ordinal), sequence, check digit (docs/data.md, Numbers)."""
    digits = f"{_digits_of_day(day)}{sequence % PROTOCOLS:07d}"
    check = 11 - sum(map(mul, map(int, digits), _WEIGHTS)) % 11
    return f"{digits}{0 if check > 9 else check}"


@lru_cache(maxsize=10_000)
def _digits_of_day(day: int) -> str:
    return f"{date.fromordinal(day):%Y%m%d}"


def talks(s: CompanySetting, index: int) -> Iterator[Talk]:
    """The account's past contacts; the first ones are those that led to its tickets."""
    i, t = dice(Deck.INTERACTION, index), dice(Deck.TICKET, index)
    plan = plan_of(index, t)
    for n, status in enumerate(plan):
        c = course(s, index, n, status, t)
        yield _talk(index, n, i, c.created, (c.theme.subject, "", c.theme.reason), c.author)
    for n in range(len(plan), max(len(plan), _COUNTS[i[0]])):
        agent = staff.FIRST_LEVEL[i[2 + n] % 4]
        started = s.now - (2 + i[6 + n] * (n + 1)) * DAY - i[10 + n] * 2 * MINUTE
        if (
            n == len(plan)
            and index % _TODAY_EVERY == 7
            and index < customer_traits.NAMED_WORK_BELOW
        ):
            agent, started = staff.RITA, s.now - (8 + 10 * (index // _TODAY_EVERY)) * MINUTE
        yield _talk(index, n, i, started, TALKS[i[14 + n]], agent)


def _talk(
    index: int, n: int, i: bytes, started: int, about: tuple[str, str, str], agent: Agent
) -> Talk:
    summary, notes, reason = about
    channel = _CHANNELS[i[18 + n]]
    length = (90 + i[22 + n] * 2) * SECOND
    outbound = channel == "note" or i[26 + n] < 24
    return Talk(
        FIRST_PROTOCOL + index * PROTOCOLS_PER_ACCOUNT + n, channel,
        "outbound" if outbound else "inbound",
        "" if outbound else _QUEUES.get(reason.partition(".")[0], "General"),
        started - length, started, reason, summary, notes, agent, 2 if channel == "call" else 0,
    )  # fmt: skip


def interaction(s: CompanySetting, index: int) -> Iterator[Row]:
    """The account's past interactions; all are finished."""
    make_id, at, number = s.spelling.id, s.spelling.at, ""
    for n, talk in enumerate(talks(s, index)):
        if talk.channel == "call":
            number = number or f"+{first_number(index).e164}"
        yield (
            make_id(id_number(IdKind.INTERACTION, index, n)),
            protocol(local_ordinal(talk.started), talk.sequence),
            make_id(id_number(IdKind.ACCOUNT, index)), None, make_id(talk.agent.id_number),
            talk.agent.name, talk.channel, talk.direction,
            number if talk.channel == "call" else "", talk.queue,
            DIALLED if talk.channel == "call" and talk.queue else "",
            at(talk.started), at(talk.ended), "finished", talk.reason, talk.summary, talk.notes,
            "", talk.verified, 2 if talk.verified else 0,
        )  # fmt: skip


def interaction_call(s: CompanySetting, index: int) -> Iterator[Row]:
    """One call of each interaction by telephone, and now and then one that nobody answered."""
    calls = [(n, talk) for n, talk in enumerate(talks(s, index)) if talk.channel == "call"]
    is_missed = index % _MISSED_EVERY == 11 and index < customer_traits.NAMED_WORK_BELOW
    if not calls and not is_missed:
        return
    number = f"+{first_number(index).e164}"
    for n, talk in calls:
        yield _spoken(s, index, n, talk, number)
    if is_missed:
        yield _missed(s, index, number)


def _spoken(s: CompanySetting, index: int, n: int, talk: Talk, number: str) -> Row:
    make_id, at = s.spelling.id, s.spelling.at
    ended_here = talk.started % 3 == 0
    # Between 3.6 and 4.4, and the worse the more was lost.
    lost = dice(Deck.INTERACTION, index)[30 + n] % 9
    return (
        make_id(id_number(IdKind.INTERACTION_CALL, index, n)),
        make_id(id_number(IdKind.INTERACTION, index, n)),
        make_id(id_number(IdKind.ACCOUNT, index)), make_id(talk.agent.id_number),
        f"pbx-{talk.started // SECOND}-{talk.sequence}", talk.direction, number, "", talk.queue,
        DIALLED if talk.queue else "",
        at(talk.started), at(talk.started + 12 * SECOND), at(talk.ended - 20 * SECOND),
        "hung_up_here" if ended_here else "hung_up_there", 0, "",
        "PCMA", 2.0 + lost, lost / 10, 24.0 + lost, round(4.4 - lost / 10, 2), None,
    )  # fmt: skip


def _missed(s: CompanySetting, index: int, number: str) -> Row:
    """A call from this account that Rita did not answer; whose it was, nobody wrote down."""
    make_id, at = s.spelling.id, s.spelling.at
    nth = index // _MISSED_EVERY
    rang = s.now - (14 + 55 * nth) * MINUTE
    return (
        make_id(id_number(IdKind.INTERACTION_CALL, index, _MISSED_N)), None, None,
        make_id(staff.RITA.id_number), f"pbx-{rang // SECOND}-missed", "inbound", number, "",
        "Outages" if nth % 2 else "Billing", DIALLED, at(rang), None, at(rang + 20 * SECOND),
        "missed", 0, "", "", 0.0, 0.0, 0.0, 0.0, None if nth < 3 else at(rang + 30 * MINUTE),
    )  # fmt: skip
