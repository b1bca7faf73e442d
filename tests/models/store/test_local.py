from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.store import draft
from agent_desktop.models.store.local import Local
from tests import given

# Writes drafts for ever and says which one is committed.
WRITER = """
import sys
from pathlib import Path
from agent_desktop.models.store import draft
from tests import given
stores = given.some_stores(Path(sys.argv[1]))
for count in range(10_000_000):
    draft.save(stores, "ticket:new:s1", {"text": draft.DraftField(f"typed {count}", count)})
    print(count, flush=True)
"""


def test_the_client_is_the_same_for_the_life_of_the_file(tmp_path: Path) -> None:
    first = Local(tmp_path / "local.db", bytes(32))
    first.close()
    again = Local(tmp_path / "local.db", bytes(32))
    assert again.client == first.client
    again.close()


def test_a_killed_program_loses_only_what_was_not_committed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    for rounds in range(3):
        writer = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
        )
        assert writer.stdout is not None
        for _ in range(20 + rounds):
            writer.stdout.readline()
        writer.kill()
        told = writer.stdout.read().split("\n")
        writer.wait(10)
        writer.stdout.close()
        last = max((int(line) for line in told[:-1] if line), default=19 + rounds)
        stores = given.some_stores(tmp_path)
        kept = draft.load(stores, "ticket:new:s1")["text"]
        stores.local.check()
        stores.close()
        assert kept.cursor in (last, last + 1)  # it may have died between commit and telling
        assert kept.text == f"typed {kept.cursor}"


def test_a_wrong_key_changes_nothing_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    Local(path, bytes(32)).close()
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):
        Local(path, bytes(31) + b"x")
    assert path.read_bytes() == before


def test_writers_of_several_threads_take_turns(tmp_path: Path) -> None:
    stores = given.some_stores(tmp_path)

    def write(name: str) -> None:
        for count in range(20):
            draft.save(stores, name, {"text": draft.DraftField(str(count))})

    threads = [threading.Thread(target=write, args=(f"place {i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [draft.load(stores, f"place {i}")["text"].text for i in range(4)] == ["19"] * 4
    stores.close()


def test_a_closed_file_says_so(tmp_path: Path) -> None:
    local = Local(tmp_path / "local.db", bytes(32))
    local.close()
    with pytest.raises(StoreDamaged), local.reading():
        pass


def test_the_file_belongs_to_its_user_alone(tmp_path: Path) -> None:
    local = Local(tmp_path / "new" / "local.db", bytes(32))
    local.close()
    if os.name == "posix":
        assert (tmp_path / "new" / "local.db").stat().st_mode & 0o077 == 0
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0
