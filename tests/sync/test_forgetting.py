"""What a desk has to forget: a scope that was lost, a subject who was erased; and it says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from agent_desktop.models.store import tables
from tests.central_fixtures import Centre
from tests.sync.desk_at import Desk

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[Desk]:
    centre.add_agent("ana")
    opened = Desk(centre, tmp_path, "ana")
    yield opened
    opened.close()


def phones(desk: Desk, account: UUID) -> set[UUID]:
    phone = tables.MIRRORED["phone"].c
    with desk.stores.mirror.reading() as c:
        return set(c.execute(select(phone.id).where(phone.account_id == account)).scalars())


def with_phone(centre: Centre, **columns: object) -> tuple[UUID, UUID]:
    account, phone = centre.add_account(**columns), uuid4()
    centre.insert("phone", id=phone, account_id=account, e164=5511987654321)
    return account, phone


def test_a_scope_that_comes_and_goes_changes_only_its_own_records_here(
    centre: Centre, desk: Desk
) -> None:
    mayor, phone = with_phone(centre, name="The Mayor", scope="vip")
    marina, _ = with_phone(centre, name="Marina")
    desk.start().in_sync()
    assert desk.sees("account", mayor) is None
    desk.changes = type(desk.changes)()
    centre.add_agent("ana", scopes=("company", "vip"))
    desk.until(lambda: desk.sees("account", mayor) and phones(desk, mayor) == {phone})
    centre.add_agent("ana", scopes=("company",))
    desk.until(lambda: desk.sees("account", mayor) is None and not phones(desk, mayor))
    desk.in_sync()
    assert not desk.changes.everything, "the whole mirror was fetched anew"
    assert desk.changes.kinds["account"] == {mayor}
    assert desk.sees("account", marina) is not None


def test_the_company_s_scope_lost_leaves_nothing_of_it(centre: Centre, desk: Desk) -> None:
    marina, _ = with_phone(centre, name="Marina")
    mayor, _ = with_phone(centre, name="The Mayor", scope="vip")
    centre.add_agent("ana", scopes=("company", "vip"))
    desk.start().in_sync()
    assert desk.sees("account", marina) is not None
    centre.add_agent("ana", scopes=("vip",))
    desk.until(lambda: desk.sees("account", marina) is None)
    desk.in_sync()
    assert not phones(desk, marina)
    assert desk.sees("account", mayor) is not None


def test_an_erased_subject_is_forgotten_and_the_desk_says_so(centre: Centre, desk: Desk) -> None:
    marina, _ = with_phone(centre, name="Marina", tax_id="52998224725")
    desk.start().in_sync()
    waiting = "select count(*) from crm.erasure_open where client is not null"
    centre.admin.execute("select crm.erase_account(%s)", (marina,))
    desk.until(lambda: desk.sees("account", marina) is None and not phones(desk, marina))
    desk.until(lambda: centre.one(waiting) == 0)
    assert centre.one("select count(*) from crm.erasure") == 1


def test_a_desk_that_was_away_still_counts_as_holding_the_subject(
    centre: Centre, desk: Desk, tmp_path: Path
) -> None:
    marina, _ = with_phone(centre, name="Marina")
    desk.start().in_sync()
    desk.close()
    centre.admin.execute("select crm.erase_account(%s)", (marina,))
    waiting = "select count(*) from crm.erasure_open where client is not null"
    assert centre.one(waiting) == 1
    again = Desk(centre, tmp_path, "ana").start()
    try:
        again.until(lambda: centre.one(waiting) == 0)
        assert again.sees("account", marina) is None
    finally:
        again.close()
