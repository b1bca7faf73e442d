"""When a log goes into its file: never while somebody waits for a save, and yet it stays small."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest

from agent_desktop.models.store import write_ahead_log
from agent_desktop.models.store.encrypted_file import bare
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.write_ahead_log import (
    FRAME,
    MOST_PAGES,
    PAGE,
    WORTH_PAGES,
    has_lost_commits,
)
from tests.waiting import until

PATIENCE_SECONDS = 60


def write(own: Local, pages: int, name: str = "window") -> None:
    """One commit with some more than so many pages."""
    with own.writing() as c:
        value = bytes(pages * PAGE)
        bare(c).execute("INSERT OR REPLACE INTO window_state VALUES (?, ?)", (name, value))


def log_of(own: Local) -> Path:
    return own.path.with_name("local.db-wal")


def copied(own: Local) -> tuple[int, int]:
    """How many pages stand in the log, and how many of them in the file too."""
    with own.reading() as c:
        _, pages, done = bare(c).execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return pages, done


@pytest.fixture
def never_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if commits never ended."""
    monkeypatch.setattr(write_ahead_log, "QUIET_SECONDS", 3600)


def test_a_commit_copies_nothing(tmp_path: Path, never_quiet: None) -> None:
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        while copied(own)[0] < 2 * WORTH_PAGES:
            write(own, 100)
        assert copied(own)[1] == 0


def test_when_it_is_quiet_the_log_goes_into_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_ahead_log, "QUIET_SECONDS", 0.02)
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        for number in range(3):
            write(own, WORTH_PAGES, str(number))
            until(lambda: copied(own)[0] == copied(own)[1] > WORTH_PAGES)
        # Each began at the start of the log again.
        assert log_of(own).stat().st_size < 2 * WORTH_PAGES * FRAME
        own.check()


def test_a_small_log_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead_log, "QUIET_SECONDS", 0.001)
    looked = threading.Event()
    look = write_ahead_log.checkpoint_if_worth

    def looks(connection: object) -> None:
        look(connection)
        looked.set()

    monkeypatch.setattr(write_ahead_log, "checkpoint_if_worth", looks)
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        assert looked.wait(PATIENCE_SECONDS)
        looked.clear()
        write(own, WORTH_PAGES // 2)
        assert looked.wait(PATIENCE_SECONDS)
        assert copied(own)[1] == 0


def test_a_log_never_grows_without_end(tmp_path: Path, never_quiet: None) -> None:
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        for number in range(3 * MOST_PAGES // 200):
            write(own, 200, str(number % 7))
        assert log_of(own).stat().st_size < (MOST_PAGES + 300) * FRAME


def test_who_reads_all_the_while_sees_one_moment_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_ahead_log, "QUIET_SECONDS", 0.02)
    count = "SELECT count(*) FROM window_state"
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        write(own, 10, "before")
        with own.reading() as c:
            assert bare(c).execute(count).fetchone() == (1,)
            write(own, WORTH_PAGES, "first")
            write(own, WORTH_PAGES, "second")
            assert bare(c).execute(count).fetchone() == (1,)
        write(own, 10, "after")
        until(lambda: copied(own)[0] == copied(own)[1])
        with own.reading() as c:
            assert bare(c).execute(count).fetchone() == (4,)
        own.check()


def test_a_kill_leaves_a_log_that_is_read(tmp_path: Path, never_quiet: None) -> None:
    """A long one: the files are copied while the program runs, as a kill leaves them."""
    left = tmp_path / "left"
    left.mkdir()
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        number = 0
        while copied(own)[0] < WORTH_PAGES + 300:
            write(own, 200, str(number))
            number += 1
        for path in (own.path, log_of(own)):
            (left / path.name).write_bytes(path.read_bytes())
    assert not has_lost_commits(left / "local.db-wal")
    with closing(Local(left / "local.db", bytes(32))) as again:
        with again.reading() as c:
            found = bare(c).execute("SELECT count(*) FROM window_state").fetchone()
        assert found == (number,)
        again.check()


def test_closing_ends_the_keeper(tmp_path: Path) -> None:
    def keepers() -> list[threading.Thread]:
        return [one for one in threading.enumerate() if one.name == "log keeper"]

    before = keepers()
    with closing(Local(tmp_path / "local.db", bytes(32))) as own:
        write(own, 1)
        (mine,) = set(keepers()).difference(before)
    assert not mine.is_alive()
    assert not log_of(own).exists()
