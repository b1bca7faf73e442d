"""Bits of the files flip on the disk: it is noticed, and never is anything wrong believed."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.store import local
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.write_ahead_log import PAGE, has_lost_commits
from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun
from tests.faults.workstation import DeskFailed, Workstation

ACCOUNTS = 40


def flip(path: Path, chance: random.Random, bits: int = 1) -> None:
    """Flip some bits of a file."""
    content = bytearray(path.read_bytes())
    for _ in range(bits):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def files(desk: Workstation, name: str) -> list[Path]:
    """A store's file and its log, as far as they are there."""
    main = desk.file(name)
    log = main.with_name(f"{name}-wal")
    return [main, log] if log.exists() and log.stat().st_size else [main]


def must_be_damage(failed: DeskFailed) -> None:
    """The desk said that a file is damaged, and nothing else."""
    assert failed.name == "StoreDamaged", str(failed)


def shows_right(desk: Workstation, accounts: list[str]) -> None:
    """What is shown of accounts is what the centre has, or an error; never anything else."""
    for number, account in enumerate(accounts):
        try:
            shown = desk.does("shows", table="account", record=account)
        except DeskFailed as failed:
            must_be_damage(failed)
            continue
        assert not shown or shown["name"] == f"Cliente {number}"


@pytest.mark.fault("bit-flip-in-mirror")
def test_a_flipped_bit_of_the_mirror_is_noticed_and_mended(
    centre: Centre, workstation: AWorkstation, fault: FaultRun
) -> None:
    chance = random.Random(10)
    accounts = [str(centre.add_account(name=f"Cliente {n}")) for n in range(ACCOUNTS)]
    desk = workstation("ana").starts().in_sync()
    noticed = 0
    for _ in fault.rounds(4, 150):
        for _ in range(3):
            desk.works(chance, accounts[0])
        desk.dies()
        flip(chance.choice(files(desk, "mirror.db")), chance, chance.choice((1, 1, 8)))
        desk.starts()
        assert not desk.started["set_aside"]
        shows_right(desk, accounts)
        # Something new from the centre, so that pages are written and read.
        centre.admin.execute("update crm.account set house = house || 'x'")
        desk.does("try_now")
        desk.in_sync()
        try:
            desk.does("checks")
        except DeskFailed as failed:
            noticed += 1
            must_be_damage(failed)
            desk.does("resync")
            desk.in_sync()
            desk.does("checks")
        shows_right(desk, accounts)
    desk.drafts_are_kept()
    desk.leaves()
    fault.says(f"{noticed} seen by a check only")
    fault.found(check(centre.dsn, desk))


@pytest.mark.fault("bit-flip-in-local")
def test_a_flipped_bit_of_the_local_file_is_never_believed(
    centre: Centre, workstation: AWorkstation, fault: FaultRun
) -> None:
    """All was sent before, so the checker still finds everything; typed text is what may be
    missing: then the file was set aside, and said to be, or the error is said."""
    chance, account = random.Random(11), str(centre.add_account(name="Marina"))
    desk, set_aside, refused, whole = workstation("ana").starts().in_sync(), 0, 0, 0
    for number in fault.rounds(6, 200):
        for _ in range(4):
            desk.works(chance, account)
        # What the log ends with is what the centre has: its last commit, damaged, cannot be
        # told from one that a power cut tore.
        desk.does("contact", account_id=account)
        desk.in_sync()
        desk.dies()
        good = {path: path.read_bytes() for path in files(desk, "local.db")}
        flip(chance.choice(list(good)), chance, chance.choice((1, 8)))
        desk.starts(sync=False)
        if desk.started["set_aside"]:
            set_aside += 1
            assert any(Path(desk.started["set_aside"]).glob("local.db"))
            desk.typed.clear()
        else:
            refused += not is_whole(desk)
            whole += 1
        desk.dies()
        if not desk.typed or number % 2:
            desk.starts().in_sync()
            continue
        main = desk.file("local.db")
        for suffix in ("", "-wal", "-shm"):
            main.with_name(f"local.db{suffix}").unlink(missing_ok=True)
        for path, content in good.items():
            path.write_bytes(content)
        desk.starts().in_sync()
    fault.says(f"{set_aside} set aside, {refused} told while working, {whole - refused} unharmed")
    desk.leaves()
    fault.found(check(centre.dsn, desk))


def is_whole(desk: Workstation) -> bool:
    """Whether all typed text is there; if not, the error must say so."""
    try:
        desk.drafts_are_kept()
        desk.does("checks")
    except DeskFailed as failed:
        must_be_damage(failed)
        return False
    return True


@pytest.mark.fault("bit-flip-in-log")
def test_commits_behind_a_flipped_bit_of_the_log_are_missed(
    tmp_path: Path, fault: FaultRun
) -> None:
    """SQLite would pass over them in silence; only the very last commit may be a torn one."""
    path, log, chance = tmp_path / "local.db", tmp_path / "local.db-wal", random.Random(12)
    with closing(Local(path, bytes(32))) as own:
        for number in range(8):
            with own.writing() as c:
                c.execute(insert(local.window_state), {"name": str(number), "value": b"x" * 5000})
        content, main = log.read_bytes(), path.read_bytes()
    frame = 24 + PAGE
    assert len(content) % frame == 32
    ends = [at for at in range(32, len(content), frame) if any(content[at + 4 : at + 8])]
    assert len(ends) > 8
    last = ends[-2] + frame
    for _ in fault.rounds(30, 1000):
        at = chance.randrange(32, len(content))
        spoilt = bytearray(content)
        spoilt[at] ^= 1 << chance.randrange(8)
        log.write_bytes(spoilt)
        assert has_lost_commits(log) == (at < last), at
        path.write_bytes(main)
        if at < last:
            with pytest.raises(StoreDamaged):
                Local(path, bytes(32))
    for at in range(last, len(content), 512):  # torn by a power cut: no damage
        log.write_bytes(content[:at])
        assert not has_lost_commits(log)
        log.write_bytes(content[:at] + bytes(len(content) - at))
        assert not has_lost_commits(log)
    log.write_bytes(bytes(8) + content[8:])
    assert has_lost_commits(log)
    log.write_bytes(content)
    assert not has_lost_commits(log)
