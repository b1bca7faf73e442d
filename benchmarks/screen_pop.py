"""From the INVITE to the account on the screen.

T0  just before the caller's `sendto`, in a process of its own
T1  the 180 is on the wire
T2  the card of THIS caller's account is painted in the agent's window, and the window is done

Two desks run side by side, one with 10,000 accounts and one with as many as asked for; calls go
to them in turn, in shuffled order, idle or while the window's thread holds the interpreter for
300 ms of each second. Each call comes from another customer and is given up after it was seen.
All times are of `time.monotonic_ns()`, which all processes of a machine share.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from common import OFFSCREEN, Goal, Report, arguments, percentile, report, summary  # noqa: E402

from agent_desktop.models.store.encrypted_file import connect  # noqa: E402
from agent_desktop.models.store.stores import MIRROR_FILE  # noqa: E402
from tools import filled_mirror  # noqa: E402

SMALL = 10_000
#: How often a desk is started anew to measure the first call after the start.
STARTS = 5
#: A number that more accounts than this share is nobody's.
MOST_SHARING = 8
ANSWER_SECONDS = 30.0
_SOME_NUMBER = """
    SELECT directory.id, phone.e164 FROM directory JOIN directory_phone AS phone USING (n)
    WHERE n = ?
      AND (SELECT count(*) FROM directory_phone AS o WHERE o.e164 = phone.e164) <= ?
"""
HEADERS = {"X-Queue-Name": "Service", "X-DNIS": "08007070196"}


@dataclass(frozen=True, slots=True)
class Customer:
    """A caller: the number, E.164 with a plus, and the account it belongs to."""

    number: str
    account: UUID


@dataclass(frozen=True, slots=True)
class Pop:
    """One measured call, in milliseconds after T0."""

    ringing: float
    painted: float


class Talk:
    """A process that is told and tells JSON lines."""

    def __init__(self, *command: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND":
                       "keyring.backends.null.Keyring"}  # fmt: skip
        environment.setdefault("QT_QPA_PLATFORM", OFFSCREEN)
        self._process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=ROOT, env=environment,
        )  # fmt: skip

    def tell(self, **order: object) -> None:
        """Send one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def hear(self, kind: str) -> dict[str, Any]:
        """The next line, which must be of this kind."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        heard: dict[str, Any] = json.loads(line) if line else {"t": "nothing, it has ended"}
        if heard["t"] != kind:
            raise RuntimeError(f"{kind} was expected, but there came {heard}")
        return heard

    def end(self) -> None:
        """Let it quit; it is ended by force when it does not."""
        try:
            self.tell(t="quit")
            self._process.wait(15)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class Desk:
    """A desk with a mirror of its own, and the caller who rings it."""

    def __init__(self, folder: Path, accounts: int, calls: int, chance: random.Random) -> None:
        self.accounts = accounts
        self._folder = folder / str(accounts)
        self._folder.mkdir()
        mirror = self._folder / MIRROR_FILE
        shutil.copyfile(filled_mirror.cached(accounts), mirror)
        self._customers = iter(customers(mirror, calls, chance))

    def open(self) -> None:
        """Start the program and sign the agent in; returns when the line is ready."""
        self._desk = Talk(str(ROOT / "benchmarks" / "_desk.py"), str(self._folder))
        port = self._desk.hear("open")["port"]
        self._caller = Talk("-m", "tools.caller", "--to-port", str(port))
        self._caller.hear("ready")

    def close(self) -> None:
        """End caller and program."""
        self._caller.end()
        self._desk.end()

    def ring(self, busy: bool, chance: random.Random) -> Pop:
        """One call of the next customer, until the desk is as it was before."""
        customer = next(self._customers)
        self._desk.tell(t="watch", number=customer.number, account=str(customer.account), busy=busy)
        self._desk.hear("watching")
        # Somewhere in the second of the burner, or not in step with the desk's own clocks.
        # At another moment of the busy second each time, or all rings would meet the same burn.
        time.sleep(0.02 + chance.random() * (1.0 if busy else 0.03))
        self._caller.tell(t="ring", number=customer.number, headers=HEADERS)
        rung = self._caller.hear("ringing")
        painted = self._desk.hear("painted")["ns"]
        self._caller.tell(t="give_up")
        self._caller.hear("given_up")
        self._desk.hear("clear")
        began = rung["sent_ns"]
        return Pop((rung["ringing_ns"] - began) / 1e6, (painted - began) / 1e6)


def customers(mirror: Path, count: int, chance: random.Random) -> Sequence[Customer]:
    """Customers from all over the directory, each once."""
    c = connect(mirror, filled_mirror.KEY)
    last = c.execute("SELECT max(n) FROM directory").fetchone()[0]
    found: dict[UUID, Customer] = {}
    while len(found) < count:
        row = c.execute(_SOME_NUMBER, (chance.randint(1, last), MOST_SHARING)).fetchone()
        if row is not None:
            account = UUID(bytes=bytes(row[0]))
            found[account] = Customer(f"+{row[1]}", account)
    c.close()
    return list(found.values())


@contextmanager
def opened(desks: Sequence[Desk]) -> Iterator[None]:
    """All desks open, and closed again whatever happens."""
    begun = []
    try:
        for desk in desks:
            desk.open()
            begun.append(desk)
        yield
    finally:
        for desk in begun:
            desk.close()


def measure_first(desk: Desk, chance: random.Random) -> list[Pop]:
    """The first call after each of some starts."""
    pops = []
    for _ in range(STARTS):
        with opened([desk]):
            pops.append(desk.ring(busy=False, chance=chance))
    return pops


def measure(
    desks: Sequence[Desk], runs: int, chance: random.Random
) -> dict[tuple[int, bool], list[Pop]]:
    """Calls to each desk in each mode, shuffled within every round."""
    turns = [(desk, busy) for desk in desks for busy in (False, True)]
    pops: dict[tuple[int, bool], list[Pop]] = {(d.accounts, busy): [] for d, busy in turns}
    with opened(desks):
        for desk in desks:
            desk.ring(busy=False, chance=chance)  # the first one is measured by itself
        for _ in range(runs):
            chance.shuffle(turns)
            for desk, busy in turns:
                pops[desk.accounts, busy].append(desk.ring(busy, chance))
    return pops


def goals(pops: dict[tuple[int, bool], list[Pop]], first: list[Pop], n: int) -> list[Goal]:
    """The goals, as documented in docs/benchmarks.md."""
    painted = {key: [pop.painted for pop in found] for key, found in pops.items()}
    ringing = {key: [pop.ringing for pop in found] for key, found in pops.items()}
    small = statistics.median(painted[SMALL, False])
    p95 = percentile(painted[n, False], 95)
    return [
        Goal(f"T2 p95, idle, {n:,} accounts", 50.0, p95, "ms"),
        Goal(f"T2 median at {n:,} against {SMALL:,}", max(1.2 * small, small + 3.0),
             statistics.median(painted[n, False]), "ms"),
        Goal("T1 p95, idle", 10.0, percentile(ringing[n, False], 95), "ms"),
        Goal("T1 p95, busy", 20.0, percentile(ringing[n, True], 95), "ms"),
        Goal("T2 of the first call after start within the p95 (median of the starts)", p95,
             statistics.median(pop.painted for pop in first), "ms"),
    ]  # fmt: skip


def main() -> int:
    """Measure, print, judge."""
    parser = arguments(__doc__.partition("\n")[0], accounts=100_000, runs=80)
    options = parser.parse_args()
    chance = random.Random(20261120)
    folder = Path(tempfile.mkdtemp(prefix="ad-screen-pop-"))
    sizes = dict.fromkeys((SMALL, options.accounts))
    calls = 2 * options.runs + STARTS + 1
    try:
        desks = [Desk(folder, accounts, calls, chance) for accounts in sizes]
        first = measure_first(desks[-1], chance)
        pops = measure(desks, options.runs, chance)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = Report("screen_pop", sum(map(len, pops.values())))
    for (accounts, busy), seen in pops.items():
        name = f"{accounts:,} accounts, {'busy' if busy else 'idle'}"
        found.results[f"T1 {name}"] = summary([pop.ringing for pop in seen])
        found.results[f"T2 {name}"] = summary([pop.painted for pop in seen])
    found.results["T1 first call"] = summary([pop.ringing for pop in first])
    found.results["T2 first call"] = summary([pop.painted for pop in first])
    found.goals += goals(pops, first, options.accounts)
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
