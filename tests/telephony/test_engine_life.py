"""The phone process and the desktop die under each other; what may be lost, and what not."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QTimer

from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.telephony import message, protocol
from agent_desktop.telephony.address import TOKEN_VARIABLE, Address
from agent_desktop.telephony.call import CallState, EndReason, LineState
from agent_desktop.telephony.engine_link import EngineLink
from tests.telephony.endpoints import LOOPBACK_LINE, Desk, is_running
from tests.waiting import until_in_qt
from tools.caller import WireCaller

pytestmark = pytest.mark.sip

MARIA = "+5511987654321"
DIALLING, RINGING, TALKING, HELD, TRANSFERRING, ENDED = CallState


@pytest.fixture
def second_desk(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """A desktop of the same profile, started after the first one is gone."""
    second = Desk(tmp_path)
    yield second
    second.close()


def _talk(desk: Desk, customer: DemoCustomer) -> str:
    ref = customer.call(desk.open(), MARIA)
    desk.phone.answer(desk.wait_call(RINGING).id)
    desk.wait_call(TALKING)
    return ref


def test_killed_in_a_call_the_call_is_lost_and_the_line_comes_back(
    desk: Desk, customer: DemoCustomer, expected_errors: list[str]
) -> None:
    expected_errors.append("the phone process has gone")
    _talk(desk, customer)
    killed = desk.phone.engine_pid
    os.kill(killed, signal.SIGKILL)
    assert desk.wait_call(ENDED).end_reason is EndReason.LOST
    assert [notice.code for notice in desk.notices] == ["engine_restarted"]
    until_in_qt(lambda: desk.phone.line.state is LineState.READY)
    assert desk.phone.engine_pid not in {0, killed}
    customer.call(desk.phone.line.port, MARIA)
    desk.wait_call(RINGING, nth=1)
    customer.hang_up()


def test_a_silent_phone_process_is_replaced(
    desk: Desk, customer: DemoCustomer, expected_errors: list[str]
) -> None:
    expected_errors += ["silent for 3 s", "the phone process has gone"]
    _talk(desk, customer)
    frozen = desk.phone.engine_pid
    os.kill(frozen, signal.SIGSTOP)
    since = time.monotonic()
    assert desk.wait_call(ENDED).end_reason is EndReason.LOST
    assert 2.0 < time.monotonic() - since < 6.0
    until_in_qt(lambda: desk.phone.line.state is LineState.READY)
    assert not is_running(frozen)


def test_a_desktop_that_hung_does_not_blame_the_phone_process(desk: Desk) -> None:
    desk.open()
    pid = desk.phone.engine_pid
    time.sleep(4.0)  # the GUI thread hangs for longer than three heartbeats: that is the case
    seen = time.monotonic()
    until_in_qt(lambda: time.monotonic() - seen > 1.0)
    assert desk.phone.engine_pid == pid
    assert desk.notices == []


def test_a_phone_process_that_always_dies_is_told(
    qapp: object, tmp_path: Path, expected_errors: list[str]
) -> None:
    expected_errors.append("the phone process does")
    desk = Desk(tmp_path)
    link = desk.phone.findChild(EngineLink)
    link._arguments = ("--no-such-option",)
    link.findChild(QTimer, "engine.start").setInterval(300)
    desk.phone.open_line(LOOPBACK_LINE)
    until_in_qt(lambda: desk.phone.line.code == "engine_failed", 20)
    assert desk.phone.line.state is LineState.FAILED
    desk.phone.close()
    assert desk.phone.line.state is LineState.OFF


def test_desktop_gone_in_a_call_the_call_is_kept_and_taken_over(
    desk: Desk, second_desk: Desk, customer: DemoCustomer
) -> None:
    ref = _talk(desk, customer)
    before, pid, port = desk.now(0), desk.phone.engine_pid, desk.phone.line.port
    desk.vanish()
    second_desk.open()
    assert second_desk.phone.engine_pid == pid
    assert second_desk.phone.calls() == (before,)
    assert second_desk.heard == [before]
    assert second_desk.phone.line.port == port
    count = customer.counts(ref)["packets_in"]
    until_in_qt(lambda: customer.counts(ref)["packets_in"] > count + 5)
    second_desk.phone.hang_up(before.id)
    assert second_desk.wait_call(ENDED).end_reason is EndReason.HUNG_UP_HERE


def test_call_rings_while_no_desktop_is_there_and_is_found(
    desk: Desk, second_desk: Desk, customer: DemoCustomer
) -> None:
    port = desk.open()
    desk.vanish()
    ref = customer.call(port, MARIA)
    customer.wait("ringing", ref)
    second_desk.phone.start()
    assert second_desk.wait_call(RINGING).number == MARIA
    customer.hang_up(ref)
    second_desk.wait_call(ENDED)


def test_orphan_in_a_call_stays_until_the_call_is_over_then_ends(
    qapp: object, tmp_path: Path, customer: DemoCustomer
) -> None:
    desk = Desk(tmp_path, orphan_seconds=0.5)
    ref = _talk(desk, customer)
    pid = desk.phone.engine_pid
    desk.vanish()
    since = time.monotonic()
    until_in_qt(lambda: time.monotonic() - since > 1.5)
    assert is_running(pid)
    customer.hang_up(ref)
    until_in_qt(lambda: not is_running(pid))
    assert "Traceback" not in desk.log()


def test_orphan_without_a_call_ends(qapp: object, tmp_path: Path) -> None:
    desk = Desk(tmp_path, orphan_seconds=0.5)
    desk.open()
    pid = desk.phone.engine_pid
    desk.vanish()
    until_in_qt(lambda: not is_running(pid))
    assert not Path(Address(tmp_path, "test").socket).exists()


def test_180_goes_out_while_the_desktop_is_blocked(desk: Desk) -> None:
    caller = WireCaller(desk.open())
    took_ms: list[float] = []

    def call() -> None:
        first = caller.call(MARIA)
        took_ms.append((caller.wait(first, 180, seconds=5) - first.sent_ns) / 1e6)
        caller.cancel(first)

    thread = threading.Thread(target=call)
    blocked = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        # This process stands still, as a GUI thread that holds the interpreter does.
        thread.start()
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            sum(range(20_000))
        thread.join(5)
    finally:
        blocked.kill()
        blocked.wait()
        caller.close()
    assert took_ms
    assert took_ms[0] < 500
    assert desk.wait_call(ENDED).end_reason is EndReason.MISSED


def test_closing_ends_the_phone_process_cleanly(desk: Desk, customer: DemoCustomer) -> None:
    ref = _talk(desk, customer)
    pid = desk.phone.engine_pid
    desk.phone.close()
    until_in_qt(lambda: not is_running(pid))
    customer.wait("ended", ref)
    assert desk.phone.line.state is LineState.OFF
    assert desk.phone.calls() == ()


# --- the door


def _connect(address: Address) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    connection.connect(address.socket)
    return connection


def _answer(connection: socket.socket) -> list[message.Message]:
    inbox = protocol.Inbox()
    heard: list[message.Message] = []
    while data := connection.recv(65536):
        heard += inbox.feed(data)
    return heard


@pytest.mark.parametrize(
    "line",
    [
        protocol.encode(message.Attach("wrong"), 1),
        protocol.encode(message.Attach(""), 1),
        protocol.encode(message.Dial("77"), 1),
    ],
)
def test_without_the_token_nobody_is_let_in(desk: Desk, line: bytes) -> None:
    desk.open()
    with _connect(Address(desk.folder, "test")) as connection:
        connection.sendall(line)
        assert _answer(connection) == [message.AttachRefused("wrong_token")]


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"x" * 200_000, b"\n"])
def test_nonsense_is_shown_the_door(desk: Desk, data: bytes) -> None:
    desk.open()
    with _connect(Address(desk.folder, "test")) as connection:
        try:
            connection.sendall(data)
            assert _answer(connection) == [message.AttachRefused("protocol")]
        except (BrokenPipeError, ConnectionResetError):
            pass
    desk.phone.dial("x")
    until_in_qt(lambda: desk.notices)


def test_a_second_desktop_is_refused_and_told(desk: Desk, second_desk: Desk) -> None:
    desk.open()
    second_desk.phone.open_line(LOOPBACK_LINE)
    until_in_qt(lambda: second_desk.phone.line.code == "attached_elsewhere")
    assert desk.phone.line.state is LineState.READY
    desk.phone.close()
    until_in_qt(lambda: second_desk.phone.line.state is LineState.READY)


def test_socket_and_token_are_for_this_user_only(desk: Desk) -> None:
    desk.open()
    address = Address(desk.folder, "test")
    for path in (Path(address.socket), desk.folder / "test.token"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    process = psutil.Process(desk.phone.engine_pid)
    assert address.token() not in " ".join(process.cmdline())


def test_a_second_phone_process_for_one_profile_gives_way(desk: Desk) -> None:
    desk.open()
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "agent_desktop.telephony.engine"),
            *("--socket", "test", "--folder", str(desk.folder)),
        ],
        env={**os.environ, TOKEN_VARIABLE: "any"},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 3
    desk.phone.dial("x")
    until_in_qt(lambda: desk.notices)


def test_nothing_secret_is_in_the_log(desk: Desk, customer: DemoCustomer) -> None:
    customer.call(desk.open(), MARIA)
    desk.phone.reject(desk.wait_call(RINGING).id)
    desk.wait_call(ENDED)
    log = desk.log()
    assert MARIA not in log
    assert Address(desk.folder, "test").token() not in log
