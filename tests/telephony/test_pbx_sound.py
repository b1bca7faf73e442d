"""A call at the real PBX is heard both ways, whatever the window does meanwhile."""

from __future__ import annotations

import math
import shutil
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop

from agent_desktop.telephony.call import CallState
from agent_desktop.telephony.sound import Sound, SoundChoice
from tests.pbx.pbx import Pbx
from tests.telephony.endpoints import Desk
from tests.telephony.pbx_lines import OpenDesk
from tests.telephony.sound_server import RATE, Recorder, SoundServer
from tests.waiting import until_in_qt

pytestmark = [
    pytest.mark.pbx,
    pytest.mark.sip,
    pytest.mark.skipif(
        not (shutil.which("pulseaudio") and shutil.which("parec") and shutil.which("paplay")),
        reason="needs the Debian packages pulseaudio and pulseaudio-utils",
    ),
]

#: What the PBX says, and what the agent says.
THEIRS, OURS = 440.0, 700.0
SECONDS = 10.0
MOST_SILENT = 0.060
WINDOWS = 4
#: Each second the window computes for so long.
BUSY_SECONDS = 0.3


@pytest.fixture
def server(server: SoundServer) -> SoundServer:
    """A sound server whose microphone `mic` hears what is played to `mouth`."""
    server.plug_sink("mouth")
    server.plug_source("mic", of="mouth")
    return server


@pytest.fixture
def voice(server: SoundServer, tmp_path: Path) -> Iterator[None]:
    """The agent speaks a tone for a minute."""
    times = np.arange(60 * RATE) / RATE
    samples = (9000 * np.sin(2 * math.pi * OURS * times)).astype(np.int16)
    path = tmp_path / "voice.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    player = subprocess.Popen(["paplay", "--device=mouth", str(path)])
    yield
    player.kill()
    player.wait()


def _frequency(samples: np.ndarray, rate: int) -> float:
    """The strongest frequency, in hertz; a tenth of a hertz fine for ten seconds."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * rate / len(samples)


def _longest_gap(samples: np.ndarray, rate: int) -> float:
    """Seconds of the longest stretch without sound."""
    loud = np.flatnonzero(np.abs(samples) >= 200)
    ends = np.concatenate(([0], loud, [len(samples)]))
    return float(np.diff(ends).max()) / rate


def _compute(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        math.factorial(300)


def _live_on(condition_seconds: float, busy: bool) -> None:
    """The window lives for so long; a busy one computes for 300 ms of each second."""
    until = time.monotonic() + condition_seconds
    while time.monotonic() < until:
        turn = time.monotonic()
        if busy:
            _compute(BUSY_SECONDS)
        while time.monotonic() - turn < 1.0:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)


def _call(desk: Desk, number: str) -> str:
    desk.phone.choose_sound(SoundChoice(headset="headset", microphone="mic"))
    until_in_qt(lambda: desk.phone.sound.kind is Sound.PULSE)
    desk.phone.dial(number)
    return desk.wait_call(CallState.TALKING).id


@pytest.mark.parametrize(("extension", "busy"), [("6001", False), ("6001", True), ("6003", True)])
@pytest.mark.usefixtures("voice")
def test_a_tone_is_heard_both_ways(
    pbx: Pbx, server: SoundServer, open_desk: OpenDesk, extension: str, busy: bool
) -> None:
    desk = open_desk(extension)
    call_id = _call(desk, "111")
    ear = server.record("headset")
    ear.wait(lambda samples: np.abs(samples).max() > 1000)
    heard = _whole_window(ear, busy)
    desk.phone.hang_up(call_id)
    ended = desk.wait_call(CallState.ENDED)
    pbx.wait_for(lambda: not pbx.legs_of(extension))
    with wave.open(str(pbx.recording(extension))) as file:
        rate = file.getframerate()
        said = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(int)
    begin = int(np.flatnonzero(np.abs(said) > 1000)[0])
    ours = _best_part(said[begin:], int((SECONDS - 1) * rate), rate)

    assert _longest_gap(heard, RATE) <= MOST_SILENT
    assert _frequency(heard, RATE) == pytest.approx(THEIRS, rel=0.01)
    assert _longest_gap(ours, rate) <= MOST_SILENT
    assert _frequency(ours, rate) == pytest.approx(OURS, rel=0.01)
    assert ended.quality is not None
    assert ended.quality.mos > 3.5
    assert ended.quality.lost_percent < 1.0


def _whole_window(ear: Recorder, busy: bool) -> np.ndarray:
    """Ten seconds as they were heard; of up to four such windows the first that is whole. What
    the window does would be heard in each of them; what else this machine does, in some."""
    heard = np.zeros(1)
    for _ in range(WINDOWS):
        first = len(ear.samples())
        _live_on(SECONDS, busy)
        until_in_qt(lambda first=first: len(ear.samples()) >= first + SECONDS * RATE, 30)
        heard = ear.samples()[first : first + int(SECONDS * RATE)]
        is_pure = abs(_frequency(heard, RATE) - THEIRS) <= THEIRS / 100
        if is_pure and _longest_gap(heard, RATE) <= MOST_SILENT:
            break
    return heard


def _best_part(samples: np.ndarray, length: int, rate: int) -> np.ndarray:
    """The part of this length with the shortest gap, looked for in steps of half a second."""
    assert len(samples) >= length
    parts = [samples[at : at + length] for at in range(0, len(samples) - length + 1, rate // 2)]

    def faults(part: np.ndarray) -> tuple[bool, float]:
        return abs(_frequency(part, rate) - OURS) > OURS / 100, _longest_gap(part, rate)

    return min(parts, key=faults)


@pytest.mark.usefixtures("voice")
def test_muted_the_pbx_hears_silence_and_packets_go_on(
    pbx: Pbx, server: SoundServer, open_desk: OpenDesk
) -> None:
    desk = open_desk("6001")
    call_id = _call(desk, "109")
    # A null sink hands its sound out in lumps of up to two seconds.
    _live_on(5.0, False)
    desk.phone.mute(call_id, True)
    _live_on(4.0, False)
    desk.phone.hang_up(call_id)
    ended = desk.wait_call(CallState.ENDED)
    pbx.wait_for(lambda: not pbx.legs_of("6001"))
    with wave.open(str(pbx.recording("6001"))) as file:
        rate = file.getframerate()
        said = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(int)
    assert np.abs(said[: 4 * rate]).max() > 1000
    assert np.abs(said[-2 * rate :]).max() < 200
    assert ended.quality is not None
    # Fifty packets a second, muted or not.
    assert ended.quality.packets_sent > 8.0 * 45
