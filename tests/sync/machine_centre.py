"""The centre of the state machine: one database of a fixed name, made anew for each example, with
two edges beside it that stay; and the same small company and desks' files at each beginning."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from agent_desktop.central import database, hubs
from agent_desktop.central.postgres import Cluster
from agent_desktop.hub.collector import make_file
from agent_desktop.sync.server import Server
from tests.central_fixtures import Centre, Connection
from tests.hub.hub_at import Hub
from tests.sync.desk_at import Desk, server_of
from tests.sync.machine_model import ADDRESS, Model, Values

NAME, SEED, COPY = "machine_centre", "machine_seed", "machine_copy"
HUB = "machine_hub"
#: Desk -> who works there; one agent has two.
DESKS = {"ana": "ana", "ana at home": "ana", "bia": "bia", "vera": "vera"}
SCOPES = {"ana": ("company",), "bia": ("company",), "vera": ("company", "vip")}
SECOND_LEVEL = frozenset({"vera"})


class Ground:
    """What stays from one example to the next."""

    def __init__(self, cluster: Cluster, template: str, folder: Path) -> None:
        self.cluster = cluster
        self.folder = folder
        self._seed(template)
        self._hubs: list[Hub] = []
        self.begin()

    def servers(self) -> tuple[Server, ...]:
        """The ways to the centre: directly, and through either edge (started when asked)."""
        if not self._hubs:
            dsn = self.cluster.dsn(NAME, user=HUB, password="hub's password")
            options = ("--no-collector", "--connections", "3")
            self._hubs = [Hub(dsn, self.folder, *options) for _ in range(2)]
        return (server_of(self.cluster.dsn(NAME)), *(hub.server for hub in self._hubs))

    def close(self) -> None:
        """End the edges and drop everything."""
        for hub in self._hubs:
            hub.stop()
        with database.connect(self.cluster.dsn()) as server:
            for name in (NAME, COPY, SEED):
                server.execute(f"drop database if exists {name} with (force)")
            server.execute(f"drop role if exists {HUB}")

    # -- the beginning of all examples -------------------------------------------------------
    def _seed(self, template: str) -> None:
        """A database with agents, customers and tickets, and the desks' files that show it."""
        self.copy(template, SEED)
        with database.connect(self.cluster.dsn(SEED)) as admin:
            _people(Centre(self.cluster, SEED, admin))
            self.accounts = _customers(admin)
        centre = Centre(self.cluster, SEED, None)  # type: ignore[arg-type]
        with ExitStack() as closing:
            for place, user in DESKS.items():
                desk = Desk(centre, self.folder / "seed" / place, user)
                closing.callback(desk.close)
                desk.start().in_sync()

    def begin(self) -> None:
        """The database as it was at first."""
        self.copy(SEED, NAME)

    def files_of(self, place: str, folder: Path) -> Path:
        """A desk's files as they were at first, in that folder."""
        return Path(shutil.copytree(self.folder / "seed" / place, folder / place))

    def copy(self, source: str, target: str) -> None:
        """Make `target` a copy of `source`, whoever is connected to either."""
        with database.connect(self.cluster.dsn()) as server:
            server.execute(f"drop database if exists {target} with (force)")
            leave = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname=%s"
            for _ in range(50):  # edges come back by themselves
                server.execute(leave, (source,))
                try:
                    server.execute(
                        f"create database {target} template {source} owner crm_owner"
                        " strategy file_copy"
                    )
                    break
                except psycopg.errors.ObjectInUse:
                    continue
            server.execute(f"revoke all on database {target} from public")
            server.execute(f"grant connect on database {target} to agents")
            if target != SEED:
                server.execute(f"grant connect on database {target} to {HUB}")


def _people(centre: Centre) -> None:
    hubs.add_hub(centre.admin, HUB, "hub's password")
    centre.admin.execute("select hub_v1.token_keys()")
    centre.insert("team", id=UUID(int=1), code="SECOND", name="Second level", level=2)
    for user, scopes in SCOPES.items():
        role = "second_level" if user in SECOND_LEVEL else "agent"
        team = "SECOND" if user in SECOND_LEVEL else ""
        centre.add_agent(user, scopes=scopes, business_role=role, team=team)


def _customers(admin: Connection) -> list[UUID]:
    """Four customers with a telephone and a ticket each; the last one is not for everybody."""
    made = [UUID(int=100 + n) for n in range(4)]
    for n, account in enumerate(made):
        scope = "vip" if n == 3 else "company"
        admin.execute(
            "insert into crm.account (id, number, name, scope) values (%s, %s, %s, %s)",
            (account, str(n), f"Cliente {n}", scope),
        )
        admin.execute(
            "insert into crm.phone (id, account_id, e164) values (%s, %s, %s)",
            (UUID(int=200 + n), account, 5511900000000 + n),
        )
        admin.execute(
            "insert into crm.ticket (id, number, account_id, subject, kind)"
            " values (%s, %s, %s, %s, 'demand')",
            (UUID(int=300 + n), f"TK-{9_000_000 + n}", account, f"Ticket {n}"),
        )
    return made


class MachineCentre:
    """One example's centre, as its administrator sees it, and the model of it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        ground.begin()
        self._kept: Model | None = None
        self._open()
        ids = dict(self.rows("select user_name, id::text from crm.agent"))
        scopes = {user: frozenset(given) for user, given in SCOPES.items()}
        self.model = Model(scopes, SECOND_LEVEL, ids)
        self.model.accounts, self.model.tickets = self.accounts(), self.tickets()

    def _open(self) -> None:
        self.admin = database.connect(self._ground.cluster.dsn(NAME))
        self.centre = Centre(self._ground.cluster, NAME, self.admin)

    def close(self) -> None:
        self.admin.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.admin.execute(query.encode(), values).fetchall()

    # -- what administrators do --------------------------------------------------------------
    def give_scopes(self, user: str, scopes: frozenset[str]) -> None:
        role = "second_level" if user in SECOND_LEVEL else "agent"
        team = "SECOND" if user in SECOND_LEVEL else ""
        self.centre.add_agent(user, scopes=sorted(scopes), business_role=role, team=team)
        self.model.scopes[user] = scopes

    def move_to_scope(self, account: str, scope: str) -> None:
        self.admin.execute("update crm.account set scope = %s where id = %s", (scope, account))
        self.model.accounts[account]["scope"] = scope

    def erase(self, account: str) -> None:
        self.admin.execute("select crm.erase_account(%s)", (account,))
        self.model.erase(account)

    def forget_feed(self) -> None:
        """As if a month had passed: who is behind fetches everything anew."""
        self.admin.execute("select crm.turn_feed()")
        self.admin.execute("select crm.trim_feed('-1 second')")

    def make_files(self) -> None:
        """What the collector does: a finished file for each set of scopes."""
        dsn = self._ground.cluster.dsn(NAME, user=HUB, password="hub's password")
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("set role collectors")
            for (scopes,) in connection.execute(
                "select scopes from hub_v1.scope_sets()"
            ).fetchall():
                make_file(connection, scopes, self._ground.folder)

    def back_up(self) -> None:
        self.admin.close()
        self._ground.copy(NAME, COPY)
        self._kept = self.model.copy()
        self._open()

    @property
    def has_copy(self) -> bool:
        return self._kept is not None

    def restore(self) -> None:
        """Put the copy back, as docs/central.md says it is done."""
        assert self._kept is not None
        self.admin.close()
        self._ground.copy(COPY, NAME)
        self._open()
        self.admin.execute("select crm.restored()")
        self.model = self._kept.copy()

    # -- what is there -----------------------------------------------------------------------
    def accounts(self) -> dict[str, Values]:
        names = ("name", "email", "note", "number", "tax_id", "scope", *ADDRESS)
        return self._records("account", names)

    def tickets(self) -> dict[str, Values]:
        names = (
            "account_id", "number", "subject", "priority", "assignee_id", "status", "level",
            "solution",
        )  # fmt: skip
        return self._records("ticket", names)

    def _records(self, table: str, names: tuple[str, ...]) -> dict[str, Values]:
        query = f"select to_jsonb(r) from crm.{table} r"
        found = (row[0] for row in self.rows(query))
        return {one["id"]: {name: one[name] for name in names} for one in found}

    def check(self) -> None:
        """Everything is as the model says, nothing lost, nothing twice."""
        model = self.model
        assert plain(self.accounts()) == plain(model.accounts)
        assert self.tickets() == model.tickets
        notes = self._records("ticket_note", ("account_id", "ticket_id", "text"))
        assert notes == model.notes
        contacts = self._records("interaction", ("account_id", "protocol"))
        assert contacts == model.interactions
        results = "select client, n, result ->> 'state', result ->> 'code' from crm.intent_result"
        assert {(row[0], row[1]): (row[2], row[3]) for row in self.rows(results)} == model.results

    def check_forgotten(self, clients: set[UUID]) -> None:
        """The centre was told by each of these desks that it forgot who was erased."""
        open_at = {row[0] for row in self.rows("select client from crm.erasure_open")}
        assert not open_at & clients, "a desk counts as holding an erased subject"


def plain(accounts: Mapping[str, Values]) -> dict[str, Values]:
    """No tax id is none, however it is written."""
    return {one: {**values, "tax_id": values["tax_id"] or ""} for one, values in accounts.items()}
