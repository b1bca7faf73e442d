"""How fast an edge passes hints on, so that many desks do not all ask at once.

A change is news for every desk, so hints passed on as they come would make (desks x changes) pulls
a second: twice the desks, four times the work. With a pace the desks of an edge together are told
at most so often, whatever happens; what came meanwhile comes with the same pull. The price is lag:
a hint waits half of `desks / a_second` seconds, more while news does not end.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_desktop.hub.hints import Hints

#: Hints of one desk that come faster are one, however few desks there are.
LEAST_SECONDS = 0.05


class Pace:
    """The pace of one edge; used in its event loop only. `a_second`: hints that all its desks
    together are given."""

    def __init__(self, hints: Hints, a_second: float) -> None:
        self._hints = hints
        self._a_second = a_second
        self._desks = 0
        self._heard = 0
        self._news = asyncio.Event()
        self._end: Callable[[], None] = lambda: None

    @contextmanager
    def joined(self) -> Iterator[None]:
        """One more desk is told of hints meanwhile."""
        if not self._desks:
            loop = asyncio.get_running_loop()

            def told() -> None:  # once a hint, however many desks wait
                loop.call_soon_threadsafe(self._hear)

            self._end = self._hints.subscribe(told)
        self._desks += 1
        try:
            yield
        finally:
            self._desks -= 1
            if not self._desks:
                self._end()

    def _hear(self) -> None:
        self._heard += 1
        self._news.set()
        self._news = asyncio.Event()

    @property
    def heard(self) -> int:
        """How many hints came so far."""
        return self._heard

    async def news(self, known: int, seconds: float) -> int:
        """Wait for a hint after the `known` ones, then for this desk's turn in the round; returns
        how many came so far. TimeoutError: there was none for so many seconds."""
        if self._heard == known:
            await asyncio.wait_for(self._news.wait(), seconds)
        await asyncio.sleep(random.uniform(0, self._round()))
        return self._heard

    async def rest(self) -> None:
        """After a desk was told; with the wait for its turn that is a round on average."""
        await asyncio.sleep(max(LEAST_SECONDS, self._round() / 2))

    def _round(self) -> float:
        return self._desks / self._a_second
