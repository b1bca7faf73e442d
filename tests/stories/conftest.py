"""Stories of the whole program: a centre with the demo company, customers who call, desks.

`centre`  the demo company in a database of its own, in a server that may be switched off
`customer`  the process of the customers, which all stories share; calls end with the story
`desk`  Rita's desk, signed in and in sync
`a_desk`  makes more of them: `a_desk(BRUNO)`; `a_desk(RITA, signed_in=False)`
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from agent_desktop.app import make_application
from agent_desktop.central import database
from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.demo.callers import RITA, Agent
from agent_desktop.demo.demo_centre import DATABASE, DemoCentre
from agent_desktop.settings import Settings
from tests.central_fixtures import _UNDERTAKER
from tests.stories.story import Centre, Computer, Desk

ADesk = Callable[..., Desk]
ACCOUNTS = 60
#: A story walks a whole road with real processes; the machine may be busy.
STORY_SECONDS = 240
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are stories with a real centre and real calls."""
    for item in items:
        if HERE in item.path.parents:
            for marker in (pytest.mark.story, pytest.mark.postgres, pytest.mark.sip):
                item.add_marker(marker)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(STORY_SECONDS))


@pytest.fixture(scope="session")
def stage() -> Iterator[DemoCentre]:
    """A server with the demo company as a template; it ends with the run, whatever ends it."""
    folder = Path(tempfile.mkdtemp(prefix="ad-stage-"))
    undertaker = subprocess.Popen(
        [sys.executable, "-c", _UNDERTAKER, str(folder)],
        stdin=subprocess.PIPE,
        cwd=HERE.parent.parent,
    )
    try:
        yield DemoCentre(folder, ACCOUNTS, durable=False).start()
    finally:
        undertaker.communicate(timeout=60)


@pytest.fixture
def centre(stage: DemoCentre) -> Iterator[Centre]:
    """A copy of the demo company; its server runs again after the story."""
    stage.cluster.start()
    name = "story_" + uuid.uuid4().hex[:8]
    with database.connect(stage.cluster.dsn()) as server:
        server.execute(
            f"create database {name} template {DATABASE} owner crm_owner strategy file_copy"
        )
        # A copy has no grants of the template's.
        server.execute(f"revoke all on database {name} from public")
        server.execute(f"grant connect on database {name} to agents")
    yield Centre(stage.cluster, name)
    stage.cluster.start()
    with database.connect(stage.cluster.dsn()) as server:
        server.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def customers() -> Iterator[DemoCustomer]:
    """The one process of all customers."""
    with DemoCustomer() as customers:
        yield customers


@pytest.fixture
def customer(customers: DemoCustomer) -> Iterator[DemoCustomer]:
    """The customers; whoever is still on the line hangs up in the end."""
    yield customers
    customers.hang_up()


@pytest.fixture
def program(qapp: QApplication) -> QApplication:
    """The Qt application in the look of the program."""
    return make_application(Settings(theme="light"))


@pytest.fixture
def a_desk(
    centre: Centre, customer: DemoCustomer, program: QApplication, tmp_path: Path
) -> Iterator[ADesk]:
    """Makes desks, each on a computer of its own; all of them are closed in the end."""
    desks: list[Desk] = []

    def make(agent: Agent = RITA, *, signed_in: bool = True) -> Desk:
        folder = tmp_path / f"computer{len(desks) + 1}"
        desk = Desk(Computer(folder, centre.server, agent), customer)
        desks.append(desk)
        desk.opens()
        return desk.signs_in().is_in_sync() if signed_in else desk

    yield make
    for desk in desks:
        desk.closes()


@pytest.fixture
def desk(a_desk: ADesk) -> Desk:
    """Rita's desk, signed in and in sync."""
    return a_desk(RITA)
