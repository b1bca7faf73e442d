"""The feed loses nothing while many write; a naive cursor in the same run shows that it could."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from agent_desktop.models.store import tables
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.models.store.stores import Stores, open_stores
from agent_desktop.sync import questions
from agent_desktop.sync.connection import DirectConnection as Line
from agent_desktop.sync.feed import Feed
from tests import given
from tests.central_fixtures import Centre, password_of
from tests.sync.desk_at import server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

WRITERS = 12
TRANSACTIONS = 25
ROWS = 4


@contextmanager
def filled_stores(centre: Centre, line: Line, folder: Path) -> Iterator[Stores]:
    """Stores whose mirror shows the centre as it is now."""
    stores = open_stores(folder, given.MIRROR_KEY, given.LOCAL_KEY, given.a_site)
    fresh = folder / "fresh.db"
    with MirrorBuilder(fresh, given.MIRROR_KEY) as builder:
        with line.snapshot() as (cursor, reader):
            for table in tables.MIRRORED:
                builder.add(table, reader.rows(table))
        builder.finish(cursor)
    stores.mirror.replace_with(fresh)
    with closing(stores):
        yield stores


def write(dsn: str, accounts: list[UUID], seed: int) -> None:
    """Transactions of different lengths, some rolled back, some deleting."""
    dice = random.Random(seed)
    with psycopg.connect(dsn) as c:
        for _ in range(TRANSACTIONS):
            for _ in range(dice.randint(1, ROWS)):
                c.execute(
                    "insert into crm.phone (id, account_id, written) values (%s, %s, %s)",
                    (uuid4(), dice.choice(accounts), str(dice.random())),
                )
                c.execute("select pg_sleep(%s)", (dice.random() / 200,))
            if dice.random() < 0.2:
                c.execute(
                    "delete from crm.phone where id in (select id from crm.phone limit 1"
                    " for update skip locked)"
                )
            if dice.random() < 0.1:
                c.rollback()
            else:
                c.commit()


class NaiveCursor:
    """The feed read by its sequence alone: what a simpler design would do."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._seq = 0
        self.seen: set[int] = set()

    def pull(self) -> None:
        query = "select seq from crm.feed where seq > %s"
        new = [row[0] for row in self._connection.execute(query, (self._seq,))]
        self.seen.update(new)
        self._seq = max([self._seq, *new])

    def lost(self) -> int:
        """Lines of the feed it never saw."""
        everything = {row[0] for row in self._connection.execute("select seq from crm.feed")}
        return len(everything - self.seen)

    def close(self) -> None:
        self._connection.close()


def test_twelve_writers_lose_nothing_and_a_naive_cursor_does(
    centre: Centre, tmp_path: Path
) -> None:
    accounts = [centre.add_account(name=f"Cliente {i}") for i in range(20)]
    centre.add_agent("ana")
    never = threading.Event()
    writers = [
        threading.Thread(target=write, args=(centre.dsn, accounts, seed)) for seed in range(WRITERS)
    ]
    with (
        Line(server_of(centre.dsn), "ana", password_of("ana")) as line,
        filled_stores(centre, line, tmp_path) as stores,
        closing(NaiveCursor(centre.dsn)) as naive,
    ):
        told: list[Changes] = []
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            Feed(stores, told.append).pull(line, never)
            naive.pull()
        for writer in writers:
            writer.join()
        Feed(stores, told.append).pull(line, never)
        naive.pull()
        here = phones_here(stores)
        assert here == phones_there(centre)
        assert len(here) > WRITERS * TRANSACTIONS
        assert here <= set().union(*(changes.kinds.get("phone", set()) for changes in told))
        assert naive.lost() > 0, "the control lost nothing: this run proved nothing"


def phones_here(stores: Stores) -> set[UUID]:
    with stores.mirror.reading() as c:
        return set(c.execute(select(tables.MIRRORED["phone"].c.id)).scalars())


def phones_there(centre: Centre) -> set[UUID]:
    with psycopg.connect(centre.dsn) as c:
        return {row[0] for row in c.execute("select id from crm.phone")}


def test_a_long_pull_comes_in_pages_and_may_be_cut_off(centre: Centre, tmp_path: Path) -> None:
    centre.add_agent("ana")
    with (
        Line(server_of(centre.dsn), "ana", password_of("ana")) as line,
        filled_stores(centre, line, tmp_path) as stores,
    ):
        since = stores.mirror.cursor()
        accounts = {centre.add_account(name=f"Cliente {i}") for i in range(25)}
        assert since is not None
        page = line.ask(questions.PULL, since, most=10)
        assert (len(page.rows["account"]), page.is_last) == (10, False)
        stopped = threading.Event()
        stopped.set()
        Feed(stores, lambda changes: None).pull(line, stopped)
        Feed(stores, lambda changes: None).pull(line, threading.Event())
        with stores.mirror.reading() as c:
            assert set(c.execute(select(tables.MIRRORED["account"].c.id)).scalars()) == accounts


def test_values_arrive_exactly(centre: Centre, tmp_path: Path) -> None:
    centre.add_agent("ana")
    account = centre.add_account(
        name="Ção \U0001f600 '\"",
        tax_id="52998224725",
        tax_id_kind="cpf",
        erp_checked_at="1969-12-31 23:59:59.999999+00",
        customer_since="1912-02-29",
        life_support=True,
    )
    phone = {"id": uuid4(), "account_id": account, "e164": 5511987654321, "written": "x"}
    centre.insert("phone", **phone, valid_from=None)
    with (
        Line(server_of(centre.dsn), "ana", password_of("ana")) as line,
        filled_stores(centre, line, tmp_path) as stores,
        stores.mirror.reading() as c,
    ):
        row = c.execute(select(tables.MIRRORED["account"])).one()
        phone = c.execute(select(tables.MIRRORED["phone"])).one()
    assert row.name == "Ção \U0001f600 '\""
    assert row.tax_id_digest == centre.one("select tax_id_digest from crm.account")
    assert len(row.tax_id_digest) == 16
    assert row.erp_checked_at.isoformat() == "1969-12-31T23:59:59.999999+00:00"
    assert row.customer_since.isoformat() == "1912-02-29"
    assert row.life_support is True
    assert (phone.e164, phone.contact_id, phone.valid_from) == (5511987654321, None, None)


def test_every_view_has_the_columns_of_the_mirror_in_order(centre: Centre) -> None:
    query = (
        "select array_agg(attname::text order by attnum) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0"
    )
    for table, columns in tables.VIEW_COLUMNS.items():
        assert tuple(centre.one(query, f"sync_v1.{table}")) == columns
