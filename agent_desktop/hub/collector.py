"""The collector of a site: makes snapshot files and turns the feed. One works, others stand by."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from agent_desktop.hub.hints import PostgresHints
from agent_desktop.models.store import mirror, tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.sync.queries import Reader

LOG = logging.getLogger(__name__)
Connection = psycopg.Connection[Any]

PART_SIZE = 1 << 20
#: A newer file is made when the newest is older than this.
RENEWED_AFTER = timedelta(hours=12)
#: The feed forgets after this; a desk that was away for longer begins anew.
FEED_KEPT = timedelta(days=30)
ROUND_SECONDS = 60.0


class Collector:
    """A thread of its own; `stop` ends it soon. `folder` holds a file while it is being made."""

    def __init__(
        self,
        dsn: str,
        *,
        folder: Path | None = None,
        renewed_after: timedelta = RENEWED_AFTER,
        round_seconds: float = ROUND_SECONDS,
        directory_only: bool = False,
        relay: Callable[[], None] | None = None,
    ) -> None:
        """`relay` is told of each hint of the centre while the duty is ours."""
        self._dsn = dsn
        self._relay = relay
        self._directory_only = directory_only
        self._folder = folder
        self._renewed_after = renewed_after
        self._round_seconds = round_seconds
        self._stopping = threading.Event()
        self.on_duty = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present step."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as connection:
                    self._serve(connection)
            except psycopg.Error as error:
                LOG.warning("the collector lost the centre: %s", error)
            finally:
                self.on_duty.clear()
            self._stopping.wait(min(self._round_seconds, 10))

    def _serve(self, connection: Connection) -> None:
        """Work as long as the duty is ours; it ends with the connection."""
        # The duty is an advisory lock of this session: it ends with the connection, whatever
        # becomes of this process.
        connection.execute("set role collectors")
        row = connection.execute("select hub_v1.take_duty()").fetchone()
        if row != (True,):
            return
        self.on_duty.set()
        with self._relaying():
            while not self._stopping.is_set():
                self.round(connection)
                self._stopping.wait(self._round_seconds)

    @contextmanager
    def _relaying(self) -> Iterator[None]:
        """Send the centre's hints on meanwhile."""
        if self._relay is None:
            yield
            return
        hints = PostgresHints(self._dsn)
        hints.subscribe(self._relay)
        hints.start()
        try:
            yield
        finally:
            hints.stop()

    def round(self, connection: Connection) -> None:
        """Do the work that is due now: the feed's new day, the audit's seal, what the site's rules
        say is too old, files that are missing or old."""
        try:
            connection.execute("select hub_v1.turn_day(%s)", (FEED_KEPT,))
        except psycopg.errors.LockNotAvailable:
            LOG.info("the feed is turned later: somebody writes for long")
        connection.execute("select hub_v1.seal_audit()")
        connection.execute("select hub_v1.keep_house()")
        sets = connection.execute("select scopes from hub_v1.scope_sets()").fetchall()
        for (scopes,) in sets:
            if not self._stopping.is_set() and self._is_due(connection, scopes):
                make_file(connection, scopes, self._folder, directory_only=self._directory_only)

    def _is_due(self, connection: Connection, scopes: Sequence[str]) -> bool:
        row = connection.execute(
            "select hub_v1.newest(%s, %s)", (list(scopes), mirror.SCHEMA)
        ).fetchone()
        made_at: datetime | None = row[0] if row else None
        return made_at is None or made_at < datetime.now(UTC) - self._renewed_after


def make_file(
    connection: Connection,
    scopes: Sequence[str],
    folder: Path | None = None,
    *,
    directory_only: bool = False,
) -> UUID:
    """Make a finished mirror of these scopes and offer it; returns its id. The connection is in
    autocommit and speaks as `collectors`. `directory_only`: desks that begin with it keep a
    working set beside the directory of everybody (models/store/working_set.py)."""
    with tempfile.TemporaryDirectory(prefix="agent-desktop-", dir=folder) as place:
        path, key = Path(place) / "snapshot.db", secrets.token_bytes(32)
        cursor, rows = _build(connection, scopes, path, key, directory_only)
        return _put(connection, scopes, path, key, cursor, rows)


def _build(
    connection: Connection, scopes: Sequence[str], path: Path, key: bytes, directory_only: bool
) -> tuple[Cursor, int]:
    """All that these scopes show in one moment, as a desk would have built it."""
    rows = 0
    held = () if directory_only else None

    def counted(found: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        nonlocal rows
        for one in found:
            rows += 1
            yield one

    with MirrorBuilder(path, key, held) as builder:
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read read only")
            connection.execute("select set_config('crm.scope_set', %s, true)", (",".join(scopes),))
            row = connection.execute("select hub_v1.position()").fetchone()
            assert row is not None
            cursor, reader = Cursor(**row[0]), Reader(connection)
            builder.enter(counted(reader.entries(in_order=True)))
            for table in tables.MIRRORED:
                if not directory_only or table != "account":
                    builder.store(table, counted(reader.rows(table, unowned=directory_only)))
        builder.finish(cursor)  # indexes may take longer than a transaction may idle
    return cursor, rows


def _put(
    connection: Connection,
    scopes: Sequence[str],
    path: Path,
    key: bytes,
    cursor: Cursor,
    rows: int,
) -> UUID:
    """Into the centre in parts, offered with the last of them: all or nothing."""
    snapshot, digest = uuid4(), hashlib.sha256()
    with connection.transaction(), path.open("rb") as file:
        n = 0
        while data := file.read(PART_SIZE):
            digest.update(data)
            connection.execute("select hub_v1.put_part(%s, %s, %s)", (snapshot, n, data))
            n += 1
        about = {
            "id": str(snapshot),
            "scopes": list(scopes),
            "generation": cursor.generation,
            "schema": cursor.schema,
            "mirror_schema": mirror.SCHEMA,
            "snapshot": cursor.snapshot,
            "rows": rows,
            "bytes": path.stat().st_size,
            "part_bytes": PART_SIZE,
            "sha256": digest.hexdigest(),
            "key": key.hex(),
        }
        connection.execute("select hub_v1.offer(%s::jsonb)", (json.dumps(about),))
    LOG.info("a snapshot of %s: %d rows, %d bytes", ",".join(scopes), rows, path.stat().st_size)
    return snapshot
