"""What the desk remembers of itself: written down, read back, and what may not come back."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

from agent_desktop.desk import session_restore
from agent_desktop.desk.session import PageKind, Session
from agent_desktop.desk.session_restore import SessionRestore
from agent_desktop.desk.sessions import HOME, Desk
from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.models.store import draft
from tests import floor as a_floor
from tests.floor import Floor

stores, company, floor = a_floor.stores, a_floor.company, a_floor.floor


def talks(floor: Floor) -> Session:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    return floor.session


def kept(floor: Floor) -> session_restore.DeskState:
    """What is there after the desk was written down."""
    keeper = SessionRestore(floor.desk, floor.background)
    keeper.keep()
    floor.settle()
    return session_restore.recall(floor.stores)


def test_the_desk_comes_back_as_it_was(floor: Floor) -> None:
    session = talks(floor)
    floor.verifies()
    floor.interaction_control.act_for(session.id, "Carla")
    floor.interaction_control.set_reason(session.id, "outage.reported")
    floor.settle()
    found = kept(floor)
    before = floor.session
    # Candidates are asked for anew when they are needed; of a call its story is kept.
    assert found.sessions == (replace(before, identification=None, calls=found.sessions[0].calls),)
    assert [call.id for call in found.sessions[0].calls] == [call.id for call in before.calls]
    assert found.page == floor.desk.page

    again = Desk()
    SessionRestore(again, floor.background).put_back(found)
    assert again.page == floor.desk.page
    assert again.current is not None
    assert again.current.interaction == before.interaction
    assert again.page.kind is PageKind.ACCOUNT


def test_time_given_to_a_wrap_up_is_not_forgotten(floor: Floor) -> None:
    session = talks(floor)
    floor.call_routing.hang_up()
    floor.settle()
    floor.interaction_control.more_time(session.id)
    (back,) = kept(floor).sessions
    assert back.wrap_up_since == floor.session.wrap_up_since
    assert back.wrap_up_seconds == floor.session.wrap_up_seconds


def test_what_was_finished_elsewhere_does_not_come_back(floor: Floor) -> None:
    session = talks(floor)
    kept(floor)
    assert session.interaction is not None
    interactions.finish(floor.stores, session.interaction.id, "outage.reported")
    found = session_restore.recall(floor.stores)
    assert found.sessions == ()
    assert found.page == HOME


def test_an_open_interaction_nobody_remembers_comes_back(floor: Floor) -> None:
    session = talks(floor)
    floor.settle()
    (back,) = session_restore.recall(floor.stores).sessions
    assert back.interaction is not None
    assert session.interaction is not None
    assert back.interaction.id == session.interaction.id
    assert back.wrap_up_since is not None


def test_one_record_that_is_gone_does_not_take_the_others_along(floor: Floor) -> None:
    """An account may leave the agent's scopes, or the mirror may be made anew."""
    talks(floor)
    kept(floor)
    memory_now = json.loads(draft.load_window(floor.stores, session_restore.NAME) or b"{}")
    (entry,) = memory_now["sessions"]
    gone = {**entry, "id": "gone", "account_id": str(uuid4()), "interaction_id": str(uuid4())}
    memory_now["sessions"] = [gone, entry]
    draft.save_window(floor.stores, session_restore.NAME, json.dumps(memory_now).encode())
    assert [session.id for session in session_restore.recall(floor.stores).sessions] == [
        entry["id"]
    ]


def test_nothing_remembered_is_home(floor: Floor) -> None:
    assert session_restore.recall(floor.stores) == session_restore.DeskState()
