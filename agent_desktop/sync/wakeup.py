"""Wakes a thread that waits on sockets; ringing it is safe from any thread and never blocks."""

from __future__ import annotations

import contextlib
import socket


class Bell:
    """Ring it as often as you like: whoever waits hears it once."""

    def __init__(self) -> None:
        self._rope, self.ear = socket.socketpair()
        self._rope.setblocking(False)
        self.ear.setblocking(False)

    def ring(self) -> None:
        """Wake who waits now, or who waits next."""
        with contextlib.suppress(OSError):  # full: it rings already; closed: nobody waits
            self._rope.send(b"!")

    def heard_within(self, seconds: float) -> bool:
        """Wait for a ring, at most so many seconds; the ring is then over."""
        self.ear.settimeout(seconds)
        try:
            return bool(self.ear.recv(4096))
        except TimeoutError:
            return False
        finally:
            self.ear.setblocking(False)

    def hush(self) -> None:
        """A ring that was not waited for is over."""
        with contextlib.suppress(BlockingIOError):
            self.ear.recv(4096)

    def close(self) -> None:
        """Nobody waits any more."""
        self._rope.close()
        self.ear.close()
