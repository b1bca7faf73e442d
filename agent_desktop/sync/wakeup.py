"""Wakes a thread that waits on sockets, from any thread and without ever blocking."""

from __future__ import annotations

import contextlib
import socket


class Wakeup:
    """Set it as often as you like: the thread that waits wakes once."""

    def __init__(self) -> None:
        self._sender, self.receiver = socket.socketpair()
        self._sender.setblocking(False)
        self.receiver.setblocking(False)

    def set(self) -> None:
        """Wake the thread that waits now, or that waits next."""
        with contextlib.suppress(OSError):  # full: it is set already; closed: nobody waits
            self._sender.send(b"!")

    def wait(self, seconds: float) -> bool:
        """Wait at most so many seconds; True if it was set. It is cleared then."""
        self.receiver.settimeout(seconds)
        try:
            return bool(self.receiver.recv(4096))
        except TimeoutError:
            return False
        finally:
            self.receiver.setblocking(False)

    def clear(self) -> None:
        """Forget that it was set."""
        with contextlib.suppress(BlockingIOError):
            self.receiver.recv(4096)

    def close(self) -> None:
        """Nobody waits any more."""
        self._sender.close()
        self.receiver.close()
