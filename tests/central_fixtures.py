"""A real centre for tests: one PostgreSQL server a run, one fresh database a test.

`cluster`   the server, started by the first test that asks
`centre`    a migrated database of its own with the agents you add: `centre.add_agent("ana")`
`connect_as`  a connection as an agent, who is added first if need be: `connect_as("ana")`

A database is a copy of a template, which takes some 30 ms.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from agent_desktop.central import database, staff
from agent_desktop.central.postgres import Cluster

Connection = psycopg.Connection[Any]
ConnectAs = Callable[[str], Connection]

# Ends the server also when the test run is killed: it waits for the end of its input.
_UNDERTAKER = """
import sys
from pathlib import Path
sys.stdin.read()
from agent_desktop.central.postgres import Cluster
Cluster(Path(sys.argv[1])).destroy()
"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server that ends with the test run, whatever ends it."""
    folder = Path(tempfile.mkdtemp(prefix="ad-pg-"))
    undertaker = subprocess.Popen(
        [sys.executable, "-c", _UNDERTAKER, str(folder)],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    try:
        yield Cluster(folder, durable=False).start()
    finally:
        undertaker.communicate(timeout=60)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A migrated database that nobody is connected to, to be copied."""
    name = "template_centre"
    database.create_database(cluster.dsn(), name, "Luz do Planalto")
    return name


@dataclass(slots=True)
class Centre:
    """A migrated database; `dsn` is its superuser's."""

    cluster: Cluster
    name: str
    admin: Connection
    agents: dict[str, UUID] = field(default_factory=dict)

    @property
    def dsn(self) -> str:
        """How the superuser connects."""
        return self.cluster.dsn(self.name)

    def add_agent(self, user_name: str, **other: Any) -> UUID:
        """Add an agent; `other` are fields of NewAgent."""
        known = {"name": user_name.title(), "password": password_of(user_name)}
        new = staff.NewAgent(user_name, **{**known, **other})
        self.agents[user_name] = staff.add_agent(self.admin, new)
        return self.agents[user_name]

    def dsn_of(self, user_name: str) -> str:
        """How an agent connects."""
        return self.cluster.dsn(self.name, user=user_name, password=password_of(user_name))

    def add_account(self, number: str = "", **columns: Any) -> UUID:
        """Put an account there by hand, triggers and all."""
        account_id = uuid.uuid4()
        number = number or str(account_id.int % 10**9)
        self.insert("account", id=account_id, number=number, **columns)
        return account_id

    def insert(self, table: str, **columns: Any) -> None:
        """Insert one row into a table of crm."""
        names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        self.admin.execute(
            f"insert into crm.{table} ({names}) values ({places})", tuple(columns.values())
        )

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        row = self.admin.execute(query, values).fetchone()
        return row[0] if row else None


def password_of(user_name: str) -> str:
    """The password that test agents have."""
    return f"password of {user_name}"


@contextmanager
def fresh_centre(cluster: Cluster, template: str) -> Iterator[Centre]:
    """A migrated database that is dropped in the end."""
    name = "centre_" + uuid.uuid4().hex[:12]
    with database.connect(cluster.dsn()) as server:
        server.execute(
            f"create database {name} template {template} owner crm_owner strategy file_copy"
        )
        # A copy has no grants of the template's.
        server.execute(f"revoke all on database {name} from public")
        server.execute(f"grant connect on database {name} to agents")
        with database.connect(cluster.dsn(name)) as admin:
            yield Centre(cluster, name, admin)
        _wait_until_left(server, name)
        server.execute(f"drop database {name} with (force)")


def _wait_until_left(server: Connection, name: str) -> None:
    """Who has just closed a connection is gone in a few ms; `drop database` would look again
    only after 100 ms. Who stays is thrown out by it."""
    query = "select count(*) from pg_stat_activity where datname = %s"
    for _ in range(20):
        row = server.execute(query, (name,)).fetchone()
        if row == (0,):
            return
        time.sleep(0.003)


@pytest.fixture
def centre(cluster: Cluster, template: str) -> Iterator[Centre]:
    """A fresh migrated database, dropped after the test."""
    with fresh_centre(cluster, template) as fresh:
        yield fresh


@contextmanager
def centre_on(cluster: Cluster) -> Iterator[Centre]:
    """A centre on this server, which goes with it."""
    with cluster:
        try:
            dsn = database.create_database(cluster.dsn(), "agent_desktop")
            with database.connect(dsn) as admin:
                yield Centre(cluster, "agent_desktop", admin)
        finally:
            cluster.destroy()


@pytest.fixture
def own_centre(tmp_path: Path) -> Iterator[Centre]:
    """A centre on a server of its own, which a test may stop and start."""
    with centre_on(Cluster(tmp_path / "pg", durable=False)) as made:
        yield made


@pytest.fixture
def connect_as(centre: Centre) -> Iterator[ConnectAs]:
    """Connect as an agent, in autocommit; all connections are closed after the test."""
    opened: list[Connection] = []

    def connect(user_name: str) -> Connection:
        if user_name not in centre.agents:
            centre.add_agent(user_name)
        opened.append(psycopg.connect(centre.dsn_of(user_name), autocommit=True))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


class Pusher:
    """A desk's file that pushes intents over one connection, numbered from 1."""

    def __init__(self, connection: Connection, client: UUID | None = None) -> None:
        self.connection = connection
        self.client = client or uuid.uuid4()
        self._numbers = count(1)

    def push(
        self, kind: str, payload: Mapping[str, Any], depends_on: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """Push the next intent; the centre's result."""
        return self.push_as(next(self._numbers), kind, payload, depends_on)

    def push_as(
        self, n: int, kind: str, payload: Mapping[str, Any], depends_on: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """Push intent `n`, perhaps again."""
        body = Jsonb(payload)
        row = self.connection.execute(
            "select api_v1.push(%s, %s, %s, %s, %s, %s)",
            (self.client, n, hash_of(kind, payload), kind, body, list(depends_on)),
        ).fetchone()
        assert row is not None
        result: dict[str, Any] = row[0]
        return result


def hash_of(kind: str, payload: Mapping[str, Any]) -> bytes:
    """Some hash of an intent."""
    return sha256(repr((kind, sorted(payload.items()))).encode()).digest()
