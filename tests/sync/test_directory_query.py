"""The centre's entries of the directory are what the desk would have made of its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from agent_desktop.models.store import directory_entry as entry
from agent_desktop.models.store import tables
from agent_desktop.models.store.encrypted_file import connect
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.sync.connection import DirectConnection as Line
from agent_desktop.sync.queries import Reader
from tests import given
from tests.central_fixtures import Centre, password_of
from tests.sync.desk_at import server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

CODES = ("ELS-00443", "7712345", "AB", "0", "000", "X00", "12A", "9" * 25, "é 12", "A-0/0012")
TAX_IDS = (
    ("cpf", "•••.533.447-••"), ("cnpj", "12.•••.•••/01DE-••"), ("inn", "••••••7890"),
    ("cpf", "•••.12"), ("", ""), ("cpf", "9••.533.447-••"), ("cpf", ""),
    ("cnpj", "=2.•••.•••/0001-••"),
)  # fmt: skip
NUMBERS = ("100482913", "007", "0", "", "-5", "1" * 18, "1" * 19, "12a", "٣", "5\n")
PHONES: tuple[dict[str, Any], ...] = (
    {"e164": 5511987654321, "kind": "mobile", "preferred": True},
    {"e164": 551133334444, "kind": "work", "extension": "12", "valid_until": date(2022, 12, 31)},
    {"e164": 12025550123, "kind": "fax", "valid_until": date(1999, 1, 1)},
    {"e164": None, "kind": "home"},
    {"e164": 5511900000001, "kind": "message", "do_not_call": True,
     "do_not_call_reason": 'quer "paz" é', "do_not_call_on": date(2025, 1, 2)},
    {"e164": 5511900000002, "do_not_call": True, "extension": "7"},
)  # fmt: skip


def fill(centre: Centre) -> None:
    """Accounts with everything that is packed in its own way."""
    for n, number in enumerate(NUMBERS):
        kind, masked = TAX_IDS[n % len(TAX_IDS)]
        account = centre.add_account(
            number or f"-{n}", name=f"Ção {9 - n}", tax_id_kind=kind, tax_id_masked=masked,
            city=f"C{n % 3}", active=n % 2 == 0, life_support=n == 1,
            tax_id_digest=bytes(16) if n % 2 else None,
        )  # fmt: skip
        contact = uuid4()
        centre.insert("contact", id=contact, account_id=account, name="Zé")
        for at, phone in enumerate(PHONES if n < 3 else ()):
            of = contact if at % 2 else None
            centre.insert("phone", id=uuid4(), account_id=account, contact_id=of, **phone)
        unit = uuid4()
        centre.insert("unit", id=unit, account_id=account, number=CODES[n])
        centre.insert("meter", id=uuid4(), account_id=account, unit_id=unit, serial=CODES[-n])
    centre.add_account("1000", name="Nobody at all")


def directory_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything in it, accounts by their ids; a rest as what it says."""
    c = connect(path, given.MIRROR_KEY)
    by = "x JOIN directory d ON d.n = x.n ORDER BY d.id, x.tag"
    found = {
        "account": c.execute(
            "SELECT id, number, typeof(number), name, tax_id_digest, tax_id_seen, "
            f"{', '.join(entry.PROFILE)} FROM directory JOIN directory_profile USING (profile) "
            "ORDER BY id"
        ).fetchall(),
        "phone": c.execute(
            f"SELECT d.id, tag, e164, flags, rest FROM directory_phone {by}"
        ).fetchall(),
        "place": c.execute(
            "SELECT d.id, tag, x.kind, x.number, typeof(x.number), before "
            f"FROM directory_place {by}"
        ).fetchall(),
        "start": c.execute(
            "SELECT d.id, s.folded FROM directory_start s JOIN directory d ON d.n = s.n "
            "ORDER BY d.id"
        ).fetchall(),
    }
    c.close()
    found["phone"] = [(*row[:-1], said(row[-1])) for row in found["phone"]]
    return found


def said(rest: object) -> object:
    """What a number's rest says; a part that says nothing may stand there or not."""
    if not isinstance(rest, str):
        return rest
    return sorted((key, value) for key, value in json.loads(rest).items() if value)


@pytest.fixture
def line(centre: Centre) -> Iterator[Line]:
    fill(centre)
    centre.add_agent("ana")
    with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
        yield line


def test_entries_are_what_rows_become(line: Line, tmp_path: Path) -> None:
    by_row, entered = tmp_path / "rows.db", tmp_path / "entries.db"
    with line.snapshot() as (_, reader):
        with MirrorBuilder(by_row, given.MIRROR_KEY) as builder:
            for table in tables.MIRRORED:
                builder.add(table, reader.rows(table))
            builder.finish()
        with MirrorBuilder(entered, given.MIRROR_KEY) as builder:
            builder.enter(reader.entries())
            for table in tables.MIRRORED:
                builder.store(table, reader.rows(table))
            builder.finish()
    made = directory_of(by_row)
    assert len(made["account"]) == len(NUMBERS) + 1
    assert len(made["phone"]) == 3 * (len(PHONES) - 1)
    assert len(made["place"]) == 10  # of 20 codes these end with digits that say something
    assert directory_of(entered) == made


def test_in_order_means_by_name(centre: Centre) -> None:
    fill(centre)
    with (
        psycopg.connect(centre.dsn, autocommit=True) as connection,
        connection.transaction(),
    ):
        names = [row[2] for row in Reader(connection).entries(in_order=True)]
    assert names == sorted(names, key=str.lower)
    assert len(names) == len(NUMBERS) + 1
