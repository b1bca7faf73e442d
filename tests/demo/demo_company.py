"""A company of 2,000 accounts made once, as dictionaries by table, for the tests beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from agent_desktop.demo import company
from agent_desktop.demo.company_setting import setting

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
ACCOUNTS = 2_000
SETTING = setting(ACCOUNTS, TODAY, now=NOW)

Records = list[dict[str, Any]]


@cache
def records(table: str) -> Records:
    """All records of a table."""
    names = company.columns(table)
    return [dict(zip(names, row, strict=True)) for row in company.rows(SETTING, table)]


def of_account(table: str, account_id: object) -> Records:
    """The records of one account."""
    return [record for record in records(table) if record.get("account_id") == account_id]
