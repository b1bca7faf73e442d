"""A desktop that is killed while the agent types, and started again.

The whole program offscreen with a centre and a caller: notes are typed without a pause, a letter
each 50 ms, and the process gets kill -9 after some seconds. Lost is the time of typing before the
kill of which nothing is kept. Restart is from starting the process anew to the same page with the
text and the caret in it, the call still up; the password is typed by the program, at once.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from common import Goal, Report, arguments, percentile, report, summary

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from agent_desktop.demo.cast import CALLERS, CallerKind  # noqa: E402
from agent_desktop.demo.customers import DemoCustomer  # noqa: E402
from agent_desktop.demo.stage import Stage  # noqa: E402

MARINA = CALLERS[CallerKind.KNOWN]
ACCOUNTS = 60
#: How long is typed before the kill, in seconds.
TYPED = (2.0, 4.0)


class Life:
    """One life of the desk; it tells lines of JSON."""

    def __init__(self, place: list[str], what: str) -> None:
        self.began_ns = time.monotonic_ns()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.desk.typing_desk", *place, what],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def tells(self) -> dict[str, Any]:
        """The next line."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the desk has ended")
        return dict(json.loads(line))

    def rest(self) -> list[dict[str, Any]]:
        """All that is left to read of a life that has ended."""
        assert self._process.stdout is not None
        return [json.loads(line) for line in self._process.stdout if line.endswith(b"\n")]

    def is_killed(self) -> int:
        """kill -9; when, in nanoseconds."""
        at = time.monotonic_ns()
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        return at


def one_run(
    folder: Path, server: str, customer: DemoCustomer, seconds: float
) -> tuple[float, float]:
    """Seconds of typing lost, and seconds until the text can be gone on with."""
    place = [str(folder), server, f"r{uuid4().hex[:8]}"]
    first = Life(place, "steady")
    customer.call(int(first.tells()["port"]), MARINA.number, **MARINA.facts)
    letters = [first.tells()]
    while letters[-1]["ns"] < letters[0]["ns"] + seconds * 1e9:
        letters.append(first.tells())
    killed_at = first.is_killed()
    letters += first.rest()
    second = Life(place, "back")
    back = second.tells()
    second.is_killed()
    customer.hang_up()
    kept = len(back["text"])
    assert kept <= len(letters), "more than was typed"
    lost = [each["ns"] for each in letters if each["letters"] > kept]
    lost_seconds = (killed_at - lost[0]) / 1e9 if lost else 0.0
    return lost_seconds, (back["ns"] - second.began_ns) / 1e9


def main() -> int:
    """Measure, print, judge."""
    options = arguments(__doc__.partition("\n")[0], runs=10).parse_args()
    found = Report("restart", options.runs)
    chance = random.Random(20261122)
    lost, back = [], []
    with (
        tempfile.TemporaryDirectory() as name,
        DemoCustomer() as customer,
        Stage(Path(name) / "stage", ACCOUNTS, durable=False) as stage,
    ):
        for run in range(options.runs):
            seconds = chance.uniform(*TYPED)
            one = one_run(Path(name) / str(run), stage.server, customer, seconds)
            lost.append(one[0])
            back.append(one[1])
    found.results["typing lost, s"] = summary(lost)
    found.results["restart to page, text and caret, s"] = summary(back)
    found.goals.append(Goal("typing lost, the most", 1.0, max(lost), "s"))
    found.goals.append(Goal("restart p95", 3.0, percentile(back, 95), "s"))
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
