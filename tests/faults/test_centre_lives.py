"""Other lives of the centre under several desks that save all the while: put back from a copy
(taken while nobody wrote, and while everybody did), followed by a standby that takes its place,
and a subject who is erased while a desk is away."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun
from tests.faults.nursery import Nursery
from tests.faults.way import direct
from tests.faults.workstation import Workstation
from tests.sync.test_lives import Standby

AGENTS = ("ana", "bia", "caio")
StartDesks = Callable[[], list[Workstation]]


@pytest.fixture
def start_desks(own_centre: Centre, nursery: Nursery, tmp_path: Path) -> Iterator[StartDesks]:
    """Starts a desk for each agent; they end with the test."""
    for user in AGENTS:
        own_centre.add_agent(user)
    with ExitStack() as at_the_end:

        def start() -> list[Workstation]:
            server, desks = direct(own_centre).server, []
            for user in AGENTS:
                desk = Workstation(server, tmp_path / user, user, nursery=nursery)
                at_the_end.callback(desk.dies)
                desks.append(desk.starts().in_sync())
            return desks

        yield start


def all_work(
    desks: list[Workstation], accounts: list[UUID], times: int, chance: random.Random
) -> None:
    """Each with a customer of their own: what two desks write in one field is no fault's doing."""
    for _ in range(times):
        for desk, account in zip(desks, accounts, strict=True):
            desk.works(chance, account)


def all_sent(desks: list[Workstation]) -> None:
    for desk in desks:
        desk.does("until", state="in_sync", seconds=120)


def back_up(centre: Centre, copy: Path) -> None:
    """A copy of a running server, as pg_basebackup makes it, consistent by itself."""
    parts = ("pg_basebackup", f"--pgdata={copy}", f"--dbname={centre.cluster.dsn()}")
    centre.cluster._program(*parts, "--checkpoint=fast", "--no-sync")


def put_back(centre: Centre, copy: Path) -> None:
    """The copy takes the place of the server's folder; the administrator says so."""
    data = centre.cluster.data
    centre.cluster.stop()
    subprocess.run(["rm", "-rf", str(data)], check=True)
    subprocess.run(["cp", "-a", str(copy), str(data)], check=True)
    centre.cluster.start()
    with psycopg.connect(centre.dsn, autocommit=True) as admin:
        admin.execute("select crm.restored()")


@pytest.mark.fault("restore-of-an-older-centre")
@pytest.mark.parametrize("moment", ["quiet", "busy"])
@pytest.mark.timeout(600)
def test_what_the_copy_does_not_have_comes_again_from_every_desk(
    own_centre: Centre,
    start_desks: StartDesks,
    fault: FaultRun,
    moment: str,
) -> None:
    accounts = [own_centre.add_account(name=f"Customer of {user}") for user in AGENTS]
    desks, chance = start_desks(), random.Random(20261122)
    before: dict[str, int] = {}
    place = own_centre.cluster.home / "copies"
    place.mkdir()
    own_centre.cluster._give_to_server(place)
    for number in fault.rounds(1, 10):
        copy = place / f"copy{number}"
        all_work(desks, accounts, 4, chance)
        if moment == "quiet":
            all_sent(desks)
        back_up(own_centre, copy)  # busy: in the middle of pushes
        all_work(desks, accounts, 4, chance)
        all_sent(desks)
        before = leased(own_centre)
        all_work(desks, accounts, 1, chance)  # some of it sent, some of it not
        put_back(own_centre, copy)
        all_work(desks, accounts, 2, chance)
        all_sent(desks)
        after = leased(own_centre)
        assert after.keys() == before.keys()
        fault.found(check(own_centre.dsn, *desks))
        assert all(desk.does("returned") == {} for desk in desks)
    numbers_stay_unique(own_centre, desks, accounts[0], before)
    fault.found(check(own_centre.dsn, *desks))
    fault.says(f"{moment}: {fault.done} times put back, {len(desks)} desks")


def leased(centre: Centre) -> dict[str, int]:
    """The highest number of each kind that any desk ever got."""
    with psycopg.connect(centre.dsn) as admin:
        query = "select kind, max(last) from crm.number_block group by kind"
        return dict(admin.execute(query).fetchall())


def numbers_stay_unique(
    centre: Centre, desks: list[Workstation], account: UUID, before: dict[str, int]
) -> None:
    """Blocks that are leased now begin above everything the lost life gave away."""
    with psycopg.connect(centre.dsn, autocommit=True) as admin:
        for kind, highest in before.items():
            query = "select next from crm.number_kind where kind = %s"
            (begins,) = admin.execute(query, (kind,)).fetchone() or (0,)
            assert begins > highest, kind
    for desk in desks:
        desk.does("contact", account_id=str(account))
        desk.does("new_ticket", account_id=str(account), text="dark")
        desk.does("order", account_id=str(account), text="meter")
    all_sent(desks)


@pytest.mark.fault("promotion-of-a-standby")
@pytest.mark.timeout(600)
def test_a_standby_takes_the_place_of_the_primary_under_working_desks(
    own_centre: Centre, start_desks: StartDesks, tmp_path: Path, fault: FaultRun
) -> None:
    """What the standby had not heard of yet comes again from the desks."""
    accounts = [own_centre.add_account(name=f"Customer of {user}") for user in AGENTS]
    desks, chance = start_desks(), random.Random(20261122)
    all_work(desks, accounts, 3, chance)
    all_sent(desks)
    follower = Standby(tmp_path / "standby", own_centre.cluster)
    try:
        follower.start()
        follower.caught_up()
        all_work(desks, accounts, 3, chance)  # in the middle of this it loses the primary
        follower.stop()
        all_work(desks, accounts, 3, chance)
        all_sent(desks)
        all_work(desks, accounts, 1, chance)
        address = (own_centre.cluster.home / "address").read_text("utf-8")
        own_centre.cluster.stop()
        (follower.home / "address").write_text(address, "utf-8")
        follower.start()
        follower.promote()
        all_work(desks, accounts, 2, chance)
        all_sent(desks)
        fault.done = 1
        fault.found(check(own_centre.dsn, *desks))
        assert all(desk.does("returned") == {} for desk in desks)
    finally:
        for desk in desks:
            desk.dies()
        follower.destroy()


@pytest.mark.fault("erased-subject")
def test_an_erased_subject_is_gone_from_every_desk_and_each_says_so(
    centre: Centre, workstation: AWorkstation, fault: FaultRun
) -> None:
    """One desk is there, one is away, one has just begun: the list of open desks is exact."""
    gone: set[UUID] = set()  # desks of the rounds before: nobody comes back to them
    for _ in fault.rounds(1, 10):
        marina = centre.add_account(name="Marina")
        here, away = (workstation(user).starts().in_sync() for user in ("ana", "bia"))
        names = {"ana": here.client, "bia": away.client}
        away.leaves()
        centre.admin.execute("select crm.erase_account(%s)", (marina,))
        until_forgotten(here, marina)
        until_open(centre, gone | {names["bia"]})
        later = workstation("caio").starts().in_sync()
        assert not later.does("shows", table="account", record=str(marina))
        until_open(centre, gone | {names["bia"]})
        away.starts().in_sync()
        until_forgotten(away, marina)
        until_open(centre, gone)
        for desk in (here, away, later):
            desk.does("checks")
            desk.leaves()
            gone.add(desk.client)


def until_forgotten(desk: Workstation, record: UUID) -> None:
    for _ in range(600):
        if not desk.does("shows", table="account", record=str(record)):
            return
        desk.does("until", state="in_sync", seconds=60)
    raise AssertionError("the subject is still here")


def until_open(centre: Centre, wanted: set[UUID]) -> None:
    """Wait until exactly these desks have not said that they forgot."""
    query = "select client from crm.erasure_open where client is not null"
    found: set[UUID] = set()
    for _ in range(600):
        found = {row[0] for row in centre.admin.execute(query).fetchall()}
        if found == wanted:
            return
        centre.admin.execute("select pg_sleep(0.05)")
    raise AssertionError(f"open: {found}, wanted {wanted}")
