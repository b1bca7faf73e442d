"""Tells how far a bootstrap is and how long it may still take, a few times a second at most."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any, TypeVar

REPORT_SECONDS = 0.25
#: Before that nobody can know how long it takes.
_GUESS_AFTER_SECONDS = 1.0
_ASK_EVERY = 1000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class BootstrapProgress:
    """Rows here so far, about how many there will be (0: unknown), seconds left (None: unknown)."""

    rows: int
    expected: int
    seconds_left: int | None


NO_PROGRESS = BootstrapProgress(0, 0, None)


class Reporter:
    """Writes one JSON line per report; `begin` again when a slower way has to be gone."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self.begin(0)

    def begin(self, expected: int, already: int = 0) -> None:
        """A fetch begins; `already` rows of the expected came in an earlier one."""
        self._expected = expected
        self._already = already
        self._rows = already
        self._began = time.monotonic()
        self._said_at = 0.0

    def say(self, report: Mapping[str, Any]) -> None:
        """Write any line."""
        self._out.write(json.dumps(report) + "\n")
        # Through a pipe, which would keep small lines back until the end.
        self._out.flush()

    def at(self, rows: int) -> None:
        """So many rows are here now."""
        self._rows = rows
        now = time.monotonic()
        if now > self._said_at + REPORT_SECONDS:
            self._said_at = now
            self.say(asdict(BootstrapProgress(rows, self._expected, self._seconds_left(now))))

    def counted(self, rows: Iterable[Item]) -> Iterator[Item]:
        """The rows, counted as they pass."""
        for n, row in enumerate(rows, self._rows + 1):
            if n % _ASK_EVERY == 0:
                self.at(n)
            self._rows = n
            yield row

    def _seconds_left(self, now: float) -> int | None:
        # Rows of an earlier fetch came at once: they say nothing of how fast others come.
        taken, new = now - self._began, self._rows - self._already
        if not self._expected or new <= 0 or taken < _GUESS_AFTER_SECONDS:
            return None
        return round(taken / new * max(0, self._expected - self._rows))
