"""The tests' PBX proves itself with programs that are neither ours nor Asterisk's."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path

import pytest

from tests.pbx import baresip as third_phone
from tests.pbx import sipp
from tests.pbx.baresip import phone, samples_of, share_of_tone
from tests.pbx.house import Ports
from tests.pbx.pbx import HOST, Pbx
from tests.pbx.sipp import Customer, customer, third_party

MISSING = third_phone.programs_missing() or sipp.programs_missing()
pytestmark = pytest.mark.pbx
with_callers = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@with_callers
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


@with_callers
def test_what_a_phone_says_is_kept(pbx: Pbx, tmp_path: Path) -> None:
    with phone(pbx, "6001", tmp_path, hertz=850) as baresip:
        baresip.command("dial", "111")
        assert baresip.hears(440) > 0.9
        pbx.hang_up_all()
    said = samples_of(pbx.recording("6001"))
    assert share_of_tone(said[-8000:-2000], 850) > 0.9


@with_callers
def test_a_customer_reaches_the_agent_of_the_queue(pbx: Pbx, tmp_path: Path) -> None:
    pbx.customer_calls("+5511987654321", "Ana Souza")
    pbx.wait_for(lambda: pbx.waiting() == 1)
    with phone(pbx, "6001", tmp_path, hertz=850, auto=True) as baresip:
        pbx.add_member("6001")
        assert baresip.hears(1004) > 0.9
        assert pbx.waiting() == 0
        pbx.hang_up_all()
    invite = pbx.sent("INVITE sip:6001")[-1]
    assert invite.header("X-Queue-Name") == "support"
    assert invite.header("X-DNIS") == "08000001"
    assert invite.header("X-ANI") == "+5511987654321"
    assert re.fullmatch("[0-9a-f-]{36}", invite.header("X-Call-UUID"))
    assert invite.header("P-Asserted-Identity").startswith('"Ana Souza" <sip:+5511987654321@')
    heard = samples_of(pbx.recording("+5511987654321"))
    assert share_of_tone(heard[-8000:-2000], 850) > 0.9


@with_callers
def test_a_call_of_the_carrier_is_offered_with_its_facts(pbx: Pbx, tmp_path: Path) -> None:
    calling = Customer("11987654321", "Ana Souza", uuid="u-77", uui="4142;encoding=hex")
    pbx.add_member("6004")
    with (
        phone(pbx, "6004", tmp_path, auto=True),
        customer(pbx, calling, tmp_path) as outside,
    ):
        pbx.wait_for(lambda: [leg for leg in pbx.legs_of("6004") if leg.is_up and leg.bridge])
        pbx.hang_up("6004")
        assert outside.wait(20) == 0
    invite = pbx.sent("INVITE sip:6004")[-1]
    assert invite.header("X-Call-UUID") == "u-77"
    assert invite.header("User-to-User") == "4142;encoding=hex"
    assert invite.header("P-Asserted-Identity").startswith('"Ana Souza" <sip:11987654321@')


@with_callers
def test_a_third_party_is_called_through_the_carrier(pbx: Pbx, tmp_path: Path) -> None:
    with third_party(pbx, tmp_path) as outside, phone(pbx, "6001", tmp_path, hertz=850) as baresip:
        baresip.command("dial", "911987654321")
        assert baresip.hears(850) > 0.9  # it sends back what we say
        pbx.hang_up("6001")
        assert outside.wait(20) == 0
    assert pbx.sent("INVITE sip:11987654321@")


@with_callers
def test_digits_are_collected(pbx: Pbx, tmp_path: Path) -> None:
    with phone(pbx, "6001", tmp_path) as baresip:
        baresip.command("dial", "107")
        pbx.wait_for(lambda: [leg for leg in pbx.legs_of("6001") if leg.is_up])
        baresip.command("sndcode", "159*0#")
        pbx.wait_for(lambda: pbx.digits("6001") == "159*0#")


@with_callers
def test_a_blind_transfer_goes_where_it_was_sent(pbx: Pbx, tmp_path: Path) -> None:
    with (
        phone(pbx, "6004", tmp_path, hertz=850, auto=True) as called,
        phone(pbx, "6001", tmp_path) as baresip,
    ):
        baresip.command("dial", "6004")
        assert baresip.hears(850) > 0.9
        baresip.command("transfer", "101")
        assert called.hears(440) > 0.9
        pbx.wait_for(lambda: not pbx.legs_of("6001"))


@with_callers
def test_the_lamp_follows_the_mailbox(pbx: Pbx, tmp_path: Path) -> None:
    with phone(pbx, "6001", tmp_path):
        pbx.messages("6001", new=2, old=1)
        pbx.wait_for(lambda: _told(pbx, "Voice-Message: 2/1"))
        pbx.messages("6001", new=0)
        pbx.wait_for(lambda: _told(pbx, "Voice-Message: 0/0"))


def _told(pbx: Pbx, line: str) -> bool:
    notifies = pbx.sent("NOTIFY sip:6001")
    return bool(notifies) and line in notifies[-1].text


@with_callers
@pytest.mark.parametrize(
    ("number", "answer"),
    [("104", "SIP/2.0 486"), ("105", "SIP/2.0 180"), ("106", "SIP/2.0 503")],
)
def test_numbers_that_do_not_answer(pbx: Pbx, tmp_path: Path, number: str, answer: str) -> None:
    with phone(pbx, "6001", tmp_path) as baresip:
        baresip.command("dial", number)
        pbx.wait_for(lambda: pbx.sent(answer))


@with_callers
def test_it_dies_and_comes_back_on_the_same_ports(pbx: Pbx, tmp_path: Path) -> None:
    with Pbx() as other:
        assert not set(other.ports.rtp) & set(pbx.ports.rtp)
        pbx.kill()
        assert not pbx.is_running
        assert pbx.ports.are_free()
        with phone(other, "6001", tmp_path):
            assert other.registered("6001")
        pbx.start()
        with phone(pbx, "6001", tmp_path / "again") as baresip:
            assert not other.registered("6001")
            baresip.command("dial", "101")
            assert baresip.hears(440) > 0.9


@with_callers
def test_a_frozen_one_answers_nobody(pbx: Pbx, tmp_path: Path) -> None:
    with phone(pbx, "6001", tmp_path) as baresip:
        pbx.freeze()
        baresip.command("dial", "101")
        assert pbx.is_running
        pbx.thaw()
        assert baresip.hears(440) > 0.9


def test_it_starts_without_complaint(pbx: Pbx) -> None:
    pbx.kill()
    pbx.start()
    assert not re.findall(r"^\[[^\]]*\] (?:ERROR|WARNING).*", pbx.log(), re.M)


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
