"""The clocks of a ticket: what the law and the company promise, from when to when. Pure.

The figures come from the country pack; a ticket keeps the rules of the day it was opened.
"""

from __future__ import annotations

from datetime import datetime

from agent_desktop.models.account.record import Account
from agent_desktop.models.installed_base.record import Area, Unit, Voltage
from agent_desktop.models.rules import deadline_rules
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.sla import Clock
from agent_desktop.models.ticket.record import Priority, Ticket, TicketKind
from agent_desktop.models.ticket.values import NewTicket, TicketClocks


def clocks(
    ticket: Ticket, zone: str, account: Account | None = None, unit: Unit | None = None
) -> TicketClocks:
    """The clocks of a ticket and the rule of law behind the second.

    A ticket from elsewhere may carry no promised times: then the rules of the day it was
    opened give them.
    """
    opened = ticket.created_at
    if opened is None:
        return TicketClocks()
    pack = deadline_rules.country_pack()
    rule = pack.rule(
        _case(ticket.kind, ticket.category, ticket.priority, opened, zone, account, unit)
    )
    due = ticket.due_at or (deadline_rules.due_at(rule, opened, zone) if rule else None)
    response = ticket.response_due_at or deadline_rules.response_due_at(
        pack, ticket.priority, opened
    )
    return TicketClocks(
        Clock(response, opened, None, ticket.responded_at) if response else None,
        Clock(due, opened, ticket.paused_at, ticket.resolved_at) if due else None,
        rule,
    )


def resolution_clock(ticket: Ticket) -> Clock | None:
    """The clock of a ticket that has its due time, for lists."""
    if ticket.due_at is None or ticket.created_at is None:
        return None
    return Clock(ticket.due_at, ticket.created_at, ticket.paused_at, ticket.resolved_at)


def _case(
    kind: TicketKind,
    category: str,
    priority: Priority,
    opened: datetime,
    zone: str,
    account: Account | None,
    unit: Unit | None,
) -> deadline_rules.Case:
    return deadline_rules.Case(
        kind=kind,
        category=category,
        on=local_day(opened, zone),
        priority=priority,
        area=unit.area if unit else Area.URBAN,
        voltage=unit.voltage if unit else Voltage.LOW,
        life_support=depends_on_supply(account, unit),
    )


def depends_on_supply(account: Account | None, unit: Unit | None) -> bool:
    """Whether somebody's life hangs on this supply: at the unit, or, when no unit was named,
    anywhere at the customer's."""
    return unit.life_support if unit else account is not None and account.life_support


def promised(
    new: NewTicket, now: datetime, zone: str, account: Account | None, unit: Unit | None
) -> tuple[Priority, datetime | None, datetime | None]:
    """Priority, deadline and first answer a new ticket would have; forms show it while typing."""
    pack = deadline_rules.country_pack()
    case = _case(new.kind, new.category, new.priority, now, zone, account, unit)
    rule = pack.rule(case)
    priority = deadline_rules.raised(new.priority, rule.priority if rule else Priority.OTHER)
    if depends_on_supply(account, unit):
        priority = Priority.VERY_HIGH
    due = deadline_rules.due_at(rule, now, zone) if rule else None
    return priority, due, deadline_rules.response_due_at(pack, priority, now)
