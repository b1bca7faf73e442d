"""Makes the sounds of this folder anew: `python3 make.py`.

ring.wav        computed: 425 Hz with a soft tremolo, 1 s in 3 s (16 kHz, mono, 16 bit)
caller.wav      spoken by espeak-ng (Debian package espeak-ng), voice pt-br; 8 kHz, mono, 16 bit
Both are works of this project, under its licence.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
import wave
from array import array
from pathlib import Path

HERE = Path(__file__).parent
WORDS = "Boa tarde. Estou sem energia na minha casa desde cedo, e gostaria de saber quando volta."


def write(path: Path, rate: int, samples: array[int]) -> None:
    """Write 16-bit mono samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def ring(rate: int = 16_000) -> array[int]:
    """One second of ring with soft edges, two of pause."""
    samples = array("h")
    for n in range(rate):
        t = n / rate
        edge = min(1.0, t / 0.02, (1.0 - t) / 0.02)
        tremolo = 0.6 + 0.4 * math.sin(2 * math.pi * 16 * t)
        samples.append(int(9000 * edge * tremolo * math.sin(2 * math.pi * 425 * t)))
    return samples + array("h", bytes(2 * 2 * rate))


def caller(rate: int = 8_000) -> array[int]:
    """The caller's voice, brought to 8 kHz by averaging (good enough for a telephone)."""
    program = shutil.which("espeak-ng")
    if not program:
        raise SystemExit("espeak-ng is missing: apt-get install espeak-ng")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "voice.wav"
        subprocess.run([program, "-v", "pt-br", "-s", "150", "-w", str(path), WORDS], check=True)
        with wave.open(str(path)) as file:
            source_rate = file.getframerate()
            source = array("h", file.readframes(file.getnframes()))
    step = source_rate / rate
    samples = array("h")
    for n in range(int(len(source) / step)):
        part = source[int(n * step) : max(int(n * step) + 1, int((n + 1) * step))]
        samples.append(int(sum(part) / len(part) * 0.7))
    return samples + array("h", bytes(rate))


if __name__ == "__main__":
    write(HERE / "ring.wav", 16_000, ring())
    write(HERE / "caller.wav", 8_000, caller())
