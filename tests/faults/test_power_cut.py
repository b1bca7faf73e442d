"""A power cut at any moment: what was said to be saved is there, and the files open."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.store import local
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.mirror import Mirror
from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.fault_run import FaultRun
from tests.faults.nursery import Nursery
from tests.faults.power import Disk, Fate, Record, put, read_log
from tests.faults.preload import compiled
from tests.faults.save import Save
from tests.faults.workstation import Workstation
from tests.sync.desk_at import server_of


class Room:
    """A folder in which everything that is done to files is written down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "room"
        self.log = folder / "log"
        library = compiled("power_log", folder)
        if library is None:
            pytest.skip("gcc or libc6-dev is missing")
        watching = {"POWER_ROOT": str(self.folder), "POWER_LOG": str(self.log)}
        self.nursery = Nursery({"LD_PRELOAD": str(library), **watching})


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One for all tests here, which come one after the other."""
    room = Room(tmp_path_factory.mktemp("power"))
    with room.nursery:
        yield room


class Watched:
    """A workstation whose disk is written down."""

    def __init__(self, centre: Centre, room: Room) -> None:
        centre.add_agent("ana")
        self.room = room
        self.folder = room.folder / uuid4().hex
        self.marks = self.folder / "marks"
        server = str(server_of(centre.dsn))
        self.desk = Workstation(server, self.folder, "ana", nursery=room.nursery)

    @property
    def profile(self) -> Path:
        """Where the desk's files are."""
        return self.folder / "profile"

    def starts(self, **order: Any) -> Workstation:
        """Start the desk with an empty log."""
        os.truncate(self.room.log, 0)
        return self.desk.starts(marks=str(self.marks), **order)


@pytest.fixture
def watched(centre: Centre, room: Room) -> Iterator[Watched]:
    """Ana's workstation in the room."""
    made = Watched(centre, room)
    yield made
    made.desk.dies()


def drafts_of(desk: Workstation, count: int) -> dict[int, str]:
    """Type some drafts; their texts by the number of the order."""
    typed = {}
    for number in range(count):
        desk.does("draft", place=f"note:{number}", text=f"half a {number}")
        typed[desk.asked] = f"half a {number}"
    return typed


def marked(record: Record) -> int:
    """The order that was acknowledged with this record; 0 with most."""
    return int(record.data) if record.kind == "w" and record.data.strip().isdigit() else 0


def missing(
    folder: Path,
    keys: Mapping[str, Any],
    saves: Iterable[tuple[Save, Sequence[str]]],
    drafts: Iterable[str],
) -> list[str]:
    """What is not there of what was acknowledged, or does not open. With each save come the
    texts that were asked for later in its place: notes that are not sent yet are replaced."""
    try:
        with closing(Local(folder / "local.db", bytes.fromhex(keys["local"]))) as own:
            own.check()
            with own.reading() as c:
                intents = "\n".join(c.execute(select(local.intent.c.payload)).scalars())
                texts = set(c.execute(select(local.draft.c.text)).scalars())
    except StoreDamaged as error:
        return [str(error)]
    lost = [f"draft {text}" for text in drafts if text not in texts]
    for save, later in saves:
        if not any(text in intents for text in later):
            values = [str(save.record), *map(str, save.values.values())]
            lost += [f"{save.token}: {value}" for value in values if value not in intents]
    return lost


def mirror_faults(folder: Path, keys: Mapping[str, Any]) -> list[str]:
    """What is wrong with the mirror; one that is not there is nothing wrong."""
    path = folder / "mirror.db"
    if not path.exists():
        return []
    try:
        with closing(Mirror(path, bytes.fromhex(keys["mirror"]))) as mirror:
            mirror.check()
            with mirror.reading() as c:
                (said,) = c.exec_driver_sql("PRAGMA integrity_check").scalars()
    except StoreDamaged as error:
        return [str(error)]
    return [] if said == "ok" else [said]


def moments(records: Sequence[Record], wanted: int, chance: random.Random) -> set[int]:
    """When the power goes: after each acknowledgement, and at others by chance."""
    after_marks = [n for n, one in enumerate(records) if marked(one)]
    some = chance.sample(range(len(records)), min(wanted, len(records)))
    return {*after_marks[:: max(1, len(after_marks) // wanted)], *some}


@dataclass
class Cuts:
    """What many power cuts in one log brought."""

    count: int = 0
    lost: list[str] = field(default_factory=list)
    mirrors: list[str] = field(default_factory=list)


def cut_at(watched: Watched, drafts: Mapping[int, str], keys: Mapping[str, Any], wanted: int,
           *, writes_whole_journal: bool) -> Cuts:  # fmt: skip
    """Cut the power at many moments of the log, and look at what is left each time."""
    chance, records, cuts = random.Random(6), list(read_log(watched.room.log)), Cuts()
    at = moments(records, wanted, chance)
    disk, acknowledged = Disk(writes_whole_journal=writes_whole_journal), set[int]()
    for number, record in enumerate(records):
        disk.does(record)
        acknowledged.add(marked(record))
        if number in at:
            folder = watched.room.log.with_name("cut")
            put(disk.after_power_cut(chance.choice(list(Fate)), chance), watched.profile, folder)
            _look(watched, drafts, keys, folder, acknowledged - {0}, cuts)
    return cuts


def _look(watched: Watched, drafts: Mapping[int, str], keys: Mapping[str, Any], folder: Path,
          acknowledged: set[int], cuts: Cuts) -> None:  # fmt: skip
    cuts.count += 1
    place = next((one.parent for one in folder.rglob("local.db")), None)
    if place is None:
        cuts.lost += [f"{order}: no local.db" for order in acknowledged]
        return
    desk = watched.desk
    saves = [(one, desk.replaced_by(one)) for one in desk.saves if one.order in acknowledged]
    texts = [text for order, text in drafts.items() if order in acknowledged]
    cuts.lost += missing(place, keys, saves, texts)
    cuts.mirrors += mirror_faults(place, keys)


def a_watched_day(
    centre: Centre, watched: Watched, steps: int, **order: Any
) -> tuple[dict[int, str], dict[str, Any]]:
    """The first sign-in of a desk, and work; the drafts it typed, and its keys."""
    account, chance = str(centre.add_account(name="Marina")), random.Random(7)
    desk = watched.starts(**order).in_sync()
    drafts = drafts_of(desk, 3)
    for _ in range(steps):
        desk.works(chance, account)
    desk.in_sync()
    keys = desk.does("keys")
    desk.dies()
    return drafts, keys


@pytest.mark.fault("power-cut-at-any-moment")
def test_a_power_cut_at_any_moment_of_a_day(
    centre: Centre, watched: Watched, fault: FaultRun
) -> None:
    drafts, keys = a_watched_day(centre, watched, 200 if fault.is_long else 20)
    fault.acknowledged = len(watched.desk.saves) + len(drafts)
    for whole in (True, False):
        wanted = fault.wanted(16, 500)
        cuts = cut_at(watched, drafts, keys, wanted, writes_whole_journal=whole)
        fault.done += cuts.count
        fault.lost += len(cuts.lost)
        assert not cuts.lost
        assert not cuts.mirrors
        assert cuts.count >= wanted


def written_to(records: Iterable[Record], name: str) -> int:
    """How often the file of that name was written."""
    inodes, writes = set[int](), 0
    for record in records:
        if record.kind in "co" and Path(record.name).name == name:
            inodes.add(record.inode)
        writes += record.kind == "w" and record.inode in inodes
    return writes


@pytest.mark.fault("power-cut-beside-checkpoints")
def test_a_power_cut_while_logs_go_into_their_files(
    centre: Centre, watched: Watched, fault: FaultRun
) -> None:
    steps = 100 if fault.is_long else 10
    drafts, keys = a_watched_day(centre, watched, steps, checkpoints_often=True)
    fault.acknowledged = len(watched.desk.saves) + len(drafts)
    # Made in its log, the file itself is written by checkpoints only.
    assert written_to(read_log(watched.room.log), "local.db") > 10
    cuts = cut_at(watched, drafts, keys, fault.wanted(16, 500), writes_whole_journal=False)
    fault.done, fault.lost = cuts.count, len(cuts.lost)
    assert not cuts.lost
    assert not cuts.mirrors


@pytest.mark.fault("control-without-sync")
def test_a_desk_that_does_not_sync_loses(centre: Centre, watched: Watched, fault: FaultRun) -> None:
    drafts, keys = a_watched_day(centre, watched, 10, synchronous="OFF")
    cuts = cut_at(watched, drafts, keys, fault.wanted(12, 100), writes_whole_journal=False)
    fault.done, fault.lost = cuts.count, len(cuts.lost)
    fault.says("control: must lose")
    assert cuts.lost


@pytest.mark.fault("power-cut-and-on")
def test_after_a_power_cut_the_desk_goes_on(
    centre: Centre, watched: Watched, fault: FaultRun
) -> None:
    """The power goes while an agent works; then the same desk starts from what is left."""
    chance, desk, account = random.Random(8), watched.desk, str(centre.add_account(name="Marina"))
    watched.starts().in_sync()
    desk.leaves()
    for number in fault.rounds(3, 60):
        disk = Disk(writes_whole_journal=number % 2 == 0)
        disk.holds(watched.folder)
        watched.starts()
        desk.drafts_are_kept()
        desk.does("checks")
        assert not desk.started["set_aside"]
        for _ in range(chance.randrange(1, 25)):
            desk.works(chance, account)
        desk.dies()
        for record in read_log(watched.room.log):
            disk.does(record)
        left = disk.after_power_cut(chance.choice(list(Fate)), chance)
        put(left, watched.profile, watched.profile)
    watched.starts().in_sync()
    desk.drafts_are_kept()
    desk.does("checks")
    fault.found(check(centre.dsn, desk))
