"""Desk, hub and centre one release apart (docs/decisions/versions.md)."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from agent_desktop.hub.collector import make_file
from agent_desktop.models.store import mirror
from agent_desktop.sync import questions
from agent_desktop.sync.connection import DirectConnection as Line
from tests.central_fixtures import Centre, ConnectAs, password_of
from tests.faults.checker import check
from tests.faults.conftest import AWorkstation
from tests.faults.fault_run import FaultRun
from tests.faults.nursery import Nursery
from tests.faults.way import Way, direct, hub_before, to, way_of
from tests.faults.workstation import PATIENCE_SECONDS, Workstation
from tests.hub.hub_at import hub_login
from tests.sync.desk_at import server_of
from tests.waiting import until

NEXT_RELEASE = Path(__file__).with_name("next_release.sql").read_text("utf-8")
PREVIOUS_RELEASE = Path(__file__).with_name("previous_release.sql").read_text("utf-8")
#: What a later release may call things that today's knows by other words.
NEW_WORDS = """
    update crm.account set kind = 'robot', stage = 'ambassador', segment = 'space', city = 'Santos',
        nickname = 'Mari', erp_state = 'asleep';
    update crm.ticket set status = 'levitating', priority = 'cosmic', kind = 'riddle';
    update crm.interaction set channel = 'telepathy', direction = 'sideways';
    insert into crm.code_entry (id, list, code, name_en)
    values (gen_random_uuid(), 'moods', 'good', 'Good');
"""


def take_next_release(centre: Centre) -> None:
    centre.admin.execute(NEXT_RELEASE.encode())


def day_of_work(desk: Workstation, account: UUID) -> str:
    """One of each kind of work; the ticket's id."""
    contact = desk.does("contact", account_id=str(account))["record"]
    desk.does("notes", record=contact, text="sem luz")
    ticket = str(desk.does("new_ticket", account_id=str(account), text="dark")["record"])
    desk.does("ticket_note", record=ticket, text="crew is out")
    desk.does("order", account_id=str(account), text="new meter")
    desk.does("new_customer", text="Ana")
    desk.does("finish", record=contact, reason="outage")
    return ticket


@pytest.mark.fault("schema-one-release-newer")
@pytest.mark.parametrize("name", ["direct", "hub"])
def test_a_desk_of_today_goes_on_at_a_centre_one_release_newer(
    centre: Centre,
    workstation: AWorkstation,
    tmp_path: Path,
    fault: FaultRun,
    name: str,
) -> None:
    """Centre first, then hubs, then desks: that is the order of an update."""
    account = centre.add_account(name="Marina")
    with ExitStack() as opened:
        hub = None if name == "direct" else opened.enter_context(hub_before(centre, tmp_path))
        way = direct(centre) if hub is None else to(hub)
        go_on_after_update(centre, workstation, account, way, fault)


@pytest.mark.fault("hub-one-release-newer")
def test_a_desk_of_today_goes_on_at_a_hub_one_release_newer(
    centre: Centre, workstation: AWorkstation, tmp_path: Path, fault: FaultRun
) -> None:
    account = centre.add_account(name="Marina")
    centre.add_agent("ana")
    take_next_release(centre)
    newer = ("-m", "tests.faults.other_release_hub", "newer")
    with hub_before(centre, tmp_path, program=newer) as hub:
        go_on_after_update(centre, workstation, account, to(hub), fault, is_updated=True)


def go_on_after_update(
    centre: Centre,
    workstation: AWorkstation,
    account: UUID,
    way: Way,
    fault: FaultRun,
    is_updated: bool = False,
) -> None:
    """A desk that was there before the update (unless it had happened) and one that comes after."""
    ana, bia = (workstation(user, server=way.server) for user in ("ana", "bia"))
    way.starts(ana).in_sync()
    ticket = day_of_work(ana, account)
    ana.in_sync()
    if not is_updated:
        take_next_release(centre)
        ana.does("until", state="resyncing", seconds=60)
    centre.insert("battery", id=uuid4(), account_id=account, model="AA")
    centre.admin.execute(NEW_WORDS)
    said = until_shown(ana, "ticket", ticket, "status", "levitating")
    assert not {one["code"] for one in said} & {"desk_fault", "centre_fault", "centre_older"}
    # The feed tells of tables and words this desk does not know, on the way it goes every day.
    centre.insert("battery", id=uuid4(), account_id=account, model="AAA")
    renamed = "update crm.account set name = 'Marina Lima', stage = 'legend' where id = %s"
    centre.admin.execute(renamed, (account,))
    centre.admin.execute("delete from crm.battery where model = 'AA'")
    day_of_work(ana, account)
    ana.in_sync()
    shown = ana.does("shows", table="account", record=str(account))
    assert [shown[one] for one in ("name", "stage", "city")] == ["Marina Lima", "legend", "Santos"]
    # A desk that begins here: sign-in, all rows, its own work.
    way.starts(bia).in_sync()
    assert bia.does("shows", table="account", record=str(account)) == shown
    bia.does("customer", record=str(account), text="dog")
    bia.in_sync()
    ana.does("checks")
    fault.found(check(centre.dsn, ana, bia))
    assert ana.does("returned") == bia.does("returned") == {}


def test_a_finished_file_of_the_next_release_s_mirror_is_not_taken(
    centre: Centre, workstation: AWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = centre.add_account(name="Marina")
    centre.add_agent("ana")
    take_next_release(centre)
    with hub_login(centre) as login, psycopg.connect(login.dsn, autocommit=True) as connection:
        connection.execute("set role collectors")
        with monkeypatch.context() as patched:
            patched.setattr(mirror, "SCHEMA", mirror.SCHEMA + 1)
            make_file(connection, ("company",))
        assert centre.one("select count(*) from crm.snapshot") == 1
        with Line(server_of(centre.dsn), "ana", password_of("ana")) as line:
            assert line.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA) is None
            assert line.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA + 1) is not None
        desk = workstation("ana").starts().in_sync()
        assert desk.does("shows", table="account", record=str(account))["name"] == "Marina"


def test_the_second_version_of_a_view_stands_beside_the_first(
    centre: Centre, connect_as: ConnectAs
) -> None:
    centre.add_account(name="Marina")
    take_next_release(centre)
    ana = connect_as("ana")
    assert ana.execute("select name from sync_v1.account").fetchone() == ("Marina",)
    assert ana.execute("select full_name from sync_v2.account").fetchone() == ("Marina",)


@pytest.mark.fault("hub-one-release-older")
def test_a_hub_one_release_older_takes_saves_and_is_told_of(
    centre: Centre, workstation: AWorkstation, tmp_path: Path, fault: FaultRun
) -> None:
    """Its news would leave gaps that nobody ever fills; so none is taken from it."""
    account = centre.add_account(name="Marina")
    older = ("-m", "tests.faults.other_release_hub", "older")
    with hub_before(centre, tmp_path) as hub:
        desk = to(hub).starts(workstation("ana", server=to(hub).server)).in_sync()
        ticket = day_of_work(desk, account)
        desk.in_sync()
        port = hub.port
    with hub_before(centre, tmp_path, program=older, port=port):
        desk.does("ticket_note", record=ticket, text="goes through")
        product = uuid4()
        centre.insert("product", id=product, code="P1", name="Meter")
        until_sent(desk)
        # What it said while the other hub was down may still stand when the work has gone out.
        until(
            lambda: desk.does("status")["code"] == "centre_older",
            PATIENCE_SECONDS,
            lambda: f"the hub is older: {desk.does('status')}",
            meanwhile=lambda: (desk.does("try_now"), time.sleep(0.1)),
        )
        assert not desk.does("shows", table="product", record=str(product))
    with hub_before(centre, tmp_path, port=port):
        desk.in_sync()
        assert desk.does("shows", table="product", record=str(product))["name"] == "Meter"
        fault.found(check(centre.dsn, desk))


def until_shown(
    desk: Workstation, table: str, record: str, column: str, value: str
) -> list[dict[str, str]]:
    """Wait until a desk shows this; what it said of the centre meanwhile."""
    said: list[dict[str, str]] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while desk.does("shows", table=table, record=record).get(column) != value:
        assert time.monotonic() < deadline, said
        said += desk.does("until", state="in_sync", seconds=PATIENCE_SECONDS)["said"]
    return said


def until_sent(desk: Workstation) -> None:
    """Wait until nothing is unsent, whatever the desk says of the centre."""
    until(
        lambda: not desk.does("status")["unsent"],
        PATIENCE_SECONDS,
        lambda: f"nothing unsent: {desk.does('status')}",
        meanwhile=lambda: (desk.does("try_now"), time.sleep(0.1)),
    )


@pytest.fixture
def older_centre(centre: Centre) -> Centre:
    """A centre as the release before this one left it."""
    centre.admin.execute(PREVIOUS_RELEASE.encode())
    return centre


@pytest.mark.fault("centre-one-release-older")
@pytest.mark.parametrize("name", ["direct", "hub"])
def test_a_desk_of_today_at_a_centre_one_release_older(
    older_centre: Centre,
    nursery: Nursery,
    tmp_path: Path,
    fault: FaultRun,
    name: str,
) -> None:
    """A centre that was not migrated yet: saves go through, what it has is shown."""
    account = older_centre.add_account(name="Marina")
    older_centre.add_agent("ana")
    with way_of(name, older_centre, tmp_path) as way:
        desk = Workstation(way.server, tmp_path / "ana", "ana", nursery=nursery)
        try:
            way.starts(desk).in_sync()
            day_of_work(desk, account)
            said = desk.does("until", state="in_sync", seconds=60)["said"]
            assert "offline" not in {one["state"] for one in said}
            shown = desk.does("shows", table="account", record=str(account))
            assert shown["name"] == "Marina"
            older_centre.admin.execute("update crm.account set city = 'Santos'")
            said = until_shown(desk, "account", str(account), "city", "Santos")
            assert "offline" not in {one["state"] for one in said}, "nothing it asks is missing"
            desk.does("new_customer", text="Bia")
            desk.in_sync()
            fault.found(check(older_centre.dsn, desk))
        finally:
            desk.dies()
