"""A hub's connection to the site's NATS server, for what may be lost: hints and presence.

It has a thread and an event loop of its own. While the server is away, what is published is lost
and nothing is heard, which is logged once; it is there again by itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

LOG = logging.getLogger(__name__)

_CONNECT_SECONDS = 3
_AGAIN_SECONDS = 1.0
#: A connection that says nothing for two of these is given up.
_PING_SECONDS = 10
#: What waits to be heard of one subject, at most; what is above is lost.
_MOST_WAITING = 10_000
_MOST_BYTES = 1 << 20

USER, PASSWORD, CREDENTIALS, AUTHORITY = (
    f"AGENT_DESKTOP_NATS_{name}" for name in ("USER", "PASSWORD", "CREDENTIALS", "CA")
)


_Told = Callable[[], Coroutine[object, object, None]]
_Failed = Callable[[Exception], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True)
class NatsServer:
    """The address of the server, and a hub's way in. `site` keeps the subjects of sites that share
    a server apart. A `tls://` URL, or an authority, asks for TLS with a verified name."""

    url: str
    site: str = "site"
    user: str = ""
    password: str = field(default="", repr=False)
    credentials: str = ""
    authority: str = ""

    @classmethod
    def of(cls, url: str, site: str, environment: Mapping[str, str] = os.environ) -> NatsServer:
        """As the operator gave it: the secrets stand in the environment only."""
        secrets = (environment.get(name, "") for name in (USER, PASSWORD, CREDENTIALS, AUTHORITY))
        return cls(url, re.sub(r"\W", "_", site), *secrets)

    def _trusted(self) -> ssl.SSLContext | None:
        if not self.authority and not self.url.startswith("tls://"):
            return None
        return ssl.create_default_context(cafile=self.authority or None)

    async def connect(self, on_closed: Callable[[], None]) -> Client:
        """One attempt. Raises OSError, ValueError, nats.errors.Error."""
        why: list[Exception] = []

        async def closed() -> None:
            on_closed()

        async def failed(error: Exception) -> None:
            why[:] = [error]

        try:
            return await self._attempt(closed, failed)
        except nats.errors.NoServersError:
            raise ConnectionError(str(*why)) from None

    async def _attempt(self, closed: _Told, failed: _Failed) -> Client:
        return await nats.connect(
            self.url,
            name="agent-desktop hub",
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=_CONNECT_SECONDS,
            ping_interval=_PING_SECONDS,
            closed_cb=closed,
            error_cb=failed,
            user=self.user or None,
            password=self.password or None,
            user_credentials=self.credentials or None,
            tls=self._trusted(),
        )


class NatsBus:
    """`publish` from any thread; what is heard comes in the bus's thread and must be quick."""

    def __init__(self, server: NatsServer) -> None:
        self._server = server
        self._ears: dict[str, Callable[[bytes], None]] = {}
        self._up: list[Callable[[], None]] = []
        self._loop = asyncio.new_event_loop()
        self._client: Client | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="nats", daemon=True)

    def hear(self, subject: str, heard: Callable[[bytes], None]) -> None:
        """Before `start`: what to do with messages of this subject, whoever sent them."""
        self._ears[subject] = heard

    def when_up(self, told: Callable[[], None]) -> None:
        """Before `start`: told each time the server is there."""
        self._up.append(told)

    @property
    def is_up(self) -> bool:
        """True if the server is there, as far as is known."""
        return self._client is not None

    def start(self) -> None:
        """Begin; the server may be away."""
        if self._thread.ident is None:
            self._thread.start()

    def stop(self) -> None:
        """End it."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)
        elif not self._loop.is_closed():
            self._loop.close()

    def publish(self, subject: str, data: bytes = b"") -> None:
        """Send without waiting; lost while the server is away."""
        if self._client is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._send, subject, data)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """In the bus's thread: call in so many seconds."""
        self._loop.call_later(seconds, call)

    # -- in the bus's thread -----------------------------------------------------------------
    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        # The edge of this thread: only hints end with it, desks poll, and the log says so.
        except Exception:
            LOG.exception("no hints over NATS any more")
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        is_told = False
        while not self._stop.is_set():
            closed = asyncio.Event()
            try:
                client = await self._server.connect(closed.set)
            except (OSError, ValueError, TimeoutError, nats.errors.Error) as error:
                if not is_told:
                    LOG.warning("NATS is away, desks poll meanwhile: %s", error)
                is_told = True
            else:
                LOG.log(logging.WARNING if is_told else logging.INFO, "NATS is there")
                await self._stay(client, closed)
                is_told = not self._stop.is_set()
                if is_told:
                    LOG.warning("NATS went away, desks poll meanwhile")
            await _either(self._stop, seconds=_AGAIN_SECONDS)

    async def _stay(self, client: Client, closed: asyncio.Event) -> None:
        """Hear and send until the connection ends, or we do."""
        try:
            for subject, heard in self._ears.items():
                await client.subscribe(
                    self._subject(subject),
                    cb=_ear(heard),
                    pending_msgs_limit=_MOST_WAITING,
                    pending_bytes_limit=_MOST_BYTES,
                )
            await client.flush(_CONNECT_SECONDS)
            self._client = client
            for told in self._up:
                told()
            await _either(self._stop, closed)
        except (OSError, TimeoutError, nats.errors.Error):
            pass
        finally:
            self._client = None
            await client.close()

    def _send(self, subject: str, data: bytes) -> None:
        if self._client is not None:
            task = self._loop.create_task(self._client.publish(self._subject(subject), data))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _subject(self, subject: str) -> str:
        return f"agent_desktop.{self._server.site}.{subject}"


def _ear(heard: Callable[[bytes], None]) -> Callable[[Msg], Awaitable[None]]:
    async def hear(message: Msg) -> None:
        heard(message.data)

    return hear


async def _either(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait for one of them, for so long at most."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
