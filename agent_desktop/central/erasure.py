"""Subjects who asked to be erased: gone at the centre, and known desk by desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow

from agent_desktop.central.database import owner_of
from agent_desktop.errors import Refused

Connection = psycopg.Connection[TupleRow]


def erase_account(connection: Connection, number: str) -> int:
    """Delete an account and all its records; desks hear of it. Returns how many records went.

    Refused: {"account": "unknown"}.
    """
    with connection.transaction(), owner_of(connection):
        connection.execute(
            "select set_config('crm.scope_set', string_agg(name, ','), true) from crm.scope"
        )
        row = connection.execute(
            "select crm.erase_account(id) from crm.account where number = %s", (number,)
        ).fetchone()
    if row is None:
        raise Refused({"account": "unknown"})
    return int(row[0])


def open_erasures(connection: Connection) -> list[tuple[UUID, datetime, str]]:
    """(account, when, host) of each erasure and each desk that may still hold the subject; one
    line with an empty host when none does. The oldest first."""
    with connection.transaction(), owner_of(connection):
        rows = connection.execute(
            "select account_id, at, coalesce(host, '') from crm.erasure_open order by at, host"
        ).fetchall()
    return [(row[0], row[1], row[2]) for row in rows]
