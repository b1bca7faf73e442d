"""One fault in its short or its long form: how many rounds, how far it is, what came of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.faults.checker import Verdict

#: Set by `dev.py faults`: the long form; how many rounds instead of a fault's own number; and
#: which faults, separated by commas.
LONG = "AGENT_DESKTOP_FAULTS_LONG"
ROUNDS = "AGENT_DESKTOP_FAULTS_ROUNDS"
NAMES = "AGENT_DESKTOP_FAULTS_NAMES"
TOLD_EVERY_SECONDS = 5.0


def is_long() -> bool:
    """Whether the long forms are wanted."""
    return bool(os.environ.get(LONG))


@dataclass
class FaultRun:
    """What a test of a fault gets: its rounds, and where it says what they brought."""

    name: str
    done: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    remarks: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    @property
    def is_long(self) -> bool:
        """Whether this is the long form."""
        return is_long()

    def wanted(self, short: int, long: int) -> int:
        """How many rounds this run has."""
        return int(os.environ.get(ROUNDS) or long) if is_long() else short

    def rounds(self, short: int, long: int) -> Iterator[int]:
        """Numbers of the rounds from 0; in the long form it tells how far it is."""
        wanted, told = self.wanted(short, long), time.monotonic()
        for number in range(wanted):
            yield number
            self.done = number + 1
            now = time.monotonic()
            if is_long() and now - told > TOLD_EVERY_SECONDS:
                told = now
                left = (now - self.began) / (number + 1) * (wanted - number - 1)
                print(
                    f"{self.name}: {number + 1} of {wanted}, {left / 60:.1f} min left", flush=True
                )

    def found(self, verdict: Verdict) -> None:
        """Count what the checker found, and fail if anything was lost or doubled."""
        self.done = self.done or 1  # a fault that has no rounds was done once
        self.acknowledged += verdict.acknowledged
        self.lost += len(verdict.lost)
        self.doubled += len(verdict.doubled)
        assert verdict.is_good, "\n".join((*verdict.lost, *verdict.doubled))

    def says(self, remark: str) -> None:
        """A figure for the last column of the table."""
        self.remarks.append(remark)


def table(runs: list[FaultRun]) -> list[str]:
    """The runs as lines of text."""
    head = f"{'fault':<34}{'rounds':>7}{'saved':>8}{'lost':>6}{'doubled':>9}{'s':>7}  remarks"
    lines = [
        f"{one.name:<34}{one.done:>7}{one.acknowledged:>8}{one.lost:>6}{one.doubled:>9}"
        f"{one.seconds:>7.0f}  {'; '.join(one.remarks)}"
        for one in runs
    ]
    return [head, *lines]
