"""The registry of kinds: what is derived from it is what stood there before it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from agent_desktop.models.kind import Kind
from agent_desktop.models.kinds import BY_NAME, KINDS
from agent_desktop.models.store import own_work, tables
from tests import source
from tools import kinds_table

DDL = Path(__file__).with_name("mirror_tables.sql")


def test_the_page_about_kinds_is_printed_from_them() -> None:
    page = (source.ROOT / "docs" / "kinds.md").read_text("utf-8")
    assert page == kinds_table.printed(), "python -m tools.kinds_table > docs/kinds.md"


def test_the_mirror_has_the_tables_it_had_before_they_were_derived() -> None:
    """mirror_tables.sql was written by the hand-written tables; a new kind only adds to it."""
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
    with engine.connect() as c:
        made = {row[0].strip() for row in c.exec_driver_sql(query)}
    engine.dispose()
    kept = {one.strip() for one in DDL.read_text("utf-8").split(";\n") if one.strip()}
    assert kept <= made
    before = {one.split()[2] for one in kept if one.startswith("CREATE TABLE")}
    for one in made - kept:
        of = one.split()[2 if one.startswith("CREATE TABLE") else 4]
        assert of in BY_NAME.keys() - before, one


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_names_columns_and_kinds_that_there_are(kind: Kind[Any]) -> None:
    columns = {field.name for field in fields(kind.record)}
    named = {*kind.created, *kind.required, *(name for unit in kind.units for name in unit)}
    named |= {tie.column for tie in kind.ties} | ({kind.title, kind.parent} - {""})
    if kind.life is not None:
        named.add(kind.life.column)
        reached = {to for ways in kind.life.moves.values() for to in ways}
        assert {kind.life.start, *kind.life.done, *reached} <= kind.life.moves.keys()
    if kind.own_work is not None:
        named |= {kind.own_work.person, kind.own_work.team} - {""}
        assert kind.life is not None
    if kind.number is not None:
        named.add(kind.number.column)
    assert named <= columns
    for part in kind.parts:
        assert BY_NAME[part].parent


def test_own_work_is_a_person_s_or_with_nobody_on_it_the_team_s() -> None:
    ticket, me, team, other = BY_NAME["ticket"], b"m" * 16, b"t" * 16, b"o" * 16

    def own(status: str, person: bytes | None, of: bytes | None) -> bool:
        row = {"status": status, "assignee_id": person, "team_id": of}
        return own_work.is_own(ticket, row, me, team)

    assert own("open", me, None)
    assert own("open", None, team)
    assert not own("open", other, team)
    assert not own("open", None, other)
    assert not own("resolved", me, team)
    assert not own_work.is_own(BY_NAME["phone"], {}, me, team)
