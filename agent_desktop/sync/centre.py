"""The centre as one agent sees it, whichever way a desk gets there: directly or through a hub.

What can be asked is the table in questions.py; `ask` puts one of its questions. Beside it stand
the two things that are no question: a stream of all rows in one moment, and hints. Every method
raises CentreUnreachable when the connection is broken or the server too busy, SignInFailed when
the agent is no longer one, CentreFault for what should not happen.
"""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager
from typing import ParamSpec, Protocol, Self, TypeVar

from agent_desktop.models.store.cursor import Cursor
from agent_desktop.sync.answers import RowReader
from agent_desktop.sync.questions import Question
from agent_desktop.sync.server import Server

Given = ParamSpec("Given")
Found = TypeVar("Found")


class Centre(Protocol):
    """A connection as one agent. Not for several threads at once, but any may call `abort`."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def close(self) -> None:
        """End the connection; a broken one too."""

    def abort(self) -> None:
        """Break the connection, from any thread: who waits for it gets CentreUnreachable."""

    def ask(
        self, question: Question[Given, Found], *values: Given.args, **named: Given.kwargs
    ) -> Found:
        """One question of questions.py with its values, and the answer.

        Each is a transaction of its own. Raises CursorUnknown where the question does, and
        NotOffered when the centre or the hub is of an older release and does not know it.
        """

    def snapshot(self) -> AbstractContextManager[tuple[Cursor, RowReader]]:
        """One moment of the whole centre: its cursor, and a reader of its tables."""

    def listen(self) -> None:
        """Ask for hints that the feed has something new."""

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """Wait until a hint comes, until `wake` can be read, or for so many seconds; False then."""


def open_centre(server: Server, user: str, password: str) -> Centre:
    """Log in to the centre as this agent, directly or through the hub.

    Raises SignInFailed (wrong_password, agent_disabled), CentreUnreachable.
    """
    # Imported here: a desk needs one of the two, and its network library, only when it logs in.
    if server.is_hub:
        from agent_desktop.sync.hub_connection import HubConnection

        return HubConnection(server, user, password)
    from agent_desktop.sync.connection import DirectConnection

    return DirectConnection(server, user, password)
