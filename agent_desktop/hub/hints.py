"""Wake-up hints: something is new, pull now. Nothing depends on one coming."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

import psycopg

LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 5.0


class Hints(Protocol):
    """Where an edge hears that the feed has something new."""

    def subscribe(self, told: Callable[[], None]) -> Callable[[], None]:
        """Call `told` (from any thread, quickly) at each hint; returns how to end that."""

    def start(self) -> None:
        """Begin to listen."""

    def stop(self) -> None:
        """End it."""


class PostgresHints:
    """NOTIFY of the centre: one listening connection an edge, however many desks it serves."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._stopping = threading.Event()
        self._gate = threading.Lock()
        self._told: dict[object, Callable[[], None]] = {}
        self._thread = threading.Thread(target=self._run, name="hints", daemon=True)

    def subscribe(self, told: Callable[[], None]) -> Callable[[], None]:
        """See Hints."""
        mark = object()
        with self._gate:
            self._told[mark] = told

        def end() -> None:
            with self._gate:
                self._told.pop(mark, None)

        return end

    def start(self) -> None:
        """See Hints."""
        self._thread.start()

    def stop(self) -> None:
        """See Hints."""
        self._stopping.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._dsn, autocommit=True) as connection:
                    connection.execute("listen feed")
                    self._tell()  # what came while nobody listened
                    self._listen(connection)
            except psycopg.Error as error:
                LOG.warning("no hints from the centre: %s", error)
                self._stopping.wait(_AGAIN_SECONDS)

    def _listen(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        while not self._stopping.is_set():
            for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                self._tell()

    def _tell(self) -> None:
        with self._gate:
            told = list(self._told.values())
        for tell in told:
            tell()
