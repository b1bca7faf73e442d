"""The directory: little of everybody, kept up by the feed, the same however it was made."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from sqlalchemy import Connection
from uuid6 import uuid7

from agent_desktop.models.account.record import AccountKind, PhoneKind
from agent_desktop.models.rules.text_fold import fold, trigrams
from agent_desktop.models.store import directory, mirror, tables
from agent_desktop.models.store import directory_entry as entry
from agent_desktop.models.store.directory import METER
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.models.store.stores import Stores
from tests import given

CPF = "•••.533.447-••"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = given.some_stores(tmp_path)
    yield opened
    opened.close()


def stored(table: str, **values: object) -> tuple[Any, ...]:
    row = {**tables.blank(table, uuid7()), **values}
    return tables.stored_row(table, [row[name] for name in tables.VIEW_COLUMNS[table]])


def only_directory(stores: Stores) -> None:
    """As on a desk of which these accounts are not in the working set."""
    with stores.mirror.writing() as c:
        for table in ("account", "phone", "unit", "meter"):
            c.exec_driver_sql(f"DELETE FROM {table}")


def all_of(c: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The whole directory with accounts by id instead of by their number in the file."""
    by = "JOIN directory d ON d.n = x.n ORDER BY"
    return {
        "account": [tuple(row) for row in c.exec_driver_sql(
            f"SELECT d.id, number, name, tax_id_digest, tax_id_seen, {', '.join(entry.PROFILE)} "
            "FROM directory d JOIN directory_profile p ON p.profile = d.profile ORDER BY d.id")],
        "phone": [tuple(row) for row in c.exec_driver_sql(
            f"SELECT d.id, tag, e164, flags, rest FROM directory_phone x {by} d.id, tag")],
        "place": [tuple(row) for row in c.exec_driver_sql(
            f"SELECT d.id, tag, kind, x.number, before FROM directory_place x {by} d.id, tag")],
        "start": [tuple(row) for row in c.exec_driver_sql(
            f"SELECT d.id, folded FROM directory_start x {by} d.id")],
    }  # fmt: skip


def test_an_account_comes_out_as_it_went_in(stores: Stores) -> None:
    values: dict[str, Any] = {
        "number": "100482913", "kind": "company", "name": "Padaria Estrela", "segment": "rural",
        "tax_id_kind": "cpf", "tax_id_masked": CPF, "tax_id_digest": bytes(range(16)),
        "stage": "client", "language": "ru", "city": "Osasco", "state_code": "SP",
        "active": True, "life_support": True, "erp_state": "inactive",
    }  # fmt: skip
    account = given.row(stores, "account", **values, email="a@b.ex", street="R. das Acácias")
    only_directory(stores)
    with stores.mirror.reading() as c:
        found = directory.accounts(c, [account, uuid7()])
    assert set(found) == {account}
    assert {name: getattr(found[account], name) for name in values} == values
    assert found[account].kind is AccountKind.COMPANY
    assert (found[account].email, found[account].street) == ("", "")


@pytest.mark.parametrize(
    ("kind", "masked"),
    [
        ("cpf", CPF),
        ("cnpj", "12.•••.•••/01DE-••"),
        ("inn", "••••••7890"),
        ("cpf", "•••.12"),
        ("", ""),
        ("cpf", "9••.533.447-••"),
    ],
)
def test_a_masked_tax_id_comes_out_as_it_went_in(kind: str, masked: str) -> None:
    seen = entry.seen_of_tax_id(kind, masked)
    assert entry.masked_tax_id(kind, seen) == masked
    assert len(seen) <= len(masked) + 1


@hypothesis_given(st.text("0123456789ABC-/ é٣", max_size=24))
def test_a_code_is_split_and_joined_without_loss(code: str) -> None:
    assert entry.joined_code(*entry.split_code(code)) == code
    assert str(entry.as_number(code)) == code


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"preferred": True, "kind": "work", "extension": "12"},
        {"valid_until": date(2022, 12, 31)},
        {"valid_until": date(2022, 12, 31), "extension": "7"},
        {"do_not_call": True, "do_not_call_reason": "quer paz", "do_not_call_on": date(2025, 1, 2)},
    ],
)
def test_a_number_is_found_with_all_that_a_ring_asks_for(
    stores: Stores, more: dict[str, Any]
) -> None:
    account = given.row(stores, "account", name="Marina", active=True)
    values = {"e164": 5511987654321, "kind": "mobile", **more}
    phone_id = given.row(stores, "phone", account_id=account, **values)
    with stores.mirror.reading() as c:
        # the mirrored row says more
        assert directory.numbered(c, [5511987654321], 9) == ([], True)
    only_directory(stores)
    with stores.mirror.reading() as c:
        ((_, found),), is_kept = directory.numbered(c, [5511987654321], 9)
        assert not is_kept
        assert directory.phones_of(c, account) == (found,)
    assert found.account_id == account
    assert found.kind is PhoneKind(values["kind"])
    assert {name: getattr(found, name) for name in values} == values
    if found.do_not_call:
        assert found.id == phone_id  # an answer to the wish names it


def test_the_directory_follows_the_feed(stores: Stores) -> None:
    account = given.row(stores, "account", name="Marina Alves", number="7")
    other = given.row(stores, "account", name="Marina Dias")
    phone = given.row(stores, "phone", account_id=account, e164=5511911111111)
    given.row(stores, "phone", account_id=account, e164=5511933333333)
    unit = given.row(stores, "unit", account_id=account, number="7712345")
    given.row(stores, "account", id=account, name="Marina Rocha", number="8")
    given.row(stores, "phone", id=phone, account_id=account, e164=5511922222222)
    only_directory(stores)
    with stores.mirror.writing() as c:
        assert directory.ids_of_number(c, "7") == []
        assert directory.ids_of_number(c, "8") == [account]
        names = directory.names_with(c, trigrams(fold("alves")), 9)
        assert names == []
        assert [row[0] for row in directory.names_from(c, "marina ro", 9)] == [account.bytes]
        assert [row[0] for row in directory.names_from(c, "mari", 9)] == [
            other.bytes,
            account.bytes,
        ]
        assert {phone.e164 for phone in directory.phones_of(c, account)} == {
            5511922222222, 5511933333333,
        }  # fmt: skip
        mirror.forget_rows(c, "phone", [phone])
        assert [one.e164 for one in directory.phones_of(c, account)] == [5511933333333]
        assert [one.account_id for one in directory.places(c, "7712345", 9)] == [account]
        mirror.forget_rows(c, "unit", [unit])
        assert directory.places(c, "7712345", 9) == []
        mirror.forget_rows(c, "account", [account])
        assert not directory.is_there(c, account)
        assert [len(rows) for rows in all_of(c).values()] == [1, 0, 0, 1]
        assert [row[1] for row in directory.names_with(c, trigrams("marina"), 9)] == ["Marina Dias"]


def test_a_number_may_come_before_its_account(stores: Stores) -> None:
    account = uuid7()
    given.row(stores, "phone", account_id=account, e164=5511987654321)
    given.row(stores, "account", id=account, name="Marina Alves", number="7")
    only_directory(stores)
    with stores.mirror.reading() as c:
        ((owner, phone),), _ = directory.numbered(c, [5511987654321], 9)
        assert owner.id == phone.account_id == account
        assert [row[:2] for row in directory.names_with(c, trigrams("alves"), 9)] == [
            (account.bytes, "Marina Alves")
        ]
        assert directory.ids_of_number(c, "7") == [account]


@pytest.mark.parametrize("typed", ["ELS00443", "443", "00443", "44", "ELS004", "0044"])
def test_a_meter_is_found_by_what_people_say_of_it(stores: Stores, typed: str) -> None:
    account = given.row(stores, "account", name="Marina")
    given.row(stores, "meter", account_id=account, serial="ELS-00443")
    given.row(stores, "meter", account_id=account, serial="ELS-90443")
    only_directory(stores)
    with stores.mirror.reading() as c:
        assert {one.code for one in directory.places(c, typed, 9)} == {"ELS-00443"}
        assert {one.kind for one in directory.places(c, typed, 9)} == {METER}


def filled_row_by_row(path: Path, rows: list[tuple[str, tuple[Any, ...]]]) -> mirror.Mirror:
    made = mirror.Mirror(path, given.MIRROR_KEY)
    with made.writing() as c:
        for table, row in rows:
            mirror.apply_rows(c, table, [row])
    return made


def filled_at_once(path: Path, rows: list[tuple[str, tuple[Any, ...]]]) -> mirror.Mirror:
    with MirrorBuilder(path, given.MIRROR_KEY) as builder:
        for table in ("meter", "phone", "account", "unit"):  # in any order
            builder.add(table, (row for kind, row in rows if kind == table))
        builder.finish()
    return mirror.Mirror(path, given.MIRROR_KEY)


def some_company() -> Iterator[tuple[str, tuple[Any, ...]]]:
    for number in range(40):
        account: UUID = uuid7()
        yield "account", stored(
            "account", id=account, number=str(1000 + number), name=f"Cliente {number % 7} Souza",
            city=("Osasco", "Santos")[number % 2], active=number % 3 > 0,
            tax_id_kind="cpf", tax_id_masked=CPF, tax_id_digest=bytes([number] * 16),
        )  # fmt: skip
        for at in range(number % 4):
            yield "phone", stored("phone", account_id=account, e164=5511900000000 + number * at)
        yield "unit", stored("unit", account_id=account, number=f"77{number:03}")
        yield "meter", stored("meter", account_id=account, serial=f"ELS-{number:05}")


@pytest.mark.parametrize("fill", [filled_row_by_row, filled_at_once])
def test_a_file_made_at_once_knows_what_one_made_by_the_feed_knows(
    tmp_path: Path,
    fill: Callable[[Path, list[tuple[str, tuple[Any, ...]]]], mirror.Mirror],
) -> None:
    rows = list(some_company())
    with (
        contextlib.closing(filled_row_by_row(tmp_path / "a.db", rows)) as one,
        contextlib.closing(fill(tmp_path / "b.db", rows)) as other,
        one.reading() as a,
        other.reading() as b,
    ):
        assert all_of(a) == all_of(b)
        for text in ("cliente 3", "souza", "sou"):
            parts = trigrams(text)
            assert sorted(directory.names_with(a, parts, 99)) == sorted(
                directory.names_with(b, parts, 99)
            )
        assert len(directory.names_with(b, trigrams("cliente 3"), 99)) == 6
