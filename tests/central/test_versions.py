"""The centre on each PostgreSQL there is here, made by a role that is no superuser: what making
and giving roles means changed between 15 and 16."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from agent_desktop.central import database, installation, migration, staff
from agent_desktop.central.postgres import Cluster
from tests.central.conftest import accepted, new_id
from tests.central_fixtures import Pusher

pytestmark = pytest.mark.postgres


def debians() -> installation.Installation | None:
    """Debian's PostgreSQL 15."""
    found = [i for i in installation.system_installations() if "/15/" in str(i.programs)]
    return found[0] if found else None


@pytest.fixture(scope="module", params=["wheel", "debian 15"])
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A server of that version."""
    found = installation.wheel_installation() if request.param == "wheel" else debians()
    if found is None:
        pytest.skip(f"there is no PostgreSQL of the {request.param} here")
    folder = Path(tempfile.mkdtemp(prefix="ad-version-"))
    cluster = Cluster(folder, installation=found, durable=False)
    try:
        yield cluster.start()
    finally:
        cluster.destroy()


@pytest.fixture(params=["superuser", "administrator"])
def dsn(request: pytest.FixtureRequest, server: Cluster) -> str:
    """The DSN of a new centre's superuser, or of a role that may only make databases and roles."""
    name = f"centre_{uuid.uuid4().hex[:8]}"
    if request.param == "superuser":
        return database.create_database(server.dsn(), name)
    with database.connect(server.dsn()) as connection:
        connection.execute(
            "do $$ begin if to_regrole('boss') is null then"
            " create role boss login createdb createrole password 'x'; end if; end $$"
        )
        # Roles of an earlier centre on this server were made by the superuser, who gives them.
        for role in ("crm_owner", "crm_keeper", "agents"):
            connection.execute(
                f"do $$ begin if to_regrole('{role}') is not null then"
                f" grant {role} to boss with admin option; end if; end $$"
            )
        connection.execute("grant connect on database postgres to boss")
    return database.create_database(server.dsn(user="boss", password="x"), name)


def test_a_database_made_before_the_first_release_is_refused(dsn: str) -> None:
    """Its tables were made by migrations that are no more."""
    with database.connect(dsn) as admin, database.owner_of(admin):
        admin.execute("drop table crm.applied")
        admin.execute("create table crm.migration (version_num text)")
    with pytest.raises(migration.CentreNotUpgradable, match=r"before release 0\.1\.0"):
        database.upgrade(dsn)


def test_from_empty_to_the_first_intent(dsn: str) -> None:
    assert database.upgrade(dsn) == []
    with database.connect(dsn) as admin, database.owner_of(admin):
        admin.execute("update crm.applied set sha256 = '' where file not like 'tables/%'")
    # Also the one function that is not the owner's, and by who is no superuser.
    assert "functions/password.sql" in database.upgrade(dsn)
    assert database.upgrade(dsn) == []
    user = f"ana_{uuid.uuid4().hex[:8]}"
    with database.connect(dsn) as admin:
        staff.add_agent(admin, staff.NewAgent(user, "Ana", "x"))
        staff.add_agent(admin, staff.NewAgent(user, "Ana Lima", "y"))
        with psycopg.connect(
            make_conninfo(dsn, user=user, password="y"), autocommit=True
        ) as connection:
            desk = Pusher(connection)
            told = connection.execute(
                "select api_v1.sign_in(%s, 'pc') -> 'agent' ->> 'name'", (desk.client,)
            ).fetchone()
            assert told == ("Ana Lima",)
            payload = {"id": new_id(), "protocol": "2026112100000010"}
            accepted(desk.push("interaction.begin", payload))
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("create temp table t (x int)")
            assert staff.offboard(admin, user) == 1
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(make_conninfo(dsn, user=user, password="y"))
