"""An intent at which the centre fails, without refusing it, does not stand in the way for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from agent_desktop.models.store import intent as pending
from agent_desktop.models.store import local, outbox
from agent_desktop.models.store.intent import Intent, State
from agent_desktop.models.work import returned, work_item
from agent_desktop.models.work.work_item import ReturnedWork
from tests.central_fixtures import Centre
from tests.sync.desk_at import Desk, count, execute

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[Desk]:
    centre.add_agent("ana")
    opened = Desk(centre, tmp_path / "ana", "ana").start().in_sync()
    yield opened
    execute(centre, "drop trigger if exists fails on crm.interaction")
    opened.close()


def fails_at(centre: Centre, condition: str) -> None:
    """From now on the centre fails at beginning such an interaction: a fault, not a refusal."""
    execute(
        centre,
        "create or replace function crm.fails() returns trigger language plpgsql as"
        " $$ begin raise 'the disk of the index is gone' using errcode = 'XX001'; end $$",
    )
    execute(
        centre,
        "create or replace trigger fails before insert on crm.interaction for each row"
        f" when ({condition}) execute function crm.fails()",
    )


def impatient(desk: Desk, holds: Callable[[], object]) -> object:
    """Wait for it without waiting out the pauses after failures."""

    def look() -> object:
        desk.syncer.try_now()
        return holds()

    return desk.until(look)


def tried(desk: Desk) -> list[int]:
    """How often each unsent intent was offered, in order."""
    intent = local.intent.c
    with desk.stores.local.reading() as c:
        found = select(intent.tried).where(intent.state == State.UNSENT.value).order_by(intent.n)
        return list(c.execute(found).scalars())


def test_it_is_set_aside_with_the_centres_words_and_the_rest_arrives(
    centre: Centre, desk: Desk
) -> None:
    fails_at(centre, "new.channel = 'email'")
    before = count(centre, "interaction")
    bad, _ = desk.begin(channel="email")
    finish = Intent("interaction.finish", {"id": bad, "reason": "x", "at": "2026-11-21T10:00:00Z"})
    with desk.stores.local.writing() as c:
        pending.put(c, finish)
    desk.begin()
    impatient(desk, lambda: count(centre, "interaction") == before + 1)
    work = only_work(desk)
    assert work.code == outbox.SET_ASIDE
    assert "disk of the index" in work.fields[""]
    assert [one.code for one in work.dependents] == ["depends_on_refused"]
    assert desk.sees("interaction", bad) is None

    execute(centre, "drop trigger fails on crm.interaction")
    returned.send_again(desk.stores, work.n)
    impatient(desk, lambda: count(centre, "interaction") == before + 2)
    desk.until(lambda: centre.one("select status from crm.interaction where id = %s", bad))
    impatient(desk, lambda: not work_item.work_items(desk.stores) and not tried(desk))
    # Both went, in their order, and neither twice.
    finished = "select ended_at is not null from crm.interaction where id = %s"
    desk.until(lambda: centre.one(finished, bad))


def only_work(desk: Desk) -> ReturnedWork:
    (work,) = work_item.work_items(desk.stores)
    return work


def test_a_centre_that_fails_at_everything_gets_no_heap_of_set_aside_work(
    centre: Centre, desk: Desk
) -> None:
    fails_at(centre, "true")
    before = count(centre, "interaction")
    for _ in range(3):
        desk.begin()
    impatient(desk, lambda: tried(desk)[:1] == [1 + outbox.MOST_FAULTS] and len(tried(desk)) == 2)
    assert len(work_item.work_items(desk.stores)) == 1
    execute(centre, "drop trigger fails on crm.interaction")
    impatient(desk, lambda: count(centre, "interaction") == before + 2)
    returned.send_again(desk.stores, only_work(desk).n)
    impatient(desk, lambda: count(centre, "interaction") == before + 3)


def test_text_no_database_takes_is_set_aside_too(centre: Centre, desk: Desk) -> None:
    """As an older release may have stored it; this one leaves such signs out (text_clean.py)."""
    before = count(centre, "interaction")
    centre_down = Intent("ticket.note", {"text": "NUL"})
    with desk.stores.local.writing() as c:
        n = pending.put(c, centre_down)
        c.execute(
            update(local.intent).where(local.intent.c.n == n).values(payload='{"text": "\\u0000"}')
        )
    desk.begin()
    impatient(desk, lambda: count(centre, "interaction") == before + 1)
    assert only_work(desk).code == outbox.SET_ASIDE


def test_pasted_nul_and_half_pairs_arrive_as_text(centre: Centre, desk: Desk) -> None:
    marina = centre.add_account(name="Marina", note="")
    desk.until(lambda: desk.sees("account", marina))
    desk.change_account(marina, {"note": ""}, {"note": "a\0b\ud83d\ude00c\ud800d"})
    desk.until(lambda: centre.one("select note from crm.account where id = %s", marina))
    found = centre.one("select note from crm.account where id = %s", marina)
    assert found == "ab\N{GRINNING FACE}c\N{REPLACEMENT CHARACTER}d"
