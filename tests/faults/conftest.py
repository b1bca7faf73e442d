"""Faults: each is a named test, `@pytest.mark.fault("name")`, with a short and a long form.

`fault`        its rounds and its line in the table (fault_run.py)
`nursery`      forks desks quickly; shared by the tests of a file
`workstation`  makes desks as processes: `workstation("ana")` (workstation.py)

The short forms run in the suite; `python3 dev.py faults [NAME...] [--rounds N]` runs the long ones.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixtures import Centre
from tests.faults.fault_run import LONG, NAMES, FaultRun, table
from tests.faults.nursery import Nursery
from tests.faults.workstation import Workstation
from tests.sync.desk_at import server_of

AWorkstation = Callable[..., Workstation]
RUNS = pytest.StashKey[list[FaultRun]]()
HERE = Path(__file__).parent
SHORT_SECONDS = 240


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Faults are slow and take a real centre; `dev.py faults NAME` leaves all others out."""
    wanted = set(filter(None, os.environ.get(NAMES, "").split(",")))
    known = {mark.args[0] for item in items for mark in item.iter_markers("fault")}
    if wanted - known:
        raise pytest.UsageError(f"there is no fault {wanted - known}; there are {sorted(known)}")
    left_out = []
    for item in items:
        mark = item.get_closest_marker("fault")
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.postgres)
            if os.environ.get(LONG):  # before the limit of the short form, which a mark may set
                item.add_marker(pytest.mark.timeout(0), append=False)
            elif item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(SHORT_SECONDS))
        if os.environ.get(LONG) and (mark is None or (wanted and mark.args[0] not in wanted)):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Iterator[FaultRun]:
    """The run of this fault."""
    mark = request.node.get_closest_marker("fault")
    assert mark is not None, "a fault has a name: @pytest.mark.fault(...)"
    run = FaultRun(mark.args[0])
    request.config.stash.setdefault(RUNS, []).append(run)
    yield run
    run.seconds = time.monotonic() - run.began


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    runs = config.stash.get(RUNS, [])
    if runs and os.environ.get(LONG):
        terminalreporter.section("faults")
        for line in table(runs):
            terminalreporter.write_line(line)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Forks desks that need not import anything any more."""
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def workstation(centre: Centre, nursery: Nursery, tmp_path: Path) -> Iterator[AWorkstation]:
    """Makes workstations of agents (added when unknown); their desks end with the test."""
    made: list[Workstation] = []

    def make(user: str = "ana", **more: Any) -> Workstation:
        if user not in centre.agents:
            centre.add_agent(user)
        folder = more.pop("folder", tmp_path / f"{user}{len(made)}")
        server = str(more.pop("server", server_of(centre.dsn)))
        made.append(Workstation(server, folder, user, nursery=nursery, **more))
        return made[-1]

    yield make
    for one in made:
        one.dies()
