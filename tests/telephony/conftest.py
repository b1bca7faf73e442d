"""Two real SIP endpoints: the agent's phone process and the demo's customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.demo.customers import DemoCustomer
from tests.telephony.endpoints import Desk


@pytest.fixture
def desk(qapp: object, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose line is not open yet; its phone process must end without a fault."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()
    assert "Traceback" not in desk.log()


@pytest.fixture(scope="module")
def customer() -> Iterator[DemoCustomer]:
    """The demo's customers."""
    with DemoCustomer() as customer:
        yield customer
