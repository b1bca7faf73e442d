"""The centre goes away under a hub and comes back; the desk behind it loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from agent_desktop.central import installation
from agent_desktop.central.postgres import Cluster
from tests.central.test_versions import debians
from tests.central_fixtures import Centre, centre_on
from tests.hub.hub_at import Hub, HubLogin
from tests.hub.test_hub import desk_at

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]


@pytest.fixture(params=["wheel", "debian 15"])
def own_centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """A centre on a server of its own, which a test may stop and start. What a member of a
    role may do changed between 15 and 16."""
    found = installation.wheel_installation() if request.param == "wheel" else debians()
    if found is None:
        pytest.skip(f"there is no PostgreSQL of the {request.param} here")
    with centre_on(Cluster(tmp_path / "pg", installation=found, durable=False)) as made:
        yield made


def test_a_restart_of_the_centre_passes_by_the_desk_behind_the_hub(
    own_centre: Centre, tmp_path: Path
) -> None:
    own_centre.add_agent("ana")
    marina = own_centre.add_account(name="Marina")
    hub = Hub(HubLogin(own_centre).dsn, tmp_path)
    try:
        with desk_at(own_centre, hub.server, tmp_path / "ana") as desk:
            desk.in_sync()
            own_centre.cluster.stop()
            saved = [desk.begin(marina)[1] for _ in range(3)]
            desk.offline()
            own_centre.cluster.start()
            desk.syncer.try_now()
            desk.until(lambda: desk.syncer.status.unsent == 0)
            with psycopg.connect(own_centre.dsn, autocommit=True) as again:
                again.execute("update crm.account set name = 'Later'")
                desk.syncer.wake()
                desk.until(lambda: (desk.sees("account", marina) or {})["name"] == "Later")
                found = again.execute("select protocol from crm.interaction").fetchall()
        assert sorted(row[0] for row in found) == sorted(saved)
    finally:
        hub.stop()


def test_a_hub_that_begins_before_its_centre_serves_when_it_is_there(
    own_centre: Centre, tmp_path: Path
) -> None:
    own_centre.add_agent("ana")
    login = HubLogin(own_centre)
    dsn = login.dsn
    own_centre.cluster.stop()
    hub = Hub(dsn, tmp_path)
    try:
        with desk_at(own_centre, hub.server, tmp_path / "ana") as desk:
            desk.offline()
            own_centre.cluster.start()
            desk.syncer.try_now()
            desk.in_sync()
    finally:
        hub.stop()
