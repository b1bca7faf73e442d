"""The phone process's end of the named pipe on Windows; see `channel.DesktopLink`.

UNPROVEN: written after the documentation, not yet run on Windows (docs/telephony.md). The
pipe is made by `multiprocessing.connection`, whose default rights let only this user and the
system write to it; the token keeps out other programs of the same user. Threads wait in the
pipe and fill a queue, so that the engine's loop never blocks.
"""

from __future__ import annotations

import contextlib
import hmac
import queue
import threading
from multiprocessing.connection import Connection, Listener

from agent_desktop.errors import PhoneFailed
from agent_desktop.telephony.address import Address
from agent_desktop.telephony.message import Attach, AttachRefused, Message
from agent_desktop.telephony.protocol import Inbox, Outbox, ProtocolError


class PipeChannel:
    """One desktop at a time over a named pipe."""

    def __init__(self, address: Address, token: str) -> None:
        self._token = token.encode()
        try:
            self._listener = Listener(address.socket, family="AF_PIPE")
        except OSError as taken:
            raise PhoneFailed("already_running") from taken
        self._arrived: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._unsent: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._desktop: Connection | None = None
        threading.Thread(target=self._accept, name="pipe", daemon=True).start()
        # Windows' pipe has no non-blocking write here: a desktop that does not read would stop SIP.
        threading.Thread(target=self._write, name="pipe writer", daemon=True).start()

    @property
    def is_attached(self) -> bool:
        """True while a desktop that knows the token is connected."""
        return self._desktop is not None

    def receive(self) -> list[Message]:
        """Return what arrived since the last call; never blocks."""
        messages: list[Message] = []
        with contextlib.suppress(queue.Empty):
            while True:
                messages.append(self._arrived.get_nowait())
        return messages

    def send(self, message: Message) -> None:
        """Send to the attached desktop; dropped when there is none."""
        if self._desktop:
            self._unsent.put(message)

    def close(self) -> None:
        """Stop listening and let the desktop go."""
        self._listener.close()
        if self._desktop:
            self._desktop.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: Connection) -> None:
        inbox = Inbox()
        try:
            while True:
                for message in inbox.feed(connection.recv_bytes()):
                    self._take(connection, message)
        except (OSError, EOFError, ProtocolError):
            if self._desktop is connection:
                self._desktop = None
            connection.close()

    def _take(self, connection: Connection, message: Message) -> None:
        if self._desktop is not connection:
            is_known = isinstance(message, Attach) and hmac.compare_digest(
                message.token.encode(), self._token
            )
            if not is_known or self._desktop:
                code = "attached_elsewhere" if is_known else "wrong_token"
                connection.send_bytes(Outbox().line(AttachRefused(code)))
                raise ProtocolError(code)
            self._outbox = Outbox()
            self._desktop = connection
        self._arrived.put(message)

    def _write(self) -> None:
        while True:
            message = self._unsent.get()
            desktop = self._desktop
            if desktop:
                with contextlib.suppress(OSError):
                    desktop.send_bytes(self._outbox.line(message))
