"""Too much at once: INVITEs of the PBX, of strangers, and connections nobody needs."""

from __future__ import annotations

import select
import socket
from collections import Counter

import pytest

from agent_desktop.demo.customers import DemoCustomer
from agent_desktop.telephony.call import CallState
from tests.pbx.pbx import Pbx
from tests.telephony.endpoints import Desk, wait_until
from tests.telephony.pbx_lines import OpenDesk
from tests.telephony.torture.wire import LOOPBACK, STRANGER, UdpWire

pytestmark = [pytest.mark.sip, pytest.mark.timeout(240)]

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

    wait_until(lambda: now(RINGING), 60)
    desk.phone.answer(now(RINGING))
    wait_until(lambda: now(TALKING))
    count = customer.counts(ref)["packets_in"]
    wait_until(lambda: customer.counts(ref)["packets_in"] > count + 10)
    desk.phone.hang_up(now(RINGING))
    wait_until(lambda: now(ENDED))
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
        assert believed.answers_options(lambda: wait_until(lambda: True), 30)
        refused = Counter(answer[8:11] for answer in believed.heard)
        assert refused[b"488"] >= 3
        assert not refused[b"180"]
    assert not desk.heard
    _takes_a_call(desk, customer, pid)
