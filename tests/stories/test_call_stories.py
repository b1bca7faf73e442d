"""Calls from the first ring to the closed contact, as agents live through them."""

from __future__ import annotations

from agent_desktop.demo import callers as cast
from agent_desktop.demo.callers import CALLERS, CallerKind
from agent_desktop.desk.session import PageKind
from agent_desktop.models.agent.state import AgentState
from agent_desktop.telephony.call import CallState
from tests.stories.story import ANTONIA, MARINA, NAMES, PADARIA, PEDRO, STRANGER, Centre, Desk

WITHHELD = CALLERS[CallerKind.WITHHELD]
OLGA = CALLERS[CallerKind.RUSSIAN]

# What the product promises (keys and chords; typed text is not counted).
KNOWN_CALLER_KEYS = 9
NEW_LEAD_KEYS = 14

CONTACT = """
    select account_id, status, reason, verified_count, number from crm.interaction
    where protocol = %s
"""
CALL = """
    select c.direction, c.answered_at is not null, c.ended_at is not null, c.end_reason
    from crm.interaction_call c join crm.interaction i on i.id = c.interaction_id
    where i.protocol = %s
"""
CALLS = """
    select count(*), count(c.answered_at), count(c.ended_at)
    from crm.interaction_call c join crm.interaction i on i.id = c.interaction_id
    where i.protocol = %s
"""
TICKET_OF = "select number from crm.ticket where account_id = %s and status <> 'closed' limit 1"


def test_a_known_caller_within_nine_keys(desk: Desk, centre: Centre) -> None:
    ticket = centre.asked(TICKET_OF, cast.MARINA.id)
    desk.begins_count()
    desk.rings_from(MARINA)
    desk.answers()
    desk.verifies(MARINA)
    desk.sees_account(cast.MARINA.name)
    protocol = desk.protocol
    desk.finds(ticket)
    desk.waits(lambda: desk.page is PageKind.TICKET, "the customer's ticket")
    desk.hangs_up()
    desk.finishes("outage")
    assert desk.keys_pressed <= KNOWN_CALLER_KEYS, desk.road.gui.pressed
    desk.is_in_sync()
    account, status, reason, verified, number = centre.asked(CONTACT, protocol)
    assert (account, status, verified) == (cast.MARINA.id, "finished", 2)
    assert reason.startswith("outage")
    assert number == MARINA.number
    assert centre.asked(CALL, protocol) == ("inbound", True, True, "hung_up_here")
    assert centre.count("verification", account_id=cast.MARINA.id, passed=True) == 2


def test_an_unknown_caller_becomes_a_lead(desk: Desk, centre: Centre) -> None:
    desk.begins_count()
    desk.rings_from(STRANGER)
    desk.answers()
    protocol = desk.protocol
    desk.presses("Ctrl+K")
    desk.types(">new account")
    desk.presses("Return")
    desk.waits(lambda: desk.focus == "new_account.name.edit", "the name's field")
    desk.waits_for_quiet()
    desk.types("Joana Prates")
    assert desk.text_in("new_account.phone.edit") == "(11) 99111-0099"
    desk.presses("Ctrl+Return")
    desk.sees_account("Joana Prates")
    desk.hangs_up()
    desk.finishes("new connection")
    assert desk.keys_pressed <= NEW_LEAD_KEYS, desk.road.gui.pressed
    desk.is_in_sync()
    lead, stage = centre.asked("select id, stage from crm.account where name = 'Joana Prates'")
    assert stage == "suspect"
    assert centre.asked(CONTACT, protocol)[0] == lead
    e164 = int(STRANGER.number.removeprefix("+"))
    assert centre.count("phone", account_id=lead, e164=e164) == 1


def test_a_withheld_number_is_found_by_what_the_caller_says(desk: Desk, centre: Centre) -> None:
    desk.rings_from(WITHHELD)
    desk.sees("Number withheld")
    assert desk.session.account is None
    desk.answers()
    protocol = desk.protocol
    desk.waits(lambda: desk.focus == "identify.search", "the search")
    desk.waits_for_quiet()
    desk.types(cast.PADARIA.tax_id)
    desk.waits_for_quiet()
    desk.presses("Return")
    desk.waits(lambda: desk.session.account is not None, "a match")
    desk.verifies(PADARIA)
    desk.sees_account(cast.PADARIA.name)
    desk.hangs_up()
    desk.finishes("second copy")
    desk.is_in_sync()
    account, *_, number = centre.asked(CONTACT, protocol)
    assert (account, number) == (cast.PADARIA.id, "")


def test_between_three_accounts_the_agent_chooses(desk: Desk, centre: Centre) -> None:
    desk.rings_from(PEDRO)
    found = desk.session.identification
    assert found is not None
    matches = [candidate.account.id for candidate in found.candidates]
    assert set(matches) == {role.id for role in cast.SHARING}
    assert desk.session.account is None
    desk.answers()
    protocol = desk.protocol
    assert desk.session.account is None
    desk.waits(lambda: desk.focus == "identify.match.0", "the first match")
    desk.waits_for_quiet()
    desk.presses(*["Down"] * matches.index(cast.PEDRO_NOGUEIRA.id), "Return")
    desk.verifies(PEDRO)
    desk.sees_account(cast.PEDRO_NOGUEIRA.name)
    desk.hangs_up()
    desk.finishes("second copy")
    desk.is_in_sync()
    assert centre.asked(CONTACT, protocol)[0] == cast.PEDRO_NOGUEIRA.id


def test_a_dropped_call_is_called_back_into_the_same_contact(desk: Desk, centre: Centre) -> None:
    desk.takes_call(MARINA)
    protocol, session_id = desk.protocol, desk.session.id
    desk.caller_hangs_up()
    desk.waits(lambda: desk.session.wrap_up_since, "wrap-up")
    desk.begins_count()
    desk.presses("Ctrl+Shift+F9")
    desk.waits(lambda: desk.call_state is CallState.TALKING, "talking again")
    assert desk.keys_pressed == 1
    assert (desk.session.id, desk.protocol) == (session_id, protocol)
    assert desk.session.is_verified
    desk.hangs_up()
    desk.finishes("outage")
    desk.is_in_sync()
    assert centre.asked(CALLS, protocol) == (2, 2, 2)


def test_a_caller_who_gives_up_is_a_missed_call(desk: Desk) -> None:
    desk.presses("F12")
    desk.waits(lambda: desk.agent_state is AgentState.READY, "ready")
    desk.rings_from(MARINA)
    assert desk.agent_state is AgentState.OFFERED
    desk.caller_hangs_up()
    desk.waits(lambda: not desk.road.shift.desk.sessions, "nobody on the roster")
    desk.waits(lambda: desk.agent_state is AgentState.READY, "ready again")
    assert desk.page is PageKind.HOME
    desk.sees("Ready for calls")
    desk.sees("(?i)missed")


def test_life_support_stands_above_everything(desk: Desk) -> None:
    desk.takes_call(ANTONIA)
    desk.sees("(?i)life support")


def test_a_name_in_cyrillic_is_shown_and_found_in_latin_letters(desk: Desk) -> None:
    desk.takes_call(OLGA)
    desk.sees("Ольга Петрова")
    desk.hangs_up()
    desk.finishes("tariff")
    desk.finds("olga petrova")
    desk.sees_account("Ольга Петрова")


def test_somebody_else_calls_for_the_customer(desk: Desk, centre: Centre) -> None:
    desk.rings_from(MARINA)
    desk.answers()
    desk.waits_for_quiet()
    protocol = desk.protocol
    desk.types_into("identify.acting_for", "Bruno Prado")
    desk.presses("Return")
    desk.sees("Bruno Prado speaks for the customer")
    desk.part("identify.answer.birth_on").setFocus()
    desk.verifies(MARINA)
    desk.sees_account(NAMES[MARINA.kind])
    desk.sees("Bruno Prado is calling")
    desk.hangs_up()
    desk.finishes("outage")
    desk.is_in_sync()
    said = "select acting_for, account_id from crm.interaction where protocol = %s"
    assert centre.asked(said, protocol) == ("Bruno Prado", cast.MARINA.id)


def test_wrap_up_with_a_reason_ends_by_itself(desk: Desk, centre: Centre) -> None:
    desk.presses("F12")
    desk.takes_call(MARINA)
    protocol, session_id = desk.protocol, desk.session.id
    desk.hangs_up()
    assert desk.agent_state is AgentState.WRAP_UP
    before = desk.session.wrap_up_seconds
    desk.presses("Ctrl+F12")
    assert desk.session.wrap_up_seconds == before + 30
    # The agent is not made to wait for a minute and a half.
    desk.road.shift.desk.update(session_id, wrap_up_seconds=1)
    desk.waits(lambda: desk.overdue(session_id), "the time is over")
    assert desk.agent_state is AgentState.WRAP_UP, "without a reason it stays"
    desk.road.gui.wait_for_focus("console.reason")
    desk.types("outage")
    desk.presses("Return")
    desk.waits(lambda: desk.road.shift.desk.session(session_id) is None, "finished by itself")
    desk.waits(lambda: desk.agent_state is AgentState.READY, "ready")
    desk.is_in_sync()
    assert centre.asked(CONTACT, protocol)[1] == "finished"
