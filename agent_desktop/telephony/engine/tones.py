"""Tones made here: what an agent hears while it rings at the other side."""

from __future__ import annotations

import contextlib
from typing import Any

import pjsua2 as pj

#: Brazil's ringing tone (ITU-T E.180, supplement 2): 425 Hz, one second on, four off.
_HERTZ, _ON_MILLISECONDS, _OFF_MILLISECONDS, _VOLUME = 425, 1000, 4000, 3000


class Ringback:
    """The ringing tone; made once, connected while it is needed."""

    def __init__(self) -> None:
        self._tones: Any = pj.ToneGenerator()
        self._tones.createToneGenerator()
        self._is_on = False

    def sound(self, speaker: Any, *, on: bool) -> None:
        """Let it sound in `speaker`, or stop it; no effect when it is so."""
        if on is self._is_on:
            return
        self._is_on = on
        # The device may have gone in this very round; its connections went with it.
        with contextlib.suppress(pj.Error):
            if not on:
                self._tones.stopTransmit(speaker)
                self._tones.stop()
                return
            tone = pj.ToneDesc()
            tone.freq1, tone.volume = _HERTZ, _VOLUME
            tone.on_msec, tone.off_msec = _ON_MILLISECONDS, _OFF_MILLISECONDS
            tones = pj.ToneDescVector()
            tones.append(tone)
            self._tones.play(tones, True)
            self._tones.startTransmit(speaker)
