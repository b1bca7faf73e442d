"""Wake-up hints: something is new, pull now. Nothing depends on one coming, or on one being true.

`PostgresHints` is the NOTIFY of the centre and enough for a few edges; `NatsHints` is for a site
that runs a NATS server, so that the primary serves one listener however many edges there are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import psycopg

from agent_desktop.hub.nats_bus import NatsBus

LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
#: Hints that come faster than this are one.
GAP_SECONDS = 0.03
FEED = "feed"


class Hints(Protocol):
    """Tells an edge that the feed has something new."""

    def subscribe(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` (from any thread, quickly) at each hint; returns how to end that."""

    def start(self) -> None:
        """Begin to listen."""

    def stop(self) -> None:
        """End it."""


class _Subscribers:
    """Those who are told; from any thread."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._told: dict[object, Callable[[], None]] = {}

    def subscribe(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` at each hint; the answer ends it."""
        mark = object()
        with self._gate:
            self._told[mark] = told

        def end() -> None:
            with self._gate:
                self._told.pop(mark, None)

        return end

    def tell(self) -> None:
        """Tell all."""
        with self._gate:
            told = list(self._told.values())
        # Outside the lock: one who is told may end its subscription at once.
        for tell in told:
            tell()


class PostgresHints:
    """NOTIFY of the centre: one listening connection an edge, however many desks it serves."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._stopping = threading.Event()
        self._subscribers = _Subscribers()
        self.subscribe = self._subscribers.subscribe
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)

    def start(self) -> None:
        """Begin to hear hints."""
        self._thread.start()

    def stop(self) -> None:
        """End; nobody is told any more."""
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as connection:
                    connection.execute("listen feed")
                    self._subscribers.tell()  # what came while nobody listened
                    self._listen(connection)
            except psycopg.Error as error:
                LOG.warning("no hints from the centre: %s", error)
                self._stopping.wait(_AGAIN_SECONDS)

    def _listen(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        while not self._stopping.is_set():
            for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                self._subscribers.tell()
                self._stopping.wait(GAP_SECONDS)


class NatsHints:
    """Hints over NATS, which the site's collector sends on; none while NATS is away: desks poll."""

    def __init__(self, bus: NatsBus) -> None:
        self._bus = bus
        self._subscribers = _Subscribers()
        self.subscribe = self._subscribers.subscribe
        self._next_at = 0.0
        self._is_planned = False
        bus.hear(FEED, self._heard)
        bus.when_up(self._heard)  # what came while nobody listened

    def start(self) -> None:
        """Begin to hear hints."""
        self._bus.start()

    def stop(self) -> None:
        """End; nobody is told any more."""
        self._bus.stop()

    def _heard(self, _data: bytes = b"") -> None:
        """In the bus's thread. What the message says is not looked at; a flood is a few hints."""
        # A message of anybody on the server: it must cost no more than a hint.
        if self._is_planned:
            return
        now = time.monotonic()
        if now >= self._next_at:
            self._tell()
        else:
            self._is_planned = True
            self._bus.later(self._next_at - now, self._tell)

    def _tell(self) -> None:
        self._is_planned = False
        self._next_at = time.monotonic() + GAP_SECONDS
        self._subscribers.tell()
