"""Hints that an edge passes on: each desk in its turn, what comes meanwhile as one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from agent_desktop.hub.hint_throttle import HintThrottle


class Bells:
    """Hints that ring when told to."""

    def __init__(self) -> None:
        self.told: list[Callable[[], None]] = []

    def subscribe(self, told: Callable[[], None]) -> Callable[[], None]:
        self.told.append(told)
        return lambda: self.told.remove(told)

    def start(self) -> None: ...
    def stop(self) -> None: ...

    def ring(self) -> None:
        for told in list(self.told):
            told()


class Desks:
    """Streams of hints as the edge serves them; `told` counts for each desk."""

    def __init__(self, pace: HintThrottle, count: int) -> None:
        self.told: Counter[int] = Counter()
        self._pace = pace
        self._tasks = [asyncio.create_task(self._serve(n)) for n in range(count)]

    async def _serve(self, n: int) -> None:
        known = self._pace.heard
        with self._pace.joined():
            while True:
                known = await self._pace.news(known, 1000)
                self.told[n] += 1
                await self._pace.rest()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.001)

    async def leave(self, *which: int) -> None:
        for n in which or range(len(self._tasks)):
            self._tasks[n].cancel()
        await asyncio.gather(*(self._tasks[n] for n in which), return_exceptions=True)
        await asyncio.sleep(0)


def play(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_every_desk_is_told_and_a_flood_is_one_hint_each() -> None:
    async def story() -> None:
        bells = Bells()
        desks = Desks(HintThrottle(bells, 200, lambda: False), 20)
        await asyncio.sleep(0)
        for _ in range(500):
            bells.ring()
        await desks.until(lambda: len(desks.told) == 20)
        assert max(desks.told.values()) <= 2, "what came while a desk waited is one hint"
        assert len(bells.told) == 1, "the edge listens once for all"
        await desks.leave()

    play(story)


def test_desks_take_turns_and_are_not_told_all_at_once() -> None:
    async def story() -> None:
        bells = Bells()
        desks = Desks(HintThrottle(bells, 20, lambda: False), 6)
        await asyncio.sleep(0)
        bells.ring()
        await desks.until(lambda: bool(desks.told))
        assert sum(desks.told.values()) == 1
        began = asyncio.get_running_loop().time()
        await desks.until(lambda: len(desks.told) == 6)
        assert asyncio.get_running_loop().time() - began >= 4 / 20
        await desks.leave()

    play(story)


def test_who_leaves_while_waiting_holds_nobody_up() -> None:
    async def story() -> None:
        bells = Bells()
        desks = Desks(HintThrottle(bells, 50, lambda: False), 5)
        await asyncio.sleep(0)
        bells.ring()
        await desks.until(lambda: bool(desks.told))
        await desks.leave(1, 2, 3)
        await desks.until(lambda: desks.told[4] == 1)
        bells.ring()
        await desks.until(lambda: desks.told[0] == 2 and desks.told[4] == 2)
        await desks.leave()
        assert not bells.told, "nobody is there to be told"

    play(story)


def test_a_busy_edge_goes_slower_and_never_stops() -> None:
    async def story() -> None:
        bells, busy = Bells(), [True]
        desks = Desks(HintThrottle(bells, 100, lambda: busy[0]), 4)
        await asyncio.sleep(0)
        began = asyncio.get_running_loop().time()
        bells.ring()
        await desks.until(lambda: len(desks.told) == 4)
        assert asyncio.get_running_loop().time() - began >= 3 * 0.04 * 0.9
        await desks.leave()

    play(story)
