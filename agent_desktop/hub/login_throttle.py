"""A limit on wrong passwords: whoever tries one agent's name again and again waits.

Each edge counts for itself, so at n edges n times as many may be tried. A direct connection has no
such limit: PostgreSQL knows none (docs/hub.md).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent_desktop.errors import CentreUnreachable, SignInFailed

#: So many wrong ones in a row pass at once; then one in PAUSE_SECONDS.
FREE = 5
PAUSE_SECONDS = 30.0
#: Wrong ones are forgotten when nobody tried for so long.
FORGOTTEN_SECONDS = 900.0
#: More names than this are not remembered: the oldest are forgotten.
MOST_NAMES = 10_000


class TooManyTries(CentreUnreachable):
    """The password was not looked at: too many wrong ones came before."""

    def __init__(self) -> None:
        super().__init__("too many wrong passwords", "too_many_passwords")


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    last_at: float = 0.0


class LoginThrottle:
    """Lets passwords be tried, not too often; thread-safe."""

    def __init__(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._pause_seconds = pause_seconds
        self._gate = threading.Lock()
        self._tries: dict[str, _Tries] = {}

    def __len__(self) -> int:
        """The number of names that are kept; MOST_NAMES at most."""
        return len(self._tries)

    def check(self, user: str, look: Callable[[], None]) -> None:
        """Let `look` judge a password of this user. Raises what it raises, and TooManyTries."""
        if not self._may_try(user):
            raise TooManyTries
        try:
            look()
        except SignInFailed:
            raise
        except CentreUnreachable:
            # Nobody judged the password: an outage must not lock agents out.
            self._not_looked_at(user)
            raise
        with self._gate:
            self._tries.pop(user, None)

    def _may_try(self, user: str) -> bool:
        """It counts as wrong until it was right, so that many at a time do not slip through."""
        with self._gate:
            now = time.monotonic()
            tries = self._tries.pop(user, None) or _Tries()
            if now - tries.last_at > FORGOTTEN_SECONDS:
                tries.wrong = 0
            may = tries.wrong < FREE or now - tries.last_at >= self._pause_seconds
            if may:
                tries.wrong, tries.last_at = tries.wrong + 1, now
            self._tries[user] = tries  # the newest last
            while len(self._tries) > MOST_NAMES:
                del self._tries[next(iter(self._tries))]
            return may

    def _not_looked_at(self, user: str) -> None:
        with self._gate:
            tries = self._tries.get(user)
            if tries is not None and tries.wrong:
                tries.wrong -= 1
