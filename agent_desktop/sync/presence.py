"""Tells the centre where this desk is and hears who else is there, in the syncer's own turns.

A hint and no more: nothing is kept, nothing waits for it, and while the centre is away there is
none. It needs no connection of its own: the syncer's connection is free between two pulls.
"""

from __future__ import annotations

import logging
import random
import socket
import threading
import time
from collections.abc import Callable
from uuid import UUID

from agent_desktop.models.agent.presence import NOBODY, NOWHERE, Presence, Stand, presence_of
from agent_desktop.sync import questions
from agent_desktop.sync.answers import CentreFault
from agent_desktop.sync.centre import Centre

LOG = logging.getLogger(__name__)

#: How often a desk gives a sign of life; the centre believes one for 30 s.
ALONE_SECONDS = 10.0
NOWHERE_SECONDS = 13.0
#: In company it asks sooner, so that typing is seen while it goes on.
COMPANY_SECONDS = 3.0
#: The least between two signs, however fast the pages change; and between two fields.
LEAST_SECONDS = 0.5
FIELD_SECONDS = 5.0


class PresenceReporter:
    """Keeps the place of this desk. `told(Presence)` comes in the syncer's thread when something
    changed; while the centre is away nothing is told, and what was told before is not true any
    more."""

    def __init__(self, told: Callable[[Presence], None] = lambda presence: None) -> None:
        self._told = told
        self._gate = threading.Lock()
        self._stand = NOWHERE
        self._due_at = 0.0
        self._asked_at = -1000.0
        self._last = NOBODY
        self._is_off = False
        self._centre: Centre | None = None

    def stand_at(self, stand: Stand) -> bool:
        """This desk is there now; from any thread. Whether the syncer has to be woken for it."""
        with self._gate:
            before, self._stand = self._stand, stand
            if stand == before:
                return False
            moved = (stand.kind, stand.record_id) != (before.kind, before.record_id)
            gap = LEAST_SECONDS if moved else FIELD_SECONDS
            due_at = self._asked_at + gap
            if due_at >= self._due_at:
                return False
            self._due_at = due_at
            return True

    def rest(self, centre: Centre, client: UUID, seconds: float, wake: socket.socket) -> None:
        """Wait as `centre.wait` does, giving signs of life meanwhile. Raises what that does."""
        if centre is not self._centre:
            self._centre, self._is_off, self._due_at, self._last = centre, False, 0.0, NOBODY
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not self._is_off and self._due_at <= time.monotonic():
                self._exchange(centre, client)
            if centre.wait(max(0.0, min(left, self._due_in())), wake):
                return

    def leave(self, centre: Centre, client: UUID) -> None:
        """This desk is closed in order: it is gone at once."""
        if centre is self._centre and not self._is_off:
            centre.ask(questions.LEAVE, client)

    def _due_in(self) -> float:
        return float("inf") if self._is_off else self._due_at - time.monotonic()

    def _exchange(self, centre: Centre, client: UUID) -> None:
        """Tell and ask. A centre or an edge that knows no presence yet does without."""
        with self._gate:
            stand, self._asked_at = self._stand, time.monotonic()
            self._due_at = self._asked_at + ALONE_SECONDS
        try:
            presence = presence_of(stand, centre.ask(questions.PRESENCE, client, stand))
        except CentreFault as error:
            LOG.info("no presence: %s", error)
            self._is_off = True
            presence = NOBODY
        with self._gate:
            if self._stand == stand:  # else it is due already
                self._due_at = self._asked_at + _pause(presence)
        self._tell(presence)

    def _tell(self, presence: Presence) -> None:
        if presence != self._last:
            self._last = presence
            self._told(presence)


def _pause(presence: Presence) -> float:
    seconds = NOWHERE_SECONDS if presence.stand.record_id is None else ALONE_SECONDS
    return (COMPANY_SECONDS if presence.here else seconds) * random.uniform(0.85, 1.15)
