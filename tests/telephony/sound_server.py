"""A private sound server for tests, what its sinks play, and sound that tells its own time."""

from __future__ import annotations

import os
import subprocess
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.waiting import until_in_qt

RATE, FRAME = 16_000, 320
#: Samples of the clock sound are this, and more by the second each frame.
_CLOCK_BASE, _CLOCK_STEP = 400, 10
#: What the agent may miss when a device goes away, seconds of sound.
MOST_MISSED = 1.0


def write_clock(path: Path, seconds: int) -> None:
    """Sound whose samples say when they were to be heard: constant for a frame of 20 ms, and ten
    more in the next one. What is cut out of it shows as a jump."""
    samples = array("h")
    for frame in range(seconds * RATE // FRAME):
        samples.extend([_CLOCK_BASE + _CLOCK_STEP * frame] * FRAME)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def clock_seconds(samples: np.ndarray) -> np.ndarray:
    """The time that each sample of a recorded clock tells; silence is left out."""
    loud = samples[samples >= _CLOCK_BASE - _CLOCK_STEP // 2]
    return np.asarray((loud - _CLOCK_BASE) / _CLOCK_STEP * FRAME / RATE)


def missed_seconds(before: np.ndarray, after: np.ndarray) -> float:
    """Seconds of the clock that are in neither recording."""
    return float(clock_seconds(after).min() - clock_seconds(before).max())


def least_missed(once: Callable[[], float], tries: int = 3) -> float:
    """The least that is missed in some tries, ended by the first good one: a busy machine may stop
    the test's own sound server for a moment, which is missed sound like any other."""
    least = float("inf")
    for _ in range(tries):
        least = min(least, once())
        if least < MOST_MISSED:
            break
    return least


def longest_silence(samples: np.ndarray, quiet: int = 200) -> float:
    """Seconds of the longest silence between the first and the last loud sample."""
    loud = np.flatnonzero(np.abs(samples) >= quiet)
    return float(np.diff(loud).max()) / RATE if len(loud) > 1 else float("inf")


def pactl(*words: str) -> str:
    """What pactl answers; empty while there is no server."""
    return subprocess.run(
        ["pactl", *words], check=False, capture_output=True, text=True, timeout=10
    ).stdout


class Recorder:
    """Everything a source gives, from now on. It asks for 20 ms, which keeps a null sink brisk:
    left alone it hands out sound once in two seconds."""

    def __init__(self, source: str, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={source}", "--latency-msec=20"),
                *("--format=s16le", f"--rate={RATE}", "--channels=1"),
            ],
            stdout=self._file,
            stderr=subprocess.DEVNULL,
        )

    def samples(self) -> np.ndarray:
        """All samples so far."""
        data = self._path.read_bytes()
        return np.frombuffer(data[: len(data) & ~1], dtype=np.int16).astype(int)

    def wait(self, found: Callable[[np.ndarray], object], seconds: float = 15.0) -> None:
        """Wait until what was recorded from now on is so."""
        first = len(self.samples())
        until_in_qt(lambda: len(self.samples()) > first and found(self.samples()[first:]), seconds)

    def wait_for(self, seconds: float) -> np.ndarray:
        """The next so many seconds of sound."""
        first, count = len(self.samples()), int(seconds * RATE)
        until_in_qt(lambda: len(self.samples()) >= first + count, seconds * 3 + 10)
        return self.samples()[first : first + count]

    def stop(self) -> None:
        """End it; the recording stays."""
        self._process.kill()
        self._process.wait()
        self._file.close()


class SoundServer:
    """PulseAudio with null sinks named `headset` and `ringer`; the headset's monitor is the
    default microphone, so that what is heard is also said."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "pulse"
        self._process: subprocess.Popen[bytes] | None = None
        self._modules: dict[str, str] = {}
        self.recorders: dict[str, Recorder] = {}

    def start(self) -> None:
        """Bring it up with both sinks."""
        self._process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
                *("--use-pid-file=no", "--log-level=error"),
                "-L",
                f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}",
            ],
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PULSE_SERVER": ""},
        )
        until_in_qt(lambda: "Server Name" in pactl("info"))
        self.plug_sink("headset")
        self.plug_sink("ringer")
        pactl("set-default-sink", "headset")
        pactl("set-default-source", "headset.monitor")

    def plug_sink(self, name: str) -> None:
        """A new output."""
        self._load(name, "module-null-sink", f"sink_name={name}")

    def plug_source(self, name: str, of: str) -> None:
        """A new microphone, which says what the sink `of` plays."""
        self._load(name, "module-remap-source", f"source_name={name}", f"master={of}.monitor")

    def _load(self, name: str, module: str, *arguments: str) -> None:
        form = ("rate=16000", "channels=1", "channel_map=mono")
        self._modules[name] = pactl("load-module", module, *arguments, *form).strip()
        assert self._modules[name], f"{module} was not loaded"

    def unplug(self, name: str) -> None:
        """Take a device away."""
        pactl("unload-module", self._modules.pop(name))

    def record(self, sink: str) -> Recorder:
        """Record what a sink plays until the end of the test."""
        path = self._folder / f"{sink}.{len(self.recorders)}.raw"
        recorder = self.recorders[path.name] = Recorder(f"{sink}.monitor", path)
        until_in_qt(lambda: len(recorder.samples()))
        return recorder

    def stop(self) -> None:
        """End the server and all recordings."""
        for recorder in self.recorders.values():
            recorder.stop()
        self.recorders.clear()
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)
