from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Boolean, Float, Integer, LargeBinary, Text, select
from uuid6 import uuid7

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.rules import text_fold
from agent_desktop.models.store import mirror, tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.mirror import Mirror
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.models.store.stores import Stores
from tests import given

CURSOR = Cursor(1, 1, "10:20:12,15")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = given.some_stores(tmp_path)
    yield opened
    opened.close()


def found(at: Mirror, text: str) -> set[str]:
    grams = " AND ".join(f'"{gram}"' for gram in text_fold.trigrams(text_fold.fold(text)))
    with at.reading() as c:
        sql = "SELECT name FROM directory WHERE n IN (SELECT rowid FROM directory_name(?))"
        return set(c.exec_driver_sql(sql, (grams,)).scalars())


def read_all(path: Path) -> None:
    with contextlib.closing(Mirror(path, given.MIRROR_KEY)) as opened:
        opened.check()


def stored(table: str, **values: object) -> tuple[object, ...]:
    row = {**tables.blank(table, uuid7()), **values}
    return tables.stored_row(table, [row[name] for name in tables.VIEW_COLUMNS[table]])


def test_names_are_found_by_any_part_accents_case_and_script_aside(stores: Stores) -> None:
    names = ("João da Conceição", "Анна Щербакова", "Companhia Elétrica S/A")
    given.rows(stores, "account", *({"name": name} for name in names))
    assert found(stores.mirror, "CONCEIC") == {names[0]}
    assert found(stores.mirror, "щербак") == {names[1]}
    assert found(stores.mirror, "shcherb") == {names[1]}
    assert found(stores.mirror, "elétr") == {names[2]}


def test_the_name_index_follows_renamed_and_forgotten_accounts(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina Alves")
    given.row(stores, "account", id=account, name="Marina Rocha")
    assert found(stores.mirror, "alves") == set()
    assert found(stores.mirror, "rocha") == {"Marina Rocha"}
    with stores.mirror.writing() as c:
        mirror.forget_rows(c, "account", [account])
    assert found(stores.mirror, "marina") == set()


def test_a_row_stored_again_keeps_what_the_feed_says(stores: Stores) -> None:
    account = given.row(stores, "account", name="Old", city="Recife")
    given.row(stores, "account", id=account, name="New")
    with stores.mirror.reading() as c:
        row = c.execute(select(tables.MIRRORED["account"])).one()
    assert (row.id, row.name, row.city, row.folded_name) == (account, "New", "", "new")


def test_the_cursor_is_kept_with_what_it_stands_for(stores: Stores) -> None:
    assert stores.mirror.cursor() is None
    with contextlib.suppress(ZeroDivisionError), stores.mirror.writing() as c:
        mirror.keep_cursor(c, CURSOR)
        1 / 0  # noqa: B018
    assert stores.mirror.cursor() is None
    with stores.mirror.writing() as c:
        mirror.keep_cursor(c, CURSOR)
    assert stores.mirror.cursor() == CURSOR


@pytest.mark.parametrize(
    ("xid", "contained"), [(9, True), (12, False), (13, True), (15, False), (20, False)]
)
def test_a_snapshot_contains_what_was_committed_before_it(xid: int, contained: bool) -> None:
    assert CURSOR.contains(xid) is contained


def test_a_snapshot_without_running_work_contains_all_before_it() -> None:
    assert Cursor(1, 1, "20:20:").contains(19)
    assert not Cursor(1, 1, "20:20:").contains(20)


def test_a_built_file_takes_the_place_of_the_present_one(stores: Stores, tmp_path: Path) -> None:
    given.row(stores, "account", name="Before")
    fresh = tmp_path / "fresh.db"
    with MirrorBuilder(fresh, given.MIRROR_KEY) as builder:
        builder.add("account", (stored("account", name=f"Cliente {i}") for i in range(1000)))
        builder.add("phone", [stored("phone", e164=5511987654321)])
        builder.finish(CURSOR, {"lease": {"seconds": 5}})
    stores.mirror.replace_with(fresh)
    assert not fresh.exists()
    assert stores.mirror.cursor() == CURSOR
    assert found(stores.mirror, "cliente 777") == {"Cliente 777"}
    assert found(stores.mirror, "before") == set()
    with stores.mirror.reading() as c:
        assert mirror.kept_value(c, "lease") == {"seconds": 5}
        plan = "EXPLAIN QUERY PLAN SELECT id FROM phone WHERE e164 % 100000000 = 87654321"
        assert "phone_by_last_8" in c.exec_driver_sql(plan).one()[-1]
    given.row(stores, "account", name="After")  # the new file is written like any other
    assert found(stores.mirror, "after") == {"After"}


def test_a_built_file_has_the_same_tables_as_an_ordinary_one(
    stores: Stores, tmp_path: Path
) -> None:
    with MirrorBuilder(tmp_path / "fresh.db", given.MIRROR_KEY) as builder:
        builder.finish()
    fresh = Mirror(tmp_path / "fresh.db", given.MIRROR_KEY)
    schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    with fresh.reading() as a, stores.mirror.reading() as b:
        assert a.exec_driver_sql(schema).all() == b.exec_driver_sql(schema).all()
    fresh.close()


def test_a_half_built_file_is_deleted(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), MirrorBuilder(tmp_path / "f.db", bytes(32)):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_names_do_not_stand_in_the_file(stores: Stores, tmp_path: Path) -> None:
    given.row(stores, "account", name="Marina Albuquerque")
    stores.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b"Albuquerque" not in content
        assert b"albuquerque" not in content
        assert not content.startswith(b"SQLite format")


def test_a_wrong_key_is_told(stores: Stores, tmp_path: Path) -> None:
    stores.close()
    with pytest.raises(StoreDamaged):
        Mirror(tmp_path / "mirror.db", bytes(32))


def test_every_single_flipped_bit_is_noticed(stores: Stores, tmp_path: Path) -> None:
    given.rows(stores, "account", *({"name": f"Cliente {i}"} for i in range(300)))
    stores.close()
    path = tmp_path / "mirror.db"
    good = path.read_bytes()
    for place in range(17, len(good), len(good) // 60):
        damaged = bytearray(good)
        damaged[place] ^= 1 << (place % 8)
        path.write_bytes(damaged)
        with pytest.raises(StoreDamaged):
            read_all(path)


def test_a_file_of_another_version_is_made_anew(stores: Stores, tmp_path: Path) -> None:
    given.row(stores, "account", name="Before")
    with stores.mirror.writing() as c:
        c.exec_driver_sql("PRAGMA user_version = 999")
    stores.close()
    again = given.some_stores(tmp_path)
    assert found(again.mirror, "before") == set()
    again.close()


def test_readers_see_one_moment_while_the_feed_writes(stores: Stores) -> None:
    count = "SELECT count(*) FROM account"
    with stores.mirror.reading() as c:
        assert c.exec_driver_sql(count).scalar() == 0
        given.row(stores, "account", name="Meanwhile")
        assert c.exec_driver_sql(count).scalar() == 0
    with stores.mirror.reading() as c:
        assert c.exec_driver_sql(count).scalar() == 1


def test_a_reader_cannot_write(stores: Stores) -> None:
    with pytest.raises(Exception, match="readonly"), stores.mirror.reading() as c:
        c.exec_driver_sql("DELETE FROM account")


def test_owners_are_told_for_every_table(stores: Stores) -> None:
    account = given.row(stores, "account")
    phone = given.row(stores, "phone", account_id=account)
    team = given.row(stores, "team")
    with stores.mirror.reading() as c:
        assert mirror.owners(c, "phone", [phone, UUID(int=9)]) == [(phone, account)]
        assert mirror.owners(c, "account", [account]) == [(account, account)]
        assert mirror.owners(c, "team", [team]) == [(team, None)]


@pytest.mark.parametrize("table", sorted(tables.MIRRORED))
def test_a_row_over_an_older_one_changes_all_its_columns_and_indexes(
    stores: Stores, table: str
) -> None:
    some: dict[type, object] = {
        Text: "x", Integer: 7, Boolean: 1, Float: 1.5, LargeBinary: b"d" * 16,
        tables.Uuid: b"u" * 16, tables.UtcTime: 9, tables.Day: "2026-11-22",
    }  # fmt: skip
    columns = tables.MIRRORED[table].columns
    first = stored(table)
    new = (first[0], *(some[type(columns[n].type)] for n in tables.VIEW_COLUMNS[table][1:]))
    for row in (first, new, first, new):
        with stores.mirror.writing() as c:
            mirror.apply_rows(c, table, [row])
    with stores.mirror.reading() as c:
        (found_there,) = c.exec_driver_sql(f'SELECT * FROM "{table}"').all()
        assert tuple(found_there)[: len(new)] == new
        assert c.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
