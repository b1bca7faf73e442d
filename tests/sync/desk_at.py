"""A desk without a window for tests: stores, a syncer, and conditions to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import select
from uuid6 import uuid7

from agent_desktop.models.agent.presence import NOBODY, Presence, Stand
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store import tables
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.stores import open_stores
from agent_desktop.sync.presence import PresenceReporter
from agent_desktop.sync.server import Server
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.sync.syncer import Syncer
from tests import given
from tests.central_fixtures import Centre, password_of

PATIENCE_SECONDS = 40


def server_of(dsn: str) -> Server:
    """The server of a DSN."""
    parts = conninfo_to_dict(dsn)
    return Server(str(parts["host"]), int(str(parts["port"])), str(parts["dbname"]))


class Desk:
    """Opens stores in a folder and syncs them as an agent."""

    def __init__(
        self,
        centre: Centre,
        folder: Path,
        user: str,
        password: str = "",
        *,
        server: Server | None = None,
        poll_seconds: float = 0.5,
    ) -> None:
        self.stores = open_stores(folder, given.MIRROR_KEY, given.LOCAL_KEY, given.a_site)
        self._told = threading.Condition()
        self.statuses: list[SyncStatus] = []
        self.changes = Changes()
        self.presence = NOBODY
        self.presence_reporter = PresenceReporter(self._presence_told)
        self.syncer = Syncer(
            self.stores,
            server or server_of(centre.dsn),
            user,
            password or password_of(user),
            on_status=self._status_told,
            on_changes=self._changes_told,
            presence_reporter=self.presence_reporter,
            poll_seconds=poll_seconds,
        )

    def _status_told(self, status: SyncStatus) -> None:
        with self._told:
            self.statuses.append(status)
            self._told.notify_all()

    def _changes_told(self, changes: Changes) -> None:
        with self._told:
            self.changes |= changes
            self._told.notify_all()

    def _presence_told(self, presence: Presence) -> None:
        with self._told:
            self.presence = presence
            self._told.notify_all()

    def stand_at(self, kind: str, record: UUID, field: str = "") -> None:
        """A page of this record is in front."""
        if self.presence_reporter.stand_at(Stand(kind, record, field)):
            self.syncer.wake()

    def start(self) -> Desk:
        self.syncer.start()
        return self

    def close(self) -> None:
        self.syncer.stop()
        self.stores.close()

    def until(self, holds: Callable[[], Any]) -> Any:
        """Wait until a condition holds; it is looked at when something was told, and anyway."""
        found = None

        def look() -> bool:
            nonlocal found
            found = holds()
            return bool(found)

        with self._told:
            for _ in range(PATIENCE_SECONDS * 10):
                if look():
                    return found
                self._told.wait(0.1)
        raise AssertionError(f"never happened; last {self.statuses[-5:]}")

    def in_sync(self) -> Desk:
        """Wait until all is sent and received."""
        self.until(lambda: self.syncer.status.state is SyncState.IN_SYNC)
        return self

    def offline(self, code: str = "unreachable") -> SyncStatus:
        """Wait until the desk is offline for this reason."""
        self.until(
            lambda: (
                self.syncer.status.state is SyncState.OFFLINE and self.syncer.status.code == code
            )
        )
        return self.syncer.status

    # -- what an agent does ------------------------------------------------------------------
    def begin(self, account_id: UUID | None = None, **more: Any) -> tuple[UUID, str]:
        """Begin an interaction; its id and protocol."""
        record = uuid7()
        with self.stores.local.writing() as c:
            protocol = number.take(c, "protocol", tables.EPOCH.date())
            payload = {
                "id": record,
                "protocol": protocol,
                "account_id": account_id,
                "channel": "call",
                "direction": "inbound",
                "at": tables.EPOCH,
                **more,
            }
            values = {"protocol": protocol, "account_id": account_id}
            effect = Effect("interaction", record, account_id, Op.INSERT, values)
            intent = Intent("interaction.begin", payload, (effect,))
            pending.put(c, intent)
        self.stores.changed(intent.changes())
        return record, protocol

    def change_account(self, account_id: UUID, base: dict[str, Any], wish: dict[str, Any]) -> None:
        effect = Effect("account", account_id, account_id, Op.CHANGE, wish)
        payload = {"id": account_id, "base": base, "set": wish}
        pending.save(self.stores, Intent("account.change", payload, (effect,)))

    def sees(self, table: str, record_id: UUID) -> dict[str, Any] | None:
        """A record as a screen shows it."""
        target = tables.MIRRORED[table]
        with self.stores.mirror.reading() as c:
            rows = c.execute(select(target).where(target.c.id == record_id)).mappings().all()
            found = pending.laid_over(self.stores, c, table, rows, ids=[record_id])
        return found[0] if found else None


def count(centre: Centre, table: str) -> int:
    """Rows of a table at the centre."""
    return int(centre.one(f"select count(*) from crm.{table}"))


def execute(centre: Centre, query: str, *values: Any) -> None:
    """Do something to the centre as its superuser."""
    with psycopg.connect(centre.dsn, autocommit=True) as connection:
        connection.execute(query.encode(), values)
