"""Too much at once: INVITEs of the PBX, of strangers, and connections nobody needs."""

from __future__ import annotations

import select
import socket
import time
from itertools import pairwise
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QTimer

from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.telephony.call import Call, CallState, RejectReason
from tests.pbx.pbx import Pbx
from tests.telephony.endpoints import Desk
from tests.telephony.pbx_lines import OpenDesk
from tests.telephony.torture.crowd import Crowd
from tests.telephony.torture.wire import LOOPBACK, STRANGER, UdpWire
from tests.waiting import until_in_qt

pytestmark = [pytest.mark.sip, pytest.mark.timeout(240)]

MOST_CALLS = 4  # docs/telephony.md; live_calls.py loads the SIP library
MARIA = "+5511987654321"
RINGING, TALKING, ENDED = CallState.RINGING, CallState.TALKING, CallState.ENDED
MANY_STREAMS = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    + b"m=audio 40404 RTP/AVP 0\r\n" * 16
)


def _takes_a_call(desk: Desk, customer: DemoCustomer, pid: int) -> None:
    """The next call rings, is answered, and the same process has it."""
    heard = len(desk.heard)
    ref = customer.call(desk.phone.line.port, MARIA)

    def now(state: CallState) -> str:
        new = (c.id for c in desk.heard[heard:] if c.number == MARIA and c.state is state)
        return next(new, "")

    until_in_qt(lambda: now(RINGING), 60)
    desk.phone.answer(now(RINGING))
    until_in_qt(lambda: now(TALKING))
    count = customer.counts(ref)["packets_in"]
    until_in_qt(lambda: customer.counts(ref)["packets_in"] > count + 10)
    desk.phone.hang_up(now(RINGING))
    until_in_qt(lambda: now(ENDED))
    assert desk.phone.engine_pid == pid


def test_nobody_connects_to_a_line_that_has_its_own_connection(
    pbx: Pbx, open_desk: OpenDesk
) -> None:
    """The library of 2.15 ends at the 65th socket, also if strangers open them."""
    for extension in ("6002", "6003"):
        desk = open_desk(extension)
        pid, port = desk.phone.engine_pid, desk.phone.line.port
        mine = socket.create_connection((LOOPBACK, pbx.ports.tcp))
        mine.close()
        strangers = [socket.socket() for _ in range(100)]
        for stranger in strangers:
            stranger.setblocking(False)
            stranger.connect_ex((LOOPBACK, port))
        pbx.originate(extension)
        call = desk.wait_call(RINGING)
        _, connected, _ = select.select([], strangers, [], 0)
        assert not connected
        for stranger in strangers:
            stranger.close()
        desk.phone.answer(call.id)
        desk.wait_call(TALKING)
        assert desk.phone.engine_pid == pid


def test_invites_with_many_streams_do_not_end_the_phone_process(
    desk: Desk, customer: DemoCustomer
) -> None:
    """One of them opens 32 sockets of the 64 that the library of 2.15 can watch."""
    port = desk.open()
    pid = desk.phone.engine_pid
    with UdpWire(port, STRANGER) as stranger, UdpWire(port) as believed:
        for _ in range(3):
            for wire in (stranger, believed):
                wire.send(wire.writer.request(body=MANY_STREAMS))
        assert believed.answers_options(lambda: until_in_qt(lambda: True), 30)

        def answered(status: bytes) -> int:
            believed.hear()
            return sum(answer[8:11] == status for answer in believed.heard)

        until_in_qt(lambda: answered(b"488") >= 3)
        assert not answered(b"180")
    assert not desk.heard
    _takes_a_call(desk, customer, pid)


class Clock:
    """Notices with the time of their arrival."""

    def __init__(self, desk: Desk) -> None:
        self.at: list[tuple[str, float]] = []
        desk.phone.notice.connect(lambda n: self.at.append((n.code, time.monotonic())))

    def gaps(self, code: str) -> list[float]:
        """Seconds between notices of one kind."""
        times = [at for each, at in self.at if each == code]
        return [after - before for before, after in pairwise(times)]


def _flood(desk: Desk, crowd: Crowd, *, seconds: float, patience: float) -> dict[str, Any]:
    """The crowd calls 50 times a second; the most calls at once are never more than four."""
    crowd.calls(rate=50, seconds=seconds, patience=patience)
    most = 0

    def is_over() -> object:
        nonlocal most
        most = max(most, len(desk.phone.calls()))
        return crowd.result()

    until_in_qt(is_over, 90)
    assert most <= MOST_CALLS
    return crowd.result()


@pytest.mark.parametrize(
    ("host", "patience", "end"),
    [(LOOPBACK, 0.3, "487"), (LOOPBACK, 60.0, "486"), (STRANGER, 1.0, "403")],
    ids=["callers who give up", "callers who stay", "strangers"],
)
def test_fifty_invites_a_second(
    desk: Desk, customer: DemoCustomer, host: str, patience: float, end: str
) -> None:
    """Everybody gets an answer, the desktop one line each five seconds.

    The first flood and the first call fill most of what the library keeps for later (35 MB after
    four floods, and no more after eight); then an INVITE may
    leave little behind. The allocator's own steps were seen to be up to 11 MB.
    """
    port = desk.open()
    pid, clock = desk.phone.engine_pid, Clock(desk)
    process = psutil.Process(pid)
    with Crowd(port, host) as crowd:
        _flood(desk, crowd, seconds=10, patience=0.3)
        _takes_a_call(desk, customer, pid)
        before = process.memory_full_info().uss
        # Those who ring to the end of the flood are let go by the agent's side.
        desk.phone.call_changed.connect(lambda c: _decline_late(desk, c, patience))
        found = _flood(desk, crowd, seconds=10, patience=patience)
    assert found["sent"] == 500
    assert found["open"] == 0
    assert found["ends"].get(end, 0) > 20
    assert set(found["ends"]) <= {"403", "486", "487", "603"}
    code = "stranger_refused" if host == STRANGER else "too_many_calls"
    assert clock.at
    assert {each for each, _ in clock.at} == {code}
    assert all(gap > 4.5 for gap in clock.gaps(code))
    _takes_a_call(desk, customer, pid)
    grown = process.memory_full_info().uss - before
    assert grown < 20 << 20


def _decline_late(desk: Desk, call: Call, patience: float) -> None:
    if call.state is RINGING and patience > 30 and call.number != MARIA:
        QTimer.singleShot(12_000, lambda: desk.phone.reject(call.id, RejectReason.DECLINE))
