"""How well a call is heard: measured figures and the score made of them. Pure.

The score is the E-model's (ITU-T G.107): a rating R from 0 to 100, and the mean opinion score
(MOS) that people would give. What the network and the codec do to the sound is measured; the
room, the headset and the far telephone are taken as the Recommendation's defaults.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quality:
    """A call's sound since it was answered.

    Jitter, loss and one-way delay are those of what arrives here; milliseconds and percent.
    `mos` is 1.0 to 4.5 (E-model, ITU-T G.107), 0.0 while nothing was measured.
    """

    codec: str = ""
    jitter_milliseconds: float = 0.0
    lost_percent: float = 0.0
    delay_milliseconds: float = 0.0
    mos: float = 0.0
    packets_received: int = 0
    packets_sent: int = 0


#: R of a connection with all defaults, no loss and no delay (G.107 table 2, section 7.1).
BEST_RATING = 93.2
#: The hearers' sensitivity to delay, milliseconds: the default class of G.107 table 2 (mT; sT is
#: 1 and falls out of the formula).
_DELAY_NOTICED = 100.0


@dataclass(frozen=True, slots=True)
class Impairment:
    """The harm a codec does: `ie` even without loss; `bpl` is how well it bears random loss."""

    ie: float
    bpl: float


#: G.113 appendix I has G.711 (with concealment of losses, which the library does) and the Ie of
#: GSM full rate. The others are **assumptions**: GSM's Bpl is that of its enhanced sibling; iLBC,
#: speex and Opus after published listening tests; the wideband ones are rated as a clean narrow
#: band, since the scale of G.107 ends there (G.107.1 has another one).
IMPAIRMENTS = {
    "pcmu": Impairment(0.0, 25.1),
    "pcma": Impairment(0.0, 25.1),
    "g722": Impairment(0.0, 25.1),
    "gsm": Impairment(20.0, 10.0),
    "ilbc": Impairment(11.0, 32.0),
    "speex": Impairment(11.0, 20.0),
    "opus": Impairment(0.0, 25.0),
}
#: A codec that is not in the list: assumed to be worse than any that is offered.
_UNKNOWN = Impairment(20.0, 10.0)
#: Packet of 20 ms and as much for coding, the headset and its buffers here and there: assumption.
_DEVICES_MILLISECONDS = 60.0


def delay_impairment(milliseconds: float) -> float:
    """Idd: what a pure one-way delay takes from R (G.107 formula 7-27), without any echo."""
    if milliseconds <= _DELAY_NOTICED:
        return 0.0
    x = math.log2(milliseconds / _DELAY_NOTICED)
    # Beyond any delay that people bear the sixth powers would only overflow.
    x = min(x, 1000.0)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def loss_impairment(impairment: Impairment, lost_percent: float) -> float:
    """Ie,eff: codec and random loss together (G.107 formula 7-29, BurstR 1)."""
    lost = min(max(lost_percent, 0.0), 100.0)
    return impairment.ie + (95 - impairment.ie) * lost / (lost + impairment.bpl)


def rating(delay_ms: float, lost_percent: float, codec: str) -> float:
    """R of a call, at most 93.2; may be below nought. `codec` as SDP names it."""
    impairment = IMPAIRMENTS.get(codec.partition("/")[0].lower(), _UNKNOWN)
    return BEST_RATING - delay_impairment(delay_ms) - loss_impairment(impairment, lost_percent)


def mos_of_rating(r: float) -> float:
    """The opinion score of a rating, 1.0 to 4.5 (G.107 annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    # The cubic dips below 1 for ratings under 6.5; nobody gives less.
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def mos(delay_ms: float, lost_percent: float, jitter_ms: float, codec: str) -> float:
    """The opinion score of a call from its one-way delay (mouth to ear), its loss and its jitter.

    Jitter is heard as delay: a buffer that adapts holds about twice the mean jitter back
    (assumption). Pass 0 if the delay of the buffer was measured and is in `delay_ms`.
    """
    return mos_of_rating(rating(delay_ms + 2 * jitter_ms, lost_percent, codec))


def measured(
    *,
    codec: str,
    received: int,
    lost: int,
    sent: int,
    jitter_milliseconds: float,
    delay_milliseconds: float,
    discarded: int = 0,
    clock_rate: int = 0,
) -> Quality:
    """The figures of a call as RTP and RTCP gave them.

    `received`, `lost` and `sent` are packets; `discarded` came too late to be heard and count as
    lost. The delay is one way, in the network and in the jitter buffer; `clock_rate` is the
    codec's, in hertz, 0 if unknown; only speex has several and is named with it. A jitter or a
    delay that is not finite was not measured: it counts as 0.
    """
    jitter, delay = _measured_or_0(jitter_milliseconds), _measured_or_0(delay_milliseconds)
    expected = received + lost
    lost_percent = 100 * min(lost + discarded, expected) / expected if expected > 0 else 0.0
    name = f"{codec}/{clock_rate}" if codec.lower() == "speex" and clock_rate else codec
    score = mos(delay + _DEVICES_MILLISECONDS, lost_percent, 0.0, codec)
    return Quality(
        codec=name,
        jitter_milliseconds=round(jitter, 1),
        lost_percent=round(lost_percent, 2),
        delay_milliseconds=round(delay, 1),
        mos=round(score, 2) if received else 0.0,
        packets_received=received,
        packets_sent=sent,
    )


def _measured_or_0(figure: float) -> float:
    return figure if math.isfinite(figure) else 0.0
