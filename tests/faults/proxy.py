"""What lies between a desk and the centre, and breaks: a TCP proxy that cuts or swallows."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass

#: A close with this is a reset: what was under way is gone, as when a cable is pulled and
#: something on the way answers for it.
_RESET = struct.pack("ii", 1, 0)
_AT_ONCE = 1 << 14


@dataclass(eq=False)
class _Pair:
    """One connection: the desk's end and the server's."""

    near: socket.socket
    far: socket.socket

    def break_off(self) -> None:
        """Both ends at once."""
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            end.close()


class Proxy:
    """Forwards to a TCP port of this machine; use as a context manager. All orders may be given
    at any time. `door` is a listening socket, perhaps of another network namespace."""

    def __init__(self, port: int, door: socket.socket | None = None) -> None:
        self._target = ("127.0.0.1", port)
        self._door = door or socket.create_server(("127.0.0.1", 0))
        self._door.setblocking(False)
        self._gate = threading.Lock()
        self._left: int | None = None
        self._swallows = False
        self._bytes_a_second = 0
        self._closing = False
        #: Set when a cut that was ordered has happened.
        self.was_cut = threading.Event()
        #: Bytes that went by in both directions so far.
        self.passed = 0
        self._thread = threading.Thread(target=self._run, name="proxy")
        self._thread.start()

    @property
    def port(self) -> int:
        """Where the desk connects."""
        return int(self._door.getsockname()[1])

    # -- orders ------------------------------------------------------------------------------
    def cuts_after(self, count: int) -> None:
        """Reset all connections once so many more bytes have passed; later ones live again."""
        with self._gate:
            self.was_cut.clear()
            self._left = count

    def passes(self) -> None:
        """Neither cut nor swallow nor hold back."""
        with self._gate:
            self._left, self._swallows, self._bytes_a_second = None, False, 0

    def crawls(self, bytes_a_second: int) -> None:
        """No more than this goes by, both directions together."""
        with self._gate:
            self._bytes_a_second = bytes_a_second

    def swallows(self) -> None:
        """From now on nothing comes out at the other end, and nobody is told."""
        with self._gate:
            self._swallows = True

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._thread.join()
        self._door.close()

    # -- the thread --------------------------------------------------------------------------
    def _run(self) -> None:
        pairs: dict[socket.socket, _Pair] = {}
        with selectors.DefaultSelector() as ears:
            ears.register(self._door, selectors.EVENT_READ)
            while not self._closing:
                for key, _ in ears.select(0.02):
                    end = key.fileobj
                    assert isinstance(end, socket.socket)
                    if end is self._door:
                        self._accept(ears, pairs)
                    elif end in pairs and not self._forward(pairs[end], end):
                        self._drop(ears, pairs, pairs[end])
                if self._is_due():
                    for pair in set(pairs.values()):
                        self._drop(ears, pairs, pair)
                    self.was_cut.set()
            for pair in set(pairs.values()):
                self._drop(ears, pairs, pair)

    def _accept(self, ears: selectors.BaseSelector, pairs: dict[socket.socket, _Pair]) -> None:
        near, _ = self._door.accept()
        try:
            far = socket.create_connection(self._target, 5)
        except OSError:
            near.close()
            return
        pair = _Pair(near, far)
        for end in (near, far):
            end.settimeout(5)
            ears.register(end, selectors.EVENT_READ)
            pairs[end] = pair

    def _forward(self, pair: _Pair, end: socket.socket) -> bool:
        """Pass on what came from this end, as far as it is allowed; False when it ended."""
        other = pair.far if end is pair.near else pair.near
        try:
            data = end.recv(self._most())
            with self._gate:
                if self._swallows:
                    return True
                data = data if self._left is None else data[: self._left]
                self._left = None if self._left is None else self._left - len(data)
                self.passed += len(data)
                pause = len(data) / self._bytes_a_second if self._bytes_a_second else 0.0
            time.sleep(pause)
            other.sendall(data)
        except OSError:
            return False
        return bool(data) or self._left == 0

    def _most(self) -> int:
        with self._gate:
            most = self._bytes_a_second // 20 or _AT_ONCE
            return most if not self._left else min(self._left, most)

    def _is_due(self) -> bool:
        with self._gate:
            due = self._left == 0
            self._left = None if due else self._left
        return due

    def _drop(
        self,
        ears: selectors.BaseSelector,
        pairs: dict[socket.socket, _Pair],
        pair: _Pair,
    ) -> None:
        for end in (pair.near, pair.far):
            if end in pairs:
                ears.unregister(end)
                del pairs[end]
        pair.break_off()
