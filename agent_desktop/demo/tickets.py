"""Rows of tickets and their notes; clocks of open ones run relative to the company's now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent_desktop.demo import customer_traits, staff
from agent_desktop.demo.call_topics import NO_SUPPLY, TICKET_THEMES, TicketTheme
from agent_desktop.demo.catalogue import OUTAGES, SERVICE
from agent_desktop.demo.chance import Deck, IdKind, dice, faces, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.places import in_outage
from agent_desktop.demo.row_format import DAY, HOUR, MINUTE, Row
from agent_desktop.demo.staff import Agent

#: Generated tickets have the numbers from here on, four for each account.
FIRST_TICKET = 30_000
TICKETS_PER_ACCOUNT = 4
#: The known outage is record 0 of the outages.
KNOWN_OUTAGE = 0

_PLANS: tuple[tuple[str, ...], ...] = faces([
    (216, ()), (3, ("open",)), (4, ("in_work",)), (3, ("waiting",)), (2, ("open", "closed")),
    (8, ("resolved",)), (20, ("closed",)),
])  # fmt: skip
# Share of the time that is left, in percent; a few clocks have run out.
_LEFT = faces([(10, -15), (16, 6), (30, 20), (50, 38), (70, 62), (80, 88)])


@dataclass(frozen=True, slots=True)
class Course:
    """How a generated ticket went: its state, times in microseconds, and who has it."""

    number: int
    status: str
    theme: TicketTheme
    level: int
    created: int
    due: int
    responded: int | None
    resolved: int | None
    author: Agent
    assignee: Agent | None


def plan_of(index: int, t: bytes) -> tuple[str, ...]:
    """The states of the account's tickets; a third of the outage's customers has complained."""
    if in_outage(index) and t[0] < 80:
        return ("open",)
    plan = _PLANS[t[0]]
    return plan if plan and customer_traits.is_supplied(customer_traits.account_dice(index)) else ()


def course(s: CompanySetting, index: int, n: int, status: str, t: bytes) -> Course:
    """The `n`th ticket's course from the account's dice."""
    at = 1 + 12 * n
    struck = status == "open" and n == 0 and in_outage(index)
    theme = NO_SUPPLY if struck else TICKET_THEMES[t[at]]
    term = theme.sla_hours * HOUR
    # Calls about the known outage go to the outage desk.
    takers = staff.OUTAGE_DESK if struck else staff.FIRST_LEVEL
    author = takers[t[at + 1] % len(takers)]
    is_open = status not in ("resolved", "closed")
    created = s.now - term * (100 - _LEFT[t[at + 2]]) // 100
    if struck:
        created = s.now - (20 + t[at + 2] % 230) * MINUTE
    elif not is_open:
        created = s.now - (10 + t[at + 2] * 2) * DAY - t[at + 3] * MINUTE
    level = 2 if t[at + 4] < 64 else 1
    resolved = None if is_open else created + term * (t[at + 5] + 20) // 260
    responded = None if status == "open" and level == 1 else created + term * t[at + 6] // 2_600
    return Course(
        FIRST_TICKET + index * TICKETS_PER_ACCOUNT + n, status, theme, level,
        created // MINUTE * MINUTE, (created + term) // MINUTE * MINUTE, responded, resolved,
        author, _assignee(index, status, level, author, theme),
    )  # fmt: skip


def _assignee(
    index: int, status: str, level: int, author: Agent, theme: TicketTheme
) -> Agent | None:
    if index >= customer_traits.NAMED_WORK_BELOW or (status == "open" and level == 2):
        return None
    if level == 1:
        return author
    return next((a for a in staff.SECOND_LEVEL if a.team is theme.second_level), staff.PAULO)


def ticket(s: CompanySetting, index: int) -> Iterator[Row]:
    """The account's tickets."""
    t = dice(Deck.TICKET, index)
    plan = plan_of(index, t)
    for n, status in enumerate(plan):
        yield _ticket_row(s, index, n, course(s, index, n, status, t))


def _ticket_row(s: CompanySetting, index: int, n: int, c: Course) -> Row:
    make_id, at, theme = s.spelling.id, s.spelling.at, c.theme
    team = theme.second_level if c.level == 2 else OUTAGES if theme is NO_SUPPLY else SERVICE
    outage = theme is NO_SUPPLY and in_outage(index)
    changed = c.resolved or c.responded or c.created
    return (
        make_id(id_number(IdKind.TICKET, index, n)), f"TK-{c.number}",
        make_id(id_number(IdKind.ACCOUNT, index)), make_id(id_number(IdKind.UNIT, index)),
        make_id(id_number(IdKind.OUTAGE, 0, KNOWN_OUTAGE)) if outage else None,
        make_id(id_number(IdKind.INTERACTION, index, n)),
        theme.kind, theme.complaint_type, theme.subject, theme.description, theme.category,
        theme.priority, c.status, c.level, make_id(team.id_number),
        None if c.assignee is None else make_id(c.assignee.id_number),
        "" if c.assignee is None else c.assignee.name,
        at(c.created), c.author.name, at(c.created + (c.due - c.created) // 8),
        None if c.responded is None else at(c.responded), at(c.due),
        at(c.created + (s.now - c.created) // 2) if c.status == "waiting" else None,
        None if c.resolved is None else at(c.resolved),
        "" if c.resolved is None else theme.solution, at(changed), c.author.name,
    )  # fmt: skip


def ticket_note(s: CompanySetting, index: int) -> Iterator[Row]:
    """The notes of each ticket, oldest first."""
    t = dice(Deck.TICKET, index)
    plan = plan_of(index, t)
    n = 0
    for number, status in enumerate(plan):
        for kind, internal, author, text, moment in _story(course(s, index, number, status, t)):
            yield (
                s.spelling.id(id_number(IdKind.TICKET_NOTE, index, n)),
                s.spelling.id(id_number(IdKind.TICKET, index, number)),
                s.spelling.id(id_number(IdKind.ACCOUNT, index)),
                kind, internal, author, text, s.spelling.at(moment),
            )  # fmt: skip
            n += 1


def _story(c: Course) -> Iterator[tuple[str, bool, str, str, int]]:
    """(kind, internal, author, text, time) of a ticket's notes."""
    yield "note", False, c.author.name, c.theme.description, c.created + MINUTE
    if c.level == 2:
        handover = "Caller verified, data checked. First level cannot solve it."
        yield "escalated", True, c.author.name, handover, c.created + 4 * MINUTE
        if c.assignee is not None:
            yield "accepted", True, c.assignee.name, "", c.created + 9 * MINUTE
    if c.status == "waiting":
        question = "Please send a photograph of the meter and the last bill."
        yield "reply", False, c.author.name, question, c.created + 10 * MINUTE
    if c.resolved is not None:
        solver = c.assignee or c.author
        yield "resolved", False, solver.name, c.theme.solution, c.resolved
