"""The fixture `pbx`: one Asterisk a worker, as new for each test; mark such tests with `pbx`.

A plugin (tests/conftest.py), since tests in other folders use it too. Where Asterisk cannot run
the tests are skipped with the reason; in CI as root that is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from tests.pbx import house
from tests.pbx.pbx import Pbx

# The first test of all may have to build Asterisk's folder; others share their machine with one.
_BUILD_SECONDS = 1500
_TEST_SECONDS = 180
_LOG_SHOWN = 60_000
_TAKEN = pytest.StashKey[Pbx]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests at the PBX have more time, the first ones enough to build it."""
    seconds = _TEST_SECONDS if house.is_built() else _BUILD_SECONDS
    for item in items:
        if item.get_closest_marker("pbx") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(seconds))


def _unavailable(reason: house.Unavailable) -> None:
    if os.environ.get("CI") and house.is_root_on_linux():
        pytest.fail(f"in CI the PBX must run: {reason}")
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def running_pbx() -> Iterator[Pbx]:
    """The worker's one Asterisk; tests take `pbx`."""
    try:
        pbx = Pbx()
    except house.Unavailable as reason:
        _unavailable(reason)
        raise
    with pbx:
        yield pbx


@pytest.fixture
def pbx(running_pbx: Pbx, request: pytest.FixtureRequest) -> Iterator[Pbx]:
    """A real Asterisk without calls, registrations, queue members, messages and digits."""
    running_pbx.clean()
    request.node.stash[_TAKEN] = running_pbx
    yield running_pbx
    if running_pbx.is_running:
        running_pbx.thaw()
        running_pbx.hang_up_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what Asterisk logged meanwhile."""
    report = yield
    pbx = item.stash.get(_TAKEN, None)
    if report.failed and pbx:
        report.sections.append((f"Asterisk ({report.when})", pbx.log()[-_LOG_SHOWN:]))
    return report
