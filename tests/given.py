"""What tests start from: real encrypted stores with known keys, and rows in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from uuid6 import uuid7

from agent_desktop.models.site.site import SignedInAgent, Site
from agent_desktop.models.store import mirror, tables
from agent_desktop.models.store import numbers as number
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.stores import Stores, open_stores

MIRROR_KEY = bytes(range(32))
LOCAL_KEY = bytes(range(32, 64))
FACT_KEY = bytes(range(64, 96))
AGENT = SignedInAgent(UUID(int=1), "ana", "Ana Souza")


def a_site(client: UUID, agent: SignedInAgent = AGENT) -> Site:
    """A site with a known fact key."""
    return Site(agent=agent, fact_key=FACT_KEY, client=client)


def a_mirror(path: Path) -> mirror.Mirror:
    """The mirror of a file, with the key all tests use."""
    return mirror.Mirror(path, MIRROR_KEY)


def some_stores(folder: Path, agent: SignedInAgent = AGENT) -> Stores:
    """Stores in a folder, opened again or made with some numbers of each kind. Close them."""
    stores = open_stores(folder, MIRROR_KEY, LOCAL_KEY, lambda client: a_site(client, agent))
    lease(stores)
    return stores


def lease(stores: Stores) -> None:
    """Give some numbers of each kind, without a centre."""
    with stores.local.writing() as c:
        for kind in number.PREFIXES:
            if not number.left(c, kind):
                number.put_block(c, kind, 1000, 1499)


def rows(stores: Stores, table: str, *given: Mapping[str, Any]) -> list[UUID]:
    """Put rows into the mirror as the feed would; columns not given get their defaults."""
    full = [{**tables.blank(table, row.get("id") or uuid7()), **row} for row in given]
    with stores.mirror.writing() as c:
        names = tables.VIEW_COLUMNS[table]
        stored = [tables.stored_row(table, [row[name] for name in names]) for row in full]
        mirror.apply_rows(c, table, stored)
    return [row["id"] for row in full]


def row(stores: Stores, table: str, **values: Any) -> UUID:
    """Put one row into the mirror; returns its id."""
    return rows(stores, table, values)[0]


def cursor(stores: Stores, snapshot: str, generation: int = 1) -> None:
    """Let the mirror show a certain snapshot of the centre."""
    with stores.mirror.writing() as c:
        mirror.keep_cursor(c, Cursor(generation, 1, snapshot))
