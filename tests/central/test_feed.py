"""The feed loses nothing while many write, where naive cursors do."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.central_fixtures import Centre, ConnectAs, Connection, Pusher

WRITERS = 6
SECONDS = 2.5


def pull(connection: Connection, since: str, most: int = 20000) -> tuple[set[UUID], str]:
    """What changed since a snapshot, and the new one; in pages."""
    found: set[UUID] = set()
    after: tuple[str, int] = ("", 0)
    upto = ""
    while True:
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read read only")
            if not upto:
                row = connection.execute("select api_v1.position() ->> 'snapshot'").fetchone()
                assert row is not None
                upto = row[0]
            page = connection.execute(
                "select xid, seq, id from sync_v1.log(%s, %s, %s, %s, %s)",
                (since, upto, *after, most),
            ).fetchall()
        found |= {row[2] for row in page}
        if len(page) < most:
            return found, upto
        after = (page[-1][0], page[-1][1])


class Writers:
    """Threads that insert outages in transactions of uneven length."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._stop = threading.Event()
        self.written: set[UUID] = set()
        self._threads = [
            threading.Thread(target=self._write, args=(random.Random(n),)) for n in range(WRITERS)
        ]

    def _write(self, chance: random.Random) -> None:
        with psycopg.connect(self._dsn) as connection:
            while not self._stop.is_set():
                ids = [uuid.uuid4() for _ in range(chance.randint(1, 4))]
                for id_ in ids:
                    connection.execute("insert into crm.outage (id) values (%s)", (id_,))
                    if chance.random() < 0.2:
                        self._stop.wait(chance.random() * 0.05)
                connection.commit()
                self.written |= set(ids)

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)


def test_nothing_is_lost_and_a_naive_cursor_loses(centre: Centre, connect_as: ConnectAs) -> None:
    ana = connect_as("ana")
    seen: set[UUID] = set()
    naive: set[UUID] = set()
    _, cursor = pull(ana, "1:1:")
    last = centre.one("select coalesce(max(seq), 0) from crm.feed")
    with Writers(centre.dsn) as writers:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            found, cursor = pull(ana, cursor, most=50)
            seen |= found
            for seq, id_ in centre.admin.execute(
                "select seq, id from crm.feed where seq > %s order by seq", (last,)
            ).fetchall():
                last, naive = seq, naive | {id_}
    found, cursor = pull(ana, cursor, most=50)
    seen |= found
    rest = centre.admin.execute("select id from crm.feed where seq > %s", (last,)).fetchall()
    naive |= {row[0] for row in rest}
    assert len(writers.written) > 100
    assert writers.written - seen == set()
    assert writers.written - naive, "the control should have lost rows, so the test proves nothing"


def test_a_long_transaction_elsewhere_is_told_when_it_ends(
    centre: Centre, connect_as: ConnectAs
) -> None:
    ana = connect_as("ana")
    slow, quick = uuid.uuid4(), uuid.uuid4()
    with psycopg.connect(centre.dsn) as writer:
        writer.execute("insert into crm.outage (id) values (%s)", (slow,))
        _, cursor = pull(ana, "1:1:")
        centre.insert("outage", id=quick)
        found, cursor = pull(ana, cursor)
        assert found == {quick}
        writer.commit()
    found, cursor = pull(ana, cursor)
    assert found == {slow}
    assert pull(ana, cursor)[0] == set()


def test_the_two_halves_are_the_definition(centre: Centre, connect_as: ConnectAs) -> None:
    """log() asks the index; pg_visible_in_snapshot is what it means. Any snapshots."""
    ana = connect_as("ana")
    centre.admin.execute(
        "insert into crm.feed (xid, table_name, id, op, scope, old_scope, revision)"
        " select n::text::xid8, 'outage', gen_random_uuid(), 'insert', 'company', 'company', 1"
        " from generate_series(5, 60) n"
    )
    # Snapshots beyond the server's own would be refused as another life's.
    with psycopg.connect(centre.dsn, autocommit=True) as other:
        while centre.one("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint") < 70:
            other.execute("select pg_current_xact_id()")

    def snapshots() -> st.SearchStrategy[str]:
        def text(parts: tuple[int, set[int]]) -> str:
            xmin, running = parts
            xip = sorted(xmin + r for r in running)
            return f"{xip[0] if xip else xmin}:{(xip[-1] if xip else xmin) + 1}:" + ",".join(
                map(str, xip)
            )

        return st.tuples(st.integers(3, 50), st.sets(st.integers(0, 12), max_size=5)).map(text)

    @settings(max_examples=60, deadline=None)
    @given(since=snapshots(), upto=snapshots(), x=st.integers(0, 40))
    def check(since: str, upto: str, x: int) -> None:
        got = ana.execute(
            "select xid::bigint from sync_v1.log(%s, %s, %s, 0, 20000)", (since, upto, str(x))
        ).fetchall()
        meant = centre.admin.execute(
            "select f.xid::text::bigint from crm.feed f where (f.xid, f.seq) > (%s::text::xid8, 0)"
            " and not pg_visible_in_snapshot(f.xid, %s) and pg_visible_in_snapshot(f.xid, %s)"
            " order by f.xid, f.seq",
            (str(x), since, upto),
        ).fetchall()
        assert got == meant

    check()


def sqlstate(run: Callable[[], object]) -> str | None:
    with pytest.raises(psycopg.Error) as error:
        run()
    return error.value.sqlstate


def test_cursors_of_another_life_or_too_old_are_told(centre: Centre, connect_as: ConnectAs) -> None:
    ana = connect_as("ana")
    assert sqlstate(lambda: pull(ana, "99999999:99999999:")) == "AD011"
    _, old = pull(ana, "1:1:")
    centre.insert("outage", id=uuid.uuid4())
    centre.insert("outage", id=uuid.uuid4())
    _, fresh = pull(ana, old)
    centre.admin.execute("update crm.feed set at = now() - interval '40 days'")
    assert centre.one("select crm.trim_feed('30 days')") > 0
    assert sqlstate(lambda: pull(ana, old)) == "AD011"
    new = uuid.uuid4()
    centre.insert("outage", id=new)
    assert pull(ana, fresh)[0] == {new}


def test_the_log_uses_the_index(centre: Centre, ana: Pusher) -> None:
    centre.admin.execute(
        "insert into crm.feed (xid, table_name, id, op, scope, old_scope, revision)"
        " select '5', 'outage', gen_random_uuid(), 'insert', 'company', 'company', 1"
        " from generate_series(1, 20000)"
    )
    centre.admin.execute("analyze crm.feed")
    _, cursor = pull(ana.connection, "6:6:")
    centre.insert("outage", id=uuid.uuid4())
    began = time.perf_counter()
    for _ in range(20):
        found, _ = pull(ana.connection, cursor)
        assert len(found) == 1
    each = (time.perf_counter() - began) / 20
    assert each < 0.05, f"{each * 1000:.1f} ms a pull: the feed is being scanned"


def test_deletes_are_told(centre: Centre, connect_as: ConnectAs) -> None:
    ana, outage = connect_as("ana"), uuid.uuid4()
    centre.insert("outage", id=outage)
    _, cursor = pull(ana, "1:1:")
    centre.admin.execute("delete from crm.outage")
    row = ana.execute(
        "select id, op from sync_v1.log(%s, pg_current_snapshot()::text, '', 0, 10)", (cursor,)
    ).fetchall()
    assert row == [(outage, "delete")]


def test_a_hint_is_sent_and_empty(centre: Centre, connect_as: ConnectAs) -> None:
    ana = connect_as("ana")
    ana.execute("listen feed")
    centre.insert("outage", id=uuid.uuid4())
    hints = list(ana.notifies(timeout=10, stop_after=1))
    assert [hint.payload for hint in hints] == [""]
