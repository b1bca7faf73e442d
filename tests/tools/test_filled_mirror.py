from __future__ import annotations

from pathlib import Path

import pytest

from agent_desktop.demo import callers as cast
from agent_desktop.demo import company
from agent_desktop.demo.company_setting import setting
from agent_desktop.models.rules import text_fold
from agent_desktop.models.store import tables
from agent_desktop.models.store.directory import NAME_INDEX
from agent_desktop.models.store.mirror import Mirror
from tools import filled_mirror

ACCOUNTS = 300


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mirror") / "mirror.db"
    of = setting(ACCOUNTS, filled_mirror.DAY)
    filling = filled_mirror.fill(path, filled_mirror.KEY, of, kept={"who": "rita"})
    assert filling.rows["account"] == ACCOUNTS
    assert filling.rows_per_second > 0
    return path


def test_it_holds_what_the_company_has(path: Path) -> None:
    of = setting(ACCOUNTS, filled_mirror.DAY)
    mirror = Mirror(path, filled_mirror.KEY)
    try:
        with mirror.reading() as c:
            for table in company.TABLES:
                width = len(tables.VIEW_COLUMNS[table]) - 1
                stored = {tuple(row)[:width] for row in c.execute(tables.MIRRORED[table].select())}
                assert stored == {row[:width] for row in company.rows(of, table)}, table
    finally:
        mirror.close()


def test_names_are_found_by_their_trigrams(path: Path) -> None:
    mirror = Mirror(path, filled_mirror.KEY)
    wanted = " AND ".join(f'"{x}"' for x in text_fold.trigrams(text_fold.fold("Петрова")))
    try:
        with mirror.reading() as c:
            found = c.exec_driver_sql(
                f"SELECT d.name FROM {NAME_INDEX} i JOIN directory d ON d.n = i.rowid"
                f" WHERE {NAME_INDEX} MATCH ?",
                (wanted,),
            ).all()
    finally:
        mirror.close()
    assert (cast.OLGA.name,) in found


def test_a_second_process_makes_the_same_rows(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled_mirror, "WORTH_A_PROCESS", 0)
    monkeypatch.setattr(filled_mirror, "SLICE", 70)
    of = setting(ACCOUNTS, filled_mirror.DAY)
    filling = filled_mirror.fill(tmp_path / "other.db", filled_mirror.KEY, of, kept={"who": "rita"})
    assert filling.rows["phone"] == sum(1 for _ in company.rows(of, "phone"))
    assert (tmp_path / "other.db").stat().st_size == path.stat().st_size


def test_it_is_made_once(tmp_path: Path) -> None:
    first = filled_mirror.cached(20, folder=tmp_path)
    made_at = first.stat().st_mtime_ns
    assert filled_mirror.cached(20, folder=tmp_path) == first
    assert first.stat().st_mtime_ns == made_at
    assert [file.name for file in tmp_path.iterdir()] == [first.name]


def test_a_large_mirror_has_everything_of_an_even_share() -> None:
    deep = filled_mirror.deep_indexes(1_000_000)
    assert len(deep) == len(set(deep))
    assert deep == sorted(deep)
    assert 50_000 <= len(deep) <= 53_000
    assert deep[-1] > 990_000
    assert filled_mirror.deep_indexes(2_000) == list(range(2_000))
