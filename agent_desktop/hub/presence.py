"""Presence at a site with NATS: the edges tell each other who is where and keep it in memory.

Who may know is asked of the centre each time, in the agent's name; only the table of the centre is
spared. While NATS is away that table is used, as by an edge without NATS. What is heard from NATS
is believed as far as a hint is: it is shown, nothing is decided by it.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from agent_desktop.hub.agent_access import AgentAccess
from agent_desktop.hub.nats_bus import NatsBus
from agent_desktop.models.agent.presence import Stand
from agent_desktop.sync import queries, questions, wire

#: As in the centre (20_presence.sql).
GOOD_SECONDS = 30.0
#: More desks than this are not kept.
MOST_DESKS = 20_000
_LONGEST_NAME = 120
SUBJECT = "presence"

Where = tuple[str, UUID]
#: Answers one question of a desk: `answer(user, *values)`.
OwnAnswer = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _Sign:
    """A sign of life: a desk, whose it is, and where it is. `heard_at` is this edge's clock."""

    client: UUID
    agent_id: UUID
    name: str
    host: str
    since: datetime
    stand: Stand
    heard_at: float = 0.0

    @property
    def where(self) -> Where | None:
        return (self.stand.kind, self.stand.record_id) if self.stand.record_id else None


def _packed(sign: _Sign) -> bytes:
    about = (sign.agent_id.bytes, sign.name, sign.host, sign.since.isoformat())
    return wire.pack((sign.client.bytes, *about, wire.stand_out(sign.stand)))


def _unpacked(data: bytes) -> _Sign:
    """Raises ValueError, TypeError for what no edge sent."""
    client, agent_id, name, host, since, stand = wire.unpack(data)
    began = datetime.fromisoformat(since).astimezone(UTC)
    names = (str(name)[:_LONGEST_NAME], str(host)[:_LONGEST_NAME])
    return _Sign(
        UUID(bytes=client), UUID(bytes=agent_id), *names, began, wire.stand_in(stand),
        time.monotonic(),
    )  # fmt: skip


class PresenceMemory:
    """The place of every desk of the site, in memory; thread-safe."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._signs: dict[UUID, _Sign] = {}
        self._at: defaultdict[Where, set[UUID]] = defaultdict(set)
        self._of: defaultdict[UUID, set[UUID]] = defaultdict(set)

    def put(self, sign: _Sign) -> None:
        """The newest sign of a desk."""
        with self._gate:
            # The desk may have stood elsewhere, or belong to another agent now.
            self._drop(sign.client)
            if len(self._signs) >= MOST_DESKS:
                self._sweep()
            if len(self._signs) < MOST_DESKS:
                self._signs[sign.client] = sign
                self._of[sign.agent_id].add(sign.client)
                if sign.where is not None:
                    self._at[sign.where].add(sign.client)

    def drop(self, client: UUID, agent_id: UUID | None = None) -> None:
        """This desk is nowhere any more; with `agent_id` only if it is this agent's."""
        with self._gate:
            found = self._signs.get(client)
            if found is not None and agent_id in (None, found.agent_id):
                self._drop(client)

    def began(self, client: UUID) -> datetime | None:
        """Since when a desk is here without a break."""
        with self._gate:
            found = self._signs.get(client)
            return found.since if found is not None and _is_good(found) else None

    def told_to(self, sign: _Sign) -> dict[str, Any]:
        """The answer to a desk, in the form of api_v1.presence."""
        with self._gate:
            near = self._good(self._at.get(sign.where, ())) if sign.where else []
            own = self._good(self._of.get(sign.agent_id, ()))
        # By agent: somebody with two desks at one record is there once.
        here: dict[UUID, tuple[str, str]] = {}
        for one in near:
            if one.agent_id != sign.agent_id:
                field = max(here.get(one.agent_id, ("", ""))[1], one.stand.field)
                here[one.agent_id] = (one.name, field)
        others = sorted((one.since, one.host) for one in own if one.client != sign.client)
        return {
            "here": [{"name": name, "field": field} for name, field in sorted(here.values())],
            "elsewhere": [{"host": host, "since": at.isoformat()} for at, host in others],
        }

    def signs(self) -> tuple[_Sign, ...]:
        """Those that are kept at the moment, old ones too."""
        with self._gate:
            return tuple(self._signs.values())

    def _good(self, clients: set[UUID] | tuple[()]) -> list[_Sign]:
        return [self._signs[one] for one in clients if _is_good(self._signs[one])]

    def _sweep(self) -> None:
        for sign in [one for one in self._signs.values() if not _is_good(one)]:
            self._drop(sign.client)

    def _drop(self, client: UUID) -> None:
        sign = self._signs.pop(client, None)
        if sign is None:
            return
        _take_out(self._of, sign.agent_id, client)
        if sign.where is not None:
            _take_out(self._at, sign.where, client)


def _take_out(index: defaultdict[Any, set[UUID]], key: object, client: UUID) -> None:
    index[key].discard(client)
    if not index[key]:
        del index[key]


def _is_good(sign: _Sign) -> bool:
    return time.monotonic() - sign.heard_at < GOOD_SECONDS


class SharedPresence:
    """Answers desks' questions of presence at an edge with NATS."""

    def __init__(self, access: AgentAccess, bus: NatsBus) -> None:
        self._access = access
        self._bus = bus
        self.memory = PresenceMemory()
        bus.hear(SUBJECT, self.heard)

    def answers(self) -> Mapping[str, OwnAnswer]:
        """The questions answered here instead of by the centre alone."""
        return {questions.PRESENCE.name: self._presence, questions.LEAVE.name: self._leave}

    def _presence(self, user: str, client: UUID, stand: Stand) -> Mapping[str, Any]:
        if not self._bus.is_up:
            return self._access.ask(user, questions.PRESENCE, client, stand)
        # The centre says whether this agent may see the record; only its table is spared.
        found = self._pass(user, client, stand)
        sign = _Sign(
            client,
            UUID(found["agent_id"]),
            found["name"],
            found["host"],
            self.memory.began(client) or datetime.now(UTC),
            stand if found["sees"] else Stand(),
            time.monotonic(),
        )
        self.memory.put(sign)
        self._bus.publish(SUBJECT, _packed(sign))
        return self.memory.told_to(sign)

    def _leave(self, user: str, client: UUID) -> None:
        found = self._pass(user, client, Stand())
        self._access.ask(user, questions.LEAVE, client)
        self.memory.drop(client, UUID(found["agent_id"]))
        self._bus.publish(SUBJECT, client.bytes)

    def _pass(self, user: str, client: UUID, stand: Stand) -> Mapping[str, Any]:
        """The centre's word on whose desk this is and whether its agent may see the record."""
        with self._access.speaking(user, read_only=True) as connection:
            return queries.presence_pass(connection, client, stand)

    def heard(self, data: bytes) -> None:
        """In the bus's thread: another edge's desk, or our own again."""
        try:
            # A bare id of a desk is its farewell.
            if len(data) == 16:
                self.memory.drop(UUID(bytes=data))
            else:
                self.memory.put(_unpacked(data))
        except (ValueError, TypeError):
            pass  # no edge sent that
