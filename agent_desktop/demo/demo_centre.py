"""The centre of a demo, a story or the self-test: one of its own with the demo company.

It is a folder: below it a PostgreSQL cluster with one database, filled once. Starting it
again finds what was there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from psycopg import conninfo

from agent_desktop.central import bulk, database, staff
from agent_desktop.central.postgres import Cluster
from agent_desktop.demo import company
from agent_desktop.demo.callers import AGENTS, Agent

DATABASE = "luz_do_planalto"
SITE = "Luz do Planalto"

Tell = Callable[[bulk.LoadProgress], None]


class DemoCentre:
    """A centre with `accounts` customers of the demo company and its agents.

    Use it with `with`, or `start` and `stop`. `durable=False` is for tests.
    """

    def __init__(
        self, folder: Path, accounts: int = 2_000, *, durable: bool = True, tell: Tell | None = None
    ) -> None:
        self.cluster = Cluster(folder, durable=durable)
        self._accounts = accounts
        self._tell: Tell = tell or (lambda _progress: None)

    @property
    def admin_dsn(self) -> str:
        """How the superuser of this centre connects."""
        return self.cluster.dsn(DATABASE)

    @property
    def server(self) -> str:
        """The centre as an agent types it on the sign-in page."""
        parts = conninfo.conninfo_to_dict(self.admin_dsn)
        return f"{parts['host']}:{parts['port']}/{DATABASE}"

    def start(self) -> DemoCentre:
        """Start the centre; the first time it is made and filled. Returns itself."""
        self.cluster.start()
        if not self._is_filled():
            self._fill()
        return self

    def stop(self) -> None:
        """Switch the centre off; its data stay."""
        self.cluster.stop()

    def destroy(self) -> None:
        """Switch the centre off and delete it."""
        self.cluster.destroy()

    def _is_filled(self) -> bool:
        with database.connect(self.cluster.dsn()) as server:
            found = server.execute("select from pg_database where datname = %s", (DATABASE,))
            if found.fetchone() is None:
                return False
        database.upgrade(self.admin_dsn)
        with database.connect(self.admin_dsn) as centre:
            row = centre.execute("select exists (select from crm.account)").fetchone()
        return bool(row and row[0])

    def _fill(self) -> None:
        with database.connect(self.cluster.dsn()) as server:
            server.execute(f"drop database if exists {DATABASE} with (force)")
        database.create_database(self.cluster.dsn(), DATABASE, SITE)
        now = datetime.now(UTC)
        with database.connect(self.admin_dsn) as centre:
            row = centre.execute("select fact_key from crm.site").fetchone()
            key = row[0] if row else b""
            today = now.astimezone().date()
            tables = company.tables(self._accounts, today, now=now, fact_key=key)
            bulk.load(centre, tables, self._tell)
            for agent in AGENTS:
                staff.add_agent(centre, _new(agent))

    def __enter__(self) -> DemoCentre:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _new(agent: Agent) -> staff.NewAgent:
    return staff.NewAgent(
        user_name=agent.user_name,
        name=agent.name,
        password=agent.password,
        business_role=agent.business_role,
        team=agent.team.code,
        extension=agent.extension,
    )
