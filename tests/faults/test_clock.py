"""The clock of a desk is wrong, jumps, or stands in another zone: all is sent, once, in order."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from agent_desktop.models.ticket.clocks import promised
from agent_desktop.models.ticket.record import Priority, TicketKind
from agent_desktop.models.ticket.values import NewTicket
from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.fault_run import FaultRun
from tests.faults.nursery import Nursery
from tests.faults.preload import compiled
from tests.faults.workstation import DeskFailed, Workstation
from tests.sync.desk_at import server_of

HOUR = 3600
LEASE_HOURS = 72
SITE = "America/Sao_Paulo"
ZONES = ("America/Sao_Paulo", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu")


class Clock:
    """The clock of all desks here; it can be set while they run."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_bytes(bytes(8))
        self.offset = 0
        library = compiled("other_clock", folder)
        if library is None:
            pytest.skip("gcc or libc6-dev is missing")
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self._file)}

    def is_set(self, offset: int) -> None:
        """So many seconds ahead of the true time."""
        self.offset = offset
        with open(self._file, "r+b") as file:  # in one piece, for it is mapped
            os.pwrite(file.fileno(), offset.to_bytes(8, sys.byteorder, signed=True), 0)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    return Clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def clocked(clock: Clock) -> Iterator[Nursery]:
    """Desks that go by this clock."""
    with Nursery(clock.environment) as nursery:
        yield nursery


@pytest.fixture
def desk(centre: Centre, clocked: Nursery, clock: Clock, tmp_path: Path) -> Iterator[Workstation]:
    """Ana's desk; its clock is right."""
    centre.add_agent("ana")
    clock.is_set(0)
    made = Workstation(str(server_of(centre.dsn)), tmp_path / "ana", "ana", nursery=clocked)
    yield made
    made.dies()


def goes_by(desk: Workstation, offset: int) -> None:
    """The desk's program believes in the wrong time."""
    seconds = float(desk.does("now")["seconds"])
    assert abs(seconds - time.time() - offset) < 600, seconds - time.time()


def day_at_the_site() -> set[str]:
    """What day it is at the site, whatever the desk's clock says; two around midnight."""
    now, near = datetime.now(UTC), timedelta(minutes=15)
    return {one.astimezone(ZoneInfo(SITE)).strftime("%Y%m%d") for one in (now - near, now + near)}


def promises_are_true(centre: Centre, since: datetime) -> int:
    """Each ticket was made when it was made, and is due by the rules from then on; how many."""
    found = centre.admin.execute(
        "select kind, category, priority, created_at, due_at, response_due_at, now()"
        " from crm.ticket order by created_at"
    ).fetchall()
    for kind, category, priority, made_at, due, response, now in found:
        assert since <= made_at <= now, f"made at {made_at}, not since {since}"
        new = NewTicket(UUID(int=1), "x", TicketKind(kind), category, Priority(priority))
        assert (due, response) == promised(new, made_at, SITE, None, None)[1:]
    return len(found)


@pytest.mark.fault("wrong-clock")
def test_a_wrong_clock_that_jumps_loses_nothing(
    centre: Centre, desk: Workstation, clock: Clock, fault: FaultRun
) -> None:
    """Hours ahead, hours behind, days; set while the desk runs, another zone at each start."""
    chance, account = random.Random(13), str(centre.add_account(name="Marina"))
    contact, began = "", datetime.now(UTC)
    for number in fault.rounds(5, 100):
        clock.is_set((5, -5, 48, -30 * 24, 0)[number % 5] * HOUR + chance.randrange(HOUR))
        desk.starts(zone=ZONES[number % len(ZONES)]).in_sync()
        goes_by(desk, clock.offset)
        contact = contact or desk.does("contact", account_id=account)["record"]
        for jump in (-7, 3, 26):
            said = desk.does("contact", account_id=account)
            assert said["values"]["protocol"][:8] in day_at_the_site()
            desk.does("notes", record=contact, text=f"{number} before {jump}")
            clock.is_set(clock.offset + jump * HOUR)
            goes_by(desk, clock.offset)
            desk.works(chance, account)
            desk.does("notes", record=contact, text=f"{number} after {jump}")
        desk.in_sync()
        desk.drafts_are_kept()
        desk.dies() if number % 2 else desk.leaves()
    clock.is_set(0)
    desk.starts().in_sync()
    assert desk.does("returned") == {}
    desk.leaves()
    assert centre.one("select min(started_at) from crm.interaction") >= began
    assert promises_are_true(centre, began) > 0
    fault.found(check(centre.dsn, desk))


@pytest.mark.fault("wrong-clock-promises")
def test_a_desk_that_is_away_promises_by_the_centre_s_clock(
    centre: Centre, desk: Workstation, clock: Clock, fault: FaultRun
) -> None:
    """It knows by how much its own is wrong, also when that is set right while it works."""
    account, began = str(centre.add_account(name="Marina")), datetime.now(UTC)
    rounds = 0
    for number in fault.rounds(2, 40):
        rounds += 1
        clock.is_set((5, -7, 31, -50)[number % 4] * HOUR)
        desk.starts().in_sync()
        desk.does("new_ticket", account_id=account, text="there")
        desk.in_sync()
        desk.leaves()
        centre_lets_in(centre, False)
        try:
            desk.starts()
            assert not desk.started["online"]
            desk.does("new_ticket", account_id=account, text="away")
            clock.is_set(0)
            goes_by(desk, 0)
            desk.does("new_ticket", account_id=account, text="its clock was set")
            said = desk.does("contact", account_id=account)
            assert said["values"]["protocol"][:8] in day_at_the_site()
        finally:
            centre_lets_in(centre, True)
        desk.does("try_now")
        desk.in_sync()
        desk.leaves()
    assert promises_are_true(centre, began) == 3 * rounds
    fault.found(check(centre.dsn, desk))


@pytest.mark.fault("wrong-clock-offline")
def test_the_lease_goes_by_the_last_moment_seen(
    centre: Centre, desk: Workstation, clock: Clock, fault: FaultRun
) -> None:
    account = str(centre.add_account(name="Marina"))
    desk.starts().in_sync()
    desk.leaves()
    centre_lets_in(centre, False)
    try:
        for _ in fault.rounds(1, 20):
            clock.is_set(0)
            desk.starts()
            assert not desk.started["online"]
            desk.does("new_ticket", account_id=account, text="offline")
            desk.leaves()
        clock.is_set(20 * HOUR)
        desk.starts().leaves()
        clock.is_set(18 * HOUR)  # before a moment that was seen
        assert why_not(desk) == "clock_set_back"
        clock.is_set((LEASE_HOURS - 1) * HOUR)
        desk.starts()
        desk.does("new_ticket", account_id=account, text="on the last day")
        desk.leaves()
        clock.is_set((LEASE_HOURS + 1) * HOUR)
        assert why_not(desk) == "lease_expired"
        clock.is_set(0)
        assert why_not(desk) == "clock_set_back"
    finally:
        centre_lets_in(centre, True)
    desk.starts().in_sync()  # the centre's word makes all good again
    desk.leaves()
    fault.found(check(centre.dsn, desk))


def centre_lets_in(centre: Centre, anyone: bool) -> None:
    """Open or close the centre; it cannot be done from within."""
    with psycopg.connect(centre.cluster.dsn(), autocommit=True) as server:
        server.execute(f"alter database {centre.name} allow_connections {anyone}".encode())


def why_not(desk: Workstation) -> str:
    """Why nobody can sign in."""
    with pytest.raises(DeskFailed) as refused:
        desk.starts()
    assert refused.value.name == "SignInFailed", str(refused.value)
    return refused.value.code
