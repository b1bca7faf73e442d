"""A desktop that is killed while the agent types, and started again.

The whole program offscreen with a centre and a caller: notes are typed without a pause, a letter
each 50 ms, and the process gets kill -9 after some seconds. Lost is the time of typing before the
kill of which nothing is kept. Restart is from starting the process anew (_restarted_desk.py, which
loads nothing of the tests) to the same page painted with the text and the caret in it, the call
still up; the sign-in button is pressed as soon as the sign-in page is painted, the password in it.
The call and the line come back beside that, and are told in a row of their own.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from common import OFFSCREEN, Goal, Report, arguments, percentile, report, summary

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from agent_desktop.demo.caller_control import DemoCustomer  # noqa: E402
from agent_desktop.demo.callers import CALLERS, RITA, CallerKind  # noqa: E402
from agent_desktop.demo.demo_centre import DemoCentre  # noqa: E402

MARINA = CALLERS[CallerKind.KNOWN]
ACCOUNTS = 60
#: How long is typed before the kill, in seconds.
TYPED = (2.0, 4.0)


#: The steps of a restart as _restarted_desk.py tells them.
STEPS = {
    "page": "sign-in page painted, s",
    "signed_in": "signed in, s",
    "back": "restart to page, text and caret, s",
    "line": "the call is back and the line ready, s",
}


class Life:
    """One life of the desk; it tells lines of JSON."""

    def __init__(self, *command: str) -> None:
        self.began_ns = time.monotonic_ns()
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )

    def hears(self, line: str) -> None:
        """The settings it reads from its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

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


@dataclass(frozen=True, slots=True)
class Restart:
    """One kill and the start after it, in seconds; `steps` from the start of the process,
    `processor` what it had used of the processor when the text was back."""

    lost: float
    steps: dict[str, float]
    processor: float


def one_run(folder: Path, server: str, customer: DemoCustomer, seconds: float) -> Restart:
    """Typing, a kill, a start."""
    place = [str(folder), server, f"r{uuid4().hex[:8]}"]
    first = Life("-m", "tests.stories.typing_desk", *place, "steady")
    customer.call(int(first.tells()["port"]), MARINA.number, **MARINA.facts)
    letters = [first.tells()]
    while letters[-1]["ns"] < letters[0]["ns"] + seconds * 1e9:
        letters.append(first.tells())
    killed_at = first.is_killed()
    letters += first.rest()
    second = Life(str(ROOT / "benchmarks" / "_restarted_desk.py"), *place, RITA.user_name)
    second.hears(RITA.password)
    told: dict[str, dict[str, Any]] = {}
    while len(told) < len(STEPS):
        line = second.tells()
        told[line["t"]] = line
    second.is_killed()
    customer.hang_up()
    back = told["back"]
    typed = ("abcdefghij" * len(letters))[: len(letters)]
    assert back["page"] == "account", "another page"
    assert typed.startswith(back["text"]), "not what was typed"
    lost = [each["ns"] for each in letters if each["letters"] > len(back["text"])]
    return Restart(
        lost=(killed_at - lost[0]) / 1e9 if lost else 0.0,
        steps={step: (told[step]["ns"] - second.began_ns) / 1e9 for step in STEPS},
        processor=back["cpu"],
    )


def main() -> int:
    """Measure, print, judge."""
    options = arguments(__doc__.partition("\n")[0], runs=10).parse_args()
    found = Report("restart", options.runs)
    # The kill comes at another moment of typing in each run, and at the same ones in the next run.
    chance = random.Random(20261122)
    runs: list[Restart] = []
    with (
        tempfile.TemporaryDirectory() as name,
        DemoCustomer() as customer,
        DemoCentre(Path(name) / "centre", ACCOUNTS, durable=False) as centre,
    ):
        os.environ["QT_QPA_PLATFORM"] = OFFSCREEN
        for run in range(options.runs):
            seconds = chance.uniform(*TYPED)
            runs.append(one_run(Path(name) / str(run), centre.server, customer, seconds))
    lost = [run.lost for run in runs]
    found.results["typing lost, s"] = summary(lost)
    for step, words in STEPS.items():
        found.results[words] = summary([run.steps[step] for run in runs])
    found.results["processor used until it is back, s"] = summary([r.processor for r in runs])
    back = percentile([run.steps["back"] for run in runs], 95)
    found.goals.append(Goal("typing lost, the most", 1.0, max(lost), "s"))
    found.goals.append(Goal("restart p95", 3.0, back, "s"))
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
