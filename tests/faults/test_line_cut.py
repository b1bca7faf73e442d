"""The network is cut after k bytes, for k over everything that goes over it."""

from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID

import pytest

from tests.central_fixtures import Centre
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun
from tests.faults.proxy import Proxy
from tests.faults.way import Way, proxied
from tests.faults.workstation import DeskFailed, Workstation

WAYS = ["direct", "hub", "behind hub"]


def bytes_to_cut(number: int, whole: int, chance: random.Random) -> int:
    """Every other cut falls into the first kilobytes (greeting, TLS, log-in), the others
    anywhere: the first round takes a cut before the first byte is through."""
    if number == 0:
        return 1
    if number % 2:
        return chance.randrange(1, whole)
    return int(min(whole, 2 ** chance.uniform(0, 14)))


def save_some(desk: Workstation, account: UUID) -> None:
    contact = desk.does("contact", account_id=str(account))["record"]
    desk.does("new_ticket", account_id=str(account), text="dark", interaction_id=contact)
    desk.does("notes", record=contact, text="sem luz " * 50)


@pytest.mark.fault("line-cut")
@pytest.mark.parametrize("name", WAYS)
def test_a_line_cut_after_k_bytes_of_pushing_and_pulling(
    centre: Centre, workstation: AWorkstation, tmp_path: Path, fault: FaultRun, name: str
) -> None:
    account = centre.add_account(name="Marina")
    chance = random.Random(20261122)
    with proxied(name, centre, tmp_path) as (way, proxy):
        desk = way.starts(workstation("ana", server=way.server)).in_sync()
        whole = bytes_of_a_round(desk, proxy, centre, account)
        cut = 0
        for number in fault.rounds(6, 150):
            proxy.cuts_after(bytes_to_cut(number, whole, chance))
            change(centre, account, number)
            save_some(desk, account)
            desk.in_sync()
            cut += proxy.was_cut.is_set()
            proxy.passes()
        # Rounds differ in length: some cuts come when all is done.
        assert cut >= fault.done // 3, "the cuts fell behind the work"
        fault.says(f"{name}: {cut} cuts within {whole} bytes")
        assert desk.does("shows", table="account", record=str(account))["city"] == f"c{number}"
        fault.found(check(centre.dsn, desk))


def change(centre: Centre, account: UUID, number: int) -> None:
    """News that has to come down the line."""
    centre.admin.execute("update crm.account set city = %s where id = %s", (f"c{number}", account))


def bytes_of_a_round(desk: Workstation, proxy: Proxy, centre: Centre, account: UUID) -> int:
    """How much goes over the line in a round that is cut right at its beginning, so that the
    desk connects, pushes and pulls."""
    proxy.cuts_after(1)
    change(centre, account, -1)
    save_some(desk, account)
    before = proxy.passed
    desk.in_sync()
    return proxy.passed - before


@pytest.mark.fault("line-cut-at-first")
@pytest.mark.parametrize("name", WAYS)
def test_a_line_cut_after_k_bytes_of_signing_in_and_the_first_filling(
    centre: Centre, workstation: AWorkstation, tmp_path: Path, fault: FaultRun, name: str
) -> None:
    account = centre.add_account(name="Marina")
    for n in range(200):
        centre.add_account(name=f"Cliente {n}", note="x" * 200)
    chance = random.Random(20261122)
    with proxied(name, centre, tmp_path) as (way, proxy):
        first = workstation("ana", server=way.server)
        before = proxy.passed
        way.starts(first).in_sync()
        whole = proxy.passed - before
        desks, refused = [first], 0
        for number in fault.rounds(4, 60):
            desk = workstation("ana", server=way.server)
            proxy.cuts_after(bytes_to_cut(number + 1, whole, chance))
            refused += signs_in_at_last(way, desk)
            save_some_when_numbers_came(desk, account)
            proxy.passes()
            desk.in_sync()
            desk.does("checks")
            desk.leaves()
            desks.append(desk)
        fault.says(f"{name}: {refused} sign-ins cut, first filling {whole} bytes")
        fault.found(check(centre.dsn, *desks))


def signs_in_at_last(way: Way, desk: Workstation) -> int:
    """The agent tries until it works; how often it did not."""
    for tries in range(5):
        try:
            way.starts(desk)
        except DeskFailed as failed:
            if failed.code not in ("unreachable", "never_signed_in_here"):
                raise
        else:
            return tries
    raise AssertionError("a cut line stayed cut")


def save_some_when_numbers_came(desk: Workstation, account: UUID) -> None:
    desk.in_sync()
    save_some(desk, account)
