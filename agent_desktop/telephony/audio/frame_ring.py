"""A short queue of sound between two clocks that do not run alike. Pure.

A sound card's quartz and the computer's clock differ by some ten to some hundred millionths: two
hundred are three samples a second at 16 kHz, a whole frame too many every hundred seconds. So
single samples are squeezed out or stretched in, where nobody hears it, and the delay is as short
as the bursts allow in which the sound arrives.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence


class DriftCorrection:
    """Watches how little is left in a queue, and says by how much frames must be stretched.

    What counts is the least fill of a second, since sound comes and goes in bursts: it should be
    `margin` samples. It jumps by a frame whenever the drift has moved a burst beyond a turn of the
    reader, so a margin should be a frame and `SLACK`. `look` is called once a frame with the
    samples in the queue.
    """

    WINDOW = 50
    #: Within this distance of the margin nothing is done, samples: 10 ms.
    SLACK = 160
    #: At most so much is squeezed or stretched at once, samples of a frame of 320.
    MOST = 4

    def __init__(self, margin: int, *, most_margin: int = 960) -> None:
        self.margin = margin
        self._most_margin = most_margin
        self._looks = 0
        self._least: int | None = None
        self._owed = 0

    def look(self, fill: int) -> int:
        """Samples to add to this frame (positive) or to squeeze out of it (negative)."""
        self._least = fill if self._least is None else min(self._least, fill)
        self._looks += 1
        if fill < self.margin - self.SLACK:
            # No time to wait for the end of the second.
            self._owed = self.margin - fill
        if self._looks >= self.WINDOW:
            off = self.margin - self._least
            self._owed = off if abs(off) > self.SLACK else 0
            self._looks, self._least = 0, None
        step = max(-self.MOST, min(self.MOST, self._owed))
        self._owed -= step
        return step

    def ran_dry(self) -> None:
        """The queue was empty when sound was needed: keep more in it from now on."""
        self.margin = min(self.margin + self.SLACK, self._most_margin)
        self._looks, self._least, self._owed = 0, None, 0


def stretched(samples: Sequence[int], length: int) -> array[int]:
    """The samples brought to another length, a little longer or shorter, by linear interpolation.

    The first and the last sample stay, so that frames join without a click.
    """
    last, steps = len(samples) - 1, length - 1
    result = array("h", bytes(2 * length))
    for n in range(length):
        at, part = divmod(n * last, steps)
        here = samples[at]
        result[n] = here + (samples[at + 1] - here) * part // steps if part else here
    return result


def faded_in(samples: Sequence[int]) -> array[int]:
    """The samples, beginning in silence."""
    count = len(samples)
    return array("h", (s * n // count for n, s in enumerate(samples)))


def crossfaded(old: Sequence[int], new: Sequence[int]) -> array[int]:
    """From the one to the other; both are of equal length."""
    count = len(new)
    pairs = enumerate(zip(old, new, strict=True))
    return array("h", ((a * (count - n) + b * n) // count for n, (a, b) in pairs))


def ebbed(last: int, count: int) -> array[int]:
    """From a sample down to silence, `count` samples: no click where sound ends."""
    return array("h", (last * (count - 1 - n) // count for n in range(count)))


class FrameRing:
    """16-bit mono samples; one thread puts any number, another takes frames of equal length.

    Silence comes out until `margin` samples beyond the first frame have come in, and again after
    the queue ran dry. More than `limit` samples are never kept: the oldest go at once.
    """

    def __init__(self, frame: int, *, margin: int = 480, limit: int = 3200) -> None:
        self._frame = frame
        self._limit = limit
        self._pace = DriftCorrection(margin)
        self._bytes = bytearray()
        self._lock = threading.Lock()
        self._is_filling = True
        self._last = 0
        self.dropped = 0
        self.dry = 0

    def __len__(self) -> int:
        """The samples that wait."""
        return len(self._bytes) // 2

    def put(self, data: bytes) -> None:
        """Add samples; above the limit the oldest go until the margin is met."""
        with self._lock:
            self._bytes += data
            if len(self) > self._limit:
                self._drop(len(self) - self._pace.margin - self._frame)

    def _drop(self, gone: int) -> None:
        """Let the oldest samples go; what comes next joins on to what was taken before."""
        size = 2 * self._frame
        old = memoryview(bytes(self._bytes[:size])).cast("h")
        new = memoryview(bytes(self._bytes[2 * gone : 2 * gone + size])).cast("h")
        self._bytes[2 * gone : 2 * gone + size] = crossfaded(old, new).tobytes()
        del self._bytes[: 2 * gone]
        self.dropped += gone

    def take(self) -> bytes:
        """The oldest frame, or silence while there is none."""
        with self._lock:
            fill = len(self)
            if self._is_filling and fill < self._frame + self._pace.margin:
                return bytes(2 * self._frame)
            begins, self._is_filling = self._is_filling, False
            wanted = self._frame - self._pace.look(fill - self._frame)
            if fill < wanted:
                return self._last_of(fill)
            data = bytes(self._bytes[: 2 * wanted])
            del self._bytes[: 2 * wanted]
            if wanted != self._frame:
                data = stretched(memoryview(data).cast("h"), self._frame).tobytes()
            samples = memoryview(data).cast("h")
            self._last = samples[-1]
            return faded_in(samples).tobytes() if begins else data

    def _last_of(self, fill: int) -> bytes:
        """What is left, ebbing into silence."""
        self.dry += 1
        self._pace.ran_dry()
        self._is_filling = True
        left = array("h", bytes(self._bytes))
        self._bytes.clear()
        left.extend(ebbed(left[-1] if left else self._last, self._frame - fill))
        return left.tobytes()

    def clear(self) -> None:
        """Forget everything; the counters stay."""
        with self._lock:
            self._bytes.clear()
            self._is_filling = True
