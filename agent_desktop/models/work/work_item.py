"""Work the centre has sent back: refused intents and conflicts, until a person deals with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, update

from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.local import work_item
from agent_desktop.models.store.stores import Stores


@dataclass(frozen=True, slots=True)
class ReturnedWork:
    """One intent that was not carried out, with those refused because they build on it.

    `code` is the centre's reason (`conflict` when both sides changed the same fields), `fields`
    maps fields to their own codes, `mine` is the intent's payload, `theirs` maps a field in
    conflict to {value, by, at} of the centre. `table` and `record_id` name the record.
    """

    n: int
    kind: str
    code: str
    table: str
    record_id: UUID | None
    account_id: UUID | None
    mine: Mapping[str, Any]
    fields: Mapping[str, str]
    theirs: Mapping[str, Any]
    made_at: datetime
    dependents: tuple[ReturnedWork, ...] = ()

    @property
    def id(self) -> UUID:
        """A name for it where records are named by UUIDs (places, changes)."""
        return id_of(self.n)

    @property
    def is_conflict(self) -> bool:
        """Whether somebody else changed the same fields, so that a person has to choose."""
        return bool(self.theirs)


def id_of(n: int) -> UUID:
    """The name of the returned work of intent `n`."""
    return UUID(int=n)


def changes(n: int) -> Changes:
    """What is told when work came back or was dealt with."""
    return Changes({"work_item": frozenset({id_of(n)})})


def add(c: Connection, work: ReturnedWork, refused_with: int) -> None:
    """Keep returned work; `refused_with` is the n of the intent whose refusal caused it."""
    row = {
        "n": work.n,
        "kind": work.kind,
        "code": work.code,
        "table_name": work.table,
        "record_id": work.record_id,
        "account_id": work.account_id,
        "mine": json.dumps(dict(work.mine)),
        "fields": json.dumps(dict(work.fields)),
        "theirs": json.dumps(dict(work.theirs)),
        "refused_with": refused_with,
        "made_at": work.made_at,
    }
    c.execute(insert(work_item).prefix_with("OR REPLACE"), row)


def work_items(stores: Stores) -> tuple[ReturnedWork, ...]:
    """All returned work nobody has dealt with yet, oldest first, dependents inside."""
    with stores.local.reading() as c:
        found = c.execute(
            select(work_item).where(work_item.c.done_at.is_(None)).order_by(work_item.c.n)
        ).all()
    dependents: dict[int, list[ReturnedWork]] = {}
    for row in found:
        if row.refused_with != row.n:
            dependents.setdefault(row.refused_with, []).append(_returned(row))
    return tuple(
        _returned(row, tuple(dependents.get(row.n, ())))
        for row in found
        if row.refused_with == row.n
    )


def find(stores: Stores, n: int) -> ReturnedWork | None:
    """One returned work with its dependents; None once somebody has dealt with it."""
    return next((work for work in work_items(stores) if work.n == n), None)


def done(stores: Stores, n: int) -> None:
    """A person has dealt with this returned work (and with what depended on it)."""
    with stores.local.writing() as c:
        settle(c, n)
    stores.changed(changes(n))


def settle(c: Connection, n: int) -> None:
    """The same inside the caller's `local.writing()`."""
    here = or_(work_item.c.n == n, work_item.c.refused_with == n)
    c.execute(update(work_item).where(here).values(done_at=datetime.now(UTC)))


def _returned(row: Row[Any], dependents: tuple[ReturnedWork, ...] = ()) -> ReturnedWork:
    return ReturnedWork(
        n=row.n,
        kind=row.kind,
        code=row.code,
        table=row.table_name,
        record_id=row.record_id,
        account_id=row.account_id,
        mine=json.loads(row.mine),
        fields=json.loads(row.fields),
        theirs=json.loads(row.theirs),
        made_at=row.made_at,
        dependents=dependents,
    )
