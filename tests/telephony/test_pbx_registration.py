"""Registering at a real PBX: three transports, and everything that must be refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent_desktop.telephony.call import CallState, LineState
from tests.pbx.pbx import HOST, Pbx
from tests.telephony.endpoints import Desk
from tests.telephony.pbx_lines import OpenDesk, line_of
from tests.waiting import until_in_qt

pytestmark = [pytest.mark.pbx, pytest.mark.sip]


def _refused(desk: Desk, pbx: Pbx, extension: str, **facts: Any) -> str:
    """Open a line that must not come up; the code it failed with."""
    desk.phone.open_line(line_of(pbx, extension, **facts))
    until_in_qt(lambda: desk.phone.line.state is LineState.FAILED, 20)
    assert not pbx.registered(extension)
    return desk.phone.line.code


@pytest.mark.parametrize(("extension", "encrypted"), [("6001", 0), ("6002", 0), ("6003", 1)])
def test_registers_over_each_transport(
    pbx: Pbx, open_desk: OpenDesk, extension: str, encrypted: bool
) -> None:
    desk = open_desk(extension)
    assert pbx.registered(extension)
    assert desk.phone.line.encrypted is bool(encrypted)
    pbx.originate(extension)
    call = desk.wait_call(CallState.RINGING)
    assert not call.encrypted
    desk.phone.answer(call.id)
    desk.wait_call(CallState.TALKING)
    until_in_qt(lambda: desk.now(0).encrypted is bool(encrypted))


def test_unregisters_when_the_line_is_closed(pbx: Pbx, desk: Desk) -> None:
    desk.open(line_of(pbx, "6001"))
    assert pbx.registered("6001")
    desk.close()
    pbx.wait_for(lambda: not pbx.registered("6001"))


def test_wrong_password_is_refused_and_not_tried_again(pbx: Pbx, desk: Desk) -> None:
    code = _refused(desk, pbx, "6001", secret="wrong")
    assert code in {"sip_401", "sip_403"}
    tries = pbx.log().count('username="6001"')
    # Another line is opened and works: in that time the first would have been tried again.
    desk.phone.open_line(line_of(pbx, "6004"))
    until_in_qt(lambda: desk.phone.line.state is LineState.READY)
    assert pbx.log().count('username="6001"') == tries > 0
    assert "wrong" not in desk.log()


@pytest.mark.parametrize(
    ("port", "code"),
    [
        ("tls_stranger", "tls_untrusted"),
        ("tls_expired", "tls_expired"),
        ("tls_misnamed", "tls_name"),
    ],
)
def test_a_certificate_that_is_not_in_order_is_refused(
    pbx: Pbx, desk: Desk, port: str, code: str
) -> None:
    registrar = f"{HOST}:{getattr(pbx.ports, port)}"
    assert _refused(desk, pbx, "6003", registrar=registrar) == code


def test_our_authority_is_not_trusted_unless_the_line_names_it(pbx: Pbx, desk: Desk) -> None:
    assert _refused(desk, pbx, "6003", ca_file="") == "tls_untrusted"


def test_an_authority_file_that_is_not_there_is_no_reason_to_trust(
    pbx: Pbx, desk: Desk, tmp_path: Path
) -> None:
    ca_file = str(tmp_path / "nothing.pem")
    assert _refused(desk, pbx, "6003", ca_file=ca_file) == "tls_no_authority"


def test_calls_without_encrypted_sound_are_refused_on_a_line_that_requires_it(
    pbx: Pbx, open_desk: OpenDesk
) -> None:
    # 6001's endpoint at the PBX offers plain sound only.
    desk = open_desk("6001", "tls")
    pbx.originate("6001")
    pbx.wait_for(lambda: "SIP/2.0 488" in pbx.log() or "SIP/2.0 406" in pbx.log())
    assert not [call for call in desk.heard if call.answered_at]


def test_the_secret_is_nowhere(pbx: Pbx, open_desk: OpenDesk) -> None:
    desk = open_desk("6001")
    secret = line_of(pbx, "6001").secret
    for path in desk.folder.iterdir():
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path.name
