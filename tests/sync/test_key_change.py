"""A file gets another key while it still arrives: whole and proved, or nothing at all."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from pathlib import Path

import pytest

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.store.encrypted_file import connect
from agent_desktop.models.store.write_ahead_log import PAGE
from agent_desktop.sync.key_change import KeyChange

OLD, NEW = b"o" * 32, b"n" * 32
ROWS = [(n, os.urandom(900)) for n in range(4_000)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A finished file of some 4 MB."""
    path = tmp_path_factory.mktemp("whole") / "file.db"
    with closing(connect(path, OLD)) as c:
        c.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, data BLOB)")
        c.execute("BEGIN")
        c.executemany("INSERT INTO t VALUES (?, ?)", ROWS)
        c.execute("COMMIT")
    return path.read_bytes()


@pytest.fixture
def source(whole: bytes, tmp_path: Path) -> Path:
    """The same length, and nothing has arrived yet."""
    path = tmp_path / "parts"
    with open(path, "wb") as file:
        file.truncate(len(whole))
    return path


def put(source: Path, content: bytes, at: int) -> int:
    """Let some bytes arrive; returns where they end."""
    with open(source, "r+b") as file:
        file.seek(at)
        file.write(content)
    return at + len(content)


@pytest.mark.parametrize("step", [1 << 20, 100_000, 3 * PAGE + 1])
def test_it_is_copied_as_it_arrives(whole: bytes, source: Path, tmp_path: Path, step: int) -> None:
    """Pages that have not arrived are zeros: whoever read one too early would fail its check."""
    target = tmp_path / "target"
    with KeyChange(source, OLD, target, NEW) as change:
        for at in range(0, len(whole), step):
            change.arrived(put(source, whole[at : at + step], at))
        change.finish()
    with closing(connect(target, NEW)) as c:
        assert c.execute("SELECT * FROM t ORDER BY n").fetchall() == ROWS
        assert c.execute("PRAGMA cipher_integrity_check").fetchall() == []
    assert len(target.read_bytes()) == len(whole)
    assert os.name == "nt" or target.stat().st_mode & 0o777 == 0o600
    assert source.read_bytes() == whole


def test_it_is_under_way_before_all_has_arrived(whole: bytes, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    half = len(whole) // 2
    grown = threading.Event()
    with KeyChange(source, OLD, target, NEW) as change:
        change.arrived(put(source, whole[:half], 0))
        for _ in range(600):
            if target.exists() and target.stat().st_size > 0:
                break
            grown.wait(0.1)
        assert 0 < target.stat().st_size <= half
        change.arrived(put(source, whole[half:], half))
        change.finish()


def refused(source: Path, key: bytes, content: bytes) -> None:
    """What arrived as `content` and is read with `key` becomes nothing."""
    target = source.with_name("target")
    with KeyChange(source, key, target, NEW) as change:
        change.arrived(put(source, content, 0))
        with pytest.raises(StoreDamaged):
            change.finish()
    assert not target.exists()


def test_a_wrong_key_is_said(whole: bytes, source: Path) -> None:
    refused(source, NEW, whole)


@pytest.mark.parametrize("page", [0, 255, 300, -1])
def test_a_changed_bit_is_said(whole: bytes, source: Path, page: int) -> None:
    bad = bytearray(whole)
    bad[(page * PAGE + 100) % len(bad)] ^= 1
    refused(source, OLD, bytes(bad))


def test_given_up_nothing_stays(whole: bytes, source: Path, tmp_path: Path) -> None:
    with KeyChange(source, OLD, tmp_path / "target", NEW) as change:
        change.arrived(put(source, whole[: len(whole) // 2], 0))
    assert "key change" not in {thread.name for thread in threading.enumerate()}
    assert not (tmp_path / "target").exists()
