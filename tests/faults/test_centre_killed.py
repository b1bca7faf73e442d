"""The central server is killed and started again in the middle of pushes."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest

from agent_desktop.central import database
from agent_desktop.central.postgres import Cluster
from tests.central_fixtures import Centre, centre_on
from tests.faults.checker import check
from tests.faults.fault_run import FaultRun
from tests.faults.nursery import Nursery
from tests.faults.way import Way, direct, to
from tests.faults.workstation import Workstation
from tests.hub.hub_at import Hub, HubLogin
from tests.waiting import until

AGENTS = ("ana", "bia", "caio")


@pytest.fixture
def own_centre(tmp_path: Path) -> Iterator[Centre]:
    """A centre on a server of its own that keeps what it said it kept."""
    with centre_on(Cluster(tmp_path / "pg")) as made:
        yield made


def kill(cluster: Cluster, how: str) -> None:
    """`kill`: -9 of the postmaster, whose sessions then end by themselves; `immediate`: all
    processes stop at once, without a word to the log; `fast`: as an administrator does it."""
    if how == "kill":
        postmaster = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(postmaster, signal.SIGKILL)
        until(lambda: not cluster.is_running, what="the end of the postmaster")
    else:
        cluster.pg_ctl("stop", f"--mode={how}")


@pytest.mark.fault("centre-killed")
@pytest.mark.parametrize("name", ["direct", "hub"])
@pytest.mark.timeout(900)
def test_the_centre_is_killed_in_the_middle_of_pushes(
    own_centre: Centre, nursery: Nursery, tmp_path: Path, fault: FaultRun, name: str
) -> None:
    # A customer of their own each: what two desks write in one field is no fault's doing.
    accounts = [own_centre.add_account(name=f"Customer of {user}") for user in AGENTS]
    for user in AGENTS:
        own_centre.add_agent(user)
    chance = random.Random(20261122)
    with ExitStack() as at_the_end:
        way = direct(own_centre)
        if name == "hub":
            hub = Hub(HubLogin(own_centre).dsn, tmp_path, "--no-collector")
            at_the_end.callback(hub.stop)
            way = to(hub)
        desks = [start(way, tmp_path, user, nursery, at_the_end) for user in AGENTS]
        for number in fault.rounds(2, 40):
            how = ("kill", "immediate", "fast")[number % 3]
            killer = threading.Timer(chance.uniform(0, 0.5), kill, (own_centre.cluster, how))
            killer.start()
            for _ in range(4):
                for desk, account in zip(desks, accounts, strict=True):
                    desk.works(chance, account)
            killer.join()
            own_centre.cluster.start()
            for desk in desks:
                desk.does("until", state="in_sync", seconds=120)
            fault.found(check(own_centre.dsn, *desks))
            fault.acknowledged -= 0 if number == fault.wanted(2, 40) - 1 else total(desks)
        for desk in desks:
            desk.drafts_are_kept()
            desk.does("checks")
        fault.says(f"{name}: {fault.done} kills of the centre")


def start(
    way: Way, folder: Path, user: str, nursery: Nursery, at_the_end: ExitStack
) -> Workstation:
    desk = Workstation(way.server, folder / user, user, nursery=nursery)
    at_the_end.callback(desk.dies)
    return way.starts(desk).in_sync()


def total(desks: list[Workstation]) -> int:
    return sum(len(desk.saves) for desk in desks)


@pytest.mark.fault("centre-killed-while-filling")
@pytest.mark.timeout(600)
def test_the_centre_is_killed_while_a_desk_is_filled_for_the_first_time(
    own_centre: Centre, nursery: Nursery, tmp_path: Path, fault: FaultRun
) -> None:
    account = own_centre.add_account(name="Marina")
    for n in range(300):
        own_centre.add_account(name=f"Cliente {n}", note="x" * 200)
    own_centre.add_agent("ana")
    way, chance = direct(own_centre), random.Random(20261122)
    with ExitStack() as at_the_end:
        desks: list[Workstation] = []
        filling = 0
        for number in fault.rounds(1, 15):
            desk = Workstation(way.server, tmp_path / f"ana{number}", "ana", nursery=nursery)
            at_the_end.callback(desk.dies)
            way.starts(desk)
            killer = threading.Timer(chance.uniform(0, 1.5), kill, (own_centre.cluster, "kill"))
            killer.start()
            killer.join()
            filling += desk.does("status")["state"] != "in_sync"
            own_centre.cluster.start()
            desk.does("until", state="in_sync", seconds=120)
            assert everything_is_here(desk, own_centre, account)
            desk.does("contact", account_id=str(account))
            desk.in_sync()
            desk.does("checks")
            desks.append(desk)
        fault.says(f"{filling} times before the first filling was over")
        fault.found(check(own_centre.dsn, *desks))


def everything_is_here(desk: Workstation, centre: Centre, account: UUID) -> bool:
    """A look at some of the accounts."""
    with database.connect(centre.dsn) as admin:
        some = admin.execute("select id::text, name from crm.account order by id limit 20")
        return all(
            desk.does("shows", table="account", record=row[0])["name"] == row[1]
            for row in some.fetchall()
        )
