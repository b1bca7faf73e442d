"""Calls with and without an interaction: whose they are, who sees them, and how long."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

import pytest

from tests.central.conftest import accepted, begun, new_id, refusal
from tests.central_fixtures import Centre, ConnectAs, Pusher

pytestmark = pytest.mark.postgres


def a_call(**more: Any) -> dict[str, Any]:
    """A call nobody answered."""
    base = {"id": new_id(), "direction": "inbound", "number": "+551132229000",
            "started_at": "2026-11-21T10:00:00Z", "ended_at": "2026-11-21T10:00:20Z",
            "end_reason": "missed"}  # fmt: skip
    return {**base, **more}


def seen_by(desk: Pusher) -> list[str]:
    rows = desk.connection.execute("select id::text from sync_v1.interaction_call").fetchall()
    return [row[0] for row in rows]


def test_a_missed_call_is_a_record_of_its_agent_alone(ana: Pusher, helena: Pusher) -> None:
    call = a_call(display_name="<b>Estela</b>", queue="Outages", dialled="08007270120")
    accepted(ana.push("interaction.call", call))
    row = ana.connection.execute(
        "select interaction_id, account_id, agent_id is not null, display_name, queue, dialled,"
        " end_reason, end_status, mos, seen_at from sync_v1.interaction_call"
    ).fetchone()
    told = ("<b>Estela</b>", "Outages", "08007270120", "missed", 0, 0, None)
    assert row == (None, None, True, *told)
    assert seen_by(helena) == []


def test_a_call_to_a_customer_is_seen_by_all_who_see_the_customer(
    ana: Pusher, helena: Pusher, account: UUID
) -> None:
    call = a_call(direction="outbound", end_reason="busy", end_status=486, account_id=str(account))
    accepted(ana.push("interaction.call", call))
    assert seen_by(helena) == [call["id"]]


def test_a_call_to_a_customer_one_cannot_see_is_refused(centre: Centre, ana: Pusher) -> None:
    hidden = centre.add_account(scope="vip")
    call = a_call(direction="outbound", account_id=str(hidden))
    assert refusal(ana.push("interaction.call", call)) == "unknown_account"


def test_a_call_comes_to_belong_to_an_interaction_later(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    call = a_call(ended_at=None, end_reason="")
    accepted(ana.push("interaction.call", call))
    interaction = begun(ana, account)
    more = {"interaction_id": interaction, "answered_at": "2026-11-21T10:00:05Z"}
    accepted(ana.push("interaction.call", {**call, **more}))
    row = centre.admin.execute(
        "select interaction_id::text, account_id from crm.interaction_call"
    ).fetchone()
    assert row == (interaction, account)
    # A late copy of what was known first takes nothing away.
    accepted(ana.push("interaction.call", call))
    assert centre.one("select interaction_id::text from crm.interaction_call") == interaction


def test_how_it_ended_and_how_it_was_heard_are_kept(centre: Centre, ana: Pusher) -> None:
    call = a_call(interaction_id=begun(ana), end_reason="transferred", transferred_to="4201")
    heard = {"codec": "opus", "jitter_ms": 4.25, "lost_percent": 0.5, "delay_ms": 31.5, "mos": 4.4}
    accepted(ana.push("interaction.call", {**call, **heard}))
    accepted(ana.push("interaction.call", call))  # sent again without the figures
    row = centre.admin.execute(
        "select transferred_to, codec, jitter_ms, lost_percent, delay_ms, mos"
        " from crm.interaction_call"
    ).fetchone()
    assert row == ("4201", "opus", 4.25, 0.5, 31.5, 4.4)
    assert refusal(ana.push("interaction.call", a_call(mos=9.0))) == "malformed"


def test_another_agents_call_cannot_be_written_over(
    centre: Centre, ana: Pusher, helena: Pusher, account: UUID
) -> None:
    open_to_all = a_call(account_id=str(account))
    own = a_call()
    for call in (open_to_all, own):
        accepted(ana.push("interaction.call", call))
    stolen = {**open_to_all, "end_reason": "stolen"}
    assert refusal(helena.push("interaction.call", stolen)) == "duplicate_record"
    assert refusal(helena.push("interaction.call", {**own, "number": "1"})) == "duplicate_record"
    assert centre.one("select count(*) from crm.interaction_call where end_reason = 'stolen'") == 0


def test_only_the_agent_marks_own_missed_calls_as_seen(
    centre: Centre, ana: Pusher, helena: Pusher, account: UUID
) -> None:
    call = a_call(account_id=str(account))
    accepted(ana.push("interaction.call", call))
    seen = {"ids": [call["id"]], "at": "2026-11-21T11:00:00Z"}
    accepted(helena.push("call.seen", seen))
    assert centre.one("select seen_at from crm.interaction_call") is None
    accepted(ana.push("call.seen", seen))
    first = centre.one("select seen_at from crm.interaction_call")
    accepted(ana.push("call.seen", {**seen, "at": "2026-11-21T12:00:00Z"}))
    assert centre.one("select seen_at from crm.interaction_call") == first is not None


def test_trimming_forgets_old_calls_of_nobody(centre: Centre, ana: Pusher, account: UUID) -> None:
    kept = a_call(account_id=str(account), started_at="2020-01-01T10:00:00Z")
    young = a_call(started_at=centre.one("select now()").isoformat())
    for call in (a_call(started_at="2020-01-01T10:00:00Z"), kept, young):
        accepted(ana.push("interaction.call", call))
    assert centre.one("select crm.trim_calls('30 days')") == 1
    assert sorted(seen_by(ana)) == sorted([kept["id"], young["id"]])
    assert centre.one("select count(*) from crm.feed where op = 'delete'") == 1


# -- who asked not to be called -------------------------------------------------------------------
def test_a_wish_not_to_be_called_is_kept_and_can_end(
    centre: Centre, ana: Pusher, account: UUID
) -> None:
    phone = new_id()
    accepted(ana.push("phone.add", {"id": phone, "account_id": str(account), "written": "1"}))
    wish = {"id": phone, "do_not_call": True, "reason": "Only in writing",
            "at": "2026-11-21T02:00:00Z"}  # fmt: skip
    accepted(ana.push("phone.consent", wish))
    of = "select do_not_call, do_not_call_reason, do_not_call_on::text from sync_v1.phone"
    # Two in the morning of UTC is still the day before at the site.
    assert ana.connection.execute(of).fetchone() == (True, "Only in writing", "2026-11-20")
    accepted(ana.push("phone.consent", {"id": phone, "do_not_call": False, "reason": "x"}))
    assert ana.connection.execute(of).fetchone() == (False, "", None)
    audited = centre.one("select count(*) from crm.audit where what = 'phone.consent'")
    assert audited == 2


def test_refused_wishes(centre: Centre, ana: Pusher) -> None:
    assert refusal(ana.push("phone.consent", {"id": new_id(), "do_not_call": True})) == (
        "unknown_record"
    )
    assert refusal(ana.push("phone.consent", {"id": new_id()})) == "missing"
    hidden, phone = centre.add_account(scope="vip"), uuid.uuid4()
    centre.insert("phone", id=phone, account_id=hidden)
    wish = {"id": str(phone), "do_not_call": True}
    assert refusal(ana.push("phone.consent", wish)) == "unknown_record"
    assert centre.one("select count(*) from crm.audit where what = 'phone.consent'") == 0


def test_what_the_agent_chose_is_audited(centre: Centre, ana: Pusher, account: UUID) -> None:
    asked = {"id": new_id(), "number": "+5511987654321", "account_id": str(account),
             "dialled": True, "at": "2026-11-21T10:00:00Z"}  # fmt: skip
    accepted(ana.push("call.asked", asked))
    row = centre.admin.execute(
        "select record_id, agent_id, detail ->> 'dialled' from crm.audit where what = 'call.asked'"
    ).fetchone()
    assert row == (account, centre.agents["ana"], "true")
    assert refusal(ana.push("call.asked", {"account_id": str(account)})) == "missing"
    unknown = {**asked, "account_id": new_id()}
    assert refusal(ana.push("call.asked", unknown)) == "unknown_account"


# -- what the agent was doing ---------------------------------------------------------------------
def test_states_of_an_agent_are_added_up(centre: Centre, ana: Pusher) -> None:
    states = [("ready", ""), ("not_ready", "lunch"), ("logged_out", "")]
    for state, reason in states:
        told = {"id": new_id(), "state": state, "reason": reason, "at": "2026-11-21T10:00:00Z"}
        accepted(ana.push("agent.state", told))
    rows = centre.admin.execute(
        "select state, reason from crm.agent_state where agent_id = %s and logged_at > happened_at"
        " order by logged_at",
        (centre.agents["ana"],),
    ).fetchall()
    assert rows == states
    bad = {"id": new_id(), "state": "asleep", "at": "2026-11-21T10:00:00Z"}
    assert refusal(ana.push("agent.state", bad)) == "malformed"


# -- what sign-in tells of telephones -------------------------------------------------------------
def test_sign_in_tells_how_this_site_dials(centre: Centre, connect_as: ConnectAs) -> None:
    centre.admin.execute(
        "update crm.site set area_code = '11', carrier_code = '15', outside_prefix = '0',"
        " number_form = 'carrier', extension_lengths = '{4}', digits_by = 'info'"
    )
    centre.insert("auto_answer", queue="Outages", after_seconds=2.5)
    row = connect_as("ana").execute("select api_v1.sign_in(%s, 'pc')", (uuid.uuid4(),)).fetchone()
    assert row is not None
    assert row[0]["site"]["dial_plan"] == {
        "country": "br", "area_code": "11", "carrier_code": "15", "outside_prefix": "0",
        "number_form": "carrier", "extension_lengths": [4],
    }  # fmt: skip
    sip = row[0]["sip"]
    assert sip["auto_answer"] == [{"queue": "Outages", "after_seconds": 2.5}]
    assert (sip["digits_by"], sip["authority"], sip["requires_srtp"]) == ("info", "", True)
