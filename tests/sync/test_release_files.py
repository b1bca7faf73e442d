"""Files of a desk that another release of the program wrote: unsent work outlives it."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent_desktop.errors import StoreNewer
from agent_desktop.models.interaction import verbs as interaction
from agent_desktop.models.interaction.values import NewInteraction
from agent_desktop.models.store import local, mirror, outbox
from agent_desktop.models.store.encrypted_file import connect
from agent_desktop.models.store.local import Local
from tests import given
from tests.central_fixtures import Centre
from tests.sync.test_sign_in import Door

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def door(centre: Centre, tmp_path: Path) -> Iterator[Door]:
    opened = Door(centre, tmp_path)
    yield opened
    opened.leave()


def unsent_work(path: Path) -> str:
    """A local.db with an unsent contact; its protocol."""
    stores = given.some_stores(path)
    made = interaction.begin(stores, NewInteraction(number="+5511987654321"))
    stores.close()
    return made.protocol


def raise_shape(path: Path, key: bytes, by: int) -> None:
    """As a later release leaves the file: another number, a table more."""
    raw = connect(path, key)
    (shape,) = raw.execute("PRAGMA user_version").fetchone()
    raw.execute(f"PRAGMA user_version = {shape + by}")
    raw.execute("CREATE TABLE later (x)")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def test_a_local_file_of_a_newer_release_is_not_touched(tmp_path: Path) -> None:
    unsent_work(tmp_path)
    path = tmp_path / "local.db"
    raise_shape(path, given.LOCAL_KEY, 1)
    before = sha256(path.read_bytes()).digest()
    with pytest.raises(StoreNewer):
        Local(path, given.LOCAL_KEY)
    assert sha256(path.read_bytes()).digest() == before


def test_a_local_file_of_an_older_release_is_brought_up_with_its_unsent_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one shape so far; the next two are played, a step each."""
    protocol = unsent_work(tmp_path)
    older = Local(tmp_path / "local.db", given.LOCAL_KEY)
    client = older.client
    older.close()
    begun = local.SCHEMA

    def add_mood(c: Connection) -> None:
        c.exec_driver_sql("ALTER TABLE draft ADD COLUMN mood TEXT")

    def fill_mood(c: Connection) -> None:
        c.exec_driver_sql("UPDATE draft SET mood = 'good'")

    monkeypatch.setattr(local, "SCHEMA", begun + 2)
    monkeypatch.setattr(local, "STEPS", {begun: add_mood, begun + 1: fill_mood})
    for _ in range(2):  # the second time there is nothing to be done
        newer = Local(tmp_path / "local.db", given.LOCAL_KEY)
        with newer.reading() as c:
            assert c.exec_driver_sql("PRAGMA user_version").scalar() == begun + 2
            assert c.exec_driver_sql("SELECT count(mood) FROM draft").scalar() == 0
            assert outbox.count_unsent(c) == 1
            payload = c.exec_driver_sql("SELECT payload FROM intent").scalar()
        assert newer.client == client
        assert protocol in str(payload)
        newer.close()


def test_a_step_that_fails_leaves_the_older_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent_work(tmp_path)
    begun = local.SCHEMA

    def half(c: Connection) -> None:
        c.exec_driver_sql("ALTER TABLE draft ADD COLUMN mood TEXT")
        raise OSError("no room")

    with monkeypatch.context() as newer:
        newer.setattr(local, "SCHEMA", begun + 1)
        newer.setattr(local, "STEPS", {begun: half})
        with pytest.raises(OSError, match="no room"):
            Local(tmp_path / "local.db", given.LOCAL_KEY)
    today = Local(tmp_path / "local.db", given.LOCAL_KEY)
    with today.reading() as c:
        assert outbox.count_unsent(c) == 1
        names = [row[1] for row in c.exec_driver_sql("PRAGMA table_info(draft)")]
    assert "mood" not in names
    today.close()


def test_every_shape_before_this_one_has_its_step() -> None:
    assert sorted(local.STEPS) == list(range(1, local.SCHEMA))


@pytest.mark.postgres
@pytest.mark.parametrize("unplugged", [False, True])
def test_who_went_back_a_release_is_told_and_nothing_is_set_aside(
    door: Door, unplugged: bool
) -> None:
    local_file = door.sign_in().stores.local
    path, key = local_file.path, local_file.key
    with local_file.writing() as c:
        c.exec_driver_sql("INSERT INTO draft VALUES ('ticket:new', 'text', 'typed', 5, 0)")
    door.leave()
    raise_shape(path, key, 1)
    before = path.read_bytes()
    door.unplugged = unplugged
    assert door.fails() == "file_of_newer_release"
    assert path.read_bytes() == before
    assert not list(path.parent.glob("set-aside-*"))
    raise_shape_back(path, key)
    assert door.sign_in().local_sealed is None


def raise_shape_back(path: Path, key: bytes) -> None:
    """As if the newer release were there again."""
    raw = connect(path, key)
    raw.execute(f"PRAGMA user_version = {local.SCHEMA}")
    raw.close()


def test_a_mirror_of_any_other_shape_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    for by in (1, -1):
        given.a_mirror(path).close()
        raw = connect(path, given.MIRROR_KEY)
        raw.execute(f"PRAGMA user_version = {mirror.SCHEMA + by}")
        raw.execute("INSERT INTO kept VALUES ('of', 'another release')")
        raw.close()
        again = given.a_mirror(path)
        with again.reading() as c:
            assert c.exec_driver_sql("SELECT count(*) FROM kept").scalar() == 0
        again.close()
