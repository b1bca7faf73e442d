"""The frame of every benchmark: arguments, figures, goals, a table to read and JSON to keep.

A benchmark is a module with `if __name__ == "__main__":` that takes `arguments(...)`, measures,
and ends with `report(Report(...), options)`. The JSON has the shape the issues ask for:
`{name, machine, runs, results, goals: [{what, goal, value, unit, holds}]}`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from math import ceil
from pathlib import Path
from statistics import fmean

#: Qt's platform with an agent's screen of 1366x768. The one it makes without being told is so
#: narrow that a third of the window stands beside it, unpainted.
OFFSCREEN = f"offscreen:configfile={Path(__file__).parent / 'screen.json'}"
LIBRARIES = ("PySide6-Essentials", "SQLAlchemy", "psycopg", "sqlcipher3-wheels", "pjsua2-python")


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: the smallest value that `percent` of all do not exceed."""
    if not values:
        raise ValueError("no values, no percentile")
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Count, mean, p50, p95 and the largest of some measurements."""
    return {
        "count": len(values),
        "mean": round(fmean(values), 3),
        "p50": round(percentile(values, 50), 3),
        "p95": round(percentile(values, 95), 3),
        "max": round(max(values), 3),
    }


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and what it must be: at most `goal`, or at least if `at_least`."""

    what: str
    goal: float
    value: float
    unit: str
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Computed, never claimed; a value that is not a number does not hold."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def as_json(self) -> dict[str, object]:
        """The goal as it stands in the file."""
        return {
            "what": self.what, "goal": self.goal, "value": round(self.value, 3),
            "unit": self.unit, "holds": self.holds,
        }  # fmt: skip


@dataclass(slots=True)
class Report:
    """The result of a benchmark: a row of figures for each thing compared, and its goals."""

    name: str
    runs: int
    results: dict[str, Mapping[str, object]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """True if every goal holds."""
        return all(goal.holds for goal in self.goals)

    def as_json(self) -> dict[str, object]:
        """The whole report as it is written to a file."""
        return {
            "name": self.name, "machine": machine(), "runs": self.runs,
            "results": self.results, "goals": [goal.as_json() for goal in self.goals],
        }  # fmt: skip


def machine() -> dict[str, object]:
    """Describe the machine; no host name, no paths."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_mb": _memory_mb(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _memory_mb() -> int:
    if not hasattr(os, "sysconf"):
        return 0
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def arguments(
    description: str, *, accounts: int = 2_000, runs: int = 10
) -> argparse.ArgumentParser:
    """The arguments every benchmark understands; add your own to the parser."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--accounts", type=int, default=accounts, help="size of the company")
    parser.add_argument("--runs", type=int, default=runs, help="measurements of each thing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report there")
    return parser


def report(found: Report, options: argparse.Namespace) -> int:
    """Print the tables, write the JSON if asked; the exit status: 0 if all goals hold."""
    print(f"{found.name}, {found.runs} runs\n")
    print(_results_table(found.results))
    if found.goals:
        print(f"\n{_goals_table(found.goals)}")
    if options.json:
        text = json.dumps(found.as_json(), indent=2, ensure_ascii=False)
        options.json.write_text(f"{text}\n", "utf-8")
    return 0 if found.holds else 1


def _results_table(results: Mapping[str, Mapping[str, object]]) -> str:
    names = list(dict.fromkeys(name for figures in results.values() for name in figures))
    rows = [[what, *(_shown(row.get(name, "")) for name in names)] for what, row in results.items()]
    return table(["", *names], rows)


def _goals_table(goals: Iterable[Goal]) -> str:
    return table(
        ["goal", "wanted", "measured", "unit", "holds"],
        [
            [
                goal.what, f"{'>=' if goal.at_least else '<='} {_shown(goal.goal)}",
                _shown(goal.value), goal.unit, "yes" if goal.holds else "NO",
            ]
            for goal in goals
        ],
    )  # fmt: skip


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain table: the first column to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join((first, *others)).rstrip()

    return "\n".join([line(head), line(["-" * width for width in widths]), *map(line, rows)])
