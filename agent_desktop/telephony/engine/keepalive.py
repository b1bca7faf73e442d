"""Asks the PBX every 3 s whether it is still there, and looks for another network every 2 s.

A PBX that was restarted does not know us any more and tells nobody, and a frozen one keeps its
connections open: without asking, an agent would wait for calls in vain until the registration
runs out.
"""

from __future__ import annotations

import math
import socket
import time

from agent_desktop.telephony.sip import host_of

#: Seconds between two questions; and how long an answer may take.
ASK_SECONDS, ANSWER_SECONDS = 3.0, 4.0
_NETWORK_SECONDS = 2.0
#: A gap in the wall clock between two rounds that means: the machine slept.
_SLEPT_SECONDS = 5.0


class Keepalive:
    """All times are monotonic seconds; `found` starts the watch."""

    def __init__(self) -> None:
        self._pbx = ""
        self._here = ""
        self._next_ask = self._next_look = math.inf
        self._asked_at = 0.0
        # The monotonic clock stands still while a Linux machine sleeps; the wall clock does not.
        self._wall = time.time()

    def found(self, pbx: str, now: float) -> None:
        """The PBX has answered a registration from this address ("ip:port")."""
        self._pbx = pbx
        self._here = address_towards(pbx)
        self._asked_at = 0.0
        self._next_ask, self._next_look = now + ASK_SECONDS, now + _NETWORK_SECONDS

    def is_due(self, now: float) -> bool:
        """True once when it should be asked; then an answer is waited for."""
        if now < self._next_ask or self._asked_at:
            return False
        self._asked_at, self._next_ask = now, now + ASK_SECONDS
        return True

    def answered(self) -> None:
        """It is there."""
        self._asked_at = 0.0

    def is_silent(self, now: float) -> bool:
        """True once if it did not answer in time."""
        if not self._asked_at or now - self._asked_at < ANSWER_SECONDS:
            return False
        self._asked_at, self._next_ask = 0.0, math.inf
        return True

    def has_network_changed(self, now: float) -> bool:
        """True once after the machine slept, or when the way to the PBX leads through another
        address of ours; an address that is gone altogether is waited for."""
        wall, before = time.time(), self._wall
        self._wall = wall
        if wall - before > _SLEPT_SECONDS and self._pbx:
            return True
        if now < self._next_look:
            return False
        self._next_look = now + _NETWORK_SECONDS
        here = address_towards(self._pbx)
        # Between two networks there is no way at all for some seconds: then we wait.
        if not here or here == self._here:
            return False
        self._here = here
        return True


def address_towards(pbx: str) -> str:
    """The address of ours from which packets go there; nothing is sent. Empty: no way there."""
    host = host_of(pbx)
    if not host:
        return ""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            # Connecting a datagram socket asks the routing table only (port 9 is "discard").
            probe.connect((host, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""
