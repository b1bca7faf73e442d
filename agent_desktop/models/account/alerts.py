"""What an agent must see first about a customer. Pure.

The order is fixed: life support before outage before money before sales (design, alert row).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

from agent_desktop.models.account.record import Account, Stage
from agent_desktop.models.installed_base.record import Contract, Invoice, Outage, Supply, Unit
from agent_desktop.models.ticket.record import Ticket, TicketStatus

#: A contract that ends within this time is a reason to talk about its renewal.
RENEWAL_WITHIN = timedelta(days=60)
DONE = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})


class AlertRank(IntEnum):
    """How important an alert is; the smallest comes first."""

    LIFE_SUPPORT = 1
    OUTAGE = 2
    MONEY = 3
    SALES = 4


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: `code` and `params` become words in views, `verb` is the one thing to do."""

    rank: AlertRank
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    verb: str = ""


def alerts(
    account: Account,
    units: Collection[Unit] = (),
    outages: Collection[Outage] = (),
    invoices: Collection[Invoice] = (),
    contracts: Collection[Contract] = (),
    tickets: Collection[Ticket] = (),
    *,
    now: datetime,
    today: date,
) -> tuple[Alert, ...]:
    """All alerts of an account, the most important first. `outages` are those of its feeders."""
    found = (
        *_life_support(account, units),
        *_supply(units, outages, tickets, now),
        *_money(invoices, today),
        *_sales(account, contracts, today),
    )
    return tuple(sorted(found, key=lambda alert: alert.rank))


def _life_support(account: Account, units: Collection[Unit]) -> list[Alert]:
    at = [unit for unit in units if unit.life_support]
    if not at and not account.life_support:
        return []
    params = {"unit": at[0].number if at else "", "count": len(at)}
    return [Alert(AlertRank.LIFE_SUPPORT, "life_support", params, "show_rule")]


def _supply(
    units: Collection[Unit],
    outages: Collection[Outage],
    tickets: Collection[Ticket],
    now: datetime,
) -> list[Alert]:
    linked = {ticket.outage_id for ticket in tickets if ticket.status not in DONE}
    found = [
        _outage(outage, outage.id in linked)
        for outage in outages
        if outage.ended_at is None or outage.ended_at > now
    ]
    cut = [unit.number for unit in units if unit.supply is Supply.CUT]
    if cut:
        found.append(Alert(AlertRank.OUTAGE, "supply_cut", {"unit": cut[0]}, "reconnect"))
    return found


def _outage(outage: Outage, linked: bool) -> Alert:
    params = {
        "id": outage.id,
        "code": outage.code,
        "customers": outage.customers,
        "forecast_at": outage.forecast_at,
        "linked": linked,
    }
    return Alert(AlertRank.OUTAGE, "outage", params, "" if linked else "link_outage")


def _money(invoices: Collection[Invoice], today: date) -> list[Alert]:
    late = [bill for bill in invoices if is_overdue(bill, today)]
    if not late:
        return []
    oldest = min(bill.due_on or today for bill in late)
    params = {
        "count": len(late),
        "cents": sum(bill.amount_cents for bill in late),
        "days": (today - oldest).days,
    }
    return [Alert(AlertRank.MONEY, "overdue", params, "send_bill")]


def is_overdue(bill: Invoice, today: date) -> bool:
    """An unpaid bill is overdue from the day after its due day."""
    return bill.paid_on is None and bill.due_on is not None and bill.due_on < today


def _sales(account: Account, contracts: Collection[Contract], today: date) -> list[Alert]:
    found = [
        Alert(
            AlertRank.SALES,
            "contract_ends",
            {"number": contract.number, "ends_on": contract.ends_on},
            "renew",
        )
        for contract in contracts
        if contract.ends_on and today <= contract.ends_on <= today + RENEWAL_WITHIN
    ]
    if account.stage in (Stage.SUSPECT, Stage.CANDIDATE):
        found.append(Alert(AlertRank.SALES, "not_a_customer_yet", {}, "qualify"))
    return found
