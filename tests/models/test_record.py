"""Records have the columns of their tables; words that are not known read as OTHER."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from uuid import uuid4

import pytest

from agent_desktop.models import record, row, tables
from agent_desktop.models.record import Channel, Phone, PhoneKind, Record


@pytest.mark.parametrize("kind", row._TABLES, ids=lambda kind: kind.__name__)
def test_a_record_has_the_columns_of_its_table(kind: type[Record]) -> None:
    table = row._TABLES[kind].name
    named = {field.name for field in fields(kind)}
    assert named == {*tables.VIEW_COLUMNS[table], "pending"}


def test_every_mirrored_table_but_facts_has_a_record() -> None:
    assert {table.name for table in row._TABLES.values()} == {*tables.MIRRORED} - {"fact"}


def test_an_unknown_word_of_a_newer_centre_reads_as_other() -> None:
    assert Channel("telepathy") is Channel.OTHER
    made = row.made(Phone, {"id": uuid4(), "kind": "satellite", "pending": True})
    assert made.kind is PhoneKind.OTHER
    assert made.pending is True


def test_text_and_numbers_are_never_none() -> None:
    made = row.made(record.Ticket, {"id": uuid4(), "subject": None, "level": None})
    assert made.subject == ""
    assert made.level == 0
    assert made.due_at is None


def test_records_and_values_import_no_sqlalchemy() -> None:
    """Screens import them before the first paint."""
    code = (
        "import sys; import agent_desktop.models.value, agent_desktop.models.agent;"
        "sys.exit('sqlalchemy' in sys.modules or 'phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
