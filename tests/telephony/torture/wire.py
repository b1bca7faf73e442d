"""Sends torture to a line, asks whether it still answers, and keeps what it answered."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType

from tests.telephony.torture.writer import Writer

LOOPBACK = "127.0.0.1"
#: An address of the loopback which the line does not believe.
STRANGER = "127.0.0.2"
_OPTIONS_SECONDS = 15.0


def _bytes(address: tuple[str, int]) -> bytes:
    return b"%s:%d" % (address[0].encode(), address[1])


def _is_answer(data: bytes, mark: bytes) -> bool:
    return data.startswith(b"SIP/2.0 ") and mark in data


class UdpWire:
    """One UDP socket. What the line refuses is acknowledged, so that it need not repeat it."""

    def __init__(self, to_port: int, host: str = LOOPBACK) -> None:
        self._to = (LOOPBACK, to_port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.bind((host, 0))
        self._socket.setblocking(False)
        self.writer = Writer(_bytes(self._socket.getsockname()), _bytes(self._to))
        self.heard: list[bytes] = []

    def __enter__(self) -> UdpWire:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._socket.close()

    def send(self, message: bytes) -> None:
        """One datagram; what has come in meanwhile is heard."""
        with contextlib.suppress(BlockingIOError):
            self._socket.sendto(message, self._to)
        self.hear()

    def hear(self) -> None:
        """Take what has come in."""
        with contextlib.suppress(BlockingIOError):
            while True:
                data = self._socket.recv(65_536)
                self.heard.append(data)
                self._acknowledge(data)

    def _acknowledge(self, answer: bytes) -> None:
        """RFC 3261 17.1.1.3: the ACK of a refused INVITE has its Via, From, Call-ID and Route."""
        refused = re.match(rb"SIP/2.0 [3-6]\d\d ", answer)
        fields = re.findall(rb"^(?:Via|From|To|Call-ID):[^\r]*\r\n", answer, re.M | re.I)
        number = re.search(rb"^CSeq:\s*(\d+)\s+INVITE\s*$", answer, re.M | re.I)
        if refused and number:
            first = b"ACK sip:1001@%s SIP/2.0\r\n" % _bytes(self._to)
            tail = b"CSeq: %s ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n" % number.group(
                1
            )
            with contextlib.suppress(BlockingIOError):
                self._socket.sendto(first + b"".join(fields) + tail, self._to)

    def answers_options(self, idle: Callable[[], None], seconds: float = _OPTIONS_SECONDS) -> bool:
        """Whether it answers OPTIONS, asked again each second as RFC 3261 wants it over UDP;
        `idle` is called while waiting."""
        request = self.writer.request(b"OPTIONS")
        mark = re.findall(rb"^Call-ID: (.*)\r$", request, re.M)[0]
        deadline, again = time.monotonic() + seconds, 0.0
        while not any(_is_answer(each, mark) for each in self.heard):
            now = time.monotonic()
            if now > deadline:
                return False
            if now > again:
                again = now + 1.0
                self.send(request)
            idle()
            select.select([self._socket], [], [], 0.02)
            self.hear()
        self.heard = [each for each in self.heard if not _is_answer(each, mark)]
        return True


class TcpWire:
    """A connection for every few messages: a stream that has lost its frame ends there.

    Connections are made no faster than the library of 2.15 survives (docs/telephony.md): that
    it has only 64 sockets is known, and not what is looked for.
    """

    _MOST_CONNECTIONS, _WINDOW_SECONDS = 20, 0.7

    def __init__(self, to_port: int, host: str = LOOPBACK) -> None:
        self._to, self._host = (LOOPBACK, to_port), host
        self._made: deque[float] = deque(maxlen=self._MOST_CONNECTIONS)

    def connect(self) -> socket.socket:
        """A new connection."""
        if len(self._made) == self._MOST_CONNECTIONS:
            time.sleep(max(0.0, self._made[0] + self._WINDOW_SECONDS - time.monotonic()))
        self._made.append(time.monotonic())
        return socket.create_connection(self._to, 5.0, source_address=(self._host, 0))

    def writer(self, connection: socket.socket) -> Writer:
        """Writes messages of this connection."""
        return Writer(_bytes(connection.getsockname()), _bytes(self._to), b"TCP")

    def send(self, pieces: Iterable[bytes]) -> None:
        """A connection, all pieces one after the other, and its end; it may be cut short."""
        with contextlib.suppress(OSError), self.connect() as connection:
            for piece in pieces:
                connection.sendall(piece)

    def answers_options(self, idle: Callable[[], None], seconds: float = _OPTIONS_SECONDS) -> bool:
        """Whether it answers OPTIONS on a connection of its own."""
        deadline, data = time.monotonic() + seconds, b""
        with self.connect() as connection:
            connection.sendall(self.writer(connection).request(b"OPTIONS"))
            connection.setblocking(False)
            while b"\r\n\r\n" not in data and time.monotonic() < deadline:
                idle()
                select.select([connection], [], [], 0.02)
                try:
                    data += connection.recv(65_536)
                except BlockingIOError:
                    continue
                except ConnectionResetError:
                    break
        return data.startswith(b"SIP/2.0 ")
