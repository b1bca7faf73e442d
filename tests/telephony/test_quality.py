"""The score of a call against the figures that the Recommendations print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.telephony import quality
from agent_desktop.telephony.quality import Impairment, Quality


@pytest.mark.parametrize(
    ("r", "score"),
    # G.107 annex B, table B.1 (the limits of the classes of G.109; it rounds 4.024 up), and R of
    # all defaults.
    [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (93.2, 4.41), (0, 1), (100, 4.5)],
)
def test_rating_to_opinion_score(r: float, score: float) -> None:
    assert quality.mos_of_rating(r) == pytest.approx(score, abs=0.0065)


@pytest.mark.parametrize("r", [-20.0, 1.0, 3.0, 6.5, 120.0])
def test_score_stays_within_its_scale(r: float) -> None:
    assert 1.0 <= quality.mos_of_rating(r) <= 4.5


@pytest.mark.parametrize(
    ("delay", "impairment"),
    # Worked out by hand from G.107 formula 7-27: X is 0, 1 and 2.
    [(0, 0), (100, 0), (200, 3.04), (400, 24.07)],
)
def test_pure_delay(delay: float, impairment: float) -> None:
    assert quality.delay_impairment(delay) == pytest.approx(impairment, abs=0.01)


@pytest.mark.parametrize(
    ("impairment", "lost", "effective"),
    # G.113 appendix I: G.711 without and with concealment, G.729A with VAD, G.723.1 with VAD.
    # The sums are by hand: Ie + (95 - Ie) * Ppl / (Ppl + Bpl).
    [
        (Impairment(0, 4.3), 0, 0),
        (Impairment(0, 4.3), 4.3, 47.5),
        (Impairment(0, 25.1), 5, 15.78),
        (Impairment(11, 19.0), 19, 53.0),
        (Impairment(15, 16.1), 1, 19.68),
    ],
)
def test_loss(impairment: Impairment, lost: float, effective: float) -> None:
    assert quality.loss_impairment(impairment, lost) == pytest.approx(effective, abs=0.01)


def test_a_perfect_call_has_the_default_rating() -> None:
    assert quality.rating(0, 0, "PCMA") == 93.2
    assert quality.mos(0, 0, 0, "PCMA") == pytest.approx(4.41, abs=0.006)


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722", "GSM", "iLBC", "speex", "opus"])
def test_every_codec_offered_is_known(codec: str) -> None:
    assert codec.lower() in quality.IMPAIRMENTS
    assert quality.rating(0, 0, codec) == quality.rating(0, 0, f"{codec}/8000/1")


@given(
    st.floats(0, 5000), st.floats(0, 100), st.floats(0, 500), st.sampled_from(["PCMA", "GSM", "x"])
)
def test_worse_figures_never_give_a_better_score(
    delay: float, lost: float, jitter: float, codec: str
) -> None:
    score = quality.mos(delay, lost, jitter, codec)
    assert 1.0 <= score <= 4.41
    assert quality.mos(delay + 50, lost, jitter, codec) <= score
    assert quality.mos(delay, lost + 1, jitter, codec) <= score
    assert quality.mos(delay, lost, jitter + 20, codec) <= score


def test_measured_figures() -> None:
    got = quality.measured(
        codec="PCMA",
        clock_rate=8000,
        received=960,
        lost=40,
        sent=1000,
        discarded=10,
        jitter_milliseconds=3.14,
        delay_milliseconds=40.0,
    )
    # 5 % lost, 40 ms and the 60 of both telephones: R = 93.2 - 95 * 5 / 30.1 = 77.4.
    assert got == Quality("PCMA", 3.1, 5.0, 40.0, pytest.approx(3.92, abs=0.01), 960, 1000)


def test_nothing_received_is_no_score() -> None:
    got = quality.measured(
        codec="speex",
        clock_rate=16000,
        received=0,
        lost=0,
        sent=50,
        jitter_milliseconds=0,
        delay_milliseconds=0,
    )
    assert got == Quality("speex/16000", packets_sent=50)


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), float("-inf")])
def test_a_figure_that_is_not_finite_was_not_measured(figure: float) -> None:
    def got(jitter: float, delay: float) -> Quality:
        return quality.measured(
            codec="PCMA",
            received=1000,
            lost=0,
            sent=1000,
            jitter_milliseconds=jitter,
            delay_milliseconds=delay,
        )

    assert got(figure, figure) == got(0.0, 0.0)
    assert got(2.0, figure) == got(2.0, 0.0)
