"""The phone process's end of the named local socket: one desktop at a time, never blocking.

Standard library only. `SocketChannel` is polled from the engine's loop, so that no second thread
ever comes near the SIP library. Windows has its own form in `pipe_channel.py`.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import select
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import IO, Protocol

from agent_desktop.errors import PhoneFailed
from agent_desktop.telephony.address import Address
from agent_desktop.telephony.message import Attach, AttachRefused, Message
from agent_desktop.telephony.protocol import Inbox, Outbox, ProtocolError

# A stranger must not hold one of the few places; our desktop sends its token at once.
_HANDSHAKE_SECONDS = 2.0
_MOST_WAITING = 4
_MOST_UNSENT_BYTES = 1 << 20


class DesktopLink(Protocol):
    """The engine's view of a channel; the same on every system."""

    @property
    def is_attached(self) -> bool:
        """True while a desktop that knows the token is connected."""

    def receive(self) -> list[Message]:
        """Return what arrived since the last call; `Attach` first when a desktop was let in."""

    def send(self, message: Message) -> None:
        """Send to the attached desktop; dropped when there is none."""

    def close(self) -> None:
        """Stop listening and let the desktop go."""


def open_channel(address: Address, token: str) -> DesktopLink:
    """Listen at `address`; `PhoneFailed("already_running")` if another engine does."""
    if sys.platform == "win32":
        from agent_desktop.telephony.engine.pipe_channel import PipeChannel

        return PipeChannel(address, token)
    return SocketChannel(address, token)


@dataclass(slots=True, eq=False)
class _Peer:
    socket: socket.socket
    since: float
    inbox: Inbox = field(default_factory=Inbox)
    outbox: Outbox = field(default_factory=Outbox)
    unsent: bytearray = field(default_factory=bytearray)


class SocketChannel:
    """A Unix socket of mode 0600; see `DesktopLink`."""

    def __init__(self, address: Address, token: str) -> None:
        self._path = address.socket
        self._token = token.encode()
        self._lock = _lock(address)
        self._listener = _listen(self._path)
        self._waiting: list[_Peer] = []
        self._desktop: _Peer | None = None

    @property
    def is_attached(self) -> bool:
        """True while a desktop that knows the token is connected."""
        return self._desktop is not None

    def receive(self) -> list[Message]:
        """Return what arrived since the last call; never blocks."""
        peers = [*self._waiting, *([self._desktop] if self._desktop else [])]
        ready, _, _ = select.select([self._listener, *(p.socket for p in peers)], [], [], 0)
        messages: list[Message] = []
        for peer in peers:
            if peer.socket in ready:
                messages += self._read(peer)
        if self._listener in ready:
            self._accept()
        self._flush()
        self._drop_silent()
        return messages

    def send(self, message: Message) -> None:
        """Send to the attached desktop; dropped when there is none."""
        if self._desktop:
            self._desktop.unsent += self._desktop.outbox.line(message)
            self._flush()

    def close(self) -> None:
        """Stop listening, let the desktop go, and remove the socket's file."""
        self._listener.close()
        for peer in [*self._waiting, *([self._desktop] if self._desktop else [])]:
            self._drop(peer)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        self._lock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            if _same_user(connection) and len(self._waiting) < _MOST_WAITING:
                self._waiting.append(_Peer(connection, time.monotonic()))
            else:
                connection.close()

    def _read(self, peer: _Peer) -> list[Message]:
        messages: list[Message] = []
        try:
            data = peer.socket.recv(65536)
            if not data:
                raise ConnectionResetError
            for message in peer.inbox.feed(data):
                if peer is self._desktop or self._lets_in(peer, message):
                    messages.append(message)
        except BlockingIOError:
            pass
        except ProtocolError:
            self._refuse(peer, "protocol")
        except OSError:
            self._drop(peer)
        return messages

    def _lets_in(self, peer: _Peer, message: Message) -> bool:
        if peer not in self._waiting:
            return False
        # compare_digest: the time of an ordinary comparison tells how much of a guess was right.
        known = isinstance(message, Attach) and hmac.compare_digest(
            message.token.encode(), self._token
        )
        if not known or self._desktop:
            self._refuse(peer, "attached_elsewhere" if known else "wrong_token")
            return False
        self._waiting.remove(peer)
        self._desktop = peer
        return True

    def _refuse(self, peer: _Peer, code: str) -> None:
        with contextlib.suppress(OSError):
            peer.socket.send(peer.outbox.line(AttachRefused(code)))
        self._drop(peer)

    def _drop(self, peer: _Peer) -> None:
        peer.socket.close()
        if peer is self._desktop:
            self._desktop = None
        elif peer in self._waiting:
            self._waiting.remove(peer)

    def _flush(self) -> None:
        desktop = self._desktop
        if not desktop or not desktop.unsent:
            return
        try:
            sent = desktop.socket.send(desktop.unsent)
            del desktop.unsent[:sent]
        except BlockingIOError:
            # A desktop that does not read for so long is gone; the calls stay.
            if len(desktop.unsent) > _MOST_UNSENT_BYTES:
                self._drop(desktop)
        except OSError:
            self._drop(desktop)

    def _drop_silent(self) -> None:
        oldest = time.monotonic() - _HANDSHAKE_SECONDS
        for peer in [each for each in self._waiting if each.since < oldest]:
            self._drop(peer)


def _lock(address: Address) -> IO[bytes]:
    """The locked file that keeps a second engine from taking this address over."""
    import fcntl

    # A lock and not a pid file: the system drops it however the process dies.
    file = open(address.lock, "wb")  # noqa: SIM115 (held open as long as the channel)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        file.close()
        raise PhoneFailed("already_running") from taken
    return file


def _listen(path: str) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    # bind() makes the file: a chmod afterwards would leave a moment in which others may connect.
    before = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(before)
    listener.listen(8)
    listener.setblocking(False)
    return listener


def _same_user(connection: socket.socket) -> bool:
    # Not on macOS: there the folder of mode 0700 has to do.
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    facts = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return bool(struct.unpack("3i", facts)[1] == os.getuid())
