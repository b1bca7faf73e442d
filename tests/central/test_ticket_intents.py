"""What the centre does with intents about tickets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.central.conftest import accepted, begun, new_id, opened, refusal
from tests.central_fixtures import Centre, Pusher


def ticket_row(centre: Centre, ticket: str) -> dict[str, Any]:
    row: dict[str, Any] = centre.one("select to_jsonb(t) from crm.ticket t where id = %s", ticket)
    return row


def test_create(centre: Centre, ana: Pusher, account: UUID) -> None:
    ticket = opened(ana, account, created_by="Forged", priority="high", kind="complaint")
    row = ticket_row(centre, ticket)
    assert (row["created_by"], row["assignee_name"], row["status"]) == ("Ana", "Ana", "open")
    assert (row["priority"], row["kind"], row["level"]) == ("high", "complaint", 1)


def test_create_refusals(ana: Pusher, account: UUID) -> None:
    ticket = {
        "id": new_id(), "number": "TK-77", "account_id": str(account), "subject": "No light",
    }  # fmt: skip
    accepted(ana.push("ticket.create", ticket))

    def again(**other: object) -> str:
        return refusal(ana.push("ticket.create", {**ticket, "id": new_id(), **other}))

    assert again() == "duplicate_number"
    assert again(number="TK-78", account_id=new_id()) == "unknown_account"
    assert again(number="TK-78", account_id=None) == "unknown_account"
    assert again(number="TK-78", subject="") == "missing"
    assert again(number="TK-78", unit_id=new_id()) == "unknown_record"
    assert again(number="TK-78", interaction_id=new_id()) == "unknown_record"
    assert again(number="TK-78", priority="panic") == "malformed"
    assert again(number="TK-78", due_at="soon") == "malformed"


def change(desk: Pusher, ticket: str, base: dict[str, Any], **wish: Any) -> Any:
    return desk.push("ticket.change", {"id": ticket, "base": base, "set": wish})


def test_change_merges_and_tells_conflicts(
    centre: Centre, ana: Pusher, helena: Pusher, account: UUID
) -> None:
    ticket = opened(ana, account)
    accepted(change(helena, ticket, {"priority": "normal"}, priority="high"))
    result = change(
        ana, ticket, {"priority": "normal", "subject": "No light"}, priority="low", subject="Dark"
    )
    assert (result["state"], set(result["theirs"])) == ("conflict", {"priority"})
    row = ticket_row(centre, ticket)
    assert (row["priority"], row["subject"], row["updated_by"]) == ("high", "Dark", "Ana")


def test_status_and_assignee_are_one(
    centre: Centre, ana: Pusher, helena: Pusher, account: UUID
) -> None:
    ticket = opened(ana, account)
    base = {"status": "open", "assignee_id": str(centre.agents["ana"])}
    taken = {"status": "in_work", "assignee_id": str(centre.agents["helena"])}
    accepted(change(helena, ticket, base, **taken))
    assert ticket_row(centre, ticket)["assignee_name"] == "Helena"
    result = change(ana, ticket, base, status="waiting", assignee_id=base["assignee_id"])
    assert set(result["theirs"]) == {"status", "assignee_id"}


def test_only_a_supervisor_gives_work_to_others(
    centre: Centre, ana: Pusher, helena: Pusher, sofia: Pusher, account: UUID
) -> None:
    ticket = opened(ana, account)
    base = {"status": "open", "assignee_id": str(centre.agents["ana"])}
    wish = {"assignee_id": str(centre.agents["sofia"])}
    result = change(ana, ticket, base, **wish)
    assert refusal(result) == "not_allowed"
    assert result["fields"] == {"assignee_id": "not_allowed"}
    accepted(change(helena, ticket, base, **wish))
    assert ticket_row(centre, ticket)["assignee_name"] == "Sofia"


def test_resolving_is_a_command_and_closing_comes_after_it(ana: Pusher, account: UUID) -> None:
    ticket = opened(ana, account)
    assert refusal(change(ana, ticket, {"status": "open"}, status="resolved")) == "not_allowed"
    assert refusal(change(ana, ticket, {"status": "open"}, status="closed")) == "not_allowed"
    solve = {"id": ticket, "note_id": new_id(), "solution": "Fuse"}
    accepted(ana.push("ticket.resolve", solve))
    accepted(change(ana, ticket, {"status": "resolved"}, status="closed"))
    assert refusal(change(ana, ticket, {}, subject="x")) == "closed"
    assert refusal(change(ana, new_id(), {}, subject="x")) == "unknown_record"


def test_a_waiting_ticket_s_deadline_moves(centre: Centre, ana: Pusher, account: UUID) -> None:
    ticket = opened(ana, account, due_at="2026-12-01T12:00:00Z")
    accepted(change(ana, ticket, {"status": "open"}, status="waiting"))
    assert ticket_row(centre, ticket)["paused_at"]
    centre.admin.execute("update crm.ticket set paused_at = paused_at - interval '2 days'")
    accepted(change(ana, ticket, {"status": "waiting"}, status="in_work"))
    row = ticket_row(centre, ticket)
    assert row["paused_at"] is None
    assert row["due_at"].startswith("2026-12-03T12:00")


def test_notes_and_the_first_reply(centre: Centre, ana: Pusher, account: UUID) -> None:
    ticket = opened(ana, account)

    def note(**other: object) -> Any:
        known = {"id": new_id(), "ticket_id": ticket, "kind": "note", "internal": True}
        return ana.push("ticket.note", {**known, "text": "Hm", "author": "Forged", **other})

    accepted(note())
    assert ticket_row(centre, ticket)["responded_at"] is None
    accepted(note(kind="reply", internal=False, at="2026-11-21T10:00:00Z"))
    accepted(note(kind="reply", internal=False, at="2026-11-21T11:00:00Z"))
    assert ticket_row(centre, ticket)["responded_at"].startswith("2026-11-21T10:00")
    assert centre.one("select array_agg(distinct author) from crm.ticket_note") == ["Ana"]
    assert refusal(note(kind="resolved")) == "not_allowed"
    assert refusal(note(text="")) == "missing"
    assert refusal(note(ticket_id=new_id())) == "unknown_record"


def escalation(ticket: str, team: UUID, **other: Any) -> dict[str, Any]:
    known = {"id": ticket, "note_id": new_id(), "team_id": str(team), "handover": "Checked fuse"}
    return {**known, **other}


def test_escalate(centre: Centre, ana: Pusher, account: UUID, field_team: UUID) -> None:
    ticket = opened(ana, account)
    accepted(ana.push("ticket.escalate", escalation(ticket, field_team)))
    row = ticket_row(centre, ticket)
    assert (row["level"], row["team_id"], row["assignee_id"]) == (2, str(field_team), None)
    note = centre.admin.execute("select kind, text, author from crm.ticket_note").fetchone()
    assert note == ("handover", "Checked fuse", "Ana")


def test_escalate_refusals(ana: Pusher, account: UUID, field_team: UUID) -> None:
    def escalate(ticket: str, **other: Any) -> str:
        return refusal(ana.push("ticket.escalate", escalation(ticket, field_team, **other)))

    ticket = opened(ana, account)
    assert escalate(ticket, handover="") == "handover_missing"
    assert escalate(ticket, team_id=new_id()) == "unknown_record"
    assert escalate(new_id()) == "unknown_record"
    accepted(ana.push("ticket.escalate", escalation(ticket, field_team)))
    assert escalate(ticket) == "already_escalated"
    done = opened(ana, account)
    accepted(ana.push("ticket.resolve", {"id": done, "note_id": new_id(), "solution": "Fuse"}))
    assert escalate(done) == "closed"


def test_an_escalated_ticket_is_resolved_by_the_second_level_only(
    centre: Centre, ana: Pusher, helena: Pusher, sofia: Pusher, account: UUID, field_team: UUID
) -> None:
    ticket = opened(ana, account, interaction_id=begun(ana, account))
    solve = {"id": ticket, "note_id": new_id(), "solution": "New transformer"}
    assert refusal(ana.push("ticket.resolve", {**solve, "solution": ""})) == "missing"
    accepted(ana.push("ticket.escalate", escalation(ticket, field_team)))
    assert refusal(ana.push("ticket.resolve", solve)) == "not_allowed"
    assert refusal(helena.push("ticket.resolve", solve)) == "not_allowed"
    accepted(sofia.push("ticket.resolve", solve))
    row = ticket_row(centre, ticket)
    assert (row["status"], row["solution"]) == ("resolved", "New transformer")
    assert refusal(sofia.push("ticket.resolve", {**solve, "note_id": new_id()})) == "closed"
