"""A finished mirror from the centre: the same as one made row by row, resumable, and verified."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from agent_desktop.errors import CentreUnreachable
from agent_desktop.hub.collector import Collector, make_file
from agent_desktop.models.store import directory, mirror, opened_accounts, tables, working_set
from agent_desktop.models.store.mirror import Mirror
from agent_desktop.sync import questions
from agent_desktop.sync.bootstrap_process import WHOLE_UP_TO, BootstrapProcess
from agent_desktop.sync.connection import DirectConnection as Line
from agent_desktop.sync.progress import Reporter
from agent_desktop.sync.snapshot_file import Download, SnapshotGone
from agent_desktop.sync.status import SyncState
from tests import given
from tests.central_fixtures import Centre, password_of
from tests.hub.hub_at import HubLogin, hub_login
from tests.sync.desk_at import Desk, server_of
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def hub(centre: Centre) -> Iterator[HubLogin]:
    with hub_login(centre) as login:
        yield login


def make(hub: HubLogin, *scopes: str) -> UUID:
    with psycopg.connect(hub.dsn, autocommit=True) as connection:
        connection.execute("set role collectors")
        return make_file(connection, scopes or ("company",))


def fill(centre: Centre, accounts: int = 40) -> list[UUID]:
    made = [centre.add_account(name=f"Cliente {n}") for n in range(accounts)]
    for n, account in enumerate(made):
        centre.insert("phone", id=uuid4(), account_id=account, e164=5511900000000 + n)
    return made


def offer_in_small_parts(centre: Centre, hub: HubLogin, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished file of several parts, and an agent who may fetch it."""
    fill(centre)
    centre.add_agent("ana")
    monkeypatch.setattr("agent_desktop.hub.collector.PART_SIZE", 64 << 10)
    make(hub)


def rows_of(desk: Desk) -> dict[str, set[tuple[object, ...]]]:
    with desk.stores.mirror.reading() as c:
        return {
            name: {tuple(row) for row in c.execute(select(table))}
            for name, table in tables.MIRRORED.items()
        }


def test_a_file_brings_what_rows_bring(centre: Centre, hub: HubLogin, tmp_path: Path) -> None:
    accounts = fill(centre)
    centre.add_agent("ana")
    by_row = Desk(centre, tmp_path / "rows", "ana").start().in_sync()
    make(hub)
    by_file = Desk(centre, tmp_path / "file", "ana").start().in_sync()
    try:
        fetching = [s for s in by_file.statuses if s.state is SyncState.RESYNCING and s.expected]
        assert rows_of(by_file) == rows_of(by_row)
        assert fetching, "no progress was told"
        assert by_file.stores.mirror.key == given.MIRROR_KEY
        by_file.stores.mirror.check()
        centre.admin.execute(
            "update crm.account set name = 'Renamed' where id = %s", (accounts[0],)
        )
        by_file.until(lambda: (by_file.sees("account", accounts[0]) or {})["name"] == "Renamed")
    finally:
        by_row.close()
        by_file.close()


def test_what_came_after_the_file_is_there_at_once_and_own_calls_too(
    centre: Centre, hub: HubLogin, tmp_path: Path
) -> None:
    (account,) = fill(centre, 1)
    ana, bia = centre.add_agent("ana"), centre.add_agent("bia")
    mine, hers = uuid4(), uuid4()
    for call, agent in ((mine, ana), (hers, bia)):
        centre.insert("interaction_call", id=call, agent_id=agent, number="0")
    make(hub)
    later = centre.add_account(name="Later")
    centre.admin.execute("update crm.account set name = 'New' where id = %s", (account,))
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        desk.until(lambda: desk.changes.everything)
        assert (desk.sees("account", account) or {})["name"] == "New"
        assert desk.sees("account", later) is not None
        assert desk.sees("interaction_call", mine) is not None
        assert desk.sees("interaction_call", hers) is None
    finally:
        desk.close()


def test_a_file_is_for_its_scopes_only(centre: Centre, hub: HubLogin) -> None:
    centre.add_account(name="The Mayor", scope="vip")
    centre.add_agent("ana")
    centre.add_agent("vera", scopes=("company", "vip"))
    snapshot = make(hub, "company", "vip")
    with (
        Line(server_of(centre.dsn), "ana", password_of("ana")) as ana,
        Line(server_of(centre.dsn), "vera", password_of("vera")) as vera,
    ):
        assert ana.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA) is None
        assert ana.ask(questions.SNAPSHOT_PART, snapshot, 0) is None
        assert vera.ask(questions.SNAPSHOT_PART, snapshot, 0) is not None
        offer = vera.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA)
        assert offer is not None
        assert offer.id == snapshot
        assert vera.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA + 1) is None, (
            "of another program's shape"
        )
        centre.admin.execute("update crm.site set generation = generation + 1")
        assert vera.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA) is None, "of another life"


class BrokenLine:
    """A real line that breaks after some parts."""

    def __init__(self, line: Line, parts: int) -> None:
        self._line = line
        self.left = parts
        self.asked: list[int] = []

    def ask(self, question: Any, snapshot: UUID, n: int) -> bytes | None:
        assert question is questions.SNAPSHOT_PART
        self.asked.append(n)
        if not self.left:
            raise CentreUnreachable("cut")
        self.left -= 1
        return self._line.ask(questions.SNAPSHOT_PART, snapshot, n)


def test_a_fetch_that_was_cut_off_goes_on_where_it_stopped(
    centre: Centre, hub: HubLogin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer_in_small_parts(centre, hub, monkeypatch)
    path, report = tmp_path / "mirror.fresh", Reporter(io.StringIO())
    with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
        offer = line.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA)
        assert offer is not None
        assert offer.parts > 4
        cut = BrokenLine(line, 3)
        with (
            pytest.raises(CentreUnreachable),
            Download(offer, path, given.MIRROR_KEY) as download,
        ):
            download.fetch(cut, report)  # type: ignore[arg-type]
        assert not path.exists()
        with open(path.with_name("mirror.fresh.parts"), "r+b") as file:
            file.seek(3 * offer.part_size)
            file.write(b"half a part")
        rest = BrokenLine(line, offer.parts)
        with Download(offer, path, given.MIRROR_KEY) as download:
            download.fetch(rest, report)  # type: ignore[arg-type]
            assert rest.asked == list(range(3, offer.parts))
            download.take({"x": 1}, line.ask(questions.OWN_ROWS))
    with closing(Mirror(path, given.MIRROR_KEY)) as taken:
        taken.check()
        assert taken.cursor() == offer.cursor
        with taken.reading() as c:
            assert mirror.kept_value(c, "x") == 1
    assert offer.key not in path.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir() if "parts" in file.name) == []


def spoil_a_part(centre: Centre) -> None:
    centre.admin.execute(
        "update crm.snapshot_part set data = set_byte(data, 5000, get_byte(data, 5000) # 1)"
        " where n = 0"
    )


def lose_a_part(centre: Centre) -> None:
    centre.admin.execute("delete from crm.snapshot_part where n = 0")


def forget_the_feed(centre: Centre) -> None:
    """It is offered, and the feed does not go on from it: trimmed between offer and pull."""
    centre.admin.execute(
        "create or replace function api_v1.snapshot_offer(mirror_schema int) returns jsonb"
        " language sql stable security definer set search_path = '' as $$"
        " select jsonb_build_object('id', s.id, 'generation', s.generation, 'schema', s.schema,"
        "  'snapshot', s.snapshot, 'rows', s.rows, 'bytes', s.bytes, 'part_bytes', s.part_bytes,"
        "  'sha256', encode(s.sha256, 'hex'), 'key', encode(s.key, 'hex')) from crm.snapshot s $$"
    )
    centre.add_account(name="x")
    centre.admin.execute("update crm.feed set at = now() - interval '40 days'")
    assert centre.one("select crm.trim_feed('30 days')")


@pytest.mark.parametrize("spoil", [spoil_a_part, lose_a_part, forget_the_feed])
def test_a_useless_file_is_passed_by(
    centre: Centre, hub: HubLogin, tmp_path: Path, spoil: Callable[[Centre], None]
) -> None:
    accounts = fill(centre, 3)
    centre.add_agent("ana")
    make(hub)
    spoil(centre)
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        desk.in_sync()
        assert all(desk.sees("account", account) for account in accounts)
    finally:
        desk.close()


def test_a_spoilt_file_is_refused_by_name(centre: Centre, hub: HubLogin, tmp_path: Path) -> None:
    fill(centre, 3)
    centre.add_agent("ana")
    make(hub)
    spoil_a_part(centre)
    with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
        offer = line.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA)
        assert offer is not None
        with pytest.raises(SnapshotGone), Download(offer, tmp_path / "x", bytes(32)) as download:
            download.fetch(line, Reporter(io.StringIO()))
    assert list(tmp_path.iterdir()) == []


def test_own_work_is_there_before_the_rest(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole fetch is held up; what the agent needs first must not wait for it."""
    mine, other = fill(centre, 2)
    ana = centre.add_agent("ana")
    ticket = uuid4()
    centre.insert("ticket", id=ticket, account_id=mine, number="TK-1", assignee_id=ana)
    held, go = threading.Event(), threading.Event()

    run = BootstrapProcess.run

    def hold(process: BootstrapProcess, *rest: Any) -> None:
        held.set()
        go.wait(60)
        run(process, *rest)

    monkeypatch.setattr(BootstrapProcess, "run", hold)
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        assert held.wait(60)
        assert desk.sees("ticket", ticket) is not None
        assert (desk.sees("account", mine) or {})["name"] == "Cliente 0"
        assert desk.sees("account", other) is None
        assert desk.stores.mirror.cursor() is None
        assert {mine} <= desk.changes.kinds["account"]
        go.set()
        desk.until(lambda: desk.sees("account", other))
    finally:
        go.set()
        desk.close()


def test_the_collector_makes_a_file_for_each_set_of_scopes_and_only_one_works(
    centre: Centre, hub: HubLogin, tmp_path: Path
) -> None:
    fill(centre, 2)
    centre.add_agent("ana")
    centre.add_agent("vera", scopes=("company", "vip"))
    first, second = (Collector(hub.dsn, folder=tmp_path, round_seconds=0.1) for _ in range(2))
    first.start()
    try:
        until(lambda: centre.one("select count(*) from crm.snapshot") == 2)
        second.start()
        made = "select array_agg(array_to_string(scopes, ',') order by scopes) from crm.snapshot"
        assert centre.one(made) == ["company", "company,vip"]
        assert centre.one("select count(*) from crm.feed_part") == 1
        assert not second.on_duty.is_set()
        first.stop()
        until(second.on_duty.is_set)
        assert centre.one("select count(*) from crm.snapshot") == 2, "made again though fresh"
    finally:
        first.stop()
        second.stop()
    assert list(tmp_path.iterdir()) == []


def test_a_desk_with_a_directory_holds_its_own_work_and_fetches_what_is_opened(
    centre: Centre, hub: HubLogin, tmp_path: Path
) -> None:
    mine, other = fill(centre, 2)
    ana = centre.add_agent("ana")
    centre.insert("ticket", id=uuid4(), account_id=mine, number="TK-1", assignee_id=ana)
    with psycopg.connect(hub.dsn, autocommit=True) as connection:
        connection.execute("set role collectors")
        make_file(connection, ["company"], directory_only=True)
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        desk.in_sync()
        with desk.stores.mirror.reading() as c:
            assert working_set.is_part(c)
        assert len(held(desk, "phone", mine)) == 1
        assert held(desk, "phone", other) == []
        opened_accounts.opened(desk.stores, other)
        desk.syncer.wake()
        desk.until(lambda: held(desk, "phone", other))
        assert desk.sees("account", other) is not None
        later = uuid4()
        centre.insert("ticket", id=later, account_id=other, number="TK-2")
        desk.until(lambda: desk.sees("ticket", later))
    finally:
        desk.close()


def test_a_large_site_is_fetched_row_by_row_as_a_directory_with_own_work(
    centre: Centre, tmp_path: Path
) -> None:
    mine, other = fill(centre, 2)
    ana = centre.add_agent("ana")
    centre.insert("ticket", id=uuid4(), account_id=mine, number="TK-1", assignee_id=ana)
    nobodys = uuid4()
    centre.insert("interaction", id=nobodys, protocol="2026112200000017", number="+5511")
    centre.admin.execute(
        "update pg_class set reltuples = %s where oid = 'crm.phone'::regclass", (WHOLE_UP_TO + 1,)
    )
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        desk.in_sync()
        with desk.stores.mirror.reading() as c:
            assert working_set.is_part(c)
            assert {one.account_id for one in directory.phones_of(c, other)} == {other}
            assert set(directory.accounts(c, [mine, other])) == {mine, other}
        assert held(desk, "phone", mine) != []
        assert held(desk, "phone", other) == []
        assert desk.sees("interaction", nobodys) is not None
        centre.admin.execute("update crm.account set name = 'Renamed' where id = %s", (other,))
        desk.until(lambda: name_of(desk, other) == "Renamed")
    finally:
        desk.close()


def held(desk: Desk, table: str, account: UUID) -> list[object]:
    target = tables.MIRRORED[table].c
    with desk.stores.mirror.reading() as c:
        return list(c.execute(select(target.id).where(target.account_id == account)).scalars())


def name_of(desk: Desk, account: UUID) -> str:
    """As the directory knows it."""
    with desk.stores.mirror.reading() as c:
        return directory.accounts(c, [account])[account].name
