"""What is told of the agent's states: each one once, in order, with when it began."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from agent_desktop.desk.agent_state_log import AgentStateLog
from agent_desktop.models.agent.state import AgentState
from agent_desktop.models.store import local, outbox
from agent_desktop.models.store.changes import Changes
from tests import floor as a_floor
from tests.floor import Floor

stores, company, floor = a_floor.stores, a_floor.company, a_floor.floor


@pytest.fixture
def agent_state_log(floor: Floor) -> Iterator[AgentStateLog]:
    made = AgentStateLog(floor.desk, floor.background)
    made.begin()
    yield made
    made.end()
    floor.settle()


def told(floor: Floor) -> list[tuple[str, str]]:
    floor.settle()
    kind = local.intent.c.kind == "agent.state"
    with floor.stores.local.reading() as c:
        rows = c.execute(select(local.intent.c.payload).where(kind).order_by(local.intent.c.n))
        lines = [json.loads(payload) for payload in rows.scalars()]
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    return [(line["state"], line["reason"]) for line in lines]


def test_a_shift_from_log_in_to_log_out(floor: Floor, agent_state_log: AgentStateLog) -> None:
    floor.rings()
    floor.call_routing.answer()
    floor.settle()
    asked = floor.desk.agent.wishing(AgentState.NOT_READY, datetime.now(UTC), "lunch")
    floor.desk.set_agent(asked)  # a wish is no state
    floor.call_routing.toggle_hold()
    floor.call_routing.toggle_hold()
    floor.call_routing.hang_up()
    floor.settle()
    floor.interaction_control.set_reason(floor.session.id, "outage")
    floor.interaction_control.finish(floor.session.id)
    floor.settle()
    agent_state_log.end()
    states = [("ready", ""), ("offered", ""), ("talking", ""), ("hold", ""), ("talking", "")]
    assert told(floor) == [*states, ("wrap_up", ""), ("not_ready", "lunch"), ("logged_out", "")]
    assert floor.desk.agent.state is AgentState.LOGGED_OUT


def test_another_reason_is_another_line(floor: Floor, agent_state_log: AgentStateLog) -> None:
    for reason in ("break", "break", "lunch"):
        wish = floor.desk.agent.wishing(AgentState.NOT_READY, datetime.now(UTC), reason)
        floor.desk.set_agent(wish)
    assert told(floor) == [("ready", ""), ("not_ready", "break"), ("not_ready", "lunch")]


def test_leaving_in_the_middle_of_a_ring_is_leaving(
    floor: Floor, agent_state_log: AgentStateLog
) -> None:
    floor.rings()
    agent_state_log.end()
    assert told(floor)[-1] == ("logged_out", "")


def test_it_wakes_the_syncer_and_is_nobodys_work(floor: Floor) -> None:
    heard: list[Changes] = []
    floor.stores.listen(heard.append)
    agent_state_log = AgentStateLog(floor.desk, floor.background)
    agent_state_log.begin()
    floor.settle()
    assert heard
    with floor.stores.local.reading() as c:
        assert outbox.count_unsent_work(c) == 0
        assert outbox.count_unsent(c) == 1
    agent_state_log.end()
    floor.settle()
