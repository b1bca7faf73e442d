"""Luz do Planalto, an invented electricity distributor: every record of it, made on demand.

Records are a pure function of (generator version, index) and of the moment the clocks of open
work are set to; nothing is kept, so a million accounts stream through constant memory and any
account can be made alone. The first ones are the named callers (callers.py), written by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import chain

from agent_desktop.demo import (
    catalogue,
    conversations,
    directory,
    orders,
    outages,
    records_callers,
    staff,
    supplies,
    tickets,
)
from agent_desktop.demo.company_setting import DEMO_FACT_KEY, CompanySetting, setting
from agent_desktop.demo.customer_traits import CAST_SIZE
from agent_desktop.demo.row_format import Row
from agent_desktop.models.store.tables import MIRRORED

NAME = "Luz do Planalto"
TIME_ZONE = "America/Sao_Paulo"

#: Tables of the site, not of an account.
LISTED: dict[str, Callable[[CompanySetting], Iterator[Row]]] = {
    "team": catalogue.team,
    "agent": staff.agent,
    "product": catalogue.product,
    "code_entry": catalogue.code_entry,
    "outage": outages.outage,
}
_OWNED: dict[str, Callable[[CompanySetting, int], Iterator[Row]]] = {
    "account": directory.account,
    "contact": directory.contact,
    "phone": directory.phone,
    "fact": directory.fact,
    "unit": supplies.unit,
    "meter": supplies.meter,
    "contract": supplies.contract,
    "invoice": supplies.invoice,
    "interaction": conversations.interaction,
    "interaction_call": conversations.interaction_call,
    "ticket": tickets.ticket,
    "ticket_note": tickets.ticket_note,
    "service_order": orders.service_order,
    "order_item": orders.order_item,
    "order_event": orders.order_event,
}
#: All tables, parents before children.
TABLES = (*LISTED, *_OWNED)
# What the centre sets itself, and what the desk computes.
_NOT_OURS = {"revision", "folded_name"}
#: The centre keeps these of an account beside the mirrored columns.
HIDDEN_COLUMNS = ("tax_id", "birth_on")


def columns(table: str) -> tuple[str, ...]:
    """The columns of a row: the mirrored ones without `revision`; accounts also have the
    hidden ones, at the end."""
    names = tuple(c.name for c in MIRRORED[table].columns if c.name not in _NOT_OURS)
    return names + HIDDEN_COLUMNS if table == "account" else names


def rows(s: CompanySetting, table: str, indexes: Iterable[int] | None = None) -> Iterator[Row]:
    """The rows of a table, of all accounts or of the accounts with these indexes."""
    if table in LISTED:
        return LISTED[table](s)
    make, named = _OWNED[table], records_callers.rows(s)[table]
    wanted = range(s.accounts) if indexes is None else indexes
    return chain.from_iterable(
        make(s, index) if index >= CAST_SIZE else named.get(index, ()) for index in wanted
    )


def tables(
    accounts: int,
    today: date,
    *,
    now: datetime | None = None,
    fact_key: bytes = DEMO_FACT_KEY,
) -> Iterator[tuple[str, tuple[str, ...], Iterator[Row]]]:
    """(table, columns, rows) of the whole company, parents before children.

    `accounts` is at least the size of the callers. `now` (aware) is the moment clocks of open
    tickets count from, rounded to the minute; without it, eleven in the morning of `today`.
    `fact_key` is the site's key of fact digests.
    """
    s = setting(accounts, today, now=now, fact_key=fact_key)
    for table in TABLES:
        yield table, columns(table), rows(s, table)


def first_free_numbers(accounts: int) -> dict[str, int]:
    """Where the blocks leased to desks may begin, by kind of number."""
    return {
        "protocol": 1,
        "ticket": -(-(tickets.FIRST_TICKET + accounts * tickets.TICKETS_PER_ACCOUNT) // 1_000)
        * 1_000 + 1,
        "order": -(-(orders.FIRST_ORDER + accounts * orders.ORDERS_PER_ACCOUNT) // 1_000)
        * 1_000 + 1,
        "account": 600_000_001,
    }  # fmt: skip
