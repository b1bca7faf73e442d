"""Sound between two clocks: the delay stays bounded whichever is faster, and nothing clicks."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.telephony.audio.frame_ring import DriftCorrection, FrameRing, stretched

RATE, FRAME, LOUD, PITCH = 16_000, 320, 10_000, 440
#: The steepest step between neighbouring samples of the tone; more is a click.
STEEPEST = LOUD * 2 * math.pi * PITCH / RATE


#: Eleven waves are 400 samples: the tone repeats itself.
_WAVES = array("h", (int(LOUD * math.sin(2 * math.pi * PITCH * n / RATE)) for n in range(400)))
_LONG_TONE = _WAVES.tobytes() * 20


def _tone(first: int, count: int) -> bytes:
    return _LONG_TONE[2 * (first % 400) : 2 * (first % 400 + count)]


def _samples(data: bytes) -> array[int]:
    return array("h", data)


def _two_clocks(
    ring: FrameRing, seconds: float, millionths: float, burst: int = FRAME
) -> Iterator[tuple[bytes, int]]:
    """Frames taken with a writer that is faster by so many millionths and writes in bursts, and
    how many samples wait after each."""
    written = 0
    for frame in range(int(seconds * RATE / FRAME)):
        due = int((frame + 1) * FRAME * (1 + millionths / 1e6))
        while written + burst <= due:
            ring.put(_tone(written, burst))
            written += burst
        yield ring.take(), len(ring)


def _worst_step(samples: array[int]) -> int:
    return int(np.abs(np.diff(np.array(samples, dtype=int))).max())


@pytest.mark.parametrize("burst", [160, 320, 480, 640])
@pytest.mark.parametrize("millionths", [-200, -50, 0, 50, 200])
def test_drift_grows_nothing_and_breaks_nothing(millionths: int, burst: int) -> None:
    ring = FrameRing(FRAME)
    fills, sound = [], array("h")
    for data, fill in _two_clocks(ring, 120, millionths, burst):
        fills.append(fill)
        sound.frombytes(data)
    settled = fills[len(fills) // 2 :]
    # 30 ms of margin, 10 of slack, and what a burst brings at once.
    assert max(settled) <= 480 + 160 + burst + 8
    assert (ring.dropped, ring.dry) == (0, 0)
    heard = sound[10 * FRAME :]
    assert _worst_step(heard) < STEEPEST * 1.1
    assert _longest_silence(heard) < 10


def _longest_silence(samples: array[int]) -> int:
    loud = np.flatnonzero(np.abs(np.array(samples, dtype=int)) >= 200)
    return int(np.diff(loud, prepend=-1, append=len(samples)).max()) - 1


@pytest.mark.parametrize("millionths", [-200, 200])
def test_pitch_is_kept(millionths: int) -> None:
    sound = array("h")
    for data, _ in _two_clocks(FrameRing(FRAME), 30, millionths):
        sound.frombytes(data)
    heard = sound[RATE:]
    rising = sum(1 for a, b in itertools.pairwise(heard) if a < 0 <= b)
    assert rising * RATE / len(heard) == pytest.approx(PITCH, rel=0.001)


def test_silence_until_the_margin_is_there_then_in_order() -> None:
    ring = FrameRing(4, margin=4)
    ring.put(array("h", [8, 8, 8, 8]).tobytes())
    assert ring.take() == bytes(8)
    ring.put(array("h", [1, 2, 3, 4, 5]).tobytes())
    assert list(_samples(ring.take())) == [0, 2, 4, 6]
    assert list(_samples(ring.take())) == [1, 2, 3, 4]


def test_the_end_of_sound_ebbs_away() -> None:
    ring = FrameRing(FRAME, margin=0)
    ring.put(array("h", [LOUD] * (FRAME + 20)).tobytes())
    sound = _samples(ring.take() + ring.take() + ring.take())
    assert sound[FRAME + 19] == LOUD
    assert (sound[2 * FRAME - 1], max(sound[2 * FRAME :])) == (0, 0)
    assert _worst_step(sound[: 2 * FRAME]) <= LOUD // FRAME + LOUD // (FRAME - 20) + 2
    assert ring.dry == 1


def test_a_gap_of_the_writer_is_heard_for_no_longer_and_does_not_click() -> None:
    ring, sound, written = FrameRing(FRAME), array("h"), 0
    for frame in range(150):
        if not 50 <= frame < 52:
            ring.put(_tone(written, FRAME))
            written += FRAME
        sound.frombytes(ring.take())
    assert _longest_silence(sound[2 * FRAME :]) <= 0.06 * RATE
    assert _worst_step(sound) < STEEPEST * 1.1


def test_a_writer_that_was_held_up_and_hurries_is_cut_without_a_click() -> None:
    ring, sound = FrameRing(FRAME), array("h")
    for frame in range(50):
        ring.put(_tone(frame * FRAME, FRAME))
        sound.frombytes(ring.take())
    ring.put(_tone(50 * FRAME, 20 * FRAME))
    assert ring.dropped > 0
    assert len(ring) == FRAME + 480
    for _ in range(2):
        sound.frombytes(ring.take())
    assert _worst_step(sound) < STEEPEST * 1.3


def test_a_queue_that_ran_dry_keeps_more_from_then_on() -> None:
    pace = DriftCorrection(160, most_margin=480)
    for margin in (320, 480, 480):
        pace.ran_dry()
        assert pace.margin == margin


@given(st.integers(2, 400), st.integers(-2, 2))
def test_stretching_keeps_both_ends(count: int, more: int) -> None:
    samples = array("h", range(0, 7 * count, 7))
    got = stretched(samples, max(2, count + more))
    assert (got[0], got[-1]) == (samples[0], samples[-1])
    assert list(got) == sorted(got)


@given(st.lists(st.one_of(st.none(), st.integers(0, 900)), max_size=200))
def test_never_longer_than_its_limit(turns: list[int | None]) -> None:
    ring = FrameRing(FRAME, limit=1600)
    for turn in turns:
        if turn is None:
            assert len(ring.take()) == 2 * FRAME
        else:
            ring.put(bytes(2 * turn))
        assert len(ring) <= 1600
