"""A day's calls in a row through the real PBX: nothing grows in the phone process."""

from __future__ import annotations

from dataclasses import dataclass

import psutil
import pytest

from agent_desktop.telephony.call import CallState, EndReason, RejectReason
from tests.pbx.pbx import Pbx
from tests.telephony.endpoints import Desk
from tests.telephony.pbx_lines import OpenDesk
from tests.waiting import until_in_qt

pytestmark = [pytest.mark.pbx, pytest.mark.sip, pytest.mark.timeout(400)]

RINGING, TALKING, HELD, ENDED = (
    CallState.RINGING,
    CallState.TALKING,
    CallState.HELD,
    CallState.ENDED,
)
CALLS, WARMING_UP = 100, 50
#: The library keeps what it once took, and a call's transactions for 32 s: it grows by 2 MB in
#: the first 50 calls and by 1 KB a call after that (measured over 300). 10 KB a call is allowed,
#: a tenth of what a call takes.
MOST_GROWTH = 512 << 10


@dataclass(frozen=True, slots=True)
class _Size:
    """What the phone process holds: bytes of its own, open files, threads."""

    memory: int
    files: int
    threads: int


def _size_of(process: psutil.Process) -> _Size:
    with process.oneshot():
        memory = process.memory_full_info().uss
        return _Size(memory, process.num_fds(), process.num_threads())


def _one_call(pbx: Pbx, desk: Desk, nth: int) -> None:
    """A customer calls: answered, of each ten three are held for a moment and two declined."""
    pbx.originate("6001", "101", number=f"2{nth:03}")
    call = desk.wait_call(RINGING, nth=nth)
    if nth % 5 == 4:
        desk.phone.reject(call.id, RejectReason.BUSY)
        assert desk.wait_call(ENDED, nth=nth).end_reason is EndReason.DECLINED
        return
    desk.phone.answer(call.id)
    desk.wait_call(TALKING, nth=nth)
    if nth % 10 in (1, 3, 6):
        desk.phone.hold(call.id)
        desk.wait_call(HELD, nth=nth)
        desk.phone.resume(call.id)
        desk.wait_call(TALKING, nth=nth)
    desk.phone.hang_up(call.id)
    assert desk.wait_call(ENDED, nth=nth).end_reason is EndReason.HUNG_UP_HERE


def test_a_hundred_calls_in_a_row(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    pid = desk.phone.engine_pid
    process = psutil.Process(pid)
    sizes = []
    for nth in range(CALLS):
        _one_call(pbx, desk, nth)
        pbx.wait_for(lambda: not pbx.legs_of("6001"))
        if nth % 10 == 9:
            sizes.append(_size_of(process))
    assert desk.phone.engine_pid == pid
    warm, later = sizes[WARMING_UP // 10 - 1], sizes[WARMING_UP // 10 :]
    assert min(size.memory for size in later[-3:]) - warm.memory <= MOST_GROWTH, sizes
    # Sockets of the last call are closed half a second after it.
    until_in_qt(lambda: process.num_fds() <= warm.files)
    until_in_qt(lambda: process.num_threads() <= warm.threads)
