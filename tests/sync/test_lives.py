"""Other lives of the centre: put back from a copy, a standby, a standby that was promoted."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from agent_desktop.central.postgres import Cluster
from agent_desktop.errors import CentreUnreachable
from agent_desktop.sync import questions
from agent_desktop.sync.answers import CursorUnknown
from agent_desktop.sync.connection import DirectConnection as Line
from tests.central_fixtures import Centre, password_of
from tests.sync.desk_at import Desk, server_of
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


class Standby(Cluster):
    """A server that follows another one."""

    def __init__(self, folder: Path, primary: Cluster) -> None:
        super().__init__(folder, durable=False)
        self._primary = primary

    def _make(self) -> None:
        shutil.copy(self._primary.home / "password", self.home / "password")
        self.data.mkdir(mode=0o700)
        self._give_to_server(self.data)
        options = (f"--pgdata={self.data}", f"--dbname={self._primary.dsn()}")
        self._program(
            "pg_basebackup", *options, "--write-recovery-conf", "--no-sync", "--checkpoint=fast"
        )

    def _close_doors(self) -> None:
        """They are the primary's, and closed."""

    def promote(self) -> None:
        self.pg_ctl("promote")

    def caught_up(self) -> None:
        """Wait until it shows what the primary has written so far."""
        with (
            psycopg.connect(self._primary.dsn(), autocommit=True) as here,
            psycopg.connect(self.dsn(), autocommit=True) as there,
        ):
            written = here.execute("select pg_current_wal_lsn()").fetchone()
            assert written is not None
            query = "select pg_last_wal_replay_lsn() >= %s"
            until(
                lambda: there.execute(query, written).fetchone() == (True,),
                what="a standby that has caught up",
            )


@pytest.fixture
def standby(own_centre: Centre, tmp_path: Path) -> Iterator[Standby]:
    follower = Standby(tmp_path / "standby", own_centre.cluster)
    try:
        follower.start()
        yield follower
    finally:
        follower.destroy()


def protocols(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as c:
        query = "select protocol from crm.interaction order by protocol"
        return [row[0] for row in c.execute(query).fetchall()]


def sent(desk: Desk, interaction: UUID) -> bool:
    row = desk.sees("interaction", interaction)
    return row is not None and not row["pending"]


def test_work_done_after_the_copy_comes_again_and_numbers_stay_unique(
    own_centre: Centre, tmp_path: Path
) -> None:
    """The server's folder is put back: same identifier, same timeline, fewer transactions."""
    centre, copy = own_centre, tmp_path / "copy"
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    desk = Desk(centre, tmp_path / "ana", "ana").start()
    try:
        interaction, before = desk.in_sync().begin(marina)
        desk.until(lambda: sent(desk, interaction))
        centre.cluster.stop()
        # As a backup does it: with owners and dates.
        subprocess.run(["cp", "-a", str(centre.cluster.data), str(copy)], check=True)
        centre.cluster.start()
        desk.syncer.try_now()
        desk.in_sync()
        lost = [desk.begin(marina) for _ in range(3)]
        desk.until(lambda: all(sent(desk, interaction) for interaction, _ in lost))
        with psycopg.connect(centre.dsn) as c:
            (leased,) = c.execute("select max(last) from crm.number_block").fetchone() or (0,)
        centre.cluster.stop()
        shutil.rmtree(centre.cluster.data)
        subprocess.run(["cp", "-a", str(copy), str(centre.cluster.data)], check=True)
        centre.cluster.start()
        with psycopg.connect(centre.dsn, autocommit=True) as admin:
            admin.execute("select crm.restored()")
            assert admin.execute("select count(*) from crm.interaction").fetchone() == (1,)
        desk.changes = type(desk.changes)()
        desk.syncer.try_now()
        desk.until(lambda: desk.changes.everything)
        desk.in_sync()
        assert all(sent(desk, interaction) for interaction, _ in lost)
        assert protocols(centre.dsn) == sorted([before, *(number for _, number in lost)])
        with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
            assert (
                line.ask(questions.LEASE_NUMBERS, desk.stores.local.client, "account")[0] > leased
            )
    finally:
        desk.close()


def test_a_standby_gives_no_cursor_and_no_pull(own_centre: Centre, standby: Standby) -> None:
    own_centre.add_agent("ana")
    with Line(server_of(own_centre.dsn), "ana", password_of("ana")) as line:
        cursor = line.ask(questions.POSITION)
    standby.caught_up()
    dsn = standby.dsn("agent_desktop", user="ana", password=password_of("ana"))
    with psycopg.connect(dsn, autocommit=True) as c:
        for query in (
            "select api_v1.position()",
            "select * from sync_v1.log('1:1:', '9:9:', '', 0, 10)",
        ):
            with pytest.raises(psycopg.Error) as refused:
                c.execute(query)
            assert refused.value.sqlstate == "AD010"
        assert c.execute("select count(*) from sync_v1.agent").fetchone() == (1,), (
            "reads are served"
        )
    # A desk is not even connected to it by mistake.
    with pytest.raises(CentreUnreachable):
        Line(server_of(dsn), "ana", password_of("ana"))
    assert cursor.generation


def test_a_promoted_standby_is_another_life_at_once(
    own_centre: Centre, standby: Standby, tmp_path: Path
) -> None:
    """A cursor of the old primary is refused by the very first pull, with no checkpoint between."""
    own_centre.add_agent("ana")
    own_centre.add_account(name="Marina")
    with Line(server_of(own_centre.dsn), "ana", password_of("ana")) as line:
        cursor = line.ask(questions.POSITION)
    standby.caught_up()
    own_centre.cluster.stop()
    standby.promote()
    promoted = server_of(standby.dsn("agent_desktop"))
    with (
        closing(Line(promoted, "ana", password_of("ana"))) as line,
        pytest.raises(CursorUnknown),
    ):
        line.ask(questions.PULL, cursor)


def test_what_the_old_primary_took_and_the_standby_missed_comes_again(
    own_centre: Centre, tmp_path: Path
) -> None:
    centre = own_centre
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    desk = Desk(centre, tmp_path / "ana", "ana").start()
    follower = Standby(tmp_path / "standby", centre.cluster)
    try:
        desk.in_sync()
        follower.start()
        follower.caught_up()
        follower.stop()  # cut off: it hears of nothing more
        interaction, protocol = desk.begin(marina)
        desk.until(lambda: sent(desk, interaction))
        address = (centre.cluster.home / "address").read_text("utf-8")
        centre.cluster.stop()
        (follower.home / "address").write_text(address, "utf-8")  # it takes the primary's place
        follower.start()
        follower.promote()
        desk.changes = type(desk.changes)()
        desk.syncer.try_now()
        desk.until(lambda: desk.changes.everything)
        desk.in_sync()
        assert protocols(centre.dsn) == [protocol]
    finally:
        desk.close()
        follower.destroy()
