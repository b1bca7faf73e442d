"""What is not on this PC: found at the centre by a part of it, fetched, and said to be missing."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.store import opened_accounts, working_set
from agent_desktop.models.store.working_set import Held
from agent_desktop.views.shell.palette_rows import RowList
from tests.stories.story import MARINA, NAMES, STRANGER, Centre, Desk

NAME = NAMES[MARINA.kind]


def knows_only_the_directory(desk: Desk) -> None:
    """As at a large site: of nobody more than the directory, until they are worked for."""
    with desk.road.shift.stores.mirror.writing() as c:
        ids = [UUID(bytes=row[0]) for row in c.exec_driver_sql("SELECT id FROM account")]
        working_set.begin_part(c, [])
        for account_id in ids:
            working_set.clear(c, account_id)


def held(desk: Desk, account_id: UUID) -> Held:
    return opened_accounts.how_much(desk.road.shift.stores, account_id)


def of_marina(centre: Centre, column: str = "id") -> UUID:
    found = centre.asked(f"select {column} from crm.account where name = %s", NAME)
    assert found
    return UUID(str(found))


def looks_for(desk: Desk, text: str) -> None:
    """Ctrl+K, and type."""
    desk.presses("Ctrl+K")
    desk.types(text)


def note(desk: Desk) -> str:
    """What the list says of the centre."""
    return desk.road.shift.window.palette_box.findChild(
        RowList, "palette.rows"
    ).accessibleDescription()


def rows(desk: Desk) -> list[str]:
    return [row.key for row in desk.road.shift.window.palette_box.rows()]


def test_a_part_of_a_document_is_found_at_the_centre_and_kept_in_its_audit(
    desk: Desk, centre: Centre
) -> None:
    document = str(centre.asked("select tax_id from crm.account where name = %s", NAME))
    fragment = document[2:8]
    looks_for(desk, fragment)
    desk.waits(lambda: "centre:0" in rows(desk), "the centre's hits")
    assert rows(desk)[-1].startswith("centre:")
    shown = desk.road.shift.window.palette_box.rows()[rows(desk).index("centre:0")]
    assert shown.text == NAME
    assert document not in shown.detail
    for _ in range(rows(desk).index("centre:0")):
        desk.presses("Down")
    desk.presses("Return")
    desk.sees_account(NAME)
    looked = centre.asked_all("select detail ->> 'fragment' from crm.audit where what = 'search'")
    assert looked == [fragment]


def test_without_the_centre_it_says_that_only_this_pc_was_asked(desk: Desk, centre: Centre) -> None:
    centre.goes_down()
    desk.is_offline()
    looks_for(desk, "982247")
    desk.waits(lambda: "only what this PC knows" in note(desk), "words for the centre's absence")
    desk.presses("Escape")


def test_a_ticket_that_is_not_here_is_fetched_when_it_is_opened(desk: Desk, centre: Centre) -> None:
    ticket = UUID(
        str(
            centre.asked(
                "select t.id from crm.ticket t join crm.account a on a.id = t.account_id"
                " where a.name = %s order by t.number limit 1", NAME,
            )
        )
    )  # fmt: skip
    number = str(centre.asked("select number from crm.ticket where id = %s", ticket))
    knows_only_the_directory(desk)
    centre.goes_down()
    desk.is_offline()
    desk.road.shift.desk.open(Place(PageKind.TICKET, ticket))
    desk.sees("The centre is away")
    desk.sees("It opens once the centre is back")
    centre.comes_back()
    desk.tries_the_centre().is_in_sync()
    desk.waits(lambda: number in desk.road.shift.window.work_area.page.title, "the ticket")
    assert held(desk, of_marina(centre)) is Held.HELD


def test_an_order_that_the_centre_does_not_show_says_so(desk: Desk) -> None:
    desk.road.shift.desk.open(Place(PageKind.ORDER, UUID(int=7)))
    desk.sees("The centre does not show this")


def test_who_rings_is_fetched_while_it_rings_and_can_be_verified(
    desk: Desk, centre: Centre
) -> None:
    knows_only_the_directory(desk)
    marina = of_marina(centre)
    assert held(desk, marina) is Held.ELSEWHERE
    desk.rings_from(MARINA)
    desk.waits(lambda: held(desk, marina) is Held.HELD, "fetched while ringing")
    desk.answers()
    desk.verifies(MARINA)
    desk.sees_account(NAME)
    desk.hangs_up()
    desk.finishes()


def test_who_rings_with_the_centre_away_is_said_to_be_known_by_the_directory_only(
    desk: Desk, centre: Centre
) -> None:
    knows_only_the_directory(desk)
    centre.goes_down()
    desk.is_offline()
    desk.rings_from(MARINA)
    desk.answers()
    desk.sees("Of this customer only the directory is on this PC")
    desk.hangs_up()
    centre.comes_back()


def test_a_caller_is_found_by_a_part_of_the_document_and_becomes_the_match(
    desk: Desk, centre: Centre
) -> None:
    document = str(centre.asked("select tax_id from crm.account where name = %s", NAME))
    desk.rings_from(STRANGER)
    desk.answers()
    desk.types_into("identify.search", document[2:8])
    desk.sees("From the centre")
    desk.waits(lambda: desk.window.findChild(QWidget, "identify.centre.0") is not None, "the card")
    desk.clicks("identify.centre.0")
    desk.waits(
        lambda: desk.session.account is not None and desk.session.account.name == NAME, "the match"
    )
    desk.hangs_up()


def test_room_is_made_from_the_page_of_what_this_pc_knows(desk: Desk, centre: Centre) -> None:
    knows_only_the_directory(desk)
    shift = desk.road.shift
    nobodys_work = UUID(
        str(
            centre.asked(
                "select a.id from crm.account a where not exists (select from crm.ticket t"
                " where t.account_id = a.id) and not exists (select from crm.interaction i"
                " where i.account_id = a.id and i.status = 'open') order by a.number limit 1"
            )
        )
    )
    shift.interaction_control.open_account(nobodys_work)
    desk.waits(lambda: held(desk, nobodys_work) is Held.HELD, "fetched")
    desk.waits_for_quiet()
    with shift.stores.mirror.writing() as c:
        c.exec_driver_sql("UPDATE working_set SET used_at = used_at - 2 * 86400 * 1000000")
    shift.desk.open(Place(PageKind.KNOWN))
    desk.waits(lambda: desk.part("known.make_room").isVisible(), "somebody may be dropped")
    desk.clicks("known.make_room")
    desk.waits(lambda: held(desk, nobodys_work) is Held.ELSEWHERE, "dropped")
