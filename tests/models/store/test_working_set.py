"""What is kept of whom: the feed fills the working set, everybody else stays in the directory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from uuid6 import uuid7

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.caller import CallerFacts
from agent_desktop.models.account.identification import identify
from agent_desktop.models.account.record import Account
from agent_desktop.models.account.values import AccountDraft
from agent_desktop.models.store import mirror, opened_accounts, tables, working_set
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.found import FoundKind, HitKind
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.models.store.search import find
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.store.working_set import Held, Standing
from agent_desktop.models.ticket import verbs as ticket
from tests import given

TEAM = UUID(int=77)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """A mirror that keeps a part: Ana's, of team 77."""
    opened = given.some_stores(tmp_path)
    with opened.mirror.writing() as c:
        who = {"id": str(given.AGENT.id), "team_id": str(TEAM)}
        mirror.keep(c, "sign_in", {"answer": {"agent": who}})
        working_set.begin_part(c, [])
    yield opened
    opened.close()


def an_account(stores: Stores, name: str = "Marina Alves", **more: Any) -> UUID:
    account = given.row(stores, "account", name=name, active=True, city="Osasco", **more)
    given.row(stores, "phone", account_id=account, e164=5511987654321, kind="mobile")
    given.row(stores, "unit", account_id=account, number="7712345")
    given.row(stores, "meter", account_id=account, serial="ELS-77120443")
    given.row(stores, "contact", account_id=account, name="João")
    return account


def stored(table: str, **values: object) -> tuple[Any, ...]:
    row = {**tables.blank(table, uuid7()), **values}
    return tables.stored_row(table, [row[name] for name in tables.VIEW_COLUMNS[table]])


def kept(stores: Stores) -> dict[str, int]:
    """How many rows of each kind are kept in full."""
    with stores.mirror.reading() as c:
        counted = {
            table: int(c.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one())
            for table in working_set.OWNED
        }
    return {table: count for table, count in counted.items() if count}


def held(stores: Stores, account: UUID) -> Held:
    with stores.mirror.reading() as c:
        return working_set.standing(c, account).held


def fetched(stores: Stores, account_id: UUID, **rows: list[tuple[Any, ...]]) -> None:
    """What the syncer does with the centre's answer."""
    with stores.mirror.writing() as c:
        mirror.store_account(c, account_id, rows, NOW)


def test_what_the_centre_found_is_fetched_though_no_directory_knows_it(stores: Stores) -> None:
    told: list[Changes] = []
    stores.listen(told.append)
    unknown = uuid7()
    assert opened_accounts.opened(stores, unknown).held is Held.ELSEWHERE
    stub = accounts.known(stores, unknown, Account(id=unknown, name="Nova"))
    assert stub.name == "Nova"
    assert told[-1].kinds["working_set"] == {unknown}
    with stores.mirror.reading() as c:
        assert working_set.wanted(c) == (unknown,)
    fetched(stores, unknown, account=[stored("account", id=unknown, name="Nova Silva")])
    assert held(stores, unknown) is Held.HELD
    assert accounts.known(stores, unknown, stub).name == "Nova Silva"


def test_a_whole_mirror_fetches_what_it_has_not_reached(stores: Stores) -> None:
    with stores.mirror.writing() as c:
        working_set.end_part(c)
    unknown = uuid7()
    assert opened_accounts.ask_for(stores, unknown).held is Held.WANTED
    fetched(stores, unknown, account=[stored("account", id=unknown, name="Nova Silva")])
    assert accounts.get(stores, unknown).name == "Nova Silva"
    with stores.mirror.reading() as c:
        assert working_set.wanted(c) == ()
        assert working_set.standing(c, unknown) == Standing(Held.HELD)


def test_of_others_only_the_directory_is_kept(stores: Stores) -> None:
    account = an_account(stores)
    given.row(stores, "ticket", account_id=account, number="TK-1", subject="theirs")
    given.row(stores, "outage", code="OUT-1")
    assert kept(stores) == {}
    assert held(stores, account) is Held.ELSEWHERE
    with stores.mirror.reading() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM outage").scalar_one() == 1


def test_a_whole_mirror_keeps_all(tmp_path: Path) -> None:
    stores = given.some_stores(tmp_path / "whole")
    account = an_account(stores)
    assert kept(stores)["account"] == 1
    assert held(stores, account) is Held.HELD
    stores.close()


def test_who_is_not_kept_is_recognised_by_number_and_found_in_every_way(stores: Stores) -> None:
    account = an_account(stores, number="100482913", tax_id_digest=bytes(16))
    (candidate,) = identify(stores, CallerFacts("+5511987654321")).candidates
    assert (candidate.account.id, candidate.account.name) == (account, "Marina Alves")
    for typed, kind in {
        "marina": FoundKind.NAME,
        "alves mar": FoundKind.NAME,
        "ma": FoundKind.NAME,
        "100482913": FoundKind.ACCOUNT,
        "11 98765-4321": FoundKind.PHONE,
        "98765-4321": FoundKind.PHONE,
        "7712345": FoundKind.UNIT,
        "els-77120443": FoundKind.METER,
    }.items():
        found = find(stores, typed)
        assert found.kind is kind, typed
        assert [hit.account_id for hit in found.hits] == [account], typed
    assert find(stores, "7712345").hits[0].kind is HitKind.UNIT


def test_an_opened_account_is_fetched_once_and_kept(stores: Stores) -> None:
    account = an_account(stores)
    told: list[Changes] = []
    stores.listen(told.append)
    assert opened_accounts.opened(stores, account).held is Held.WANTED
    assert told == [Changes({"working_set": frozenset({account})})]
    with stores.mirror.reading() as c:
        assert working_set.wanted(c) == (account,)
    row = stored("account", id=account, name="Marina Alves", street="R. das Acácias", active=True)
    note = stored("ticket", account_id=account, number="TK-1")
    fetched(stores, account, account=[row], ticket=[note])
    assert accounts.overview(stores, account).account.street == "R. das Acácias"
    with stores.mirror.reading() as c:
        standing = working_set.standing(c, account)
        assert (standing.held, standing.fetched_at) == (Held.HELD, NOW)
        assert working_set.wanted(c) == ()
    told.clear()
    assert opened_accounts.opened(stores, account).held is Held.HELD
    assert told == []


def test_the_feed_goes_on_where_the_fetch_began(stores: Stores) -> None:
    account = an_account(stores)
    opened_accounts.opened(stores, account)
    early = given.row(stores, "ticket", account_id=account, number="TK-1", subject="before")
    fetched(stores, account, account=[stored("account", id=account, name="Marina")])
    assert kept(stores) == {"account": 1}  # what was deleted meanwhile does not stay
    given.row(stores, "ticket", id=early, account_id=account, number="TK-1", subject="after")
    assert kept(stores) == {"account": 1, "ticket": 1}


@pytest.mark.parametrize(
    ("table", "values", "comes"),
    [
        ("ticket", {"assignee_id": given.AGENT.id}, True),
        ("ticket", {"team_id": TEAM}, True),
        ("ticket", {"team_id": TEAM, "assignee_id": UUID(int=5)}, False),
        ("ticket", {"assignee_id": given.AGENT.id, "status": "resolved"}, False),
        ("ticket", {"assignee_id": given.AGENT.id, "status": "closed"}, False),
        ("ticket", {}, False),
        ("interaction", {"agent_id": given.AGENT.id, "status": "open"}, True),
        ("interaction", {"agent_id": given.AGENT.id, "status": "finished"}, False),
        ("interaction", {"agent_id": UUID(int=5), "status": "open"}, False),
    ],
)
def test_the_agents_own_work_brings_its_customer_along(
    stores: Stores, table: str, values: dict[str, Any], comes: bool
) -> None:
    account = an_account(stores)
    given.row(stores, table, account_id=account, **values)
    assert held(stores, account) is (Held.WANTED if comes else Held.ELSEWHERE)
    assert kept(stores) == ({table: 1} if comes else {})
    if comes and table == "ticket":
        assert [one.account_id for one in ticket.of_agent(stores)] == (
            [account] if "assignee_id" in values else []
        )


def test_what_was_typed_about_somebody_elsewhere_is_seen_and_sent(stores: Stores) -> None:
    account = an_account(stores)
    base = accounts.get(stores, account)
    accounts.change(stores, AccountDraft(base, {"name": "Marina Rocha"}))
    assert accounts.get(stores, account).name == "Marina Rocha"
    assert accounts.get(stores, account).pending
    assert [hit.title for hit in find(stores, "rocha").hits] == ["Marina Rocha"]
    assert find(stores, "alves").hits == ()


def test_an_account_that_left_the_scope_is_gone_everywhere(stores: Stores) -> None:
    account = an_account(stores)
    opened_accounts.opened(stores, account)
    with stores.mirror.writing() as c:
        mirror.forget_rows(c, "account", [account])
        assert working_set.wanted(c) == ()
    assert find(stores, "marina").hits == ()
    assert opened_accounts.opened(stores, account).held is Held.ELSEWHERE
    with stores.mirror.reading() as c:
        assert working_set.wanted(c) == ()  # nothing is fetched that may not be seen


def test_a_file_made_for_a_working_set_holds_just_that(tmp_path: Path) -> None:
    one, other = uuid7(), uuid7()
    with MirrorBuilder(tmp_path / "mirror.db", given.MIRROR_KEY, [one]) as builder:
        builder.add("account", [stored("account", id=i, name="Marina") for i in (one, other)])
        builder.add("phone", [stored("phone", account_id=i, e164=551) for i in (one, other)])
        builder.add("ticket", [stored("ticket", account_id=i) for i in (one, other, None)])
        builder.finish()
    stores = given.some_stores(tmp_path)
    assert kept(stores) == {"account": 1, "phone": 1, "ticket": 2}
    assert (held(stores, one), held(stores, other)) == (Held.HELD, Held.ELSEWHERE)
    assert len(find(stores, "marina").hits) == 2
    stores.close()
