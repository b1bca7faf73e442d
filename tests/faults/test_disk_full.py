"""The disk is full: nothing is said to be saved that is not, and all goes on when there is room."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun
from tests.faults.workstation import DeskFailed, Workstation

MIB = 2**20
SIZE = 24 * MIB
CHUNK = 64 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that is soon full."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounts a small disk: Linux and root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("nothing may be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class Ballast:
    """What fills the disk."""

    def __init__(self, disk: Path) -> None:
        self._path = disk / "ballast"

    def fills(self, all_but: int) -> None:
        """Leave so many bytes."""
        self.goes()
        room = os.statvfs(self._path.parent)
        size = room.f_bavail * room.f_frsize - all_but
        with open(self._path, "wb") as file, contextlib.suppress(OSError):
            for at in range(0, size, CHUNK):  # the desk may be quicker, then it is full already
                os.posix_fallocate(file.fileno(), at, min(CHUNK, size - at))

    def goes(self) -> None:
        """There is room again."""
        self._path.unlink(missing_ok=True)


def works_until_full(desk: Workstation, chance: random.Random, account: str) -> DeskFailed:
    """Work until a save fails; how it failed."""
    for _ in range(400):
        try:
            desk.works(chance, account)
        except DeskFailed as failed:
            return failed
    raise AssertionError("the disk never became full")


@pytest.mark.fault("disk-full")
def test_a_full_disk_loses_nothing(
    centre: Centre, workstation: AWorkstation, small_disk: Path, fault: FaultRun
) -> None:
    chance, ballast = random.Random(9), Ballast(small_disk)
    account = str(centre.add_account(name="Marina"))
    desk = workstation("ana", folder=small_disk / "ana").starts().in_sync()
    for number in fault.rounds(3, 100):
        ballast.fills(chance.choice((0, 4096, 16384, 65536, 200_000)))
        failed = works_until_full(desk, chance, account)
        assert (failed.name, failed.code) == ("DiskFull", "disk_full"), str(failed)
        with pytest.raises(DeskFailed):  # and again: nothing becomes half
            desk.does("new_ticket", account_id=account, text="x" * 300_000)
        desk.drafts_are_kept()
        if number % 3 == 2:  # it is killed, and started, with a disk that is still full
            desk.dies()
            with contextlib.suppress(DeskFailed):  # whether a sign-in fits, the ballast says
                desk.starts()
                desk.drafts_are_kept()
            desk.dies()
            ballast.goes()
            desk.starts()
        ballast.goes()
        desk.does("checks")
        desk.does("new_ticket", account_id=account, text="room again")
        desk.in_sync()
        desk.drafts_are_kept()
    desk.does("checks")
    desk.leaves()
    fault.found(check(centre.dsn, desk))
