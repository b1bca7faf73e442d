"""Wraps callbacks of the SIP library so that they never raise into it."""

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
        # Broad on purpose: this is the edge to C, beyond which an exception ends as a hanging call.
        except Exception:
            log.exception("%r failed", callback)

    return guard  # type: ignore[return-value]
