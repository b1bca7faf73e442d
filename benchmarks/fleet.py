"""Many desks against one centre: directly, and through edges of the hub.

Each desk is a real line with its own log-in that waits for hints, pulls, saves and gives signs of
life; `--every` is how often a desk saves, in seconds. Desks live in processes of their own, so
that the processor time of the centre, the edges and the desks can be told apart. More and more
desks are tried until the lag grows beyond `--patience`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import psutil
from _fleet_costs import costs
from _fleet_curve import draw
from _fleet_site import ROOT, Site, filled, seconds_of
from common import Report, arguments, percentile, report

from agent_desktop.sync.server import Server

#: Desks of one driver process: more would wait for its interpreter.
DESKS_PER_DRIVER = 50


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement. CPU in cores (1.0: one processor busy all the time); `lag` from offering a
    save at one desk to its row pulled at another, ms; `pull_ms` processor time of the centre and
    of the edges for one pull, saves and signs of life included."""

    desks: int
    changes: float
    pulls: float
    empty: float
    centre: float
    edges: float
    drivers: float
    centre_ms: float
    edge_ms: float
    memory_mb: float
    lag_p50: float
    lag_p99: float
    save_p50: float
    errors: int


class Drivers:
    """The processes that hold the desks of one measurement."""

    def __init__(self, servers: list[Server], users: list[str], every: float) -> None:
        self._processes = []
        homes = cycle(servers)
        for at in range(0, len(users), DESKS_PER_DRIVER):
            part = users[at : at + DESKS_PER_DRIVER]
            order = {"server": asdict(next(homes)), "users": part, "every": every}
            self._processes.append(self._start(order))
        for process in self._processes:
            if self._line(process) != "ready":
                raise RuntimeError("a driver did not get its desks ready")

    def _start(self, order: dict[str, Any]) -> subprocess.Popen[str]:
        command = [sys.executable, str(Path(__file__).with_name("_fleet_desks.py"))]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        self._say(process, json.dumps(order))
        return process

    def _say(self, process: subprocess.Popen[str], text: str) -> None:
        assert process.stdin is not None
        process.stdin.write(text + "\n")
        process.stdin.flush()

    def _line(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()

    def begin(self) -> None:
        """Measure from now on."""
        for process in self._processes:
            self._say(process, "go")

    def told(self) -> list[dict[str, Any]]:
        """Return the figures since `begin`."""
        for process in self._processes:
            self._say(process, "tell")
        return [json.loads(self._line(process)) for process in self._processes]

    def cpu_seconds(self) -> float:
        """Processor time so far."""
        return sum(seconds_of(psutil.Process(one.pid)) for one in self._processes)

    def end(self) -> None:
        """Let all desks go."""
        for process in self._processes:
            self._say(process, "end")
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def measure(site: Site, desks: int, hub: bool, options: argparse.Namespace) -> Point:
    """So many desks at work for a while."""
    site.settle()
    alone = site.memory_mb()
    with ExitStack() as ending:
        edges = []
        if hub:
            edges = ending.enter_context(site.edges(options.edges, options.connections))
        servers = [edge.server for edge in edges] or [site.direct]
        drivers = Drivers(servers, site.users[:desks], options.every)
        ending.callback(drivers.end)
        # Desks that have just signed in still pull what others wrote: no steady state yet.
        time.sleep(options.settle)
        processes = [psutil.Process(edge.process.pid) for edge in edges]

        def spent() -> tuple[float, float, float]:
            return site.cpu_seconds(), sum(map(seconds_of, processes)), drivers.cpu_seconds()

        drivers.begin()
        began, before = time.monotonic(), spent()
        time.sleep(options.seconds)
        seconds, after = time.monotonic() - began, spent()
        memory = (site.memory_mb() - alone) / desks
        found = drivers.told()
    used = [(b - a) / seconds for a, b in zip(before, after, strict=True)]
    return point(desks, seconds, used, memory, found)


def point(
    desks: int, seconds: float, used: list[float], memory: float, found: list[dict[str, Any]]
) -> Point:
    """The figures of a measurement."""
    pulls = sum(one["pulls"] for one in found)
    lags = [lag for one in found for lag in one["lags"]] or [float("inf")]
    saves = [took for one in found for took in one["saves"]] or [float("inf")]
    centre, edges, drivers = used
    return Point(
        desks=desks,
        changes=round(len(saves) / seconds, 1),
        pulls=round(pulls / seconds, 1),
        empty=round(sum(one["empty"] for one in found) / max(1, pulls), 2),
        centre=round(centre, 2),
        edges=round(edges, 2),
        drivers=round(drivers, 2),
        centre_ms=round(1000 * centre * seconds / max(1, pulls), 2),
        edge_ms=round(1000 * edges * seconds / max(1, pulls), 2),
        memory_mb=round(memory, 2),
        lag_p50=round(1000 * percentile(lags, 50), 1),
        lag_p99=round(1000 * percentile(lags, 99), 1),
        save_p50=round(1000 * percentile(saves, 50), 1),
        errors=sum(one["errors"] for one in found),
    )


def curve(site: Site, hub: bool, options: argparse.Namespace) -> list[Point]:
    """Points for more and more desks, until the machine is full."""
    points = []
    for desks in options.desks:
        points.append(measure(site, desks, hub, options))
        print(f"{'hub' if hub else 'direct'}: {points[-1]}", flush=True)
        if points[-1].lag_p50 > options.patience * 1000:
            break
    return points


def _options() -> argparse.Namespace:
    parser = arguments((__doc__ or "").partition("\n")[0], runs=1)
    parser.add_argument(
        "--desks",
        default=[10, 25, 50, 100, 200, 300],
        type=lambda text: [int(one) for one in text.split(",")],
        help="how many, with commas between",
    )
    parser.add_argument("--every", type=float, default=20.0, help="seconds between saves of a desk")
    parser.add_argument("--seconds", type=float, default=12.0, help="length of a measurement")
    parser.add_argument("--settle", type=float, default=2.0, help="seconds before it begins")
    parser.add_argument("--edges", type=int, default=1)
    parser.add_argument("--connections", type=int, default=20, help="of an edge to the centre")
    parser.add_argument("--ways", default="direct,hub", help="direct, hub or both")
    parser.add_argument("--patience", type=float, default=2.0, help="lag at which to stop, seconds")
    parser.add_argument("--questions", type=int, default=300, help="of each kind, to cost one")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw the curve there")
    return parser.parse_args()


def main() -> int:
    """Measure, print, draw."""
    options = _options()
    found = Report("fleet", 1)
    curves: dict[str, list[Point]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="fleet-") as name,
        filled(Path(name), max(options.desks)) as site,
    ):
        if options.questions:
            with site.edges(1, options.connections) as (edge,):
                found.results |= costs(site, edge, options.questions)
        for way in options.ways.split(","):
            curves[way] = curve(site, way == "hub", options)
    for way, points in curves.items():
        for one in points:
            figures = asdict(one)
            found.results[f"{way} {figures.pop('desks')}"] = figures
    if options.svg:
        options.svg.write_text(draw(curves), "utf-8")
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
