"""Within the budget: who was not needed for longest goes, and nobody something hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.values import AccountDraft
from agent_desktop.models.store import (
    eviction,
    mirror,
    opened_accounts,
    outbox,
    tables,
    working_set,
)
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.search import find
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.store.what_is_stored import known
from agent_desktop.models.store.working_set import Held
from agent_desktop.models.ticket import verbs as ticket
from agent_desktop.models.ticket.values import NewTicket
from tests import given

NOW = datetime.now(UTC) + timedelta(days=100)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = given.some_stores(tmp_path)
    with opened.mirror.writing() as c:
        working_set.begin_part(c, [])
    yield opened
    opened.close()


def held(stores: Stores, *names: str) -> list[UUID]:
    """Accounts of the working set with something to keep, the first used longest ago."""
    ids = []
    for at, name in enumerate(names):
        account = given.row(stores, "account", name=name)
        with stores.mirror.writing() as c:
            working_set.begin_part(c, [account.bytes])
            used = (NOW - timedelta(days=50 - at) - tables.EPOCH) // tables.MICROSECOND
            c.exec_driver_sql(
                "UPDATE working_set SET used_at = ? WHERE account_id = ?", (used, account.bytes)
            )
        given.row(stores, "account", id=account, name=name, note="x" * 2000)
        given.rows(stores, "ticket", *({"account_id": account, "resolved_at": NOW},) * 30)
        ids.append(account)
    return ids


def test_room_that_was_asked_for_is_made_by_who_pulls(stores: Stores) -> None:
    told: list[Changes] = []
    stores.listen(told.append)
    ids = held(stores, "Ana", "Bia", "Cora")
    given.row(stores, "ticket", account_id=ids[1], assignee_id=given.AGENT.id)
    with stores.mirror.reading() as c:
        assert eviction.reasons(stores, c, NOW) == eviction.Reasons(own_work=1, older=2)
        assert eviction.reasons(stores, c) == eviction.Reasons(own_work=1, fresh=2)
    with stores.mirror.writing() as c:
        c.exec_driver_sql("UPDATE working_set SET used_at = used_at - 100 * 86400 * 1000000")
    eviction.make_room_if_asked(stores)
    assert kept(stores, ids) == [True, True, True]  # nobody asked
    eviction.ask_for_room(stores)
    assert "working_set" in told[-1].kinds  # which wakes the syncer
    eviction.make_room_if_asked(stores)
    assert kept(stores, ids) == [False, True, False]
    again = held(stores, "Davi")
    with stores.mirror.writing() as c:
        c.exec_driver_sql("UPDATE working_set SET used_at = used_at - 100 * 86400 * 1000000")
    eviction.make_room_if_asked(stores)
    assert kept(stores, again) == [True]  # asked for once, made once


def kept(stores: Stores, ids: list[UUID]) -> list[bool]:
    with stores.mirror.reading() as c:
        rows = {
            UUID(bytes=row[0])
            for table, column in (("account", "id"), ("ticket", "account_id"))
            for row in c.exec_driver_sql(f"SELECT {column} FROM {table}")
        }
        standing = [working_set.standing(c, one).held is Held.HELD for one in ids]
    assert [one in rows for one in ids] == standing  # in the set or gone, with all their rows
    return standing


def used(stores: Stores) -> int:
    with stores.mirror.reading() as c:
        return eviction.used_bytes(c)


def test_within_the_budget_nobody_goes(stores: Stores) -> None:
    ids = held(stores, "Ana", "Bia")
    assert eviction.evict(stores, used(stores), NOW).accounts == 0
    assert kept(stores, ids) == [True, True]


def test_who_was_used_longest_ago_goes_first_and_only_as_many_as_needed(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eviction, "ACCOUNTS_AT_ONCE", 1)
    ids = held(stores, *(f"Cliente {n}" for n in range(8)))
    told: list[Changes] = []
    stores.listen(told.append)
    before = used(stores)
    done = eviction.evict(stores, before - 4096, NOW)
    stays = kept(stores, ids)
    assert 0 < done.accounts < 8
    assert stays == [False] * done.accounts + [True] * (8 - done.accounts)
    assert done.before == before
    assert done.after == used(stores) < before
    assert told == [Changes({"working_set": frozenset(ids[: done.accounts])})]
    assert len(find(stores, "cliente").hits) == 8  # the directory knows them as before


def test_who_was_used_today_stays_whatever_the_budget(stores: Stores) -> None:
    ids = held(stores, "Ana", "Bia")
    today = NOW - timedelta(days=50)
    assert eviction.evict(stores, 0, today).accounts == 0
    assert kept(stores, ids) == [True, True]


def test_what_unsent_work_refers_to_stays(stores: Stores) -> None:
    changed, ticketed, noted, free = ids = held(stores, "Ana", "Bia", "Cida", "Dora")
    accounts.change(stores, AccountDraft(accounts.get(stores, changed), {"note": "new"}))
    ticket.create(stores, NewTicket(ticketed, subject="No supply", category="supply"))
    with stores.mirror.reading() as c:
        query = "SELECT id FROM ticket WHERE account_id = ?"
        theirs = UUID(bytes=c.exec_driver_sql(query, (noted.bytes,)).first()[0])  # type: ignore[index]
    ticket.add_note(stores, theirs, "called back")
    eviction.evict(stores, 0, NOW)
    assert kept(stores, ids) == [True, True, True, False]
    assert free == ids[-1]


def test_work_sent_back_keeps_its_customer_until_it_is_dealt_with(stores: Stores) -> None:
    ids = held(stores, "Ana")
    accounts.change(stores, AccountDraft(accounts.get(stores, ids[0]), {"note": "new"}))
    with stores.local.writing() as c:
        (parcel,) = outbox.take_next(c, 9)
        outbox.settle(c, parcel.n, outbox.IntentResult(State.REFUSED, "not_yours"))
    eviction.evict(stores, 0, NOW)
    assert kept(stores, ids) == [True]
    with stores.local.writing() as c:
        c.exec_driver_sql("UPDATE work_item SET done_at = 1")
    eviction.evict(stores, 0, NOW)
    assert kept(stores, ids) == [False]


def test_the_agents_own_open_work_stays(stores: Stores) -> None:
    ids = held(stores, "Ana", "Bia", "Cida")
    given.row(stores, "ticket", account_id=ids[0], assignee_id=given.AGENT.id)
    given.row(stores, "interaction", account_id=ids[1], agent_id=given.AGENT.id, status="open")
    eviction.evict(stores, 0, NOW)
    assert kept(stores, ids) == [True, True, False]


def test_a_whole_mirror_is_left_alone(tmp_path: Path) -> None:
    stores = given.some_stores(tmp_path / "whole")
    given.row(stores, "account", name="Ana")
    assert eviction.evict(stores, 0, NOW).accounts == 0
    stores.close()


# -- what this PC knows -------------------------------------------------------------------------
def test_everything_is_counted(stores: Stores) -> None:
    ids = held(stores, "Ana", "Bia")
    given.row(stores, "phone", account_id=ids[0], e164=5511987654321)
    given.row(stores, "meter", account_id=ids[0], serial="ELS-1")
    elsewhere = given.row(stores, "account", name="Cida")
    opened_accounts.opened(stores, elsewhere)
    accounts.change(stores, AccountDraft(accounts.get(stores, ids[0]), {"note": "new"}))
    given.cursor(stores, "10:20:")
    found = known(stores)
    assert found.is_part
    assert dict(found.directory) == {"account": 3, "phone": 1, "unit": 0, "meter": 1}
    assert dict(found.records) == {"account": 2, "phone": 1, "meter": 1, "ticket": 60}
    assert (found.held, found.wanted, found.unsent, found.returned) == (2, 1, 1, 0)
    assert found.unsent_since is not None
    assert abs(datetime.now(UTC) - found.unsent_since) < timedelta(minutes=5)
    assert found.changed_at is not None
    assert found.loaded_at is None  # this file was never made by a bootstrap
    assert found.mirror_bytes >= found.used_bytes > 0
    assert found.local_bytes > 0
    with stores.mirror.writing() as c:
        mirror.keep(c, mirror.LOADED_AT, NOW.isoformat())
    assert known(stores).loaded_at == NOW
