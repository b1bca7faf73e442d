"""The running program listens for later starts of itself (single_instance.py)."""

from __future__ import annotations

import json
import logging
import os
import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from agent_desktop.system.single_instance import ACCEPTED, LONGEST_MESSAGE, InstancePlace

log = logging.getLogger(__name__)

_MOST_WAITING = 8


class InstanceServer(QObject):
    """Tells `asked(link, activation)` for each later start; the link may be empty or hostile."""

    asked = Signal(str, str)

    def __init__(self, place: InstancePlace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_WAITING)
        self._server.newConnection.connect(self._greet)
        # The lock is ours: a socket that lies there is left from a program that was killed.
        QLocalServer.removeServer(place.socket)
        if not self._server.listen(place.socket):
            log.warning("later starts are not heard: %s", self._server.errorString())
        elif sys.platform != "win32":
            os.chmod(place.socket, 0o600)  # Qt adds the right to execute

    def close(self) -> None:
        """Hear nobody any more."""
        self._server.close()

    def _greet(self) -> None:
        while self._server.hasPendingConnections():
            talk = self._server.nextPendingConnection()
            # Else any program of this person could make ours keep a line without end.
            talk.setReadBufferSize(LONGEST_MESSAGE)
            talk.disconnected.connect(talk.deleteLater)
            talk.readyRead.connect(lambda talk=talk: self._hear(talk))
            # What came before `connect` above is not told of again.
            if talk.canReadLine():
                self._hear(talk)

    def _hear(self, talk: QLocalSocket) -> None:
        if not talk.canReadLine():
            if talk.bytesAvailable() >= LONGEST_MESSAGE:
                talk.abort()
            return
        told = _read(bytes(talk.readLine(LONGEST_MESSAGE).data()))
        if told is None:
            talk.abort()
            return
        talk.write(ACCEPTED)
        talk.disconnectFromServer()
        self.asked.emit(*told)


def _read(line: bytes) -> tuple[str, str] | None:
    """(link, activation token); None for what another program might have written."""
    try:
        told = json.loads(line)
        link, activation = told["link"], told["activation"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if told.get("v") != 1 or not isinstance(link, str) or not isinstance(activation, str):
        return None
    return link, activation if activation.isascii() and activation.isprintable() else ""
