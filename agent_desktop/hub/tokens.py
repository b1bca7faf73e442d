"""Tokens: an agent's password is checked once by a log-in, then this is believed for a while.

They are signed with keys that all edges of a site read from the centre, so any edge checks
another's. A token opens nothing by itself: the centre still asks whether the agent is active.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from itsdangerous import BadData, URLSafeTimedSerializer

#: How long a token is believed; the desk logs in again by itself.
TOKEN_SECONDS = 600
#: How often an edge looks whether there is a new key.
_KEYS_SECONDS = 300.0
_SALT = "agent-desktop hub token"


class SignInTokens:
    """Issues and checks tokens; `keys` reads the site's keys, the newest last."""

    def __init__(
        self, keys: Callable[[], Sequence[str]], *, token_seconds: int = TOKEN_SECONDS
    ) -> None:
        self._keys = keys
        self.token_seconds = token_seconds
        self._gate = threading.Lock()
        self._signer: URLSafeTimedSerializer | None = None
        self._read_at = 0.0

    def issue(self, user: str) -> str:
        """A token that says this agent's password was right just now."""
        return str(self._signer_now().dumps(user))

    def known_user(self, token: str) -> str | None:
        """As `user_of`, by the keys read last and without asking anybody; None: ask `user_of`."""
        signer = self._signer
        if signer is None or time.monotonic() > self._read_at + _KEYS_SECONDS:
            return None
        try:
            return str(signer.loads(token, max_age=self.token_seconds))
        except BadData:
            return None

    def user_of(self, token: str) -> str | None:
        """Whose token this is; None for a forged, foreign or old one."""
        for fresh in (False, True):
            try:
                return str(self._signer_now(fresh).loads(token, max_age=self.token_seconds))
            except BadData:
                # Perhaps signed by another edge with a key made a moment ago; looked up seldom.
                if not fresh and time.monotonic() < self._read_at + 1:
                    return None
        return None

    def _signer_now(self, fresh: bool = False) -> URLSafeTimedSerializer:
        with self._gate:
            old = time.monotonic() > self._read_at + _KEYS_SECONDS
            if self._signer is None or old or fresh:
                self._signer = URLSafeTimedSerializer(list(self._keys()), salt=_SALT)
                self._read_at = time.monotonic()
            return self._signer
