"""The sounds the phone makes by itself: the ring and the short signal, 16 kHz, mono, 16 bit."""

from __future__ import annotations

import math
import wave
from array import array
from functools import cache
from pathlib import Path

RATE = 16_000
#: The signal before an automatic answer: two short tones upwards.
_BEEP_HERTZ = (660, 880)
_BEEP_SECONDS = 0.12
_BEEP_LOUDNESS = 6_000


def sounds_folder() -> Path:
    """Where the sound files lie: inside the installed package, else beside it."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "resources" / "sounds"
    return inside if inside.is_dir() else package.parent / "resources" / "sounds"


@cache
def _ring_file() -> bytes:
    with wave.open(str(sounds_folder() / "ring.wav")) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ValueError("ring.wav must be 16 kHz, mono, 16 bit")
        return bytes(file.readframes(file.getnframes()))


@cache
def ring(volume: int) -> bytes:
    """The ring tone with its pause, at a volume of 0 to 100. It is felt to be half as loud at 50:
    the amplitude goes with the square."""
    share = (max(0, min(100, volume)) / 100) ** 2
    return array("h", (int(s * share) for s in array("h", _ring_file()))).tobytes()


@cache
def beep() -> bytes:
    """The signal into the headset: a call is about to be answered, or somebody waits on hold."""
    samples = array("h")
    count = int(RATE * _BEEP_SECONDS)
    for hertz in _BEEP_HERTZ:
        for n in range(count):
            edge = min(1.0, n / 160, (count - n) / 160)
            samples.append(int(_BEEP_LOUDNESS * edge * math.sin(2 * math.pi * hertz * n / RATE)))
    return samples.tobytes()
