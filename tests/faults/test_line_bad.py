"""Lines that are not cut but bad: a black hole, packets that are lost, a line that crawls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun, is_long
from tests.faults.network import Network
from tests.faults.nursery import Nursery
from tests.faults.proxy import Proxy
from tests.faults.way import Way, hub_before, port_of, proxied
from tests.faults.workstation import Workstation

WAYS = ["direct", "hub", "behind hub"]
#: After so long without a word a desk gives up: as it is, and so that the short form ends soon.
SILENCE_SECONDS = 40 if is_long() else 3

needs_network = pytest.mark.skipif(
    not Network.is_possible(), reason="takes a network namespace and iptables (Linux, root)"
)


def save_some(desk: Workstation, account: UUID) -> None:
    contact = desk.does("contact", account_id=str(account))["record"]
    desk.does("new_ticket", account_id=str(account), text="dark", interaction_id=contact)
    desk.does("notes", record=contact, text="sem luz " * 50)


@pytest.mark.fault("black-hole")
@pytest.mark.parametrize("name", WAYS)
@pytest.mark.timeout(600)
def test_a_black_hole_is_noticed_and_left(
    centre: Centre, workstation: AWorkstation, tmp_path: Path, fault: FaultRun, name: str
) -> None:
    """Connections live, nothing comes through them. Saves go on, nothing waits for ever."""
    account = centre.add_account(name="Marina")
    with proxied(name, centre, tmp_path) as (way, proxy):
        desk = way.starts(workstation("ana", server=way.server), silence_seconds=SILENCE_SECONDS)
        desk.in_sync()
        for _ in fault.rounds(1, 3):
            proxy.swallows()
            save_some(desk, account)
            desk.does("until", state="offline", seconds=SILENCE_SECONDS * 2 + 30)
            assert desk.does("status")["unsent"] == 3
            save_some(desk, account)
            proxy.passes()
            # What was swallowed is missing in the middle of connections: they are given up.
            desk.does("until", state="in_sync", seconds=SILENCE_SECONDS * 3 + 60)
        fault.found(check(centre.dsn, desk))


@pytest.mark.fault("slow-line")
@pytest.mark.parametrize("name", ["direct", "hub"])
def test_a_line_that_crawls_brings_everything_late(
    centre: Centre, workstation: AWorkstation, tmp_path: Path, fault: FaultRun, name: str
) -> None:
    """8 KB a second: a modem's line of long ago."""
    account = centre.add_account(name="Marina")
    with proxied(name, centre, tmp_path) as (way, proxy):
        desk = way.starts(workstation("ana", server=way.server)).in_sync()
        proxy.crawls(8_000)
        for number in fault.rounds(2, 20):
            city = f"c{number}"
            centre.admin.execute("update crm.account set city = %s", (city,))
            save_some(desk, account)
            said = desk.does("until", state="in_sync", seconds=120)["said"]
            assert "offline" not in {one["state"] for one in said}, "slow is not away"
        fault.found(check(centre.dsn, desk))


@pytest.fixture
def network() -> Iterator[Network]:
    made = Network()
    yield made
    made.close()


@pytest.fixture
def nursery_inside(network: Network) -> Iterator[Nursery]:
    """Desks that are forked here live in the bad network."""
    with network.inside():
        nursery = Nursery()
    with nursery:
        yield nursery


@contextmanager
def way_inside(name: str, centre: Centre, folder: Path, network: Network) -> Iterator[Way]:
    """The way of a desk in the network: the bad line is between it and the proxy's door."""
    if name == "direct":
        with Proxy(port_of(centre), network.door()) as proxy:
            yield Way(f"127.0.0.1:{proxy.port}/{centre.name}")
    else:
        with hub_before(centre, folder) as hub, Proxy(hub.port, network.door()) as proxy:
            yield Way(f"https://localhost:{proxy.port}", hub.server.root_certificate)


@needs_network
@pytest.mark.fault("loss-20-percent")
@pytest.mark.parametrize("name", ["direct", "hub"])
@pytest.mark.timeout(900)
def test_every_fifth_packet_is_lost(
    centre: Centre,
    tmp_path: Path,
    network: Network,
    nursery_inside: Nursery,
    fault: FaultRun,
    name: str,
) -> None:
    account = centre.add_account(name="Marina")
    centre.add_agent("ana")
    network.loses(20)
    with way_inside(name, centre, tmp_path, network) as way:
        desk = Workstation(way.server, tmp_path / "ana", "ana", nursery=nursery_inside)
        try:
            signs_in_through_loss(way, desk)
            desk.does("until", state="in_sync", seconds=240)
            for number in fault.rounds(3, 40):
                city = f"c{number}"
                centre.admin.execute("update crm.account set city = %s", (city,))
                save_some(desk, account)
                desk.does("until", state="in_sync", seconds=240)
            lost = network.lost()
            assert lost > 20, "nothing was lost on the way"
            fault.says(f"{name}: {lost} packets lost")
            fault.found(check(centre.dsn, desk))
        finally:
            desk.dies()


def signs_in_through_loss(way: Way, desk: Workstation) -> None:
    """A log-in is given up after 5 s; with so much loss the agent may have to try again."""
    from tests.faults.workstation import DeskFailed

    for _ in range(8):
        try:
            way.starts(desk)
        except DeskFailed as failed:
            if failed.code != "unreachable":
                raise
        else:
            return
    raise AssertionError("nobody can sign in over such a line")


@needs_network
@pytest.mark.fault("black-hole-packets")
@pytest.mark.parametrize("name", ["direct", "hub"])
@pytest.mark.timeout(600)
def test_packets_that_vanish_are_noticed_and_come_back(
    centre: Centre,
    tmp_path: Path,
    network: Network,
    nursery_inside: Nursery,
    fault: FaultRun,
    name: str,
) -> None:
    """As when a firewall forgets a connection: no packet passes, no answer says so."""
    account = centre.add_account(name="Marina")
    centre.add_agent("ana")
    with way_inside(name, centre, tmp_path, network) as way:
        desk = Workstation(way.server, tmp_path / "ana", "ana", nursery=nursery_inside)
        try:
            way.starts(desk, silence_seconds=SILENCE_SECONDS).in_sync()
            for _ in fault.rounds(1, 3):
                network.loses(100)
                save_some(desk, account)
                desk.does("until", state="offline", seconds=SILENCE_SECONDS * 2 + 30)
                save_some(desk, account)
                network.is_good()
                desk.does("until", state="in_sync", seconds=SILENCE_SECONDS * 2 + 60)
            fault.found(check(centre.dsn, desk))
        finally:
            desk.dies()
