"""The tests' PBX proves itself with programs that are neither ours nor Asterisk's."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path

import pytest

from tests.pbx.baresip import phone, programs_missing, samples_of, share_of_tone
from tests.pbx.house import Ports
from tests.pbx.pbx import HOST, Pbx

pytestmark = [
    pytest.mark.pbx,
    pytest.mark.skipif(bool(programs_missing()), reason=programs_missing()),
]


@pytest.mark.parametrize("extension", ["6001", "6002", "6003"])
def test_a_phone_registers_and_hears_the_tone(pbx: Pbx, tmp_path: Path, extension: str) -> None:
    with phone(pbx, extension, tmp_path) as baresip:
        contact = pbx.contact(extension)
        assert contact is not None
        assert "baresip" in contact.user_agent
        baresip.command("dial", "101")
        pbx.wait_for(lambda: [leg for leg in pbx.legs_of(extension) if leg.is_up])
        assert baresip.hears(440) > 0.9
        assert ("RTP/SAVP" in pbx.log()) == (extension == "6003")


def test_what_a_phone_says_is_kept(pbx: Pbx, tmp_path: Path) -> None:
    with phone(pbx, "6001", tmp_path, hertz=850) as baresip:
        baresip.command("dial", "111")
        assert baresip.hears(440) > 0.9
        pbx.hang_up_all()
    said = samples_of(pbx.recording("6001"))
    assert share_of_tone(said[-8000:-2000], 850) > 0.9


def test_a_customer_reaches_the_agent_of_the_queue(pbx: Pbx, tmp_path: Path) -> None:
    pbx.customer_calls("+5511987654321", "Ana Souza")
    pbx.wait_for(lambda: pbx.waiting() == 1)
    with phone(pbx, "6001", tmp_path, hertz=850, auto=True) as baresip:
        pbx.add_member("6001")
        assert baresip.hears(1004) > 0.9
        assert pbx.waiting() == 0
        invite = _invite_to_agent(pbx)
        pbx.hang_up_all()
    assert re.search(r"^X-Queue-Name: support\r?$", invite, re.M)
    assert re.search(r"^X-DNIS: 08000001\r?$", invite, re.M)
    assert re.search(r"^X-ANI: \+5511987654321\r?$", invite, re.M)
    assert re.search(r"^X-Call-UUID: [0-9a-f-]{36}\r?$", invite, re.M)
    assert re.search(r'^P-Asserted-Identity: "Ana Souza" <sip:\+5511987654321@', invite, re.M)
    heard = samples_of(pbx.recording("+5511987654321"))
    assert share_of_tone(heard[-8000:-2000], 850) > 0.9


def _invite_to_agent(pbx: Pbx) -> str:
    return pbx.log().rpartition("\nINVITE sip:6001")[2].partition("\r\n\r\n")[0]


def _certificate(pbx: Pbx, port: int) -> str:
    """Who answers at a TLS port; raises as a careful phone would refuse."""
    context = ssl.create_default_context(cafile=str(pbx.ca_file))
    with (
        socket.create_connection((HOST, port), 10) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        return str(secure.version())


def test_only_the_good_certificate_is_believed(pbx: Pbx) -> None:
    ports: Ports = pbx.ports
    assert _certificate(pbx, ports.tls) == "TLSv1.2"
    for port, why in (
        (ports.tls_expired, "expired"),
        (ports.tls_stranger, "unable to get local issuer"),
        (ports.tls_misnamed, "mismatch"),
    ):
        with pytest.raises(ssl.SSLCertVerificationError, match=why):
            _certificate(pbx, port)
