"""The desk: sessions, pages and the way back, without a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from agent_desktop.desk.session import PageKind, PageOpened, Place, Session
from agent_desktop.desk.sessions import Desk
from agent_desktop.models.agent.state import AgentState
from agent_desktop.telephony.call import Call, CallState, Direction
from tests.views import samples

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WORKLIST = Place(PageKind.WORKLIST)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def opened(desk: Desk) -> list[PageOpened]:
    seen: list[PageOpened] = []
    desk.page_changed.connect(seen.append)
    return seen


def test_begins_at_home(desk: Desk) -> None:
    assert desk.page == Place(PageKind.HOME)
    assert desk.current is None


def test_goes_back_and_forward(desk: Desk) -> None:
    desk.open(WORKLIST)
    desk.back()
    assert desk.page.kind is PageKind.HOME
    desk.forward()
    assert desk.page == WORKLIST


def test_a_new_page_cuts_off_the_way_forward(desk: Desk) -> None:
    desk.open(WORKLIST)
    desk.back()
    desk.open(Place(PageKind.DEMO))
    desk.forward()
    assert desk.page.kind is PageKind.DEMO


def test_the_same_page_is_not_opened_twice(desk: Desk, opened: list[PageOpened]) -> None:
    desk.open(WORKLIST)
    desk.open(WORKLIST)
    assert len(opened) == 1
    assert len(desk.history()) == 2


def test_what_is_put_back_is_shown_once(desk: Desk, opened: list[PageOpened]) -> None:
    """Of several sessions only the page in front is made; the others have their way back."""
    account = samples.MARINA
    known = Session("a", NOW, account=account, confirmed=True)
    in_front = Place(PageKind.TICKET_NEW, session_id="a")
    desk.put_back((known, Session("b", NOW)), in_front)
    assert [one.page for one in opened] == [in_front]
    assert desk.current == known
    assert desk.history()[1] == Place(PageKind.ACCOUNT, account.id, "a")
    desk.select("b")
    assert desk.page == Place(PageKind.IDENTIFY, session_id="b")


def test_what_is_put_back_without_a_page_is_home(desk: Desk, opened: list[PageOpened]) -> None:
    desk.put_back((), Place(PageKind.HOME))
    desk.put_back((), Place(PageKind.ACCOUNT, session_id="gone"))
    assert [one.page.kind for one in opened] == [PageKind.HOME, PageKind.HOME]


def test_each_session_has_a_way_back_of_its_own(desk: Desk) -> None:
    account = Place(PageKind.ACCOUNT, uuid4(), "a")
    desk.add(Session("a", NOW))
    desk.add(Session("b", NOW))
    desk.open(account)
    desk.select("b")
    assert desk.page == Place(PageKind.IDENTIFY, session_id="b")
    desk.select("a")
    assert desk.page == account
    desk.back()
    assert desk.page == Place(PageKind.IDENTIFY, session_id="a")


def test_from_the_first_page_of_a_session_back_leads_home(desk: Desk) -> None:
    desk.add(Session("a", NOW))
    desk.select("a")
    desk.back()
    assert desk.page.kind is PageKind.HOME
    assert desk.session("a") is not None


def test_a_closed_session_gives_way_to_the_page_before(
    desk: Desk, opened: list[PageOpened]
) -> None:
    desk.open(WORKLIST)
    desk.add(Session("a", NOW))
    desk.select("a", because_of_call=True)
    desk.close("a")
    assert desk.page == WORKLIST
    assert [page.because_of_call for page in opened] == [False, True, False]


def test_pages_of_closed_sessions_cannot_be_opened(desk: Desk) -> None:
    desk.open(Place(PageKind.ACCOUNT, uuid4(), "gone"))
    assert desk.page.kind is PageKind.HOME


def test_an_update_of_a_closed_session_is_dropped(desk: Desk) -> None:
    assert desk.update("gone", reason="outage") is None


def test_an_update_that_changes_nothing_is_not_told(desk: Desk) -> None:
    seen: list[Session] = []
    desk.add(Session("a", NOW))
    desk.session_changed.connect(seen.append)
    desk.update("a", reason="")
    assert seen == []


def test_next_session_goes_round(desk: Desk) -> None:
    desk.add(Session("a", NOW))
    desk.add(Session("b", NOW))
    desk.select("a")
    desk.select_next()
    assert desk.current is not None
    assert desk.current.id == "b"
    desk.select_next()
    assert desk.current.id == "a"


def test_history_is_bounded(desk: Desk) -> None:
    for _ in range(50):
        desk.open(Place(PageKind.TICKET, uuid4()))
    assert len(desk.history()) == 20


def test_a_form_is_replaced_by_the_record_it_saved(desk: Desk) -> None:
    desk.add(Session("a", NOW))
    desk.open(Place(PageKind.TICKET_NEW, session_id="a"))
    ticket = Place(PageKind.TICKET, uuid4(), "a")
    desk.replace_page(ticket)
    assert desk.page == ticket
    desk.back()
    assert desk.page.kind is PageKind.IDENTIFY


def test_the_same_agent_state_is_told_once(desk: Desk) -> None:
    seen: list[object] = []
    desk.agent_changed.connect(seen.append)
    ready = desk.agent.moved(AgentState.READY, NOW)
    desk.set_agent(ready)
    desk.set_agent(ready)
    assert seen == [ready]


def test_the_last_call_is_the_customers_whoever_was_asked_meanwhile() -> None:
    now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    customer = Call("1", Direction.INBOUND, CallState.TALKING, "+5511987654321", now)
    asked = Call("2", Direction.OUTBOUND, CallState.HELD, "6002", now, consult_for="1")
    joined = replace(asked, consult_for="", in_conference=True)
    back = Call(
        "3", Direction.OUTBOUND, CallState.ENDED, "+5511987654321", now + timedelta(minutes=1)
    )
    for other in (asked, joined):
        assert Session("s", now, calls=(customer, other)).last_call == customer
        assert Session("s", now, calls=(back, customer, other)).last_call == back
    assert Session("s", now).last_call is None
