"""Tickets: making, changing, handing over, solving; and their clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from agent_desktop.errors import Refused
from agent_desktop.models.rules.sla import Level, level
from agent_desktop.models.store import local
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.record import NoteKind, Priority, TicketKind, TicketStatus
from agent_desktop.models.ticket.values import NewTicket, TicketDraft
from tests import given
from tests.models.conftest import ANA, PAULO, Company, as_second_level


def sent(company: Company, kind: str) -> dict[str, Any]:
    here = local.intent.c
    with company.stores.local.reading() as c:
        query = select(here.payload).where(here.kind == kind).order_by(here.n.desc())
        text = c.execute(query).scalars().first()
    assert text is not None
    found: dict[str, Any] = json.loads(text)
    return found


def refused_by(what: Any) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        what()
    return refused.value.reasons


def new(company: Company, **more: Any) -> NewTicket:
    return NewTicket(**{"account_id": company.id("pedro"), "subject": "Bill too high", **more})


def change(company: Company, name: str, **values: str) -> Any:
    base = ticket.get(company.stores, company.id(name))
    return ticket.change(company.stores, TicketDraft(base, values))


# -- making -------------------------------------------------------------------------------------
def test_a_ticket_has_its_number_and_deadline_at_once(company: Company) -> None:
    made = ticket.create(company.stores, new(company, category="billing.amount"))
    assert made.number == "TK-1000"
    assert (made.status, made.level, made.pending) == (TicketStatus.OPEN, 1, True)
    assert (made.assignee_id, made.assignee_name) == (ANA.id, ANA.name)
    assert made.due_at is not None
    assert made.due_at - datetime.now(UTC) > timedelta(days=6)
    payload = sent(company, "ticket.create")
    assert payload["number"] == "TK-1000"
    assert datetime.fromisoformat(payload["due_at"]) == made.due_at
    assert made.response_due_at is not None
    assert datetime.fromisoformat(payload["response_due_at"]) == made.response_due_at


def test_life_support_raises_the_priority(company: Company) -> None:
    made = ticket.create(
        company.stores,
        new(company, account_id=company.id("marina"), unit_id=company.id("acacias")),
    )
    assert made.priority is Priority.VERY_HIGH


def test_life_support_of_the_account_counts_when_no_unit_is_named(company: Company) -> None:
    made = ticket.create(company.stores, new(company, account_id=company.id("marina")))
    assert made.priority is Priority.VERY_HIGH
    assert ticket.create(company.stores, new(company)).priority is Priority.NORMAL


def test_the_law_raises_the_priority_of_a_wrongful_cut(company: Company) -> None:
    made = ticket.create(company.stores, new(company, category="disconnection.wrongful"))
    assert made.priority is Priority.VERY_HIGH
    assert made.due_at is not None
    assert made.due_at - datetime.now(UTC) <= timedelta(hours=4)


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"subject": "  "}, {"subject": "missing"}),
        ({"account_id": uuid4()}, {"account_id": "unknown_account"}),
        ({"kind": TicketKind.OTHER}, {"kind": "missing"}),
        ({"kind": TicketKind.COMPLAINT}, {"complaint_type": "complaint_type_missing"}),
        ({"unit_id": uuid4()}, {"unit_id": "other_account"}),
    ],
    ids=["no subject", "no such account", "no kind", "a complaint without type", "no such unit"],
)
def test_a_new_ticket_is_checked_at_its_fields(
    company: Company, values: dict[str, Any], reasons: dict[str, str]
) -> None:
    assert refused_by(lambda: ticket.create(company.stores, new(company, **values))) == reasons


def test_a_unit_of_another_customer_is_refused(company: Company) -> None:
    wrong = new(company, unit_id=company.id("acacias"))
    assert refused_by(lambda: ticket.create(company.stores, wrong)) == {"unit_id": "other_account"}


def test_a_refused_ticket_takes_no_number(company: Company) -> None:
    refused_by(lambda: ticket.create(company.stores, new(company, subject="")))
    assert ticket.create(company.stores, new(company)).number == "TK-1000"


# -- clocks -------------------------------------------------------------------------------------
def test_a_ticket_shows_both_clocks_and_the_rule(company: Company) -> None:
    seen = ticket.view(company.stores, company.id("ticket"))
    assert seen.clocks.rule is not None
    assert seen.clocks.rule.code == "life_support_outage"
    assert seen.clocks.resolution is not None
    assert level(seen.clocks.resolution, datetime.now(UTC)) is Level.BAD
    assert seen.clocks.response is not None
    assert level(seen.clocks.response, datetime.now(UTC)) is Level.OVER


def test_a_waiting_ticket_stands_still(company: Company) -> None:
    seen = ticket.view(company.stores, company.id("waiting"))
    assert seen.clocks.resolution is not None
    assert seen.clocks.resolution.is_paused


def test_the_page_shows_what_is_linked(company: Company) -> None:
    seen = ticket.view(company.stores, company.id("ticket"))
    assert seen.account is not None
    assert seen.account.name == "Marina Albuquerque"
    assert seen.unit is not None
    assert seen.unit.number == "7712345"
    assert [order.number for order in seen.orders] == ["SO-7741"]


def test_only_own_running_tickets_are_near_their_breach(company: Company) -> None:
    assert [t.number for t in ticket.near_breach(company.stores)] == ["TK-20418"]
    early = datetime.now(UTC) - timedelta(hours=2)
    assert ticket.near_breach(company.stores, early) == ()


def test_second_level_sees_what_its_team_has_not_taken(company: Company) -> None:
    assert "TK-20500" not in {t.number for t in ticket.of_agent(company.stores)}
    as_second_level(company)
    assert [t.number for t in ticket.near_breach(company.stores)] == ["TK-20500"]


# -- changing -----------------------------------------------------------------------------------
def test_only_what_differs_is_sent(company: Company) -> None:
    changed = change(company, "ticket", subject="Dark", category="outage.feeder")
    assert (changed.subject, changed.pending) == ("Dark", True)
    assert sent(company, "ticket.change")["set"] == {"subject": "Dark"}
    assert sent(company, "ticket.change")["base"] == {"subject": "No supply since 06:40"}


def test_status_and_assignee_are_one_unit(company: Company) -> None:
    change(company, "ticket", status="in_work")
    payload = sent(company, "ticket.change")
    assert payload["set"] == {"status": "in_work", "assignee_id": str(ANA.id)}
    assert payload["base"] == {"status": "open", "assignee_id": str(ANA.id)}


def test_waiting_stops_the_clock_and_going_on_moves_the_deadline(company: Company) -> None:
    before = ticket.get(company.stores, company.id("waiting"))
    going_on = change(company, "waiting", status="in_work")
    assert going_on.paused_at is None
    assert going_on.due_at - before.due_at >= timedelta(hours=5)
    assert change(company, "waiting", status="waiting").paused_at is not None


def test_a_ticket_can_be_given_back_to_nobody(company: Company) -> None:
    changed = change(company, "ticket", assignee_id="")
    assert (changed.assignee_id, changed.assignee_name) == (None, "")


@pytest.mark.parametrize(
    ("name", "values", "reasons"),
    [
        ("closed_ticket", {"subject": "New"}, {"": "closed"}),
        ("ticket", {"subject": " "}, {"subject": "missing"}),
        ("ticket", {"status": "resolved"}, {"status": "wrong_state"}),
        ("ticket", {"status": "closed"}, {"status": "wrong_state"}),
        ("ticket", {"assignee_id": str(PAULO.id)}, {"assignee_id": "not_allowed"}),
        ("ticket", {"number": "TK-1"}, {"number": "not_editable"}),
    ],
)
def test_a_change_is_checked(
    company: Company, name: str, values: dict[str, str], reasons: dict[str, str]
) -> None:
    assert refused_by(lambda: change(company, name, **values)) == reasons


@pytest.mark.parametrize("before", list(TicketStatus))
def test_staying_is_always_allowed_and_resolving_is_no_change(before: TicketStatus) -> None:
    assert ticket.may_move(before, before)
    assert before is TicketStatus.RESOLVED or not ticket.may_move(before, TicketStatus.RESOLVED)


# -- notes --------------------------------------------------------------------------------------
def test_a_note_is_internal_and_a_reply_is_not(company: Company) -> None:
    note = ticket.add_note(company.stores, company.id("ticket"), " Called the crew ")
    assert (note.text, note.internal, note.author) == ("Called the crew", True, ANA.name)
    reply = ticket.add_note(
        company.stores, company.id("ticket"), "The crew is on its way.", NoteKind.REPLY
    )
    assert not reply.internal
    notes = ticket.view(company.stores, company.id("ticket")).notes
    assert [one.id for one in notes] == [note.id, reply.id]


def test_the_first_reply_stops_the_response_clock(company: Company) -> None:
    ticket.add_note(company.stores, company.id("ticket"), "internal")
    assert ticket.get(company.stores, company.id("ticket")).responded_at is None
    ticket.add_note(company.stores, company.id("ticket"), "Dear Marina", NoteKind.REPLY)
    first = ticket.get(company.stores, company.id("ticket")).responded_at
    assert first is not None
    ticket.add_note(company.stores, company.id("ticket"), "Once more", NoteKind.REPLY)
    assert ticket.get(company.stores, company.id("ticket")).responded_at == first


def test_an_empty_note_is_refused(company: Company) -> None:
    nothing = refused_by(lambda: ticket.add_note(company.stores, company.id("ticket"), " "))
    assert nothing == {"text": "missing"}


# -- second level -------------------------------------------------------------------------------
def escalate(company: Company, name: str, team: UUID, handover: str = "Feeder checked") -> Any:
    return ticket.escalate(company.stores, company.id(name), team, handover)


def test_an_escalated_ticket_belongs_to_the_team_with_a_hand_over(company: Company) -> None:
    found = escalate(company, "ticket", company.id("field_team"))
    assert (found.level, found.team_id, found.assignee_id) == (2, company.id("field_team"), None)
    (note,) = ticket.view(company.stores, company.id("ticket")).notes
    assert (note.kind, note.internal, note.text) == (NoteKind.HANDOVER, True, "Feeder checked")


def test_escalating_a_waiting_ticket_lets_its_clock_run_again(company: Company) -> None:
    assert escalate(company, "waiting", company.id("field_team")).paused_at is None


@pytest.mark.parametrize(
    ("name", "team", "handover", "reasons"),
    [
        ("ticket", "field_team", "  ", {"handover": "handover_missing"}),
        ("ticket", "first_level", "x", {"team_id": "not_second_level"}),
        ("ticket", "marina", "x", {"team_id": "not_second_level"}),
        ("escalated", "field_team", "x", {"": "already_escalated"}),
        ("closed_ticket", "field_team", "x", {"": "closed"}),
    ],
)
def test_escalating_is_checked(
    company: Company, name: str, team: str, handover: str, reasons: dict[str, str]
) -> None:
    assert refused_by(lambda: escalate(company, name, company.id(team), handover)) == reasons


# -- solving ------------------------------------------------------------------------------------
def test_a_solved_ticket_keeps_its_solution_and_its_clock_stops(company: Company) -> None:
    found = ticket.resolve(company.stores, company.id("ticket"), " Insulator replaced ")
    assert (found.status, found.solution) == (TicketStatus.RESOLVED, "Insulator replaced")
    seen = ticket.view(company.stores, company.id("ticket"))
    assert seen.clocks.resolution is not None
    assert seen.clocks.resolution.stopped_at == found.resolved_at
    assert (seen.notes[-1].kind, seen.notes[-1].internal) == (NoteKind.RESOLVED, False)


def test_solving_needs_a_solution(company: Company) -> None:
    nothing = refused_by(lambda: ticket.resolve(company.stores, company.id("ticket"), ""))
    assert nothing == {"solution": "missing"}


def test_an_escalated_ticket_is_solved_by_second_level_only(company: Company) -> None:
    mine = refused_by(lambda: ticket.resolve(company.stores, company.id("escalated"), "done"))
    assert mine == {"": "not_allowed"}
    as_second_level(company)
    found = ticket.resolve(company.stores, company.id("escalated"), "done")
    assert found.status is TicketStatus.RESOLVED


def test_a_solved_ticket_is_not_solved_again(company: Company) -> None:
    ticket.resolve(company.stores, company.id("ticket"), "done")
    again = refused_by(lambda: ticket.resolve(company.stores, company.id("ticket"), "done"))
    assert again == {"": "closed"}


def test_a_ticket_from_elsewhere_without_promises_gets_the_rules_of_its_day(
    company: Company,
) -> None:
    bare = given.row(
        company.stores, "ticket", account_id=company.id("pedro"), kind="demand", priority="high",
        status="open", created_at=datetime(2026, 11, 13, 15, tzinfo=UTC),
    )  # fmt: skip
    clocks = ticket.view(company.stores, bare).clocks
    assert clocks.resolution is not None
    assert clocks.resolution.due_at == datetime(2026, 11, 24, 2, 59, 59, tzinfo=UTC)
    assert clocks.response is not None
    assert clocks.response.due_at == datetime(2026, 11, 13, 19, tzinfo=UTC)
