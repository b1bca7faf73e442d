"""Which devices are used, and how loud is loud: the pure parts of sound."""

from __future__ import annotations

import math
from array import array

import pytest

from agent_desktop.telephony.audio import levels, ring_tone
from agent_desktop.telephony.audio.echo_line import ECHO_FRAMES, FRAME_BYTES, EchoLine
from agent_desktop.telephony.audio.sound_choice import InUse, in_use
from agent_desktop.telephony.sound import SoundChoice, SoundDevice

USB = SoundDevice("usb", "USB headset", can_play=True, can_record=True)
DESK = SoundDevice("desk", "Loudspeaker")
MIC = SoundDevice("mic", "Microphone", can_play=False, can_record=True)
ALL = (DESK, MIC, USB)


@pytest.mark.parametrize(
    ("choice", "there", "used"),
    [
        (SoundChoice(), ALL, InUse("desk", "mic", "desk")),
        (SoundChoice("usb", "usb"), ALL, InUse("usb", "usb", "usb")),
        (SoundChoice("usb", "usb", "desk"), ALL, InUse("usb", "usb", "desk")),
        # What is not there: the system's default, and it is told once.
        (SoundChoice("usb", "usb"), (DESK, MIC), InUse("desk", "mic", "desk", ("usb",))),
        (SoundChoice("", "", "gone"), ALL, InUse("desk", "mic", "desk", ("gone",))),
        # The default is not there either: any.
        (SoundChoice("gone"), (USB,), InUse("usb", "usb", "usb", ("gone",))),
        # A device that cannot do what it was chosen for is as good as missing.
        (SoundChoice("mic", "desk"), ALL, InUse("desk", "mic", "desk", ("mic", "desk"))),
        (SoundChoice(), (), InUse()),
        (SoundChoice("usb"), (MIC,), InUse("", "mic", "", ("usb",))),
    ],
)
def test_chosen_else_default_else_any(
    choice: SoundChoice, there: tuple[SoundDevice, ...], used: InUse
) -> None:
    assert in_use(choice, there, default_play="desk", default_record="mic") == used


def _tone(amplitude: float) -> bytes:
    wave = (int(amplitude * math.sin(2 * math.pi * 425 * n / 16_000)) for n in range(1600))
    return array("h", wave).tobytes()


@pytest.mark.parametrize(
    ("amplitude", "level"),
    # 0 dBFS, and 20, 40 and 60 dB below it.
    [(32_767, 100), (3_276.7, 67), (327.67, 33), (32.767, 0), (0, 0)],
)
def test_level_of_a_tone(amplitude: float, level: int) -> None:
    assert levels.level_of_samples(_tone(amplitude)) == pytest.approx(level, abs=1)


def test_the_librarys_levels_are_on_the_same_scale() -> None:
    scale = [levels.level_of_library(value) for value in range(128)]
    assert scale == sorted(scale)
    assert (scale[0], scale[127]) == (0, 100)
    # G.711: a mean amplitude of 2,016 is in the fourth segment from the top, 0x40 when inverted.
    assert scale[0x40] == levels.level_of_mean(1980) == pytest.approx(66, abs=1)


def test_no_sound_has_no_level() -> None:
    assert levels.level_of_samples(b"") == 0


@pytest.mark.parametrize(("volume", "share"), [(100, 1.0), (50, 0.25), (0, 0.0), (150, 1.0)])
def test_volume_of_the_ring(volume: int, share: float) -> None:
    full, given = array("h", ring_tone.ring(100)), array("h", ring_tone.ring(volume))
    assert max(given) == pytest.approx(max(full) * share, abs=1)


def test_the_signal_begins_and_ends_softly() -> None:
    samples = array("h", ring_tone.beep())
    assert abs(samples[0]) < 100
    assert abs(samples[-1]) < 300
    assert max(samples) > 5_000


def test_the_echo_comes_a_second_later_and_never_grows() -> None:
    line = EchoLine()
    for n in range(5 * ECHO_FRAMES):
        line.put(bytes([n % 251]) * FRAME_BYTES)
        assert line.take()[0] == (0 if n < ECHO_FRAMES else (n - ECHO_FRAMES) % 251)
    line.clear()
    for _ in range(5 * ECHO_FRAMES):
        line.put(b"x" * FRAME_BYTES)
    taken = sum(line.take()[:1] == b"x" for _ in range(5 * ECHO_FRAMES))
    assert taken <= 2 * ECHO_FRAMES
