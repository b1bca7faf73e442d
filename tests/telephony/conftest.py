"""Two real SIP endpoints: the agent's phone process and the demo's customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_desktop.demo.caller_control import DemoCustomer
from tests.pbx.pbx import Pbx
from tests.telephony.endpoints import Desk
from tests.telephony.pbx_lines import OpenDesk, desks
from tests.telephony.sound_server import SoundServer


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


@pytest.fixture
def open_desk(qapp: object, pbx: Pbx, tmp_path: Path) -> Iterator[OpenDesk]:
    """Desks of agents who are registered at the real PBX."""
    with desks(pbx, tmp_path) as opener:
        yield opener


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A sound server of this test alone, which all of its processes find."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/pulse")
    server = SoundServer(tmp_path)
    server.start()
    yield server
    server.stop()
