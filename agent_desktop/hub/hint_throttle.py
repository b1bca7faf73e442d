"""The pace at which an edge passes hints on, so that many desks do not all ask at once.

A change is news for every desk, so hints passed on as they come would make (desks x changes) pulls
a second, all in the same moment: twice the desks, four times the work, and saves stand behind it.
Here desks take turns: they are told one after the other, `a_second` at most, and fewer while the
edge is busy. What comes meanwhile comes with the same pull. The price is lag: the last of so many
desks is told after desks / a_second seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent_desktop.hub.hints import Hints

#: Hints of one desk that come faster are one, however few desks there are.
LEAST_SECONDS = 0.05
#: The pace of a busy edge is so many times slower.
BUSY_FACTOR = 4


class HintThrottle:
    """The pace of one edge; used in its event loop only. `is_busy` says whether the edge has more
    questions before it than it can answer at once."""

    def __init__(self, hints: Hints, a_second: float, is_busy: Callable[[], bool]) -> None:
        self._hints = hints
        self._gap = 1 / a_second
        self._is_busy = is_busy
        self._desks = 0
        self._heard = 0
        self._news = asyncio.Event()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_giving = False
        self._end: Callable[[], None] = lambda: None

    @contextmanager
    def joined(self) -> Iterator[None]:
        """One more desk is told of hints meanwhile."""
        # One subscription for all desks, ended with the last: hints come in another thread.
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
        # A new one, for those who wait from now on: nobody has to clear it, and none is missed.
        self._news.set()
        self._news = asyncio.Event()

    @property
    def heard(self) -> int:
        """The number of hints that came so far."""
        return self._heard

    async def news(self, known: int, seconds: float) -> int:
        """Wait for a hint after the `known` ones, then for this desk's turn; returns how many came
        so far. TimeoutError: there was none for so many seconds."""
        if self._heard == known:
            await asyncio.wait_for(self._news.wait(), seconds)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if not self._is_giving:
            self._give()
        await turn
        return self._heard

    def _give(self) -> None:
        """It is the next desk's turn, and after a while again the next one's."""
        while self._waiting and self._waiting[0].done():  # it has gone meanwhile
            self._waiting.popleft()
        self._is_giving = bool(self._waiting)
        if self._waiting:
            self._waiting.popleft().set_result(None)
            gap = self._gap * (BUSY_FACTOR if self._is_busy() else 1)
            asyncio.get_running_loop().call_later(gap, self._give)

    async def rest(self) -> None:
        """After a desk was told."""
        await asyncio.sleep(LEAST_SECONDS)
