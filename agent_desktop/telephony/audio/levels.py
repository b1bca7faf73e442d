"""How loud it is, in the scale of `sound.Levels`. Pure."""

from __future__ import annotations

import math
from array import array
from functools import cache

#: The mean amplitude of a sine of full scale, 16 bit: this is 0 dBFS.
_FULL_SCALE = 32_767 * 2 / math.pi
#: The scale ends 60 dB below.
_RANGE_DB = 60.0
#: Every eighth sample says as much about loudness as all of them.
_STEP = 8


def level_of_mean(mean: float) -> int:
    """0 (silence, or 60 dB below full scale) to 100 (full scale) of a mean amplitude."""
    if mean <= 0:
        return 0
    dbfs = 20 * math.log10(mean / _FULL_SCALE)
    return max(0, min(100, round(100 + dbfs * 100 / _RANGE_DB)))


def level_of_samples(data: bytes) -> int:
    """The level of 16-bit samples."""
    some = array("h", data)[::_STEP]
    return level_of_mean(sum(map(abs, some)) / len(some)) if some else 0


@cache
def level_of_library(value: int) -> int:
    """The level of what the library tells as one: its mean amplitude as a u-law byte (G.711),
    inverted, without the sign: 0 to 127; the ranges above fold down to it."""
    code = value & 0x7F
    mantissa, exponent = code & 0x0F, code >> 4
    return level_of_mean((((mantissa << 3) + 0x84) << exponent) - 0x84)
