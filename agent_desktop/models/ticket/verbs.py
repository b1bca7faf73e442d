"""Tickets: demands, requests and complaints, their clocks, and handing them to second level.

The desk checks what it can and shows the result at once; the centre judges again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from agent_desktop.errors import Refused
from agent_desktop.models.account.alerts import DONE
from agent_desktop.models.account.record import Account
from agent_desktop.models.agent.record import AgentRow, Team
from agent_desktop.models.installed_base.record import Outage, Unit
from agent_desktop.models.interaction.record import Interaction
from agent_desktop.models.rules import sla
from agent_desktop.models.rules.business_time import local_day
from agent_desktop.models.rules.law_rule import LawRule as LawRule
from agent_desktop.models.service_order.record import ServiceOrder
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store import tables
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.reading import Reading, reading
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.ticket.clocks import clocks as clocks
from agent_desktop.models.ticket.clocks import promised as promised
from agent_desktop.models.ticket.clocks import resolution_clock as resolution_clock
from agent_desktop.models.ticket.record import (
    TICKET,
    NoteKind,
    Ticket,
    TicketKind,
    TicketNote,
    TicketStatus,
)
from agent_desktop.models.ticket.values import NewTicket as NewTicket
from agent_desktop.models.ticket.values import TicketClocks as TicketClocks
from agent_desktop.models.ticket.values import TicketDraft as TicketDraft
from agent_desktop.models.ticket.values import TicketView as TicketView

_S = TicketStatus
_LIFE = TICKET.life
assert _LIFE is not None
#: Where a ticket may go by changing it. RESOLVED is reached by `resolve` only.
MOVES: Mapping[TicketStatus, frozenset[TicketStatus]] = {
    _S(before): frozenset(map(_S, ways)) - {_S.RESOLVED} for before, ways in _LIFE.moves.items()
}
#: What may be changed; status and assignee are one unit.
CHANGEABLE = ("subject", "description", "category", "priority", "status", "assignee_id")
#: A ticket due within this time is near its breach.
NEAR = timedelta(hours=2)
RESOLVE_ESCALATED = "ticket.resolve_escalated"
REASSIGN = "ticket.reassign"


def may_move(before: TicketStatus, after: TicketStatus) -> bool:
    """True if a change may take a ticket from `before` to `after`; staying is allowed."""
    return before is after or after in MOVES.get(before, frozenset())


# -- reading ------------------------------------------------------------------------------------
def get(stores: Stores, ticket_id: UUID) -> Ticket:
    """The ticket; Refused({"": "unknown_record"}) if this desk does not have it."""
    with reading(stores) as r:
        return r.get(Ticket, ticket_id)


def view(stores: Stores, ticket_id: UUID) -> TicketView:
    """Everything the ticket page shows, as it was at one moment."""
    with reading(stores) as r:
        ticket = r.get(Ticket, ticket_id)
        notes = r.where(TicketNote, ticket_id=ticket_id)
        account = r.find(Account, ticket.account_id)
        unit = r.find(Unit, ticket.unit_id)
        return TicketView(
            ticket=ticket,
            notes=tuple(sorted(notes, key=lambda note: note.written_at or tables.EPOCH)),
            account=account,
            unit=unit,
            outage=r.find(Outage, ticket.outage_id),
            orders=r.where(ServiceOrder, ticket_id=ticket_id),
            clocks=clocks(ticket, stores.site.time_zone, account, unit),
            interaction=r.find(Interaction, ticket.interaction_id),
            team=r.find(Team, ticket.team_id),
        )


def near_breach(
    stores: Stores, now: datetime | None = None, within: timedelta = NEAR
) -> tuple[Ticket, ...]:
    """This agent's tickets that are over their time or will be soon, the most urgent first."""
    at = now or stores.clock.now()
    found = [
        ticket
        for ticket in of_agent(stores)
        if (clock := resolution_clock(ticket)) and sla.breaches_before(clock, at, within)
    ]
    return tuple(sorted(found, key=lambda ticket: ticket.due_at or at))


def of_agent(stores: Stores) -> tuple[Ticket, ...]:
    """The tickets this agent has to work on: own ones, and second level's those of the team
    that nobody has taken."""
    agent, here = stores.site.agent, tables.MIRRORED["ticket"].c
    takes_from_team = RESOLVE_ESCALATED in stores.site.rights and agent.team_id is not None

    def is_ours(ticket: Ticket) -> bool:
        free = ticket.assignee_id is None and ticket.level > 1 and takes_from_team
        mine = ticket.assignee_id == agent.id or (free and ticket.team_id == agent.team_id)
        return mine and ticket.status not in DONE

    condition = (here.assignee_id == agent.id) & here.resolved_at.is_(None)
    if takes_from_team:
        free = here.assignee_id.is_(None) & (here.team_id == agent.team_id)
        condition |= free & here.resolved_at.is_(None)
    with reading(stores) as r:
        return r.selected(Ticket, condition, is_ours)


# -- making -------------------------------------------------------------------------------------
def create(stores: Stores, new: NewTicket) -> Ticket:
    """Make a ticket at once, with its number and its deadline.

    Life support raises the priority. Refused at the field: subject `missing`,
    complaint_type `complaint_type_missing`, account_id `unknown_account`, unit_id `other_account`.
    """
    now, zone, me = stores.clock.now(), stores.site.time_zone, stores.site.agent
    with reading(stores) as r:
        account, unit = _place(r, new)
    _check_new(new, account, unit)
    priority, due, response = promised(new, now, zone, account, unit)
    ticket_id = uuid7()
    promise = {"priority": priority, "due_at": due, "response_due_at": response}
    said = _said(new) | promise
    with stores.local.writing() as c:
        said["number"] = number.take(c, "ticket", local_day(now, zone))
        shown = {
            **said, "status": TicketStatus.OPEN, "level": 1, "assignee_id": me.id,
            "assignee_name": me.name, "team_id": me.team_id, "created_at": now,
            "created_by": me.name, **_stamp(stores, now),
        }  # fmt: skip
        effect = Effect("ticket", ticket_id, new.account_id, Op.INSERT, shown)
        intent = Intent("ticket.create", {"id": ticket_id, **said, "at": now}, (effect,))
        pending.put(c, intent)
    stores.changed(intent.changes())
    return get(stores, ticket_id)


def _said(new: NewTicket) -> dict[str, Any]:
    names = ("account_id", "unit_id", "interaction_id", "outage_id", "kind", "category")
    texts = ("subject", "description", "complaint_type")
    return {
        **{name: getattr(new, name) for name in names},
        **{name: getattr(new, name).strip() for name in texts},
    }


def _place(r: Reading, new: NewTicket) -> tuple[Account | None, Unit | None]:
    account = r.find(Account, new.account_id)
    return account, r.find(Unit, new.unit_id)


def _check_new(new: NewTicket, account: Account | None, unit: Unit | None) -> None:
    wrong: dict[str, str] = {}
    if account is None:
        wrong["account_id"] = "unknown_account"
    if not new.subject.strip():
        wrong["subject"] = "missing"
    if new.kind is TicketKind.OTHER:
        wrong["kind"] = "missing"
    if new.kind is TicketKind.COMPLAINT and not new.complaint_type.strip():
        wrong["complaint_type"] = "complaint_type_missing"
    if new.unit_id is not None and (unit is None or unit.account_id != new.account_id):
        wrong["unit_id"] = "other_account"
    if wrong:
        raise Refused(wrong)


# -- changing -----------------------------------------------------------------------------------
def change(stores: Stores, draft: TicketDraft) -> Ticket:
    """Send what differs from the ticket as the form got it; nothing if nothing does.

    `assignee_id` is typed as the agent's id, empty for nobody. Refused: `` is `closed`, subject
    `missing`, status `wrong_state`, assignee_id `not_allowed`, others `not_editable`.
    """
    base, typed = draft.base, {name: value.strip() for name, value in draft.values.items()}
    wrong = {name: "not_editable" for name in typed if name not in CHANGEABLE}
    if wrong:
        raise Refused(wrong)
    changed = {name: v for name, v in typed.items() if v != _text(getattr(base, name))}
    with reading(stores) as r:
        now_here = r.get(Ticket, base.id)
    if not changed:
        return now_here
    _check_change(stores, base, now_here, changed)
    if "status" in changed or "assignee_id" in changed:
        for name in ("status", "assignee_id"):
            changed.setdefault(name, _text(getattr(base, name)))
    sent = {
        name: value or None if name == "assignee_id" else value for name, value in changed.items()
    }
    payload = {"id": base.id, "base": {name: getattr(base, name) for name in sent}, "set": sent}
    shown = {**sent, **_paused(stores, now_here, changed), **_assignee(stores, changed)}
    _save(stores, "ticket.change", payload, now_here, shown)
    return get(stores, base.id)


def _assignee(stores: Stores, changed: Mapping[str, str]) -> dict[str, str]:
    """The name that goes with a new assignee."""
    if "assignee_id" not in changed:
        return {}
    if not changed["assignee_id"]:
        return {"assignee_name": ""}
    with reading(stores) as r:
        agent = r.find(AgentRow, UUID(changed["assignee_id"]))
    return {"assignee_name": agent.name if agent else stores.site.agent.name}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _check_change(
    stores: Stores, base: Ticket, now_here: Ticket, changed: Mapping[str, str]
) -> None:
    if now_here.status is TicketStatus.CLOSED:
        raise Refused({"": "closed"})
    wrong: dict[str, str] = {}
    if changed.get("subject", "-") == "":
        wrong["subject"] = "missing"
    if not may_move(now_here.status, TicketStatus(changed.get("status", now_here.status))):
        wrong["status"] = "wrong_state"
    to = changed.get("assignee_id", "")
    if to not in ("", str(stores.site.agent.id)) and REASSIGN not in stores.site.rights:
        wrong["assignee_id"] = "not_allowed"
    if wrong:
        raise Refused(wrong)


def _paused(stores: Stores, ticket: Ticket, changed: Mapping[str, str]) -> dict[str, Any]:
    """A waiting ticket's clock stands still, so its deadline moves by as long as it waited."""
    if changed.get("status", ticket.status) == ticket.status:
        return {}
    now = stores.clock.now()
    if changed["status"] == TicketStatus.WAITING:
        return {"paused_at": ticket.paused_at or now}
    return _going_on(ticket, now)


def _going_on(ticket: Ticket, now: datetime) -> dict[str, Any]:
    if ticket.paused_at is None or ticket.due_at is None:
        return {"paused_at": None}
    return {"paused_at": None, "due_at": ticket.due_at + (now - ticket.paused_at)}


def add_note(
    stores: Stores,
    ticket_id: UUID,
    text: str,
    kind: NoteKind = NoteKind.NOTE,
    internal: bool | None = None,
) -> TicketNote:
    """Add a note, or a reply the customer sees. The first reply stops the response clock.

    `internal` is true for notes and false for replies unless said. Refused: text `missing`.
    """
    if not text.strip():
        raise Refused({"text": "missing"})
    ticket, now, note_id = get(stores, ticket_id), stores.clock.now(), uuid7()
    hidden = kind is not NoteKind.REPLY if internal is None else internal
    said = {"ticket_id": ticket_id, "kind": kind, "internal": hidden, "text": text.strip()}
    effects = [_note_effect(stores, ticket, note_id, kind, hidden, text, now)]
    if kind is NoteKind.REPLY and not hidden and ticket.responded_at is None:
        answered = {"responded_at": now}
        effects.append(Effect("ticket", ticket_id, ticket.account_id, Op.CHANGE, answered))
    pending.save(stores, Intent("ticket.note", {"id": note_id, **said, "at": now}, tuple(effects)))
    with reading(stores) as r:
        return r.get(TicketNote, note_id)


def escalate(stores: Stores, ticket_id: UUID, team_id: UUID, handover: str) -> Ticket:
    """Hand a ticket to a team of the second level, with what was done so far.

    Refused: `` is `closed` or `already_escalated`, handover `handover_missing`, team_id
    `not_second_level`.
    """
    with reading(stores) as r:
        ticket = r.get(Ticket, ticket_id)
        team = r.find(Team, team_id)
    if ticket.status in DONE:
        raise Refused({"": "closed"})
    if ticket.level > 1:
        raise Refused({"": "already_escalated"})
    if not handover.strip():
        raise Refused({"handover": "handover_missing"})
    if team is None or team.level < 2:
        raise Refused({"team_id": "not_second_level"})
    now, note_id = stores.clock.now(), uuid7()
    payload = {"note_id": note_id, "team_id": team_id, "handover": handover.strip(), "at": now}
    values = {
        "level": 2, "team_id": team_id, "assignee_id": None, "assignee_name": "",
        "status": TicketStatus.OPEN, **_going_on(ticket, now),
    }  # fmt: skip
    note = _note_effect(stores, ticket, note_id, NoteKind.HANDOVER, True, handover, now)
    _save(stores, "ticket.escalate", {"id": ticket_id, **payload}, ticket, values, note)
    return get(stores, ticket_id)


def resolve(stores: Stores, ticket_id: UUID, solution: str) -> Ticket:
    """Solve a ticket; the solution is what the customer is told.

    Refused: `` is `closed` or `not_allowed` (an escalated one needs second level), solution
    `missing`.
    """
    ticket, now, note_id = get(stores, ticket_id), stores.clock.now(), uuid7()
    if ticket.status in DONE:
        raise Refused({"": "closed"})
    if ticket.level > 1 and RESOLVE_ESCALATED not in stores.site.rights:
        raise Refused({"": "not_allowed"})
    if not solution.strip():
        raise Refused({"solution": "missing"})
    values = {
        "status": TicketStatus.RESOLVED, "solution": solution.strip(), "resolved_at": now,
        "paused_at": None, "responded_at": ticket.responded_at or now,
    }  # fmt: skip
    payload = {"id": ticket_id, "note_id": note_id, "solution": solution.strip(), "at": now}
    note = _note_effect(stores, ticket, note_id, NoteKind.RESOLVED, False, solution, now)
    _save(stores, "ticket.resolve", payload, ticket, values, note)
    return get(stores, ticket_id)


def _save(
    stores: Stores,
    kind: str,
    payload: Mapping[str, Any],
    ticket: Ticket,
    values: Mapping[str, Any],
    *notes: Effect,
) -> None:
    shown = {**values, **_stamp(stores, stores.clock.now())}
    effect = Effect("ticket", ticket.id, ticket.account_id, Op.CHANGE, shown)
    pending.save(stores, Intent(kind, payload, (effect, *notes)))


def _note_effect(
    stores: Stores,
    ticket: Ticket,
    note_id: UUID,
    kind: NoteKind,
    internal: bool,
    text: str,
    at: datetime,
) -> Effect:
    values = {
        "ticket_id": ticket.id, "account_id": ticket.account_id, "kind": kind,
        "internal": internal, "author": stores.site.agent.name, "text": text.strip(),
        "written_at": at,
    }  # fmt: skip
    return Effect("ticket_note", note_id, ticket.account_id, Op.INSERT, values)


def _stamp(stores: Stores, now: datetime) -> dict[str, Any]:
    return {"updated_at": now, "updated_by": stores.site.agent.name}
