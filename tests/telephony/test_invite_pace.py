"""Never more sockets than the library survives, and normal traffic never waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.telephony.engine.invite_pace import (
    MOST_SOCKETS,
    MOST_STREAMS,
    SOCKETS_A_STREAM,
    WINDOW_SECONDS,
    InvitePace,
    streams_offered,
)

LIBRARY_SOCKETS = 64


@given(
    st.lists(st.tuples(st.floats(0, 0.2), st.integers(1, MOST_STREAMS)), max_size=200),
    st.integers(0, 16),
)
def test_the_library_never_opens_more_than_it_can_watch(
    invites: list[tuple[float, int]], in_use: int
) -> None:
    pace, now, taken = InvitePace(), 0.0, []
    for gap, streams in invites:
        now += gap
        sockets = streams * SOCKETS_A_STREAM
        still_open = sum(each for at, each in taken if now - at < WINDOW_SECONDS - 1e-6)
        assert still_open + in_use + sockets < LIBRARY_SOCKETS
        taken.append((now, sockets))
        now += pace.pause(now, sockets, in_use=in_use)


def test_a_busy_line_never_waits() -> None:
    pace = InvitePace()
    assert all(pace.pause(n * 0.15, 2, in_use=16) == 0.0 for n in range(500))


def test_a_flood_waits_until_the_oldest_are_closed() -> None:
    pace = InvitePace()
    pauses = [pace.pause(0.001 * n, 2, in_use=0) for n in range(MOST_SOCKETS // 2 + 1)]
    assert pauses[:-1] == [0.0] * (MOST_SOCKETS // 2)
    assert pauses[-1] == pytest.approx(WINDOW_SECONDS - 0.001 * (MOST_SOCKETS // 2))


@pytest.mark.parametrize(
    ("body", "streams"),
    [
        ("", 1),
        ("v=0\r\nm=audio 4000 RTP/AVP 0\r\n", 1),
        ("m=audio 4000 RTP/SAVP 0\r\nM=AUDIO 4000 RTP/AVP 0\nm=video 1 RTP/AVP 9", 2),
        ("m=audio 1 RTP/AVP 0\r\n" * 40, MOST_STREAMS),
    ],
)
def test_streams_are_counted(body: str, streams: int) -> None:
    assert streams_offered(f"INVITE sip:1001@127.0.0.1 SIP/2.0\r\n\r\n{body}") == streams
