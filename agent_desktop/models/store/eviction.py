"""Keeps the mirror within its budget: who was not needed for longest goes back to the directory.

Only the working set of a mirror that is a part is touched, never the directory. What unsent work,
work sent back or the agent's own open work refers to stays, and so does whoever was used today.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from agent_desktop.models.kinds import KINDS
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import mirror, own_work, tables, working_set
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.stores import Stores

#: What mirror.db may hold before accounts are dropped from it, in bytes.
BUDGET_BYTES = 1_200_000_000
#: Key of the mirror's small values: that room is wanted now.
_ASKED = "make_room"
#: Down to this share of the budget, so that it is not reached again at once.
_SHARE = 0.9
#: Whoever was opened, or came in, less than this long ago stays.
FRESH = timedelta(days=1)
#: Accounts dropped in one commit: readers and the feed get their turn in between.
ACCOUNTS_AT_ONCE = 20
_MOST_MARKS = 500


@dataclass(frozen=True, slots=True)
class Evicted:
    """How many accounts went back to the directory, and the bytes in use before and after."""

    accounts: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why the accounts of the working set are kept, each counted once, in this order: the agent's
    own open work, something unsent or sent back, used within a day; `older` may be dropped."""

    own_work: int = 0
    unsent: int = 0
    fresh: int = 0
    older: int = 0


def reasons(stores: Stores, c: Connection, now: datetime | None = None) -> Reasons:
    """Count the working set by why it is kept."""
    rows = c.exec_driver_sql("SELECT account_id FROM working_set")
    kept = {UUID(bytes=row[0]) for row in rows}
    own = _own_work(stores, c) & kept
    unsent = (_needed(stores, c) & kept) - own
    old = set(_candidates(c, (now or datetime.now(UTC)) - FRESH)) - own - unsent
    rest = len(kept) - len(own) - len(unsent) - len(old)
    return Reasons(len(own), len(unsent), rest, len(old))


def ask_for_room(stores: Stores) -> None:
    """Somebody wants room now: whoever was not used within a day goes back to the directory, as
    soon as the centre is heard from, since until then nobody could be fetched again. Publishes
    `working_set`, which wakes the syncer."""
    with stores.mirror.writing() as c:
        mirror.keep(c, _ASKED, True)
    stores.changed(Changes({"working_set": frozenset()}))


def make_room_if_asked(stores: Stores) -> None:
    """In the thread that pulls, between two pulls: carry out `ask_for_room`."""
    with stores.mirror.reading() as c:
        if not mirror.kept_value(c, _ASKED):
            return
    evict(stores, budget_bytes=0)
    with stores.mirror.writing() as c:
        mirror.keep(c, _ASKED, False)


def used_bytes(c: Connection) -> int:
    """The bytes of the file that hold something; what was freed is used again."""
    pages, free, size = (
        int(c.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def evict(stores: Stores, budget_bytes: int = BUDGET_BYTES, now: datetime | None = None) -> Evicted:
    """Drop accounts from the working set, the one used longest ago first, until the mirror is
    within nine tenths of its budget; nothing happens while it is within the budget.

    Call it between two pulls, in the thread that pulls. Publishes the accounts dropped.
    """
    with stores.mirror.reading() as c:
        before = after = used_bytes(c)
        if before <= budget_bytes or not working_set.is_part(c):
            return Evicted(0, before, before)
        waiting = _candidates(c, (now or datetime.now(UTC)) - FRESH)
        stays = _needed(stores, c)
    gone: set[UUID] = set()
    candidates = [one for one in waiting if one not in stays]
    while candidates and after > budget_bytes * _SHARE:
        dropped, candidates = candidates[:ACCOUNTS_AT_ONCE], candidates[ACCOUNTS_AT_ONCE:]
        with stores.mirror.writing() as c:
            for account_id in dropped:
                working_set.clear(c, account_id)
            working_set.forget(c, dropped)
        gone |= set(dropped)
        with stores.mirror.reading() as c:
            after = used_bytes(c)
    if gone:
        stores.changed(Changes({"working_set": frozenset(gone)}))
    return Evicted(len(gone), before, after)


def _candidates(c: Connection, before: datetime) -> list[UUID]:
    """Accounts of the set not used since, the one used longest ago first."""
    query = "SELECT account_id FROM working_set WHERE used_at < ? ORDER BY used_at"
    moment = (before - tables.EPOCH) // tables.MICROSECOND
    return [UUID(bytes=row[0]) for row in c.exec_driver_sql(query, (moment,))]


def _needed(stores: Stores, c: Connection) -> set[UUID]:
    """The accounts something here hangs on."""
    with stores.local.reading() as here:
        owners = here.exec_driver_sql(
            "SELECT account_id FROM effect UNION SELECT account_id FROM work_item "
            "WHERE done_at IS NULL"
        )
        needed = {UUID(bytes=row[0]) for row in owners if row[0] is not None}
        unsent = here.exec_driver_sql("SELECT payload FROM intent WHERE state = 'unsent'")
        named = {one for row in unsent for one in pending.ids_in(json.loads(row[0]))}
    return needed | named | set(_owners(c, named)) | _own_work(stores, c)


def _owners(c: Connection, ids: Collection[UUID]) -> Iterator[UUID]:
    """The accounts to which records with these ids belong."""
    wanted = [one.bytes for one in ids]
    for start in range(0, len(wanted), _MOST_MARKS):
        some = tuple(wanted[start : start + _MOST_MARKS])
        marks = ", ".join("?" * len(some))
        for table in working_set.OWNED:
            if table != "account":
                query = f'SELECT account_id FROM "{table}" WHERE id IN ({marks})'
                for row in c.exec_driver_sql(query, some):
                    if row[0] is not None:
                        yield UUID(bytes=row[0])


def _own_work(stores: Stores, c: Connection) -> set[UUID]:
    """The accounts of what the agent, and with nobody on it the agent's team, has to do."""
    me = stores.site.agent
    team = me.team_id.bytes if me.team_id else None
    found: set[UUID] = set()
    for kind in KINDS:
        if kind.own_work is not None:
            where, values = own_work.condition(kind, me.id.bytes, team)
            query = f'SELECT account_id FROM "{kind.name}" WHERE {where}'
            rows = c.exec_driver_sql(query, values)
            found |= {UUID(bytes=row[0]) for row in rows if row[0] is not None}
    return found
