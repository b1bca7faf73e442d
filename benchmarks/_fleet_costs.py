"""Costs of one question of a desk at centre and edge, in milliseconds of their processors:
the figures from which docs/fleet.md reckons sites that no test machine carries."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID, uuid4

import psutil
from _fleet_site import Edge, Site, seconds_of

from agent_desktop.models.agent.presence import NOWHERE
from agent_desktop.models.store.outbox import Parcel
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre, open_centre

#: Changes in the larger pull.
MANY = 100
Costs = dict[str, dict[str, object]]


def save(line: Centre, client: UUID, n: int) -> None:
    """Push one new contact; the answer has to be yes."""
    record = uuid4()
    payload = {"id": str(record), "protocol": f"{record.int % 10**16:016d}"}
    parcel = Parcel(n, record.bytes * 2, "interaction.begin", json.dumps(payload), ())
    answer = line.ask(questions.PUSH, client, parcel)
    if answer.state.value != "accepted":
        raise RuntimeError(f"a save was refused: {answer}")


def costs(site: Site, edge: Edge, times: int) -> Costs:
    """Each question so many times, one after the other, directly and through an edge."""
    found: Costs = {}
    for way, server in (("direct", site.direct), ("hub", edge.server)):
        with open_centre(server, site.users[0], "x") as line:
            for name, ask in _questions(line).items():
                found[f"{way}: {name}"] = _cost(site, edge, ask, times)
        found[f"{way}: log in"] = _cost(
            site, edge, lambda server=server: open_centre(server, site.users[0], "x").close(), 20
        )
    return found


def _questions(line: Centre) -> dict[str, Callable[[], object]]:
    client, numbers = uuid4(), iter(range(1, 10**6))
    line.ask(questions.SIGN_IN, client, "fleet")
    before_many = line.ask(questions.POSITION)
    for _ in range(MANY - 1):
        save(line, client, next(numbers))
    before_one = line.ask(questions.POSITION)
    save(line, client, next(numbers))
    now = line.ask(questions.POSITION)
    return {
        "pull of nothing": lambda: line.ask(questions.PULL, now),
        "pull of 1 change": lambda: line.ask(questions.PULL, before_one),
        f"pull of {MANY} changes": lambda: line.ask(questions.PULL, before_many),
        "position": lambda: line.ask(questions.POSITION),
        "presence": lambda: line.ask(questions.PRESENCE, client, NOWHERE),
        # Last: it is news for the pulls above.
        "push": lambda: save(line, client, next(numbers)),
    }


def _cost(site: Site, edge: Edge, ask: Callable[[], object], times: int) -> dict[str, object]:
    process = psutil.Process(edge.process.pid)
    for _ in range(10):
        ask()
    centre, at_edge = site.cpu_seconds(), seconds_of(process)
    for _ in range(times):
        ask()
    centre, at_edge = site.cpu_seconds() - centre, seconds_of(process) - at_edge
    return {
        "centre_ms": round(1000 * centre / times, 2), "edge_ms": round(1000 * at_edge / times, 2)
    }  # fmt: skip
