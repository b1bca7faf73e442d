"""How fast INVITEs may be taken, so that a flood of them cannot end the phone process. Pure.

Needed with pjsip 2.15.1 only (`library.has_few_sockets`): it can watch 64 sockets and aborts at
the 65th. Before we are asked about an INVITE it has opened two for each stream of sound that
the INVITE offers, 16 streams at most, and it keeps them half a second after the end (measured).
"""

from __future__ import annotations

from collections import deque

#: Streams of one INVITE the library prepares at most, and sockets for each (RTP and RTCP).
MOST_STREAMS, SOCKETS_A_STREAM = 16, 2
#: Of the 64, some are for SIP itself, and the next INVITE may be the largest.
_FOR_SIP = 4
MOST_SOCKETS = 64 - _FOR_SIP - MOST_STREAMS * SOCKETS_A_STREAM
WINDOW_SECONDS = 0.6


def streams_offered(invite: str) -> int:
    """How many streams of sound an INVITE offers; one if it leaves the offer to us. What only
    looks like a stream is counted, too."""
    return min(MOST_STREAMS, max(1, invite.lower().count("m=audio")))


class InvitePace:
    """Counts the sockets of INVITEs in a sliding window."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, int]] = deque()

    def pause(self, now: float, sockets: int, *, in_use: int) -> float:
        """An INVITE was taken at the monotonic time `now`, which opened so many sockets, while
        calls that are up keep `in_use` of them: how long to take no other, in seconds."""
        while self._taken and now - self._taken[0][0] > WINDOW_SECONDS:
            self._taken.popleft()
        self._taken.append((now, sockets))
        too_many = sum(each for _, each in self._taken) + in_use - MOST_SOCKETS
        for at, each in self._taken:
            if too_many <= 0:
                return 0.0
            too_many -= each
            until = at + WINDOW_SECONDS
            if too_many <= 0:
                return max(0.0, until - now)
        # Calls that are up hold so much that only time helps: all that is closing has to be gone.
        return WINDOW_SECONDS
