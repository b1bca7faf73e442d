"""Questions that a screen asks the centre while somebody waits: a masked value, a search, who has
a record open, a new password. They have a line of their own beside the syncer's, opened by the
first one and given up when nobody asks any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from agent_desktop.errors import CentreUnreachable, SignInFailed
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.server import Server

#: After so long without a question the connection is closed: a desk that asks nothing costs the
#: centre one connection, not two.
QUIET_SECONDS = 60.0
#: A connection that broke while nobody used it says so at once. Who waited longer than this has
#: been told by a centre that is slow or gone, and does not wait for as long again.
AT_ONCE_SECONDS = 5.0

Found = TypeVar("Found")


class QuerySession:
    """Asks the centre as one agent, one question at a time, from any thread but the GUI's."""

    def __init__(
        self, server: Server, user: str, password: str, quiet_seconds: float = QUIET_SECONDS
    ) -> None:
        self._server = server
        self._user = user
        self._password = password
        self._quiet_seconds = quiet_seconds
        self._turn = threading.Lock()  # held while a question is asked, or the connection is closed
        self._gate = threading.Lock()  # for what is below; never held for long
        self._centre: Centre | None = None
        self._hung_up = 0  # how often
        self._is_over = False
        self._quiet_since = 0.0
        self._watch: threading.Timer | None = None

    @property
    def is_open(self) -> bool:
        """True while there is a connection."""
        with self._gate:
            return self._centre is not None

    def ask(self, question: Callable[[Centre], Found], *, again: bool = True) -> Found:
        """The answer to a question; blocks until it is there.

        When the connection was opened for an earlier question and turns out to be broken, a
        new one is opened and the question asked once more; not with `again=False`, which is for
        what must not be said twice. Raises CentreUnreachable, also when it is hung up meanwhile;
        SignInFailed; whatever `question` raises.
        """
        hung_up = self._hung_up
        with self._turn:
            try:
                answer = self._ask_perhaps_twice(question, hung_up, again)
            finally:
                self._mind_quiet()
        self._drop_if_hung_up(hung_up)
        return answer

    def use_password(self, password: str) -> None:
        """From the next connection on log in with this one; the one that is open stays."""
        with self._gate:
            self._password = password

    def hang_up(self) -> None:
        """End the connection and what is being asked; a later question opens a new one."""
        with self._gate:  # who closes the connection takes it away from here first
            before, self._hung_up = self._hung_up, self._hung_up + 1
            if self._centre is not None:
                self._centre.abort()
            if self._watch is not None:
                self._watch.cancel()
                self._watch = None
        self._drop_if_hung_up(before)

    def close(self) -> None:
        """End the connection for good: who asks from now on gets CentreUnreachable."""
        self._is_over = True
        self.hang_up()

    # -- the connection, by whoever has the turn ---------------------------------------------------
    def _ask_perhaps_twice(
        self, question: Callable[[Centre], Found], hung_up: int, again: bool
    ) -> Found:
        was_open = self.is_open
        begun_at = time.monotonic()
        try:
            return self._ask_once(question, hung_up)
        except CentreUnreachable:
            is_slow = time.monotonic() - begun_at > AT_ONCE_SECONDS
            if not (was_open and again) or is_slow or self._hung_up != hung_up:
                raise
        return self._ask_once(question, hung_up)

    def _ask_once(self, question: Callable[[Centre], Found], hung_up: int) -> Found:
        try:
            return question(self._opened(hung_up))
        except (CentreUnreachable, SignInFailed):
            self._drop()
            raise

    def _opened(self, hung_up: int) -> Centre:
        if self._centre is None:
            if self._is_over:
                raise CentreUnreachable("the desk is closed")
            centre = open_centre(self._server, self._user, self._password)
            with self._gate:
                self._centre = centre
        if self._hung_up != hung_up:
            raise CentreUnreachable("hung up")
        return self._centre

    def _drop_if_hung_up(self, before: int) -> None:
        """Whoever comes last, the one who hangs up or the one who asks, closes it; one who
        asks now and holds the turn does it in their place."""
        if self._hung_up != before and self._turn.acquire(blocking=False):
            try:
                self._drop()
            finally:
                self._turn.release()

    def _drop(self) -> None:
        with self._gate:
            centre, self._centre = self._centre, None
        if centre is not None:
            centre.close()

    # -- quiet -------------------------------------------------------------------------------
    def _mind_quiet(self) -> None:
        with self._gate:
            self._quiet_since = time.monotonic()
            if self._centre is not None and self._watch is None:
                self._watch_for(self._quiet_seconds)

    def _watch_for(self, seconds: float) -> None:
        self._watch = threading.Timer(seconds, self._on_watch)
        self._watch.daemon = True
        self._watch.start()

    def _on_watch(self) -> None:
        """Close the connection if it was quiet for long; look again later if not."""
        is_free = self._turn.acquire(blocking=False)
        try:
            with self._gate:
                if self._watch is None:
                    return
                self._watch = None
                left = self._quiet_seconds - (time.monotonic() - self._quiet_since)
                if left > 0 or not is_free:
                    self._watch_for(max(left, 0.0) or self._quiet_seconds)
                    return
            self._drop()
        finally:
            if is_free:
                self._turn.release()
