"""The bridge to a real PulseAudio server: the agent hears the caller and is heard."""

from __future__ import annotations

import array
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.demo.customers import DemoCustomer
from agent_desktop.telephony.call import CallState, LineSettings, Sound
from tests.telephony.endpoints import Desk, wait_until

pytestmark = [
    pytest.mark.sip,
    pytest.mark.skipif(
        not (shutil.which("pulseaudio") and shutil.which("parec")),
        reason="needs the Debian packages pulseaudio and pulseaudio-utils",
    ),
]

LINE = LineSettings("1001", accepts_loopback=True, ring_device="ringer")


class Server:
    """A private sound server: a headset and a ringer that are null sinks; the headset's own
    monitor is the microphone, so that what is heard is also said."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "pulse"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        modules = (
            f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
            "module-null-sink sink_name=headset",
            "module-null-sink sink_name=ringer",
        )
        self._process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
                *("--use-pid-file=no", "--log-level=error"),
                *(word for module in modules for word in ("-L", module)),
            ],
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: "ringer" in _pactl("list", "short", "sinks"))
        _pactl("set-default-sink", "headset")
        _pactl("set-default-source", "headset.monitor")

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/pulse")
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


def _pactl(*words: str) -> str:
    return subprocess.run(
        ["pactl", *words], check=False, capture_output=True, text=True, timeout=10
    ).stdout


def _loudness(sink: str, seconds: float = 0.5) -> float:
    """The mean amplitude of what a sink plays."""
    recorder = subprocess.Popen(
        ["parec", f"--device={sink}.monitor", "--format=s16le", "--rate=16000", "--channels=1"],
        stdout=subprocess.PIPE,
    )
    assert recorder.stdout is not None
    data = recorder.stdout.read(int(32_000 * seconds))
    recorder.kill()
    recorder.wait()
    recorder.stdout.close()
    samples = array.array("h", data)
    return sum(map(abs, samples)) / len(samples)


def _loudest(sink: str, seconds: float = 6.0) -> float:
    """The loudest half second within a while; voices and rings have pauses."""
    deadline, loudest = time.monotonic() + seconds, 0.0
    while time.monotonic() < deadline and loudest < 100:
        loudest = max(loudest, _loudness(sink))
    return loudest


def test_ring_voice_and_silence(server: Server, desk: Desk, customer: DemoCustomer) -> None:
    port = desk.open(LINE)
    wait_until(lambda: desk.phone.line.sound is Sound.PULSE)
    ref = customer.call(port, "+551133334444")
    call = desk.wait_call(CallState.RINGING)
    assert _loudest("ringer") > 100
    assert _loudness("headset") < 5
    desk.phone.answer(call.id)
    desk.wait_call(CallState.TALKING)
    customer.wait("talking", ref)
    assert _loudest("headset") > 100
    wait_until(lambda: "Agent Desktop" in _pactl("list", "source-outputs"))
    desk.phone.hang_up(call.id)
    desk.wait_call(CallState.ENDED)
    # The microphone is let go between calls.
    wait_until(lambda: "Agent Desktop" not in _pactl("list", "source-outputs"))
    assert _loudness("ringer") < 5


def test_the_agent_is_heard_unless_muted(
    server: Server, desk: Desk, customer: DemoCustomer
) -> None:
    ref = customer.call(desk.open(LINE), "+551133334444")
    call = desk.wait_call(CallState.RINGING)
    desk.phone.answer(call.id)
    desk.wait_call(CallState.TALKING)
    wait_until(lambda: customer.loudness(ref) > 20)
    desk.phone.mute(call.id, True)
    wait_until(lambda: customer.loudness(ref) < 2)
    desk.phone.mute(call.id, False)
    wait_until(lambda: customer.loudness(ref) > 20)


def test_a_sound_server_that_restarts_is_found_again(
    server: Server, desk: Desk, customer: DemoCustomer
) -> None:
    ref = customer.call(desk.open(LINE), "+551133334444")
    desk.phone.answer(desk.wait_call(CallState.RINGING).id)
    desk.wait_call(CallState.TALKING)
    assert _loudest("headset") > 100
    server.stop()
    count = customer.counts(ref)["packets_in"]
    wait_until(lambda: customer.counts(ref)["packets_in"] > count + 10)
    wait_until(lambda: desk.phone.line.sound is Sound.NONE)
    server.start()
    wait_until(lambda: desk.phone.line.sound is Sound.PULSE)
    assert _loudest("headset", 10) > 100


def test_without_a_server_calls_still_work(
    desk: Desk, customer: DemoCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    ref = customer.call(desk.open(LINE), "+551133334444")
    desk.phone.answer(desk.wait_call(CallState.RINGING).id)
    desk.wait_call(CallState.TALKING)
    count = customer.counts(ref)["packets_in"]
    wait_until(lambda: customer.counts(ref)["packets_in"] > count + 10)
    assert desk.phone.line.sound is Sound.NONE
    assert "probe" in desk.log()
    assert os.environ["PULSE_SERVER"]
