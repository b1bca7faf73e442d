"""Intents are applied once, whatever the line does; what nobody can apply stops nobody."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.central.conftest import accepted, begun, new_id, opened, refusal
from tests.central_fixtures import Centre, ConnectAs, Pusher


def begin(protocol: str = "2026112100000010") -> dict[str, Any]:
    return {"id": new_id(), "protocol": protocol}


def code_of(error: pytest.ExceptionInfo[psycopg.Error]) -> str | None:
    return error.value.sqlstate


def test_the_same_intent_again_gets_the_stored_result(centre: Centre, ana: Pusher) -> None:
    payload = begin()
    first = ana.push_as(7, "interaction.begin", payload)
    assert ana.push_as(7, "interaction.begin", payload) == accepted(first)
    assert centre.one("select count(*) from crm.interaction") == 1
    wrong = {**begin(), "protocol": "x"}
    refused = ana.push_as(8, "interaction.begin", wrong)
    assert ana.push_as(8, "interaction.begin", wrong) == refused


def test_another_intent_with_the_same_number_is_an_error(centre: Centre, ana: Pusher) -> None:
    ana.push_as(7, "interaction.begin", begin())
    with pytest.raises(psycopg.Error) as error:
        ana.push_as(7, "interaction.begin", begin("2026112100000020"))
    assert code_of(error) == "AD020"
    assert centre.one("select count(*) from crm.interaction") == 1


def test_one_file_sent_over_two_lines_at_once_is_applied_once(
    centre: Centre, ana: Pusher, connect_as: ConnectAs
) -> None:
    twin = Pusher(connect_as("ana"), ana.client)
    payloads = [begin(f"20261121{n:07d}0") for n in range(40)]
    results: dict[int, list[Any]] = {n: [] for n in range(40)}

    def send(desk: Pusher) -> None:
        for n, payload in enumerate(payloads):
            results[n].append(desk.push_as(n, "interaction.begin", payload))

    threads = [threading.Thread(target=send, args=(desk,)) for desk in (ana, twin)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(one == two and one["state"] == "accepted" for one, two in results.values())
    assert centre.one("select count(*) from crm.interaction") == 40


def test_a_file_belongs_to_the_agent_who_used_it_first(ana: Pusher, connect_as: ConnectAs) -> None:
    payload = begin()
    ana.push_as(1, "interaction.begin", payload)
    thief = Pusher(connect_as("bruno"), ana.client)
    with pytest.raises(psycopg.Error) as error:
        thief.push_as(1, "interaction.begin", payload)
    assert code_of(error) == "AD021"
    with pytest.raises(psycopg.Error) as error:
        thief.connection.execute("select api_v1.sign_in(%s, 'pc')", (ana.client,))
    assert code_of(error) == "AD021"


def test_dependents_of_a_refused_intent_are_refused(
    ana: Pusher, account: UUID, field_team: UUID
) -> None:
    ticket = {"id": new_id(), "number": "TK-1", "account_id": str(account), "subject": ""}
    assert refusal(ana.push_as(1, "ticket.create", ticket)) == "missing"
    escalate = {
        "id": ticket["id"], "note_id": new_id(), "team_id": str(field_team), "handover": "x",
    }  # fmt: skip
    first = ana.push_as(2, "ticket.escalate", escalate, depends_on=(1,))
    assert refusal(first) == "depends_on_refused"
    note = {"id": new_id(), "ticket_id": ticket["id"], "text": "x"}
    assert refusal(ana.push_as(3, "ticket.note", note, depends_on=(2,))) == "depends_on_refused"


def test_dependents_of_a_conflict_are_not(centre: Centre, ana: Pusher, account: UUID) -> None:
    centre.admin.execute("update crm.account set email = 'other@example.com'")
    wish = {"id": str(account), "base": {"email": ""}, "set": {"email": "x@example.com"}}
    assert ana.push_as(1, "account.change", wish)["state"] == "conflict"
    phone = {"id": new_id(), "account_id": str(account), "written": "1"}
    accepted(ana.push_as(2, "phone.add", phone, depends_on=(1,)))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("interaction.begin", {}),
        ("interaction.begin", {"id": "not a uuid", "protocol": "1"}),
        ("interaction.begin", []),
        ("ticket.create", {"id": None, "account_id": 7}),
        ("account.change", {"id": new_id()}),
        ("account.create", {"name": "x", "phones": "none"}),
        ("order.create", {"title": "x", "account_id": new_id(), "items": {"a": 1}}),
        ("drop.tables", {}),
        ("", {}),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    centre: Centre, ana: Pusher, kind: str, payload: Any
) -> None:
    before = centre.one("select count(*) from crm.feed")
    result = ana.connection.execute(
        "select api_v1.push(%s, 1, 'x', %s, %s, '{}')",
        (ana.client, kind, psycopg.types.json.Jsonb(payload)),
    ).fetchone()
    assert result is not None
    refusal(result[0])
    assert centre.one("select count(*) from crm.feed") == before


def test_the_xid_told_is_the_one_of_the_feed(centre: Centre, ana: Pusher) -> None:
    result = ana.push("interaction.begin", begin())
    xid = centre.one("select xid::text from crm.feed where table_name = 'interaction'")
    assert xid == result["xid"]


# -- signing in, numbers, revealing ---------------------------------------------------------------
def test_sign_in_tells_what_a_desk_needs(centre: Centre, connect_as: ConnectAs) -> None:
    centre.insert("team", id=uuid.uuid4(), code="l2", name="Second level", level=2)
    agent_id = centre.add_agent(
        "sofia", business_role="second_level", team="l2", extension="4201", sip_secret="psst"
    )
    centre.admin.execute("update crm.site set sip_registrar = 'pbx.example.com'")
    connection, client = connect_as("sofia"), uuid.uuid4()
    row = connection.execute("select api_v1.sign_in(%s, 'pc-7')", (client,)).fetchone()
    assert row is not None
    told = row[0]
    assert told["agent"]["id"] == str(agent_id)
    assert told["agent"]["business_role"] == "second_level"
    assert told["rights"] == ["order.confirm", "ticket.resolve_escalated"]
    assert told["scopes"] == ["company"]
    assert told["sip"] == {
        "registrar": "pbx.example.com", "user": "4201", "secret": "psst", "transport": "tls",
        "authority": "", "requires_srtp": True, "digits_by": "events", "auto_answer": [],
    }  # fmt: skip
    assert len(told["fact_key"]) == 64
    assert len(told["sealing_key"]) == 64
    told["site"].pop("dial_plan")  # see test_calls.py
    assert told["site"] == {"name": "Luz do Planalto", "time_zone": "America/Sao_Paulo"}
    assert told["lease_seconds"] == 72 * 3600
    assert told["server_time"].endswith("+00:00")
    position = connection.execute("select api_v1.position()").fetchone()
    assert position is not None
    assert position[0]["generation"] == told["generation"]
    assert centre.one("select detail ->> 'host' from crm.audit where what = 'sign_in'") == "pc-7"


def test_an_inactive_agent_is_nobody(centre: Centre, ana: Pusher) -> None:
    centre.admin.execute("update crm.agent set active = false where user_name = 'ana'")
    for call in (
        "select api_v1.sign_in(gen_random_uuid(), 'pc')",
        "select api_v1.position()",
        "select api_v1.lease_numbers(gen_random_uuid(), 'ticket')",
        "select api_v1.reveal(gen_random_uuid(), 'tax_id')",
        "select api_v1.push(gen_random_uuid(), 1, 'x', 'interaction.begin', '{}', '{}')",
    ):
        with pytest.raises(psycopg.Error) as error:
            ana.connection.execute(call)
        assert code_of(error) == "AD001"


def test_blocks_of_numbers_never_overlap(centre: Centre, ana: Pusher) -> None:
    lease = "select first, last from api_v1.lease_numbers(%s, %s)"
    ranges = [ana.connection.execute(lease, (ana.client, "order")).fetchone() for _ in range(3)]
    assert ranges == [(1, 500), (501, 1000), (1001, 1500)]
    row = ana.connection.execute(lease, (ana.client, "account")).fetchone()
    assert row == (100000000, 100000499)
    with pytest.raises(psycopg.Error) as error:
        ana.connection.execute(lease, (ana.client, "lottery"))
    assert code_of(error) == "AD030"


def test_blocks_of_protocols_never_overlap_beyond_seven_digits(centre: Centre, ana: Pusher) -> None:
    """A day's seven digits begin again, what the centre leases does not."""
    centre.admin.execute("update crm.number_kind set next = 9999800 where kind = 'protocol'")
    lease = "select first, last from api_v1.lease_numbers(%s, 'protocol')"
    ranges = [ana.connection.execute(lease, (ana.client,)).fetchone() for _ in range(2)]
    assert ranges == [(9_999_800, 10_000_299), (10_000_300, 10_000_799)]


def test_after_a_restore_numbers_begin_above_a_gap(centre: Centre, ana: Pusher) -> None:
    lease = "select first from api_v1.lease_numbers(%s, 'ticket')"
    ana.connection.execute(lease, (ana.client,))
    before = centre.one("select crm.generation()")
    centre.admin.execute("update crm.site set origin = 'another server:1'")
    row = ana.connection.execute(lease, (ana.client,)).fetchone()
    assert row is not None
    assert row[0] > 100_000
    again = ana.connection.execute(lease, (ana.client,)).fetchone()
    assert again == (row[0] + 500,)
    assert centre.one("select crm.generation()") == before


def test_the_generation_tells_servers_and_bulk_loads_apart(centre: Centre) -> None:
    before = centre.one("select crm.generation()")
    centre.admin.execute("update crm.site set generation = generation + 1")
    assert centre.one("select crm.generation()") != before


def test_reveal_is_audited(centre: Centre, ana: Pusher) -> None:
    account = centre.add_account(tax_id="39053344705", birth_on="1980-02-03")

    def reveal(field: str, of: object = account) -> Any:
        ana.connection.execute("select api_v1.ask_reveal(%s, %s)", (of, field))
        row = ana.connection.execute("select api_v1.reveal(%s, %s)", (of, field)).fetchone()
        return row[0] if row else None

    assert reveal("tax_id") == "39053344705"
    assert reveal("birth_on") == "1980-02-03"
    assert reveal("tax_id", uuid.uuid4()) is None
    seen = centre.admin.execute(
        "select agent_id, record_id, detail ->> 'field' from crm.audit"
        " where what = 'reveal' order by id"
    ).fetchall()
    assert seen[:2] == [
        (centre.agents["ana"], account, "tax_id"),
        (centre.agents["ana"], account, "birth_on"),
    ]
    assert len(seen) == 3
    with pytest.raises(psycopg.Error) as error:
        reveal("sip_secret")
    assert code_of(error) == "AD030"


def test_a_ticket_of_a_call_offline_comes_in_one_after_the_other(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    interaction = begun(ana)
    accepted(
        ana.push("interaction.change", {"id": interaction, "set": {"account_id": str(account)}})
    )
    opened(ana, account, interaction_id=interaction)
    accepted(ana.push("interaction.finish", {"id": interaction, "reason": "outage"}))
    assert centre.one("select count(*) from crm.ticket where interaction_id = %s", interaction) == 1


@pytest.mark.parametrize("payload", ["1", "null", "[]", '"x"', "[{}]"])
def test_a_payload_that_is_no_object_is_malformed(ana: Pusher, payload: str) -> None:
    for n, kind in enumerate(("call.seen", "account.change", "ticket.note")):
        row = ana.connection.execute(
            "select api_v1.push(%s, %s, %s, %s, %s, '{}')",
            (ana.client, n, bytes(32), kind, Jsonb(json.loads(payload))),
        ).fetchone()
        assert row is not None
        assert refusal(row[0]) == "malformed"


def test_a_payload_that_is_too_large_is_refused_and_the_next_one_goes_through(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    note = {"id": str(account), "base": {"note": ""}, "set": {"note": "x" * 300_000}}
    assert refusal(ana.push("account.change", note)) == "too_large"
    note["set"] = {"note": "x" * 200_000}
    accepted(ana.push("account.change", note))


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("declare r record; begin perform r.x; end", "55000"),
        ("begin assert false; end", "P0004"),
        ("begin perform 1 / (p ->> 'zero')::int; end", "22012"),
        ("begin perform no_such_function(); end", "42883"),
        ("begin set transaction isolation level serializable; end", "25001"),
    ],
)
def test_a_mistake_in_a_verb_is_a_refusal_that_stops_nobody(
    centre: Centre, ana: Pusher, body: str, state: str
) -> None:
    centre.admin.execute(
        "create function crm.test_mistake(p jsonb) returns void language plpgsql"  # type: ignore[arg-type]
        f" set search_path = '' as $${body}$$"
    )
    centre.admin.execute("insert into crm.verb values ('test.mistake', 'crm.test_mistake')")
    refused = ana.push("test.mistake", {"zero": 0})
    assert (refused["state"], refused["code"], refused["detail"]) == ("refused", "fault", state)
    accepted(ana.push("interaction.begin", begin()))
