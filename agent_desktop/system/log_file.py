"""The program's log, and the last net for errors nobody caught."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path
from types import TracebackType

log = logging.getLogger("agent_desktop")


#: The values of the setting `log_level`, the most talkative first.
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def keep_log(folder: Path, level: str = "info") -> None:
    """Write the log to `folder`/log (five files of 1 MB at most) and log uncaught errors as well.

    `level` is one of LEVELS in any case; any other text counts as "info" and is logged, because
    a mistake in a settings file must not keep an agent from signing in.
    """
    (folder / "log").mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / "log" / "agent-desktop.log", maxBytes=1_000_000, backupCount=4, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    known = LEVELS.get(level.lower())
    logging.getLogger().setLevel(logging.INFO if known is None else known)
    if known is None:
        log.warning("log_level %r is none of %s", level, ", ".join(LEVELS))
    sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    log.critical("nobody caught this", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
