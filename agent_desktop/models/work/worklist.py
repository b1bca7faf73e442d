"""What this agent has to do, the most urgent first, and the figures of the home page."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from agent_desktop.models.account.alerts import DONE
from agent_desktop.models.account.record import Account
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.interaction.record import Interaction, InteractionStatus
from agent_desktop.models.rules import sla
from agent_desktop.models.rules.business_time import day_bounds, local_day
from agent_desktop.models.rules.sla import Level
from agent_desktop.models.store import tables
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import Priority, Ticket
from agent_desktop.models.work.values import HomeFigures as HomeFigures
from agent_desktop.models.work.values import WorkItem as WorkItem
from agent_desktop.models.work.values import WorkKind as WorkKind
from agent_desktop.models.work.work_item import ReturnedWork, work_items

_FAR = datetime.max.replace(tzinfo=UTC)


def mine(stores: Stores, now: datetime | None = None) -> tuple[WorkItem, ...]:
    """Work sent back first, then what is over its time, then by due time; paused work last."""
    at = now or stores.clock.now()
    returned = work_items(stores)
    own, contacts = tickets.of_agent(stores), interactions.open_of_agent(stores)
    owners = [
        *(one.account_id for one in returned),
        *(one.account_id for one in own),
        *(one.account_id for one in contacts),
    ]
    ids = {owner for owner in owners if owner}
    with reading(stores) as r:
        names = {one.id: one.name for one in r.by_ids(Account, ids).values()}
    found = (
        *(_returned(one, names) for one in returned),
        *(_ticket(one, names) for one in own),
        *(_contact(one, names) for one in contacts),
    )
    return tuple(sorted(found, key=lambda item: _urgency(item, at)))


def _returned(work: ReturnedWork, names: dict[UUID, str]) -> WorkItem:
    return WorkItem(
        WorkKind.REFUSED,
        work.id,
        work.account_id,
        work.code,
        work.kind,
        names.get(work.account_id, "") if work.account_id else "",
    )


def _ticket(ticket: Ticket, names: dict[UUID, str]) -> WorkItem:
    return WorkItem(
        WorkKind.TICKET,
        ticket.id,
        ticket.account_id,
        ticket.number,
        ticket.subject,
        names.get(ticket.account_id, "") if ticket.account_id else "",
        tickets.resolution_clock(ticket),
        ticket.due_at,
        ticket.priority,
    )


def _contact(interaction: Interaction, names: dict[UUID, str]) -> WorkItem:
    return WorkItem(
        WorkKind.INTERACTION,
        interaction.id,
        interaction.account_id,
        interaction.protocol,
        interaction.reason,
        names.get(interaction.account_id, "") if interaction.account_id else interaction.number,
    )


def _urgency(item: WorkItem, now: datetime) -> tuple[object, ...]:
    clock = item.clock
    paused = clock is not None and clock.is_paused
    over = clock is not None and not paused and sla.level(clock, now) is Level.OVER
    return (
        item.kind is not WorkKind.REFUSED,
        paused,
        not over,
        item.priority is not Priority.VERY_HIGH,
        item.due_at or _FAR,
        item.code,
    )


# -- home ---------------------------------------------------------------------------------------
def home(stores: Stores, now: datetime | None = None) -> HomeFigures:
    """The figures of the home page for the site's present day."""
    at = now or stores.clock.now()
    own = tickets.of_agent(stores)
    clocks = [clock for one in own if (clock := tickets.resolution_clock(one))]
    near = [clock for clock in clocks if sla.breaches_before(clock, at, tickets.NEAR)]
    with reading(stores) as r:
        handled = _handled(r, at)
        left_open = _left_open(r, handled)
    spent = [(one.ended_at - one.started_at).total_seconds()
             for one in handled if one.ended_at and one.started_at]  # fmt: skip
    return HomeFigures(
        handled=len(handled),
        handling_seconds=round(sum(spent) / len(spent)) if spent else None,
        first_contact_percent=_percent(len(handled) - left_open, len(handled)),
        open_tickets=len(own),
        near_breach=len(near),
        next_breach_at=_next(clocks, at),
        open_interactions=len(interactions.open_of_agent(stores)),
    )


def _next(clocks: list[sla.Clock], now: datetime) -> datetime | None:
    """When the next running clock ends."""
    running = [clock.due_at for clock in clocks if not clock.is_paused and clock.due_at > now]
    return min(running, default=None)


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def _handled(r: Reading, now: datetime) -> tuple[Interaction, ...]:
    """The interactions this agent finished today."""
    zone, me = r.stores.site.time_zone, r.stores.site.agent.id
    here = tables.MIRRORED["interaction"].c
    begin, end = day_bounds(local_day(now, zone), zone)

    def is_todays(one: Interaction) -> bool:
        return (
            one.agent_id == me
            and one.status is InteractionStatus.FINISHED
            and one.started_at is not None
            and begin <= one.started_at < end
        )

    condition = (here.agent_id == me) & (here.started_at >= begin) & (here.started_at < end)
    return r.selected(Interaction, condition, is_todays)


def _left_open(r: Reading, handled: tuple[Interaction, ...]) -> int:
    """How many of these contacts left an open ticket behind."""
    ids = {one.id for one in handled}
    owners = {one.account_id for one in handled if one.account_id}
    if not owners:
        return 0
    here = tables.MIRRORED["ticket"].c
    condition = here.account_id.in_(owners) & here.interaction_id.in_(ids)
    found = r.selected(
        Ticket, condition, lambda t: t.interaction_id in ids and t.status not in DONE
    )
    return len({ticket.interaction_id for ticket in found})
