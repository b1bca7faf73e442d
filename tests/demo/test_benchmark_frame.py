from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import common
from benchmarks.common import Goal, Report


@pytest.mark.parametrize(
    ("percent", "wanted"), [(0, 1), (50, 5), (90, 9), (95, 10), (99, 10), (100, 10)]
)
def test_percentiles_are_measured_values(percent: float, wanted: float) -> None:
    assert common.percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == wanted


def test_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError):
        common.percentile([], 50)


@pytest.mark.parametrize(
    ("value", "at_least", "holds"),
    [(50, False, True), (50.1, False, False), (50, True, True), (49, True, False),
     (float("nan"), False, False)],
)  # fmt: skip
def test_whether_a_goal_holds_is_computed(value: float, at_least: bool, holds: bool) -> None:
    assert Goal("T2 p95", 50, value, "ms", at_least).holds is holds


def test_the_report_is_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Report("screen_pop", 3, {"idle": common.summary([1.0, 2.0, 4.0])})
    found.goals.append(Goal("T2 p95", 3.0, 4.0, "ms"))
    options = common.arguments("x").parse_args(["--json", str(tmp_path / "x.json")])
    assert common.report(found, options) == 1
    written = json.loads((tmp_path / "x.json").read_text())
    assert list(written) == ["name", "machine", "runs", "results", "goals"]
    assert written["goals"] == [
        {"what": "T2 p95", "goal": 3.0, "value": 4.0, "unit": "ms", "holds": False}
    ]
    assert written["results"]["idle"]["p50"] == 2.0
    assert "NO" in capsys.readouterr().out


def test_the_machine_is_told_without_names() -> None:
    told = common.machine()
    assert told["cores"]
    assert "node" not in told
