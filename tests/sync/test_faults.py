"""What goes wrong between a desk and the centre, in the test's own process; desks that are killed,
and what is lost by it: tests/faults."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from agent_desktop.errors import CentreUnreachable, StoreDamaged
from agent_desktop.models.store import outbox
from agent_desktop.sync import connection, questions
from agent_desktop.sync.connection import DirectConnection as Line
from agent_desktop.sync.status import SyncState
from tests import given
from tests.central_fixtures import Centre, password_of
from tests.sync.desk_at import Desk, count, server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[Desk]:
    centre.add_agent("ana")
    opened = Desk(centre, tmp_path, "ana")
    yield opened
    opened.close()


def test_the_same_intent_pushed_twice_is_applied_once(centre: Centre, desk: Desk) -> None:
    given.lease(desk.stores)
    desk.begin()
    with desk.stores.local.writing() as c:
        (parcel,) = outbox.take_next(c, 1)
    client = desk.stores.local.client
    with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
        first = line.ask(questions.PUSH, client, parcel)
        assert line.ask(questions.PUSH, client, parcel) == first
    assert count(centre, "interaction") == 1


def test_ended_sessions_are_taken_up_again(centre: Centre, desk: Desk) -> None:
    desk.start().in_sync()
    centre.admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ana'"
    )
    desk.until(lambda: desk.statuses[-1].state is SyncState.OFFLINE)
    desk.syncer.try_now()
    desk.in_sync()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stops a process as POSIX does")
def test_a_centre_that_stands_still_is_given_up(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.add_agent("ana")
    with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
        monkeypatch.setattr(connection, "SILENCE_SECONDS", 0.5)
        pid = centre.one("select pid from pg_stat_activity where usename = 'ana'")
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(CentreUnreachable):
                line.ask(questions.POSITION)
        finally:
            os.kill(pid, signal.SIGCONT)


def test_a_stop_in_the_middle_of_a_talk_is_quick(centre: Centre, desk: Desk) -> None:
    desk.start().in_sync()
    with psycopg.connect(centre.dsn) as blocker:
        blocker.execute("lock table crm.intent_result in access exclusive mode")
        desk.begin()
        desk.until(lambda: desk.syncer.status.state is SyncState.SENDING)
        desk.syncer.stop()
    with desk.stores.local.reading() as c:
        assert outbox.count_unsent(c) == 1


def test_a_damaged_page_of_the_mirror_is_mended_from_the_centre(
    centre: Centre, tmp_path: Path
) -> None:
    accounts = [centre.add_account(name=f"Cliente {i}") for i in range(300)]
    centre.add_agent("ana")
    desk = Desk(centre, tmp_path, "ana").start().in_sync()
    desk.close()
    spoil(tmp_path / "mirror.db")
    desk = Desk(centre, tmp_path, "ana").start()
    try:
        centre.admin.execute("update crm.account set note = 'changed'")
        desk.until(lambda: everything_here(desk, accounts))
        desk.in_sync()
        desk.stores.mirror.check()
    finally:
        desk.close()


def spoil(path: Path) -> None:
    """Flip a bit in a page that holds accounts; the file still opens."""
    good = path.read_bytes()
    for page in range(1, len(good) // 4096):
        content = bytearray(good)
        content[page * 4096 + 1000] ^= 1
        path.write_bytes(content)
        with contextlib.suppress(StoreDamaged), contextlib.closing(given.a_mirror(path)) as mirror:
            try:
                with mirror.reading() as c:
                    c.exec_driver_sql("SELECT max(note) FROM account").all()
            except StoreDamaged:
                return
    raise AssertionError("no page of accounts found")


def everything_here(desk: Desk, accounts: list[UUID]) -> bool:
    try:
        rows = [desk.sees("account", account) for account in accounts]
    except StoreDamaged:
        return False
    return all(row is not None and row["note"] == "changed" for row in rows)


def test_no_password_in_what_is_logged_or_raised(centre: Centre) -> None:
    centre.add_agent("ana")
    secret = "not to be seen anywhere"
    with pytest.raises(Exception) as failed:
        Line(server_of(centre.dsn), "ana", secret)
    error: BaseException | None = failed.value
    while error is not None:
        assert secret not in repr(error) + repr(vars(error))
        error = error.__cause__ or error.__context__
