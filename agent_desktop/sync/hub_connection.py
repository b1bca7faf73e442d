"""The desk's line to the centre through an edge of the site's hub, by HTTPS.

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
from typing import Any
from uuid import UUID

import msgpack
import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.models.agent.presence import Presence, Stand, presence_of
from agent_desktop.models.rules.password import PasswordRule, rule_from
from agent_desktop.models.store import tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.sync import wire
from agent_desktop.sync.centre import (
    CentreFault,
    CursorUnknown,
    NotOffered,
    Page,
    Rows,
    SnapshotOffer,
)
from agent_desktop.sync.hub_search import HubSearch
from agent_desktop.sync.server import Server
from agent_desktop.sync.wakeup import Wakeup

CONNECT_SECONDS = 5.0
#: As for a direct line; a stream of hints is quiet for 15 s at most.
SILENCE_SECONDS = 40.0


class HubConnection(HubSearch):
    """A Line through an edge (see line.py)."""

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
        self._token = ""
        self._hints: _HintStream | None = None
        try:
            self._log_in()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> HubConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """See Line."""
        self.abort()
        if self._hints is not None:
            self._hints.close()
        self._pool.close()

    def abort(self) -> None:
        """See Line."""
        self._sockets.shut()

    # -- what is asked (see line.py) ---------------------------------------------------------
    def sign_in(self, client: UUID, host: str) -> dict[str, Any]:
        """See Line."""
        return wire.json_in(self._ask("sign_in", client.bytes, host))

    def position(self) -> Cursor:
        """See Line."""
        return Cursor(*self._ask("position"))

    def lease_numbers(self, client: UUID, kind: str) -> tuple[int, int]:
        """See Line."""
        first, last = self._ask("lease_numbers", client.bytes, kind)
        return int(first), int(last)

    def push(self, client: UUID, parcel: Parcel) -> IntentResult:
        """See Line."""
        return wire.answer_in(self._ask("push", client.bytes, wire.parcel_out(parcel)))

    def reveal(self, account_id: UUID, field: str) -> str | None:
        """See Line."""
        self._ask("ask_reveal", account_id.bytes, field)
        value: str | None = self._ask("reveal", account_id.bytes, field)
        return value

    def password_rule(self) -> PasswordRule:
        """See Line."""
        return rule_from(wire.json_in(self._ask("password_rule")))

    def change_password(self, verifier: str) -> None:
        """See Line."""
        self._ask("change_password", verifier)

    def quarantine(self, step: str, *values: Any) -> Any:
        """See Line."""
        return self._ask("quarantine", step, *values)

    def departed(self, user_names: Sequence[str]) -> list[str]:
        """See Line."""
        return list(self._ask("departed", tuple(user_names)))

    def acknowledge(self, client: UUID, cursor: Cursor) -> None:
        """See Line."""
        self._ask("acknowledge", client.bytes, wire.cursor_out(cursor))

    def presence(self, client: UUID, stand: Stand) -> Presence:
        """See Line."""
        where = wire.stand_out(stand)
        return presence_of(stand, wire.json_in(self._ask("presence", client.bytes, where)))

    def leave(self, client: UUID) -> None:
        """See Line."""
        self._ask("leave", client.bytes)

    def pull(
        self,
        since: Cursor,
        upto: Cursor | None = None,
        after: tuple[str, int] = ("", 0),
        most: int = 500,
    ) -> Page:
        """See Line."""
        cursors = (wire.cursor_out(since), wire.cursor_out(upto))
        return wire.page_in(self._ask("pull", *cursors, *after, most))

    def own_rows(self) -> Rows:
        """See Line."""
        return wire.rows_in(self._ask("own_rows"))

    def account_rows(self, account_id: UUID) -> Rows:
        """See Line."""
        return wire.rows_in(self._ask("account_rows", account_id.bytes))

    def snapshot_offer(self, mirror_schema: int) -> SnapshotOffer | None:
        """See Line."""
        return wire.offer_in(self._ask("snapshot_offer", mirror_schema))

    def snapshot_part(self, snapshot: UUID, n: int) -> bytes | None:
        """See Line."""
        data: bytes | None = self._ask("snapshot_part", snapshot.bytes, n)
        return data

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[tuple[Cursor, _StreamReader]]:
        """See Line. The tables come in their order and each once."""
        with self._told():
            response = self._request("rows", b"", preload=False)
            try:
                packets = _packets(response)
                _, cursor, expected, about = next(packets)
                wire.see_tables(about["columns"])
                yield Cursor(*cursor), _StreamReader(packets, expected, about["columns"])
            finally:
                response.close()

    # -- hints -----------------------------------------------------------------------------
    def listen(self) -> None:
        """See Line."""
        with self._told():
            self._hints = _HintStream(self._request("hints", b"", preload=False))

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """See Line."""
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
            self._token = str(wire.unpack(self._send("log-in", self._log_in_data).data))

    def _ask(self, question: str, *arguments: Any) -> Any:
        with self._told():
            return wire.unpack(self._request(f"ask/{question}", wire.pack(arguments)).data)

    def _request(self, path: str, body: bytes, preload: bool = True) -> BaseHTTPResponse:
        """A request as the agent; a token that has ended is fetched anew, once."""
        try:
            return self._send(path, body, preload)
        except SignInFailed as error:
            if error.code != "token_ended":
                raise
        self._log_in()
        return self._send(path, body, preload)

    def _send(self, path: str, body: bytes, preload: bool = True) -> BaseHTTPResponse:
        headers = {"Content-Type": wire.CONTENT_TYPE, "Authorization": f"Bearer {self._token}"}
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
        line = socket.socket(fileno=one.fileno())
        try:
            line.shutdown(socket.SHUT_RDWR)
        finally:
            line.detach()


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
        """See RowReader: a hub sends rows."""

    def rows(self, table: str, at_once: int = 5000, *, unowned: bool = False) -> Iterator[Any]:
        """See RowReader; a hub sends all. Raises ValueError when this table stands before one
        that was read already: rows would be missed."""
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
