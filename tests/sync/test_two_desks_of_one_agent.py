"""The same agent at two PCs: each is told of the other, and what is saved at either counts once."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from agent_desktop.models.store import tables
from tests.central_fixtures import Centre
from tests.sync.desk_at import Desk

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(240)]

SAVES = 40


def save_many(desk: Desk, account: UUID, saved: list[str]) -> None:
    for n in range(SAVES):
        saved.append(desk.begin(account, notes=f"{n}")[1])


def blocks(centre: Centre, desk: Desk) -> set[int]:
    """All protocol numbers this desk was given."""
    query = "select first, last from crm.number_block where client = %s and kind = 'protocol'"
    given = centre.admin.execute(query, (desk.stores.local.client,)).fetchall()
    return {number for first, last in given for number in range(first, last + 1)}


def test_both_save_at_once_and_stay_correct(centre: Centre, tmp_path: Path) -> None:
    centre.add_agent("ana")
    marina = centre.add_account(name="Marina")
    first, second = (Desk(centre, tmp_path / pc, "ana").start() for pc in ("pc1", "pc2"))
    saved: dict[str, list[str]] = {"pc1": [], "pc2": []}
    try:
        first.in_sync()
        second.in_sync()
        first.until(lambda: len(first.presence.elsewhere) == 1)
        second.until(lambda: len(second.presence.elsewhere) == 1)
        threads = [
            threading.Thread(target=save_many, args=(desk, marina, saved[pc]))
            for pc, desk in (("pc1", first), ("pc2", second))
        ]
        for thread in threads:
            thread.start()
        second.syncer.resync()  # one of them begins anew in the middle
        for thread in threads:
            thread.join(60)
        both = sorted(saved["pc1"] + saved["pc2"])
        assert len(set(both)) == 2 * SAVES, "no number was given twice"

        def at_centre() -> list[str]:
            rows = centre.admin.execute("select protocol from crm.interaction order by 1")
            return [str(row[0]) for row in rows]

        first.until(lambda: len(at_centre()) == 2 * SAVES)
        assert at_centre() == both, "nothing lost, nothing doubled"
        for desk in (first, second):
            desk.until(partial(has, desk, marina, both))
        assert not blocks(centre, first) & blocks(centre, second)
        first.close()
        second.until(lambda: second.presence.elsewhere == ())
    finally:
        first.close()
        second.close()


def has(desk: Desk, account: UUID, protocols: list[str]) -> bool:
    """Whether exactly these contacts of an account came to this desk from the centre."""
    target = tables.MIRRORED["interaction"]
    with desk.stores.mirror.reading() as c:
        found = c.execute(select(target.c.protocol).where(target.c.account_id == account))
        return sorted(found.scalars()) == protocols
