"""What breaks comes back by itself: the PBX, the network, the phone process, the desktop."""

from __future__ import annotations

import os
import signal
import time

import pytest

from agent_desktop.telephony.call import CallState, EndReason, LineState
from tests.pbx.pbx import Pbx
from tests.telephony.endpoints import Desk, is_running
from tests.telephony.pbx_lines import OpenDesk, line_of
from tests.waiting import until_in_qt

pytestmark = [pytest.mark.pbx, pytest.mark.sip]

RINGING, TALKING, ENDED = CallState.RINGING, CallState.TALKING, CallState.ENDED
#: A busy machine takes longer; what the phone needs by itself is told in docs/telephony.md.
PATIENCE = 20.0


def _talk(desk: Desk, number: str = "101") -> None:
    desk.phone.dial(number)
    desk.wait_call(TALKING)


@pytest.mark.parametrize("extension", ["6001", "6002", "6003"])
def test_registers_again_after_the_pbx_was_killed_and_started(
    pbx: Pbx, open_desk: OpenDesk, extension: str
) -> None:
    desk = open_desk(extension)
    pbx.kill()
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED, PATIENCE)
    forgotten = pbx.home / "lib" / "astdb.sqlite3"
    forgotten.unlink(missing_ok=True)
    pbx.start()
    started = time.monotonic()
    until_in_qt(lambda: desk.phone.line.state is LineState.READY, PATIENCE)
    pbx.wait_for(lambda: pbx.registered(extension))
    print(f"registered {time.monotonic() - started:.1f} s after the PBX was back")
    pbx.originate(extension)
    desk.phone.answer(desk.wait_call(RINGING).id)
    desk.wait_call(TALKING)


@pytest.mark.parametrize("extension", ["6001", "6002", "6003"])
def test_a_pbx_that_was_restarted_in_between_questions_is_found_out(
    pbx: Pbx, open_desk: OpenDesk, extension: str
) -> None:
    desk = open_desk(extension)
    pbx.stop()
    (pbx.home / "lib" / "astdb.sqlite3").unlink(missing_ok=True)
    pbx.start()
    pbx.wait_for(lambda: pbx.registered(extension), PATIENCE)
    until_in_qt(lambda: desk.phone.line.state is LineState.READY, PATIENCE)


def test_a_frozen_pbx_is_told_and_found_again(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    pbx.freeze()
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED, PATIENCE)
    assert desk.phone.line.code == "sip_408"
    pbx.thaw()
    until_in_qt(lambda: desk.phone.line.state is LineState.READY, PATIENCE)


def test_media_lost_is_told_when_the_pbx_freezes_in_a_call(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    _talk(desk)
    until_in_qt(lambda: desk.now(0).quality is None and not desk.now(0).media_lost)
    frozen_at = time.time()
    pbx.freeze()
    until_in_qt(lambda: desk.now(0).media_lost, PATIENCE)
    print(f"told after {time.time() - frozen_at:.1f} s")
    assert desk.now(0).state is TALKING
    pbx.thaw()
    until_in_qt(lambda: not desk.now(0).media_lost, PATIENCE)


def test_silence_on_hold_is_no_lost_media(open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    _talk(desk)
    desk.phone.hold(desk.now(0).id)
    desk.wait_call(CallState.HELD)
    begun = time.monotonic()
    until_in_qt(lambda: time.monotonic() - begun > 4)
    assert not any(call.media_lost for call in desk.heard)


def test_phone_process_killed_in_a_call(
    pbx: Pbx, open_desk: OpenDesk, expected_errors: list[str]
) -> None:
    expected_errors.append("the phone process has gone")
    desk = open_desk("6001")
    _talk(desk)
    pid = desk.phone.engine_pid
    killed_at = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    ended = desk.wait_call(ENDED)
    assert ended.end_reason is EndReason.LOST
    until_in_qt(lambda: desk.phone.line.state is LineState.READY, PATIENCE)
    print(f"registered {time.monotonic() - killed_at:.1f} s after the kill")
    assert desk.phone.engine_pid != pid
    assert pbx.registered("6001")
    pbx.originate("6001")
    desk.phone.answer(desk.wait_call(RINGING, nth=1).id)
    desk.wait_call(TALKING, nth=1)


def test_desktop_killed_in_a_call_the_next_one_takes_it_back(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    pbx.originate("6001", "111", number="5511987654321")
    call = desk.wait_call(RINGING)
    desk.phone.answer(call.id)
    desk.wait_call(TALKING)
    pid = desk.phone.engine_pid
    desk.vanish()
    again = Desk(desk.folder)
    again.open(line_of(pbx, "6001"))
    taken = again.wait_call(TALKING)
    assert (taken.id, taken.number, again.phone.engine_pid) == (call.id, call.number, pid)
    assert [leg.is_up for leg in pbx.legs_of("6001")] == [True]
    again.phone.hang_up(taken.id)
    again.wait_call(ENDED)
    again.close()
    until_in_qt(lambda: not is_running(pid))


def test_a_call_dies_with_the_pbx_and_says_so(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    _talk(desk)
    pbx.kill()
    until_in_qt(lambda: desk.now(0).media_lost, PATIENCE)
    desk.phone.hang_up(desk.now(0).id)
    assert desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE
    pbx.start()
    until_in_qt(lambda: desk.phone.line.state is LineState.READY, PATIENCE)
