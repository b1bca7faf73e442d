"""The lists people choose from: reasons, categories, reasons not to be ready, teams, products."""

from __future__ import annotations

from sqlalchemy import true

from agent_desktop.models.agent.record import Team
from agent_desktop.models.site.record import CodeEntry, ListName, Product
from agent_desktop.models.store import tables
from agent_desktop.models.store.reading import reading
from agent_desktop.models.store.stores import Stores


def reasons(stores: Stores) -> tuple[CodeEntry, ...]:
    """The tree of reasons of contacts, parents before children, in their order."""
    return _entries(stores, ListName.REASON)


def categories(stores: Stores) -> tuple[CodeEntry, ...]:
    """The tree of ticket categories."""
    return _entries(stores, ListName.CATEGORY)


def complaint_types(stores: Stores) -> tuple[CodeEntry, ...]:
    """The regulated types of complaint: the categories under `complaint`."""
    return tuple(entry for entry in categories(stores) if entry.parent_code == "complaint")


def not_ready(stores: Stores) -> tuple[CodeEntry, ...]:
    """Why an agent may be not ready."""
    return _entries(stores, ListName.NOT_READY)


def teams(stores: Stores) -> tuple[Team, ...]:
    """All teams, the first level first, by name."""
    with reading(stores) as r:
        found = r.selected(Team, true(), bool)
    return tuple(sorted(found, key=lambda team: (team.level, team.name)))


def products(stores: Stores) -> tuple[Product, ...]:
    """What can stand on a service order, by name."""
    with reading(stores) as r:
        found = r.selected(Product, true(), bool)
    return tuple(sorted(found, key=lambda product: product.name))


def _entries(stores: Stores, name: ListName) -> tuple[CodeEntry, ...]:
    condition = tables.MIRRORED["code_entry"].c.list == name.value
    with reading(stores) as r:
        found = r.selected(CodeEntry, condition, lambda entry: entry.active)
    by_code = {entry.code: entry for entry in found}
    return tuple(sorted(found, key=lambda entry: _path(entry, by_code)))


def _path(entry: CodeEntry, by_code: dict[str, CodeEntry]) -> tuple[tuple[int, str], ...]:
    """The positions from the root down to an entry; a parent sorts before its children."""
    path: list[tuple[int, str]] = []
    seen: CodeEntry | None = entry
    while seen is not None and len(path) < 10:
        path.insert(0, (seen.position, seen.code))
        seen = by_code.get(seen.parent_code) if seen.parent_code else None
    return tuple(path)
