"""The desk's way to the centre through an edge of the site's hub, by HTTPS.

Each question is a request of its own, and any edge may answer it: when a connection breaks
between two requests, the next one goes to whichever edge the name leads to.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import msgpack
import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.models.store import tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.sync import wire
from agent_desktop.sync.answers import CentreFault, CursorUnknown, NotOffered
from agent_desktop.sync.questions import Question
from agent_desktop.sync.server import Server
from agent_desktop.sync.wakeup import Wakeup

Given = ParamSpec("Given")
Found = TypeVar("Found")

CONNECT_SECONDS = 5.0
#: As for a direct line; a stream of hints is quiet for 15 s at most.
SILENCE_SECONDS = 40.0


class HubConnection:
    """The centre through an edge; close it, or use it as a context manager."""

    def __init__(self, server: Server, user: str, password: str) -> None:
        """Log in. Raises SignInFailed (wrong_password, agent_disabled), CentreUnreachable."""
        self._sockets = _Sockets()
        self._pool = urllib3.HTTPSConnectionPool(
            server.host,
            server.port,
            maxsize=2,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=SILENCE_SECONDS),
            ssl_context=_trusting(server.root_certificate),
        )
        self._pool.ConnectionCls = self._sockets.watched_kind()
        self._log_in_data = wire.pack((user, password))
        self.token = ""
        self._hints: _HintStream | None = None
        # A pool that is not closed keeps its sockets until the collector finds them.
        with contextlib.ExitStack() as unless_logged_in:
            unless_logged_in.callback(self.close)
            self._log_in()
            unless_logged_in.pop_all()

    def __enter__(self) -> HubConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection and its stream of hints; a broken one too."""
        self.abort()
        if self._hints is not None:
            self._hints.close()
        self._pool.close()

    def abort(self) -> None:
        """Break the connection, from any thread: who waits for it gets CentreUnreachable."""
        self._sockets.shut()

    # -- what is asked -----------------------------------------------------------------------
    def ask(
        self, question: Question[Given, Found], *values: Given.args, **named: Given.kwargs
    ) -> Found:
        """One question and its answer (Centre.ask)."""
        body = question.pack(*values, **named)
        with self._told():
            response = self._request(f"ask/{question.name}", body)
            return question.gives.unpack(wire.unpack(response.data))

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[Cursor, _StreamReader]]:
        """One moment of the whole centre. The tables come in their order and each once."""
        with self._told():
            response = self._request("rows", b"", preload=False)
            try:
                packets = _packets(response)
                _, cursor, expected, about = next(packets)
                wire.see_tables(about["columns"])
                yield wire.cursor_in(cursor), _StreamReader(packets, expected, about["columns"])
            finally:
                response.close()

    # -- hints -----------------------------------------------------------------------------
    def listen(self) -> None:
        """Ask for hints that the feed has something new: a request that stays open."""
        with self._told():
            self._hints = _HintStream(self._request("hints", b"", preload=False))

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """Wait until a hint comes, `wake` can be read or the time is over (Centre.wait)."""
        hints = self._hints
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            if hints is not None:
                selector.register(hints.wakeup.receiver, selectors.EVENT_READ)
            came = selector.select(seconds)
        if hints is not None:
            hints.wakeup.clear()
            if hints.has_ended:  # as it does now and then; a broken line shows by itself
                hints.close()
                self._hints = None
                self.listen()
        return bool(came)

    # -- requests --------------------------------------------------------------------------
    def _log_in(self) -> None:
        with self._told():
            self.token = str(wire.unpack(self._send("log-in", self._log_in_data).data))

    def _request(self, path: str, body: bytes, preload: bool = True) -> BaseHTTPResponse:
        """A request as the agent; a token that has ended is fetched anew, once."""
        try:
            return self._send(path, body, preload)
        except SignInFailed as error:
            if error.code != "token_ended":
                raise
        # Any edge may have refused it: a token is good for ten minutes, a connection for days.
        self._log_in()
        return self._send(path, body, preload)

    def _send(self, path: str, body: bytes, preload: bool = True) -> BaseHTTPResponse:
        headers = {"Content-Type": wire.CONTENT_TYPE, "Authorization": f"Bearer {self.token}"}
        response = self._pool.request(
            "POST", wire.PATH + path, body=body, headers=headers, preload_content=preload
        )
        if response.status != 200:
            _raise_for(response.status, response.data)
        return response

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Errors by our names."""
        try:
            yield
        except (HTTPError, OSError, ValueError) as error:
            words = f"{type(error).__name__}: {error}"
            raise CentreUnreachable(words, _code_of(error)) from None


# OpenSSL's X509_V_ERR_*, as in tls_fault.py.
_EXPIRED, _NAME = (9, 10), (62, 64)


def _code_of(error: BaseException) -> str:
    """Why the edge was not believed, if that is the matter (CentreUnreachable.code)."""
    found: BaseException | None = error
    for _ in range(5):
        if isinstance(found, ssl.SSLCertVerificationError):
            if found.verify_code in _EXPIRED:
                return "centre_expired"
            return "centre_name" if found.verify_code in _NAME else "centre_untrusted"
        inner = next(
            (one for one in getattr(found, "args", ()) if isinstance(one, Exception)), None
        )
        found = inner or getattr(found, "__cause__", None)
    return "unreachable"


def _raise_for(status: int, data: bytes) -> None:
    try:
        words = str(wire.unpack(data))
    except ValueError:  # not one of ours: something between us and the edge
        words = ""
    if status == 401 and words:
        raise SignInFailed(words)
    if status == 429:
        raise CentreUnreachable(words, "too_many_passwords")
    if status == 410:
        raise CursorUnknown(words)
    if status == 404 and words:
        raise NotOffered(words)
    if status == 500 or status == 400:
        raise CentreFault(words or f"HTTP {status}")
    raise CentreUnreachable(words or f"HTTP {status}")


def _trusting(root_certificate: str) -> ssl.SSLContext:
    """Verified always, also on the loopback."""
    context = ssl.create_default_context(cafile=root_certificate or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Sockets:
    """Every socket that was opened, so that another thread can break them."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._open: list[socket.socket] = []
        self._shut = False

    def watched_kind(self) -> type[HTTPSConnection]:
        """A kind of connection that tells us its socket."""
        keep = self._keep

        class Watched(HTTPSConnection):
            """Tells its socket once it has one."""

            def connect(self) -> None:
                super().connect()
                keep(self.sock)

        return Watched

    def _keep(self, one: socket.socket) -> None:
        with self._gate:
            self._open = [known for known in self._open if known.fileno() >= 0] + [one]
            if self._shut:
                _break(one)

    def shut(self) -> None:
        """Break all, also those still to come."""
        with self._gate:
            self._shut = True
            for one in self._open:
                _break(one)


def _break(one: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        same = socket.socket(fileno=one.fileno())
        try:
            same.shutdown(socket.SHUT_RDWR)
        finally:
            same.detach()


def _packets(response: BaseHTTPResponse) -> Iterator[Any]:
    """The packets of a stream as they come. Raises ValueError when it ends early."""
    unpacker = msgpack.Unpacker(use_list=False, max_buffer_size=1 << 28)
    for data in response.stream(1 << 16):
        unpacker.feed(data)
        for packet in unpacker:
            yield packet
            if packet[0] == "end":
                return
    raise ValueError("the rows ended early")


class _StreamReader:
    """Tables out of one stream, in the order they come in. What an edge of another release
    sends of tables this program does not know is passed by."""

    def __init__(
        self, packets: Iterator[Any], expected: int, columns: Mapping[str, Sequence[str]]
    ) -> None:
        self._packets = (
            packet for packet in packets if packet[0] != "rows" or packet[1] in tables.MIRRORED
        )
        self._columns = columns
        self._passed: set[str] = set()
        self._next: Any = None
        self.expected, self.accounts = expected, 0

    def entries(self) -> None:
        """None: a hub sends rows, and the desk makes the directory of them."""

    def rows(self, table: str, at_once: int = 5000, *, unowned: bool = False) -> Iterator[Any]:
        """The rows of a table as they come, all of them.

        Raises ValueError when this table stands before one that was read already: rows would be
        missed."""
        self._passed.add(table)
        while True:
            packet = self._next or next(self._packets)
            self._next = None
            if packet[:2] != ("rows", table):
                if packet[0] == "rows" and packet[1] in self._passed:
                    raise ValueError(f"{packet[1]} comes after {table}")
                self._next = packet
                return
            yield from wire.known_rows(table, self._columns[table], packet[2])


class _HintStream:
    """Hears an edge's hints in a thread of its own and wakes who waits."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self.wakeup = Wakeup()
        self.has_ended = False
        self._response = response
        self._thread = threading.Thread(target=self._hear, name="hub-hints", daemon=True)
        self._thread.start()

    def _hear(self) -> None:
        # A broken stream only means no more hints; the next question tells what is the matter.
        with contextlib.suppress(HTTPError, OSError, ValueError):
            for data in self._response.stream(1):
                if b"!" in data:
                    self.wakeup.set()
        self.has_ended = True
        self.wakeup.set()

    def close(self) -> None:
        """The socket must be broken already, or the stream at its end."""
        self._thread.join(5)
        self._response.close()
        self.wakeup.close()
