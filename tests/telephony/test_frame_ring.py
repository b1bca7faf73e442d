"""Sound between two clocks: the delay stays bounded whichever is faster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.telephony.frame_ring import FrameRing

SILENCE = b"\0\0"


def _frame(n: int) -> bytes:
    return n.to_bytes(2, "big")


def test_silence_until_filled_then_in_order() -> None:
    ring = FrameRing(2, target=2, limit=4)
    ring.put(_frame(1))
    assert ring.take() == SILENCE
    ring.put(_frame(2))
    assert [ring.take(), ring.take(), ring.take()] == [_frame(1), _frame(2), SILENCE]
    assert ring.inserted == 1


def test_fast_writer_drops_the_oldest() -> None:
    ring = FrameRing(2, target=2, limit=4)
    for n in range(1, 6):
        ring.put(_frame(n))
    assert (ring.dropped, ring.take()) == (3, _frame(4))


@given(st.lists(st.booleans(), max_size=300))
def test_never_longer_than_its_limit_and_never_out_of_order(turns: list[bool]) -> None:
    ring = FrameRing(2)
    heard, n = [], 0
    for is_put in turns:
        if is_put:
            n += 1
            ring.put(_frame(n))
        else:
            heard.append(ring.take())
        assert len(ring) <= 8
    voices = [frame for frame in heard if frame != SILENCE]
    assert voices == sorted(voices)
    assert len(voices) + len(ring) + ring.dropped == n
