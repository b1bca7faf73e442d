"""How one call is heard: counts over all its streams, and whether anything arrives at all."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony.quality import Quality, measured

#: Seconds without a packet after which a call that should be heard is not heard.
# With a look every 0.4 s a frozen PBX is told after 2.2 s at most (docs/telephony.md).
SILENT_SECONDS = 1.8


@dataclass(frozen=True, slots=True)
class _Counts:
    received: int = 0
    lost: int = 0
    sent: int = 0

    def plus(self, other: _Counts) -> _Counts:
        return _Counts(
            self.received + other.received, self.lost + other.lost, self.sent + other.sent
        )


class CallMeter:
    """Each hold and resume starts a new stream whose counts begin at nought; all are added.

    Jitter and delay are those of the latest stream that had any.
    """

    def __init__(self) -> None:
        self._past = self._now = _Counts()
        self._codec = ""
        self._clock_rate = 0
        self._jitter = self._delay = 0.0
        # Not nought: a stream that never brings a packet must count as silent from its first look.
        self._heard = -1
        self._heard_at = 0.0

    def read(self, call: Any) -> None:
        """Take the figures of the stream that is up; keeps the last ones if there is none."""
        with contextlib.suppress(pj.Error):
            # A part of a library value dies with the whole: `stat` and `info` must stay.
            stat, info = call.getStreamStat(0), call.getStreamInfo(0)
            received = stat.rtcp.rxStat
            self._now = _Counts(int(received.pkt), int(received.loss), int(stat.rtcp.txStat.pkt))
            self._codec, self._clock_rate = str(info.codecName), int(info.codecClockRate)
            self._jitter = received.jitterUsec.mean / 1000
            # One way: half of the round trip (RFC 3550 6.4.1) and what waits in our buffer.
            self._delay = stat.rtcp.rttUsec.mean / 2000 + stat.jbuf.avgDelayMsec

    def stream_ended(self) -> None:
        """The stream that is up goes; its counts are kept."""
        self._past, self._now = self._past.plus(self._now), _Counts()

    def is_silent(self, now: float) -> bool:
        """True if nothing has arrived for `SILENT_SECONDS`; `now` is monotonic seconds."""
        heard = self._past.received + self._now.received
        if heard != self._heard:
            self._heard, self._heard_at = heard, now
        return now - self._heard_at >= SILENT_SECONDS

    def expect_nothing(self, now: float) -> None:
        """Nothing should arrive now, so that silence counts from here."""
        self._heard_at = now

    def quality(self) -> Quality | None:
        """The figures so far; None if no packet ever came or went."""
        sum_ = self._past.plus(self._now)
        if not sum_.received and not sum_.sent:
            return None
        return measured(
            codec=self._codec,
            clock_rate=self._clock_rate,
            received=sum_.received,
            lost=sum_.lost,
            sent=sum_.sent,
            jitter_milliseconds=self._jitter,
            delay_milliseconds=self._delay,
        )
