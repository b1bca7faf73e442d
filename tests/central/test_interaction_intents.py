"""What the centre does with intents about interactions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.central.conftest import accepted, begun, new_id, opened, quoted, refusal
from tests.central_fixtures import Centre, ConnectAs, Pusher


def test_begin_is_the_agents_own_and_its_author_cannot_be_forged(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    interaction = begun(ana, account, agent_name="Somebody", agent_id=new_id(), queue="outages")
    row = centre.admin.execute(
        "select agent_id, agent_name, queue, status, account_id from crm.interaction where id = %s",
        (interaction,),
    ).fetchone()
    assert row == (centre.agents["ana"], "Ana", "outages", "open", account)


def test_begin_keeps_when_it_happened_but_not_the_future(centre: Centre, ana: Pusher) -> None:
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    past = begun(ana, at=began.isoformat())
    future = begun(ana, at=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    started = "select started_at from crm.interaction where id = %s"
    assert centre.one(started, past) == began
    assert centre.one(started, future) <= datetime.now(UTC)


def test_begin_refuses_a_protocol_number_given_twice(ana: Pusher) -> None:
    payload = {"id": new_id(), "protocol": "2026112199999990"}
    accepted(ana.push("interaction.begin", payload))
    again = ana.push("interaction.begin", {**payload, "id": new_id()})
    assert refusal(again) == "duplicate_protocol"


def test_begin_refuses_what_is_no_protocol_number_or_no_account(ana: Pusher) -> None:
    wrong = ana.push("interaction.begin", {"id": new_id(), "protocol": "12"})
    assert refusal(wrong) == "malformed"
    nobody = {"id": new_id(), "protocol": "2026112199999980", "account_id": new_id()}
    assert refusal(ana.push("interaction.begin", nobody)) == "unknown_account"


def test_change_sets_only_what_it_names_and_takes_the_calls_along(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    interaction = begun(ana)
    call = {"id": new_id(), "interaction_id": interaction, "number": "+5519999990000"}
    accepted(ana.push("interaction.call", call))
    notes = {"account_id": str(account), "notes": "meter hums", "verified_count": 2}
    accepted(ana.push("interaction.change", {"id": interaction, "set": notes}))
    accepted(ana.push("interaction.change", {"id": interaction, "set": {"summary": "hum"}}))
    row = centre.admin.execute(
        "select account_id, notes, summary, verified_count, revision"
        " from crm.interaction where id = %s",
        (interaction,),
    ).fetchone()
    assert row == (account, "meter hums", "hum", 2, 3)
    assert centre.one("select account_id from crm.interaction_call") == account


def test_change_refusals(ana: Pusher, helena: Pusher, account: UUID) -> None:
    interaction = begun(ana, account)

    def change(desk: Pusher, which: str, **values: object) -> str:
        return refusal(desk.push("interaction.change", {"id": which, "set": values}))

    assert change(helena, interaction, notes="x") == "not_yours"
    assert change(ana, new_id(), notes="x") == "unknown_record"
    assert change(ana, interaction, account_id=new_id()) == "unknown_account"
    assert change(ana, interaction, contact_id=new_id()) == "unknown_record"
    assert change(ana, interaction, agent_name="x") == "unknown_field"
    assert change(ana, interaction, protocol="2026112100000000") == "unknown_field"


def test_finish_needs_a_reason_and_the_right_agent(
    centre: Centre, ana: Pusher, helena: Pusher
) -> None:
    interaction = begun(ana)
    finish = {"id": interaction, "reason": "bill", "at": "2026-11-21T10:00:00Z"}
    assert refusal(helena.push("interaction.finish", finish)) == "not_yours"
    assert refusal(ana.push("interaction.finish", {**finish, "reason": ""})) == "reason_missing"
    accepted(ana.push("interaction.finish", finish))
    state = "select status || ' ' || reason from crm.interaction where id = %s"
    assert centre.one(state, interaction) == "finished bill"


def test_move_takes_everything_written_in_it_along(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    right = centre.add_account(name="Marina Alvim")
    unit = new_id()
    centre.insert("unit", id=unit, account_id=account, number="1")
    interaction = begun(ana, account)
    accepted(ana.push("interaction.change", {"id": interaction, "set": {"verified_count": 2}}))
    accepted(ana.push("interaction.call", {"id": new_id(), "interaction_id": interaction}))
    ticket = opened(ana, account, interaction_id=interaction, unit_id=unit)
    note = {"id": new_id(), "ticket_id": ticket, "kind": "note", "internal": True, "text": "x"}
    accepted(ana.push("ticket.note", note))
    quoted(ana, account, interaction_id=interaction)
    other = opened(ana, account)
    accepted(ana.push("interaction.move", {"id": interaction, "account_id": str(right)}))
    for table in (
        "interaction", "interaction_call", "ticket_note", "service_order", "order_item",
        "order_event",
    ):  # fmt: skip
        assert centre.one(f"select array_agg(distinct account_id) from crm.{table}") == [right]
    of = "select account_id from crm.ticket where id = %s"
    assert (centre.one(of, ticket), centre.one(of, other)) == (right, account)
    assert centre.one("select unit_id from crm.ticket where id = %s", ticket) is None
    assert centre.one("select verified_count from crm.interaction") == 0


def test_move_refusals(ana: Pusher, helena: Pusher, account: UUID) -> None:
    move = {"id": begun(ana), "account_id": str(account)}
    assert refusal(helena.push("interaction.move", move)) == "not_yours"
    nobody = {**move, "account_id": new_id()}
    assert refusal(ana.push("interaction.move", nobody)) == "unknown_account"
    nothing = {**move, "account_id": None}
    assert refusal(ana.push("interaction.move", nothing)) == "unknown_account"


def test_a_call_is_told_again_when_it_ends(centre: Centre, ana: Pusher) -> None:
    call = {"id": new_id(), "interaction_id": begun(ana), "started_at": "2026-11-21T10:00:00Z"}
    accepted(ana.push("interaction.call", call))
    accepted(ana.push("interaction.call", {**call, "answered_at": "2026-11-21T10:00:05Z"}))
    end = {**call, "ended_at": "2026-11-21T10:03:00Z", "end_reason": "customer"}
    accepted(ana.push("interaction.call", end))
    row = centre.admin.execute(
        "select extract(epoch from ended_at - answered_at)::int, end_reason"
        " from crm.interaction_call"
    ).fetchall()
    assert row == [(175, "customer")]


def test_a_call_of_somebody_elses_interaction_is_refused(ana: Pusher, helena: Pusher) -> None:
    mine, hers = begun(ana), begun(helena)
    call = {"id": new_id(), "interaction_id": mine}
    accepted(ana.push("interaction.call", call))
    assert refusal(helena.push("interaction.call", call)) == "not_yours"
    stolen = {**call, "interaction_id": hers, "end_reason": "stolen"}
    assert refusal(helena.push("interaction.call", stolen)) == "duplicate_record"


def test_verification_is_logged_with_who_asked(centre: Centre, ana: Pusher, account: UUID) -> None:
    log = {
        "id": new_id(),
        "interaction_id": begun(ana, account),
        "account_id": str(account),
        "fact": "birth_on",
        "passed": False,
        "at": "2026-11-21T10:00:00Z",
    }
    accepted(ana.push("verification.log", log))
    row = centre.admin.execute("select agent_id, fact, passed from crm.verification").fetchone()
    assert row == (centre.agents["ana"], "birth_on", False)
    nobody = {**log, "id": new_id(), "account_id": new_id()}
    assert refusal(ana.push("verification.log", nobody)) == "unknown_account"
    strange = {**log, "id": new_id(), "fact": "shoe size"}
    assert refusal(ana.push("verification.log", strange)) == "malformed"


def test_a_finished_interaction_stays_its_agents(connect_as: ConnectAs, ana: Pusher) -> None:
    interaction = begun(ana)
    accepted(ana.push("interaction.finish", {"id": interaction, "reason": "bill"}))
    accepted(ana.push("interaction.change", {"id": interaction, "set": {"notes": "late"}}))
    bruno = Pusher(connect_as("bruno"))
    change = {"id": interaction, "set": {"notes": "mine now"}}
    assert refusal(bruno.push("interaction.change", change)) == "not_yours"
