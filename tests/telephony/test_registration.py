"""The line registers with a PBX, believes only it, and says good-bye."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent_desktop.telephony.call import CallState, LineSettings, LineState
from tests.telephony.endpoints import Desk
from tests.telephony.registrar import Registrar
from tests.waiting import until_in_qt
from tools.caller import WireCaller

pytestmark = pytest.mark.sip

PBX = "127.0.0.3"


@pytest.fixture
def registrar() -> Iterator[Registrar]:
    registrar = Registrar(PBX, user="agent-7", secret="hunter2")
    yield registrar
    registrar.close()


def _settings(registrar: Registrar, secret: str = "hunter2") -> LineSettings:
    return LineSettings("1001", registrar=registrar.address, user="agent-7", secret=secret)


def test_registers_for_a_minute_with_the_realm_of_the_challenge(
    desk: Desk, registrar: Registrar
) -> None:
    desk.open(_settings(registrar))
    assert registrar.registered
    assert registrar.answers.count(200) == 1
    assert registrar.expires == 60
    assert [line.state for line in desk.lines[:1]] == [LineState.STARTING]
    assert LineState.REGISTERING in [line.state for line in desk.lines]


def test_says_goodbye(desk: Desk, registrar: Registrar) -> None:
    desk.open(_settings(registrar))
    desk.close()
    assert not registrar.registered


def test_wrong_secret_fails_and_is_not_tried_in_a_hurry(desk: Desk, registrar: Registrar) -> None:
    desk.phone.open_line(_settings(registrar, "wrong"))
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED)
    assert desk.phone.line.code == "sip_403"
    assert registrar.answers.count(403) == 1
    assert "wrong" not in desk.log()


def test_no_registrar_there_fails_with_its_code(desk: Desk) -> None:
    desk.phone.open_line(LineSettings("1001", registrar="127.0.0.9:9", transport="tcp"))
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED)
    assert desk.phone.line.code.startswith("sip_50")


@pytest.mark.parametrize(("host", "status"), [(PBX, 180), ("127.0.0.1", 403), ("127.0.0.4", 403)])
def test_only_the_pbx_is_believed(desk: Desk, registrar: Registrar, host: str, status: int) -> None:
    port = desk.open(_settings(registrar))
    caller = WireCaller(port, host=host)
    try:
        call = caller.call("+551133334444")
        caller.wait(call, status)
        if status == 180:
            desk.wait_call(CallState.RINGING)
            caller.cancel(call)
            desk.wait_call(CallState.ENDED)
        assert bool(desk.heard) is (status == 180)
    finally:
        caller.close()


def test_unknown_transport_is_told(desk: Desk) -> None:
    desk.phone.open_line(LineSettings("1001", transport="pigeon"))
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED)
    assert desk.phone.line.code == "unknown_transport"
