"""Calls between two real processes over SIP: what the desk sees of them, and what flows."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.telephony.call import (
    CallState,
    Direction,
    EndReason,
    LineSettings,
    LineState,
    RejectReason,
)
from tests.telephony.endpoints import LOOPBACK_LINE, Desk
from tests.waiting import until_in_qt
from tools.caller import WireCaller

pytestmark = pytest.mark.sip

MARIA = "+5511987654321"
DIALLING, RINGING, TALKING, HELD, TRANSFERRING, ENDED = CallState


def _talk(desk: Desk, customer: DemoCustomer) -> str:
    """A call that is being talked on; the customer's ref of it."""
    ref = customer.call(desk.open(), MARIA)
    desk.phone.answer(desk.wait_call(RINGING).id)
    desk.wait_call(TALKING)
    customer.wait("talking", ref)
    return ref


def _wait_packets(customer: DemoCustomer, ref: str, more: int = 10) -> dict[str, int]:
    """Wait until so many more packets have come and gone; the growth of each count."""
    before = customer.counts(ref)
    now = before

    def flows() -> bool:
        nonlocal now
        now = customer.counts(ref)
        return min(now[key] - before[key] for key in ("packets_in", "packets_out")) >= more

    until_in_qt(flows)
    return {key: now[key] - before[key] for key in ("packets_in", "packets_out", "bytes_in")}


def test_rings_with_what_the_pbx_told(desk: Desk, customer: DemoCustomer) -> None:
    port = desk.open()
    ref = customer.call(
        port,
        MARIA,
        name="Mária da Silva",
        queue="Falta de energia",
        dnis="08001234567",
        menu_path="1>3",
        typed_tax_id="12ABC34501DE35",
        waited=42,
        pbx_call_id="pbx-77",
        user_to_user="4a6f;encoding=hex",
    )
    call = desk.wait_call(RINGING)
    customer.wait("ringing", ref)
    assert (call.direction, call.number, call.withheld) == (Direction.INBOUND, MARIA, False)
    assert (call.display_name, call.queue) == ("Mária da Silva", "Falta de energia")
    assert (call.dialled, call.menu_path, call.waited_seconds) == ("08001234567", "1>3", 42)
    assert (call.typed_tax_id, call.pbx_call_id) == ("12ABC34501DE35", "pbx-77")
    assert call.user_to_user == "4a6f;encoding=hex"
    assert desk.phone.calls() == (call,)


def test_withheld_number_stays_unknown(desk: Desk, customer: DemoCustomer) -> None:
    customer.call(desk.open(), MARIA, withheld=True)
    call = desk.wait_call(RINGING)
    assert (call.withheld, call.number, call.display_name) == (True, "", "")


def test_answered_call_carries_sound_both_ways(desk: Desk, customer: DemoCustomer) -> None:
    ref = _talk(desk, customer)
    grown = _wait_packets(customer, ref, more=25)
    assert grown["bytes_in"] / grown["packets_in"] >= 100
    assert desk.now(0).answered_at is not None


def test_hold_and_resume(desk: Desk, customer: DemoCustomer) -> None:
    ref = _talk(desk, customer)
    desk.phone.hold(desk.now(0).id)
    desk.wait_call(HELD)
    customer.wait("held", ref)
    desk.phone.resume(desk.now(0).id)
    desk.wait_call(TALKING)
    customer.wait("resumed", ref)
    _wait_packets(customer, ref)
    assert desk.states() == [RINGING, TALKING, HELD, TALKING]


def test_mute_keeps_packets_flowing(desk: Desk, customer: DemoCustomer) -> None:
    ref = _talk(desk, customer)
    desk.phone.mute(desk.now(0).id, True)
    until_in_qt(lambda: desk.now(0).muted)
    _wait_packets(customer, ref)
    desk.phone.mute(desk.now(0).id, False)
    until_in_qt(lambda: not desk.now(0).muted)
    assert desk.states() == [RINGING, TALKING]


def test_agent_hangs_up(desk: Desk, customer: DemoCustomer) -> None:
    ref = _talk(desk, customer)
    desk.phone.hang_up(desk.now(0).id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE
    customer.wait("ended", ref)
    assert desk.phone.calls() == ()


def test_customer_hangs_up(desk: Desk, customer: DemoCustomer) -> None:
    ref = _talk(desk, customer)
    customer.hang_up(ref)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_THERE


def test_held_call_can_be_hung_up(desk: Desk, customer: DemoCustomer) -> None:
    _talk(desk, customer)
    desk.phone.hold(desk.now(0).id)
    desk.wait_call(HELD)
    desk.phone.hang_up(desk.now(0).id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE


@pytest.mark.parametrize(
    ("reason", "status"),
    [(RejectReason.BUSY, 486), (RejectReason.UNAVAILABLE, 480), (RejectReason.DECLINE, 603)],
)
def test_reject(desk: Desk, customer: DemoCustomer, reason: RejectReason, status: int) -> None:
    ref = customer.call(desk.open(), MARIA)
    desk.phone.reject(desk.wait_call(RINGING).id, reason)
    assert desk.wait_call(ENDED).end_reason is EndReason.DECLINED
    assert customer.wait("ended", ref)["status"] == status


def test_caller_gives_up(desk: Desk, customer: DemoCustomer) -> None:
    ref = customer.call(desk.open(), MARIA)
    desk.wait_call(RINGING)
    customer.hang_up(ref)
    assert desk.wait_call(ENDED).end_reason is EndReason.MISSED


def test_dial_out(desk: Desk, customer: DemoCustomer) -> None:
    customer.answering(200, after=0.1)
    desk.open(LineSettings("1001", accepts_loopback=True, dial_to=f"127.0.0.1:{customer.port}"))
    desk.phone.dial("(11) 98765-4321")
    call = desk.wait_call(DIALLING)
    assert (call.direction, call.number) == (Direction.OUTBOUND, "(11) 98765-4321")
    desk.wait_call(TALKING)
    ref = str(customer.wait("incoming", "")["ref"])
    _wait_packets(customer, ref)
    desk.phone.hang_up(call.id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE


@pytest.mark.parametrize(
    ("status", "reason"),
    [(486, EndReason.BUSY), (480, EndReason.NO_ANSWER), (603, EndReason.DECLINED)],
)
def test_dialled_person_does_not_take_it(
    desk: Desk, customer: DemoCustomer, status: int, reason: EndReason
) -> None:
    customer.answering(status, after=0.0)
    desk.open(LineSettings("1001", accepts_loopback=True, dial_to=f"127.0.0.1:{customer.port}"))
    desk.phone.dial("77")
    assert desk.wait_call(ENDED).end_reason is reason
    assert desk.states() == [DIALLING, ENDED]


def test_what_cannot_be_dialled_is_told(desk: Desk) -> None:
    desk.open()
    desk.phone.dial("1@evil.example")
    until_in_qt(lambda: desk.notices)
    assert (desk.notices[0].code, desk.notices[0].number) == ("dial_refused", "1@evil.example")


def test_answering_a_second_call_holds_the_first(desk: Desk, customer: DemoCustomer) -> None:
    first = _talk(desk, customer)
    customer.call(desk.phone.line.port, "+551133334444")
    # As the desk does it: hold, and answer without waiting for the hold.
    desk.phone.hold(desk.now(0).id)
    desk.phone.answer(desk.wait_call(RINGING, nth=1).id)
    desk.wait_call(TALKING, nth=1)
    desk.wait_call(HELD, nth=0)
    customer.wait("held", first)
    desk.phone.resume(desk.now(0).id)
    desk.wait_call(TALKING, nth=0)
    desk.wait_call(HELD, nth=1)


def test_fifth_call_is_refused_as_busy_and_told(desk: Desk, customer: DemoCustomer) -> None:
    port = desk.open()
    for nth in range(4):
        customer.call(port, f"+55113333444{nth}")
        desk.wait_call(RINGING, nth=nth)
    caller = WireCaller(port)
    try:
        caller.wait(caller.call(MARIA), 486)
    finally:
        caller.close()
    until_in_qt(lambda: desk.notices)
    assert (desk.notices[0].code, desk.notices[0].number) == ("too_many_calls", MARIA)
    assert len(desk.phone.calls()) == 4
    customer.hang_up()
    until_in_qt(lambda: not desk.phone.calls())


def test_stranger_never_rings(desk: Desk) -> None:
    port = desk.open()
    stranger = WireCaller(port, host="127.0.0.2")
    try:
        call = stranger.call(MARIA)
        stranger.wait(call, 403)
        assert 180 not in call.answers_ns
    finally:
        stranger.close()
    until_in_qt(lambda: desk.notices)
    assert desk.notices[0].code == "stranger_refused"
    assert desk.notices[0].detail.startswith("127.0.0.2:")
    assert desk.heard == []


def test_strangers_do_not_use_up_the_line(desk: Desk, customer: DemoCustomer) -> None:
    port = desk.open()
    stranger = WireCaller(port, host="127.0.0.2")
    try:
        for _ in range(20):
            stranger.wait(stranger.call(MARIA), 403)
    finally:
        stranger.close()
    customer.call(port, MARIA)
    desk.wait_call(RINGING)
    assert [notice.code for notice in desk.notices] == ["stranger_refused"]


def test_a_flood_of_strangers_does_not_end_the_phone_process(desk: Desk) -> None:
    port = desk.open()
    pid = desk.phone.engine_pid
    flood, caller = WireCaller(port, host="127.0.0.2"), WireCaller(port)
    try:
        for _ in range(120):
            flood.call(MARIA)
        call = caller.call(MARIA)
        caller.wait(call, 180, seconds=20)
        desk.wait_call(RINGING)
        caller.cancel(call)
        desk.wait_call(ENDED)
    finally:
        flood.close()
        caller.close()
    assert desk.phone.engine_pid == pid


def test_line_that_does_not_accept_the_loopback(desk: Desk, customer: DemoCustomer) -> None:
    ref = customer.call(desk.open(LineSettings("1001")), MARIA)
    assert customer.wait("ended", ref)["status"] == 403
    assert desk.heard == []


def test_line_reopens_with_other_settings_after_the_call(
    desk: Desk, customer: DemoCustomer
) -> None:
    _talk(desk, customer)
    before = desk.phone.line.port
    desk.phone.open_line(LineSettings("1002", accepts_loopback=True))
    until_in_qt(lambda: any(notice.code == "line_pending" for notice in desk.notices))
    assert desk.phone.line.port == before
    desk.phone.hang_up(desk.now(0).id)
    until_in_qt(
        lambda: (desk.phone.line.extension, desk.phone.line.state) == ("1002", LineState.READY)
    )
    customer.call(desk.phone.line.port, MARIA)
    desk.wait_call(RINGING, nth=1)


def test_port_in_use_is_told(desk: Desk, customer: DemoCustomer) -> None:
    desk.phone.open_line(LineSettings("1001", local_port=customer.port, accepts_loopback=True))
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED)
    assert desk.phone.line.code == "port_in_use"
    desk.open(LOOPBACK_LINE)


def test_line_tells_what_the_engine_can_do(desk: Desk) -> None:
    desk.open()
    line = desk.phone.line
    assert line.engine.startswith("pjsip 2.")
    assert {"PCMA/8000/1", "PCMU/8000/1", "G722/16000/1"} <= set(line.codecs)
    assert {"udp", "tcp"} <= set(line.transports)


def test_the_desktop_never_loads_the_sip_library(tmp_path: Path) -> None:
    code = (
        "import sys; import agent_desktop.telephony.phone, agent_desktop.telephony.dummy;"
        "import agent_desktop.demo.caller_control, tools.caller;"
        "sys.exit('pjsua2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_order_without_a_phone_process_is_told(desk: Desk) -> None:
    desk.phone.answer("1")
    assert desk.notices[0].code == "order_failed"
    desk.open()


def test_wire_caller_goes_through_a_whole_call(desk: Desk) -> None:
    caller = WireCaller(desk.open())
    try:
        call = caller.call(MARIA, headers={"X-Queue-Name": "Vendas"})
        caller.wait(call, 180)
        assert desk.wait_call(RINGING).queue == "Vendas"
        desk.phone.answer(desk.now(0).id)
        until_in_qt(lambda: _has(caller, 200, call))
        desk.wait_call(TALKING)
        desk.phone.hang_up(desk.now(0).id)
        caller.wait_end(call)
        second = caller.call(MARIA)
        caller.wait(second, 180)
        caller.cancel(second)
        assert desk.wait_call(ENDED, nth=1).end_reason is EndReason.MISSED
        assert time.monotonic_ns() > second.answers_ns[180] > second.sent_ns
    finally:
        caller.close()


def _has(caller: WireCaller, status: int, call: object) -> bool:
    from tools.caller import CallerTimeout, WireCall

    assert isinstance(call, WireCall)
    try:
        caller.wait(call, status, seconds=0.01)
    except CallerTimeout:
        return False
    return True
