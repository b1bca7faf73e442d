"""The checker finds what it is there for: desks that lose, and intents that are taken twice."""

from __future__ import annotations

import pytest

from tests.central_fixtures import Centre, ConnectAs, Pusher
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun
from tests.faults.workstation import DeskDied


def test_a_quiet_day_is_good(centre: Centre, workstation: AWorkstation) -> None:
    account = str(centre.add_account(name="Marina"))
    desk = workstation("ana").starts().in_sync()
    contact = desk.does("contact", account_id=account)["record"]
    desk.does("notes", record=contact, text="first")
    desk.does("notes", record=contact, text="sem luz — нет света")
    ticket = desk.does("new_ticket", account_id=account, text="dark", interaction_id=contact)
    desk.does("ticket_note", record=ticket["record"], text="crew is out")
    desk.does("order", account_id=account, text="new meter")
    desk.does("customer", record=account, text="dog")
    desk.does("new_customer", text="Ana")
    desk.does("finish", record=contact, reason="outage")
    desk.types("ticket:new:1", "half a")
    desk.drafts_are_kept()
    desk.in_sync()
    desk.leaves()
    assert check(centre.dsn, desk).is_good
    desk.starts(sync=False).does("new_customer", text="Bia")
    desk.leaves()
    verdict = check(centre.dsn, desk)
    assert len(verdict.lost) == 2, "number and name of one who was not sent"
    desk.starts().in_sync().leaves()
    verdict = check(centre.dsn, desk)
    assert verdict.is_good, verdict
    assert verdict.acknowledged == 10


@pytest.mark.fault("control-tells-before-commit")
def test_a_desk_that_acknowledges_before_it_commits_loses(
    centre: Centre, workstation: AWorkstation, fault: FaultRun
) -> None:
    account = str(centre.add_account(name="Marina"))
    desk = workstation("ana").starts().in_sync()
    for _ in fault.rounds(2, 20):
        desk.dies()
        desk.starts(tells_before_commit=True)
        desk.does("new_ticket", account_id=account, text="dark")
        with pytest.raises(DeskDied):
            desk.does("status")
    desk.starts().in_sync()
    verdict = check(centre.dsn, desk)
    fault.acknowledged, fault.lost = verdict.acknowledged, len(verdict.lost)
    assert len({word.split()[1] for word in verdict.lost}) == fault.wanted(2, 20)
    fault.says("control: must lose")


def test_other_values_are_found(centre: Centre, workstation: AWorkstation) -> None:
    desk = workstation("ana").starts().in_sync()
    desk.does("new_customer", text="Ana")
    desk.in_sync()
    centre.admin.execute("update crm.account set name = name || '!'")
    (found,) = check(centre.dsn, desk).lost
    assert "name is" in found


@pytest.mark.fault("control-without-key")
def test_intents_taken_twice_are_found(
    centre: Centre, workstation: AWorkstation, connect_as: ConnectAs, fault: FaultRun
) -> None:
    """Without the key of (client, n) the same intent is taken twice; with fresh ids at each
    sending, as a naive desk makes them, one text stands in two records."""
    account = str(centre.add_account(name="Marina"))
    desk = workstation("ana").starts().in_sync()
    ticket = desk.does("new_ticket", account_id=account, text="dark")
    desk.does("customer", record=account, text="dog")
    desk.in_sync()
    assert check(centre.dsn, desk).is_good
    pusher = Pusher(connect_as("ana"), client=desk.client)
    n = next(int(n) for n, (kind, _) in desk.does("intents").items() if kind == "account.change")
    centre.admin.execute("delete from crm.intent_result where n = %s", (n,))
    payload = {"id": account, "base": {"note": "dog"}, "set": {"note": "dog"}}
    assert pusher.push_as(n, "account.change", payload)["state"] == "accepted"
    again = "select to_jsonb(t) from crm.ticket t where id = %s"
    row = centre.one(again, ticket["record"])
    names = ("account_id", "kind", "priority", "subject", "description", "category")
    naive = {name: row[name] for name in names} | {
        "id": str(desk.client),
        "number": "TK-999999",
        "at": row["created_at"],
    }
    assert pusher.push_as(999, "ticket.create", naive)["state"] == "accepted"
    verdict = check(centre.dsn, desk)
    fault.doubled = len(verdict.doubled)
    assert len(verdict.doubled) == 2, verdict
    assert not verdict.lost
    fault.says("control: must double")
