"""A scope or the last role is taken away: what the desk knew of it is nowhere to be found here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from agent_desktop.errors import Refused, SignInFailed
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.caller import CallerFacts
from agent_desktop.models.account.identification import identify
from agent_desktop.models.store import draft, outbox, search, what_is_stored
from agent_desktop.models.store import intent as pending
from agent_desktop.models.store.encrypted_file import connect
from agent_desktop.models.store.intent import Effect, Intent, Op
from agent_desktop.models.store.stores import MIRROR_FILE, Stores
from agent_desktop.models.work import work_item
from agent_desktop.sync.sign_in import sign_in, sign_out
from agent_desktop.system.credentials import KeySafe
from tests.central_fixtures import Centre, password_of
from tests.rings import MemoryRing
from tests.sync.desk_at import Desk, server_of

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

NAME, NUMBER, TAX_ID = "Zuleika Wolkenstein", 5511933334444, "52998224725"
PLACES = ("name", "phone", "ticket", "tax id")


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[Desk]:
    centre.add_agent("ana", scopes=("company", "vip"))
    opened = Desk(centre, tmp_path, "ana")
    yield opened
    opened.close()


@pytest.fixture
def person(centre: Centre) -> UUID:
    """Somebody with records of each kind that only the scope vip may see."""
    account = centre.add_account(name=NAME, tax_id=TAX_ID, scope="vip")
    centre.insert("phone", id=uuid4(), account_id=account, e164=NUMBER)
    centre.insert("contact", id=uuid4(), account_id=account, name="Wolkenstein's sister")
    centre.insert(
        "ticket", id=uuid4(), account_id=account, number="TK-777001", subject="Wolkenstein's light"
    )
    return account


def tells_of(stores: Stores) -> list[str]:
    """Every way by which an agent could come upon the person."""
    found = [
        place
        for place, typed in zip(PLACES, (NAME, str(NUMBER), "TK-777001", TAX_ID), strict=True)
        if search.find(stores, typed).hits
    ]
    if identify(stores, CallerFacts(number=f"+{NUMBER}")).candidates:
        found.append("a ring")
    return found


def words_in(stores: Stores) -> list[str]:
    """Tables of the mirror in which a part of the name, number or place stands, in the clear."""
    found = []
    with stores.mirror.reading() as c:
        tables = c.execute(text("select name from sqlite_master where type = 'table'")).scalars()
        for table in sorted(tables):
            if table == "directory_name" or table.startswith(("sqlite_", "directory_name_")):
                continue
            rows = str(c.execute(text(f'select * from "{table}"')).all())
            if any(word in rows for word in ("Wolkenstein", str(NUMBER))):
                found.append(table)
    return found


def test_nothing_of_a_lost_scope_can_be_found_here(
    centre: Centre, desk: Desk, person: UUID
) -> None:
    desk.start().in_sync()
    stores = desk.stores
    assert set(PLACES[:3]) <= set(tells_of(stores))
    assert "a ring" in tells_of(stores)
    before = what_is_stored.known(stores)
    assert words_in(stores)

    centre.add_agent("ana", scopes=("company",))
    desk.until(lambda: desk.sees("account", person) is None)
    desk.in_sync()
    assert tells_of(stores) == []
    assert words_in(stores) == []
    after = what_is_stored.known(stores)
    assert after.directory["account"] == before.directory["account"] - 1
    assert after.directory["phone"] == before.directory["phone"] - 1
    with pytest.raises(Refused):
        accounts.get(stores, person)
    with pytest.raises(Refused):
        accounts.overview(stores, person)


def test_unsent_work_on_it_comes_back_with_words_and_shows_nothing_of_it(
    centre: Centre, desk: Desk, person: UUID, tmp_path: Path
) -> None:
    desk.start().in_sync()
    desk.syncer.stop()
    change = {"id": str(person), "base": {"email": ""}, "set": {"email": "z@example.com"}}
    effect = Effect("account", person, person, Op.CHANGE, {"email": "z@example.com"})
    pending.save(desk.stores, Intent("account.change", change, (effect,)))
    centre.add_agent("ana", scopes=("company",))
    desk.close()
    again = Desk(centre, tmp_path, "ana").start()
    try:
        again.until(lambda: work_item.work_items(again.stores))
        again.in_sync()
        (work,) = work_item.work_items(again.stores)
        assert work.code == "unknown_account"
        assert tells_of(again.stores) == []
        with again.stores.local.reading() as c:
            assert outbox.count_unsent(c) == 0
    finally:
        again.close()


@pytest.mark.parametrize("why", ["lost", "erased"])
def test_what_was_typed_about_it_goes_with_it_and_nothing_else(
    centre: Centre, desk: Desk, person: UUID, why: str
) -> None:
    desk.start().in_sync()
    ticket = centre.one("select id from crm.ticket where account_id = %s", person)
    other = centre.add_account(name="Marina")
    typed = {"name": draft.DraftField(NAME)}
    gone = (f"account:edit:{person}", f"ticket:{ticket}:reply", f"ticket:new:{person}")
    stays = (f"account:edit:{other}", f"ticket:new:{uuid4()}", "account:new:1")
    for place in (*gone, *stays):
        draft.save(desk.stores, place, typed)
    if why == "lost":
        centre.add_agent("ana", scopes=("company",))
    else:
        centre.admin.execute("select crm.erase_account(%s)", (person,))
    desk.until(lambda: desk.sees("account", person) is None)
    desk.in_sync()
    assert set(draft.places(desk.stores)) == set(stays)


def test_what_is_left_in_free_pages_is_not_to_be_read(
    centre: Centre, desk: Desk, person: UUID
) -> None:
    """Deleted rows stay in free pages of the file; every page is encrypted, so they stay noise."""
    desk.start().in_sync()
    centre.add_agent("ana", scopes=("company",))
    desk.until(lambda: desk.sees("account", person) is None)
    desk.in_sync()
    desk.close()
    for file in desk.stores.mirror.path.parent.glob("mirror.db*"):
        raw = file.read_bytes()
        assert b"Wolkenstein" not in raw
        assert str(NUMBER).encode() not in raw
    plain = connect(desk.stores.mirror.path, desk.stores.mirror.key)
    try:
        assert plain.execute("select count(*) from account").fetchone() == (0,), "the key opens it"
    finally:
        plain.close()


def test_who_has_lost_the_last_scope_is_treated_as_one_who_left(
    centre: Centre, tmp_path: Path
) -> None:
    centre.add_agent("ana")
    centre.add_account(name="Marina")
    safe, server = KeySafe("test", MemoryRing()), server_of(centre.dsn)
    done = sign_in(server, tmp_path, "ana", password_of("ana"), safe)
    mirror = done.stores.mirror.path
    sign_out(done)
    assert mirror.name == MIRROR_FILE
    assert mirror.exists()
    centre.admin.execute("delete from crm.agent_scope")
    with pytest.raises(SignInFailed) as failed:
        sign_in(server, tmp_path, "ana", password_of("ana"), safe)
    assert failed.value.code == "agent_disabled"
    assert not mirror.exists()
    left = safe.unwrap("ana", password_of("ana"))
    assert left is not None
    assert left.mirror == b""


def test_so_is_one_who_is_at_work(centre: Centre, desk: Desk) -> None:
    desk.start().in_sync()
    centre.admin.execute("delete from crm.agent_scope")
    desk.offline("agent_disabled")
