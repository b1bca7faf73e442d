"""Callbacks that never raise."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

log = logging.getLogger(__name__)

_Callback = TypeVar("_Callback", bound=Callable[..., None])


def guarded(callback: _Callback) -> _Callback:
    """`callback`, but a fault is logged: the SIP library would only print it, and the call or
    registration it was about would hang."""

    @functools.wraps(callback)
    def guard(*arguments: Any) -> None:
        try:
            callback(*arguments)
        # The edge of a callback: what leaves it here is lost in the SIP library.
        except Exception:
            log.exception("%r failed", callback)

    return guard  # type: ignore[return-value]
