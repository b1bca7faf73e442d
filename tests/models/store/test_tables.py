"""Records have the columns of their tables; words that are not known read as OTHER."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from uuid import uuid4

import pytest

from agent_desktop.models.account.record import Phone, PhoneKind
from agent_desktop.models.interaction.record import Channel
from agent_desktop.models.kind import Record
from agent_desktop.models.store import reading as row
from agent_desktop.models.store import tables
from agent_desktop.models.ticket.record import Ticket
from tests import source


@pytest.mark.parametrize("kind", row.TABLES, ids=lambda kind: kind.__name__)
def test_a_record_has_the_columns_of_its_table(kind: type[Record]) -> None:
    table = row.TABLES[kind].name
    named = {field.name for field in fields(kind)}
    assert named == {*tables.VIEW_COLUMNS[table], "pending"}


def test_every_mirrored_table_has_a_record() -> None:
    assert {table.name for table in row.TABLES.values()} == {*tables.MIRRORED}


def test_an_unknown_word_of_a_newer_centre_reads_as_other() -> None:
    assert Channel("telepathy") is Channel.OTHER
    made = row.made(Phone, {"id": uuid4(), "kind": "satellite", "pending": True})
    assert made.kind is PhoneKind.OTHER
    assert made.pending is True


def test_text_and_numbers_are_never_none() -> None:
    made = row.made(Ticket, {"id": uuid4(), "subject": None, "level": None})
    assert made.subject == ""
    assert made.level == 0
    assert made.due_at is None


def test_records_and_values_import_no_sqlalchemy() -> None:
    """Screens import them before the first paint."""
    light = ("kind", "record", "values", "caller", "found", "law_rule", "number_meaning")
    names = [
        f"agent_desktop.{source.module(path)}"
        for path in source.files()
        if path.stem in light and "models" in path.parts
    ]
    assert len(names) > 10
    code = (
        f"import sys; import {', '.join(names)}, agent_desktop.models.agent.state;"
        "sys.exit('sqlalchemy' in sys.modules or 'phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
