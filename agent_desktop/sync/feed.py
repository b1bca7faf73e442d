"""Brings the mirror up to what the centre knows: pull a page, apply it with its cursor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models.store import draft, eviction, mirror, outbox, working_set
from agent_desktop.models.store.changes import Changes, changes_of
from agent_desktop.models.store.stores import Stores
from agent_desktop.sync import lease, questions
from agent_desktop.sync.answers import FeedPage, Rows
from agent_desktop.sync.centre import Centre

#: Rows stored by one statement; between two the GUI thread gets its turn.
SLICE = 50

Item = TypeVar("Item")


class Feed:
    """One pull: everything between the mirror's cursor and the centre's present."""

    def __init__(self, stores: Stores, on_changes: Callable[[Changes], None]) -> None:
        self._stores = stores
        self._on_changes = on_changes
        self.cursor = stores.mirror.cursor()

    def pull(self, centre: Centre, stopping: threading.Event) -> bool:
        """Pull page by page; the cursor moves with the last one. Raises CursorUnknown.

        Returns whether anything had to be forgotten here, which the centre wants to be told.
        A pull that is cut off is begun again from the same cursor; applying twice is harmless.
        """
        since = self.cursor
        assert since is not None
        page = centre.ask(questions.PULL, since)
        if page.upto.snapshot == since.snapshot:
            return False
        # One pull later than needed: a screen that still reads the mirror of before finds the
        # effect, and sees its own save once and never not at all.
        with self._stores.local.writing() as c:
            outbox.forget_contained(c, since)
        self._apply(page)
        forgot = any(page.gone.values())
        while not page.is_last and not stopping.is_set():
            page = centre.ask(questions.PULL, since, page.upto, page.after)
            self._apply(page)
            forgot |= any(page.gone.values())
        if page.is_last:
            self.cursor = page.upto
        return forgot

    def _apply(self, page: FeedPage) -> None:
        """One transaction: the page's rows and, behind its last, the cursor."""
        touched: list[tuple[str, UUID, UUID | None]] = []
        # Before the mirror: whatever is cut off, no draft outlives what it is about.
        if lost := {one for ids in page.gone.values() for one in ids}:
            draft.forget(self._stores, lost)
        with self._stores.mirror.writing() as c:
            for table, rows in page.rows.items():
                for part in _slices(rows):
                    touched += _store(c, table, part)
            for table, ids in page.gone.items():
                for gone in _slices(ids):
                    touched += _forget(c, table, gone)
            if page.is_last:
                mirror.keep_cursor(c, page.upto)
            lease.see_clock(c, datetime.now(UTC), self._stores.clock.ahead)
        self._on_changes(changes_of(touched))


def store_own(stores: Stores, own: Rows) -> Changes:
    """Put what an agent needs first into a mirror that has no cursor yet; a whole one follows."""
    touched: list[tuple[str, UUID, UUID | None]] = []
    with stores.mirror.writing() as c:
        for table, rows in own.items():
            for part in _slices(rows):
                touched += _store(c, table, part)
    return changes_of(touched)


def fetch_wanted(stores: Stores, centre: Centre, on_changes: Callable[[Changes], None]) -> None:
    """Fetch the accounts that came into the working set: by the agent's own work, or opened.
    Before that, make room if somebody asked for it."""
    eviction.make_room_if_asked(stores)
    with stores.mirror.reading() as c:
        wanted = working_set.wanted(c)
    for account in wanted:
        rows = centre.ask(questions.ACCOUNT_ROWS, account)
        with stores.mirror.writing() as c:
            mirror.store_account(c, account, rows, datetime.now(UTC))
        found = [(table, UUID(bytes=row[0]), account) for table in rows for row in rows[table]]
        on_changes(changes_of([("account", account, account), *found]))


def _store(
    c: Connection, table: str, rows: Sequence[tuple[Any, ...]]
) -> list[tuple[str, UUID, UUID | None]]:
    """Store rows; returns which records of which accounts look different, before and after."""
    ids = [UUID(bytes=row[0]) for row in rows]
    before = mirror.owners(c, table, ids)
    mirror.apply_rows(c, table, rows)
    owners = {*before, *mirror.owners(c, table, ids)}
    return [(table, record_id, account_id) for record_id, account_id in owners]


def _forget(c: Connection, table: str, ids: Sequence[UUID]) -> list[tuple[str, UUID, UUID | None]]:
    before = mirror.owners(c, table, ids)
    mirror.forget_rows(c, table, ids)
    return [(table, record_id, account_id) for record_id, account_id in before]


def _slices(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    rest = iter(items)
    while part := list(islice(rest, SLICE)):
        yield part
        time.sleep(0)  # let go of the interpreter
