"""How fast INVITEs may be taken, so that a flood of them cannot end the phone process. Pure."""

from __future__ import annotations

from collections import deque

#: The library prepares two sockets for each INVITE before we are asked, keeps them for half a
#: second after the end, and aborts at the 65th (measured with pjsip 2.15.1: 32 refused calls
#: within half a second ended the process).
MOST_INVITES = 20
WINDOW_SECONDS = 0.6


class InvitePace:
    """Counts INVITEs in a sliding window."""

    def __init__(self) -> None:
        self._taken: deque[float] = deque()

    def pause(self, now: float) -> float:
        """An INVITE was taken at the monotonic time `now`: how long to take no other, seconds."""
        while self._taken and now - self._taken[0] > WINDOW_SECONDS:
            self._taken.popleft()
        self._taken.append(now)
        if len(self._taken) < MOST_INVITES:
            return 0.0
        return max(0.0, self._taken[0] + WINDOW_SECONDS - now)
