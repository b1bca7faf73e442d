"""A local.db written before the house was rebuilt opens and sends all it holds.

tests/sync/old_local/local.db was made by the code of that time (made_by.py beside it): unsent
intents of every kind, drafts of every place, leased numbers, what was open in the window. What
lies in local.db keeps its words for ever: names of intents, kinds of pages, places of drafts.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from agent_desktop.desk.session import PageKind
from agent_desktop.desk.session_restore import recall
from agent_desktop.models.store import draft, outbox
from agent_desktop.models.store import numbers as number
from agent_desktop.models.work.work_item import work_items
from tests import given
from tests.central_fixtures import Centre
from tests.sync.desk_at import Desk

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]

OLD = Path(__file__).parent / "old_local" / "local.db"
MARINA, PEDRO, TEAM, TICKET = (UUID(int=n) for n in (101, 102, 902, 201))
# How many of each kind the old code left unsent.
UNSENT = {
    "account.change": 1, "account.create": 1, "agent.state": 2, "call.asked": 1, "call.seen": 1,
    "interaction.begin": 2, "interaction.call": 2, "interaction.change": 5,
    "interaction.finish": 1, "interaction.move": 1, "order.create": 1, "order.item_add": 1,
    "order.move": 4, "phone.add": 1, "phone.consent": 1, "ticket.change": 1, "ticket.create": 1,
    "ticket.escalate": 1, "ticket.note": 2, "ticket.resolve": 1, "verification.log": 1,
}  # fmt: skip
PLACES = {
    "ticket:new:session-7", f"ticket:new:{MARINA}", "order:new:session-7", "account:new:session-7",
    f"account:edit:{MARINA}", "notes:session-7", f"ticket:{TICKET}:reply", f"ticket:{TICKET}:note",
    f"ticket:{TICKET}:escalate", f"ticket:{TICKET}:resolve", "returned:7",
}  # fmt: skip


@pytest.fixture
def desk(centre: Centre, tmp_path: Path) -> Iterator[Desk]:
    """Ana's desk over the old file; the centre has what the file's work is about."""
    centre.insert("team", id=TEAM, code="field", name="Field operations", level=2)
    centre.add_agent("ana", business_role="second_level", team="field")
    # The file knows her by this id: a ticket it changes was hers.
    with centre.admin.transaction():
        centre.admin.execute("set local session_replication_role = replica")
        centre.admin.execute("update crm.agent set id = %s", (given.AGENT.id,))
        centre.admin.execute("update crm.agent_scope set agent_id = %s", (given.AGENT.id,))
    centre.insert("account", id=MARINA, number="100482913", name="Marina", active=True,
                  house="218", birth_on="1986-03-12")  # fmt: skip
    centre.insert("account", id=PEDRO, number="100482914", name="Pedro", active=True)
    folder = tmp_path / "ana"
    folder.mkdir()
    shutil.copyfile(OLD, folder / "local.db")
    opened = Desk(centre, folder, "ana")
    yield opened
    opened.close()


def states(desk: Desk) -> Counter[tuple[str, str]]:
    with desk.stores.local.reading() as c:
        found = c.exec_driver_sql("SELECT kind, state FROM intent").all()
    return Counter((kind, state) for kind, state in found)


def test_the_old_file_opens_with_all_that_is_in_it(desk: Desk) -> None:
    assert states(desk) == {(kind, "unsent"): times for kind, times in UNSENT.items()}
    assert set(draft.places(desk.stores)) == PLACES
    assert draft.load_window(desk.stores, "main.geometry") == b"\x01\xd9\xd0\xcb"
    with desk.stores.local.reading() as c:
        assert all(number.left(c, kind) > 0 for kind in ("protocol", "ticket", "order", "account"))


def test_all_of_it_is_sent_and_accepted(desk: Desk, centre: Centre) -> None:
    desk.start()
    desk.until(lambda: _nothing_unsent(desk))
    assert {key: n for key, n in states(desk).items() if key[1] != "accepted"} == {}
    assert work_items(desk.stores) == ()
    assert centre.one("select email from crm.account where id = %s", MARINA) == "m@correio.ex"
    assert centre.one("select status from crm.ticket") == "resolved"
    assert centre.one("select state from crm.service_order") == "billed"
    assert centre.one("select count(*) from crm.interaction where status = 'finished'") == 1


def test_what_was_open_in_the_window_comes_back(desk: Desk) -> None:
    desk.start()
    desk.until(lambda: _nothing_unsent(desk))
    desk.in_sync()
    remembered = recall(desk.stores)
    assert [session.id for session in remembered.sessions] == ["session-7"]
    assert remembered.page.kind is PageKind.TICKET_NEW
    assert remembered.page.record_id == MARINA


def _nothing_unsent(desk: Desk) -> bool:
    with desk.stores.local.reading() as c:
        return outbox.count_unsent(c) == 0
