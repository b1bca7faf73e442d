"""Fifty calls a second come in at once: the window stays quick and shows one of them."""

from __future__ import annotations

import sys
import time

import pytest

from agent_desktop.telephony.call import Notice
from tests.gui_time import GuiTime
from tests.stories.story import MARINA, Desk
from tests.telephony.torture.crowd import Crowd

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no CPU clock of other threads")

LIMIT_SECONDS = 0.100
#: CPU seconds of `_count` on the machine on which the limit was set, with nothing beside it. A
#: processor that is shared takes longer for the same work, and says so in CPU time too.
COUNT_SECONDS = 0.025


def _count() -> float:
    begun = time.thread_time()
    total = 0
    for number in range(600_000):
        total += number
    return time.thread_time() - begun


def _limit() -> float:
    slowness = sorted(_count() for _ in range(5))[2] / COUNT_SECONDS
    return LIMIT_SECONDS * max(1.0, slowness)


class Eye:
    """Sees who is in front, and whether anybody was pushed away while he rang."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last = ""
        self.pops: list[str] = []
        self.pushed_away: list[str] = []
        self.notices: list[Notice] = []
        desk.road.shift.phone.notice.connect(self.notices.append)
        desk.road.shift.sync_report.records_changed.connect(self._look)

    def _look(self) -> None:
        current = self._desk.road.shift.desk.current
        now = current.id if current is not None and current.is_ringing else ""
        if now and now != self._last:
            before = self._desk.road.shift.desk.session(self._last)
            if before is not None and before.is_ringing:
                self.pushed_away.append(self._last)
            self.pops.append(now)
            self._last = now


@pytest.mark.parametrize("patience", [1.0, 20.0], ids=["who give up", "who stay"])
def test_a_crowd_calls(desk: Desk, patience: float) -> None:
    desk.waits(lambda: desk.road.shift.is_prepared, "all pages are made")
    desk.waits_for_quiet()
    eye, phone = Eye(desk), desk.road.shift.phone
    pid = phone.engine_pid
    with Crowd(phone.line.port) as crowd:
        with GuiTime(_limit()) as watch:
            crowd.calls(rate=50, seconds=10, patience=patience)
            desk.waits(crowd.result, "everybody had an answer", 90)
            desk.waits(lambda: not desk.calls, "no call is left", 30)
        found = crowd.result()
    assert (found["sent"], found["open"]) == (500, 0)
    assert not watch.slow, watch.told()
    assert eye.pops
    assert not eye.pushed_away
    assert {notice.code for notice in eye.notices} == {"too_many_calls"}
    assert len(eye.notices) <= 1 + (10 + found["backlog_seconds"]) // 5
    desk.waits_for_quiet()
    desk.takes_call(MARINA)
    assert phone.engine_pid == pid
