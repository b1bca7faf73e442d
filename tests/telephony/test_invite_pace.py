"""No 0.6 s see more INVITEs than the library survives, and normal traffic never waits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.telephony.invite_pace import MOST_INVITES, WINDOW_SECONDS, InvitePace


@given(st.lists(st.floats(0, 0.2), max_size=200))
def test_never_more_than_allowed_in_a_window(gaps: list[float]) -> None:
    pace, now, taken = InvitePace(), 0.0, []
    for gap in gaps:
        now += gap
        taken.append(now)
        now += pace.pause(now)
    for at in taken:
        within = [t for t in taken if at <= t < at + WINDOW_SECONDS - 1e-6]
        assert len(within) <= MOST_INVITES


def test_a_busy_line_never_waits() -> None:
    pace = InvitePace()
    assert all(pace.pause(n * 0.05) == 0.0 for n in range(500))
