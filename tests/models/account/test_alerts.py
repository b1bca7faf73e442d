"""What an agent must see first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from agent_desktop.models.account.alerts import AlertRank, alerts
from agent_desktop.models.account.record import Account, Stage
from agent_desktop.models.installed_base.record import Contract, Invoice, Outage, Supply, Unit
from agent_desktop.models.ticket.record import Ticket, TicketStatus

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CALM = Account(uuid4(), name="Calm", stage=Stage.CLIENT)
LATE = Invoice(uuid4(), amount_cents=21437, due_on=TODAY - timedelta(days=6))
OUT = Outage(uuid4(), code="OSA-12", customers=214, started_at=NOW - timedelta(hours=1))


def codes(account: Account = CALM, **parts: object) -> list[str]:
    return [alert.code for alert in alerts(account, now=NOW, today=TODAY, **parts)]  # type: ignore[arg-type]


def test_a_calm_account_has_none() -> None:
    assert codes() == []


def test_the_order_is_life_support_outage_money_sales() -> None:
    account = Account(uuid4(), stage=Stage.SUSPECT)
    unit = Unit(uuid4(), number="77", life_support=True)
    found = alerts(account, (unit,), (OUT,), (LATE,), (), (), now=NOW, today=TODAY)
    assert [alert.rank for alert in found] == list(AlertRank)
    assert [alert.code for alert in found] == [
        "life_support", "outage", "overdue", "not_a_customer_yet",
    ]  # fmt: skip


def test_life_support_may_be_known_of_the_account_alone() -> None:
    assert codes(Account(uuid4(), stage=Stage.CLIENT, life_support=True)) == ["life_support"]


def test_an_outage_says_how_many_are_out_and_can_be_linked() -> None:
    (alert,) = alerts(CALM, (), (OUT,), now=NOW, today=TODAY)
    assert alert.params["customers"] == 214
    assert alert.verb == "link_outage"


def test_an_outage_with_a_ticket_already_is_not_linked_twice() -> None:
    ticket = Ticket(uuid4(), outage_id=OUT.id, status=TicketStatus.OPEN)
    (alert,) = alerts(CALM, (), (OUT,), tickets=(ticket,), now=NOW, today=TODAY)
    assert alert.verb == ""


def test_an_outage_that_is_over_is_no_alert() -> None:
    assert codes(outages=(Outage(uuid4(), ended_at=NOW - timedelta(minutes=1)),)) == []


def test_a_cut_unit_is_told() -> None:
    assert codes(units=(Unit(uuid4(), number="88", supply=Supply.CUT),)) == ["supply_cut"]


def test_overdue_bills_are_added_up() -> None:
    other = Invoice(uuid4(), amount_cents=100, due_on=TODAY - timedelta(days=40))
    (alert,) = alerts(CALM, invoices=(LATE, other), now=NOW, today=TODAY)
    assert alert.params == {"count": 2, "cents": 21537, "days": 40}


def test_a_bill_due_today_or_paid_is_not_overdue() -> None:
    due = Invoice(uuid4(), due_on=TODAY)
    paid = Invoice(uuid4(), due_on=TODAY - timedelta(days=9), paid_on=TODAY)
    assert codes(invoices=(due, paid)) == []


def test_a_contract_that_ends_soon_is_a_reason_to_talk() -> None:
    soon = Contract(uuid4(), number="55-901", ends_on=TODAY + timedelta(days=30))
    later = Contract(uuid4(), ends_on=TODAY + timedelta(days=300))
    assert codes(contracts=(soon, later)) == ["contract_ends"]
