"""What an INVITE says about its caller, in the forms PBXs write it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent_desktop.telephony import sip
from agent_desktop.telephony.call import Call, CallState, Direction, EndReason

AT = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def _read(*headers: str) -> Call:
    lines = ["INVITE sip:1001@127.0.0.1 SIP/2.0", *headers]
    return sip.call_from_invite("\r\n".join(lines) + "\r\n\r\nv=0\r\nX-DNIS: body", "id", AT)


@pytest.mark.parametrize(
    ("header", "number", "name"),
    [
        ('From: "Maria" <sip:+5511987654321@pbx>;tag=1', "+5511987654321", "Maria"),
        ("From: Maria Silva <sip:1133334444@pbx>;tag=1", "1133334444", "Maria Silva"),
        ("f: sip:1133334444@pbx;tag=1", "1133334444", ""),
        ("From: <tel:+55-11-98765-4321>;tag=1", "+55-11-98765-4321", ""),
        ("From: <sip:+551133334444;ext=12;x=y@pbx>", "+551133334444;ext=12", ""),
        ("From: <sip:%2B5511987654321@pbx>", "+5511987654321", ""),
        ("From: <sip:(011)%2098765-4321@pbx>", "(011) 98765-4321", ""),
        ('From: "a \\"b\\" c" <sip:77:secret@pbx>', "77", 'a "b" c'),
        ("From: <sip:pbx.example>", "", ""),
        ("From: nonsense", "", ""),
    ],
)
def test_number_and_name(header: str, number: str, name: str) -> None:
    call = _read(header)
    assert (call.number, call.display_name, call.withheld) == (number, name, False)


def test_the_asserted_identity_wins() -> None:
    call = _read(
        "From: <sip:pbx-trunk-3@pbx>",
        'P-Asserted-Identity: "Ana" <sip:+551122223333@pbx>',
        "P-Asserted-Identity: <tel:+5511000>",
    )
    assert (call.number, call.display_name) == ("+551122223333", "Ana")


@pytest.mark.parametrize(
    "headers",
    [
        ("From: <sip:+551122223333@pbx>", "Privacy: id"),
        ("From: <sip:+551122223333@pbx>", "Privacy: header;id;critical"),
        ('From: "Anonymous" <sip:anonymous@anonymous.invalid>',),
        ("From: <sip:anonymous@pbx>", "P-Asserted-Identity: <sip:+551122223333@pbx>"),
    ],
)
def test_withheld(headers: tuple[str, ...]) -> None:
    call = _read(*headers)
    assert (call.withheld, call.number, call.display_name) == (True, "", "")


def test_privacy_none_withholds_nothing() -> None:
    assert _read("From: <sip:77@pbx>", "Privacy: none").number == "77"


def test_screen_pop_headers() -> None:
    call = _read(
        "From: <sip:77@pbx>",
        "X-Queue-Name: Falta de energia",
        "x-dnis: 0800 123 456",
        "X-Call-UUID:  abc-1 ",
        "X-Menu-Path: 1>3",
        "X-Typed-Tax-Id: 12.ABC.345/01DE-35",
        "X-Waited-Seconds: 42",
        "User-to-User: 4a6f;encoding=hex",
    )
    assert (call.queue, call.dialled, call.pbx_call_id, call.menu_path) == (
        "Falta de energia",
        "0800 123 456",
        "abc-1",
        "1>3",
    )
    assert (call.typed_tax_id, call.waited_seconds) == ("12ABC34501DE35", 42)
    assert call.user_to_user == "4a6f;encoding=hex"


@pytest.mark.parametrize("text", ["-3", "4.2", "x", "", "99999999999"])
def test_a_senseless_wait_is_none(text: str) -> None:
    assert _read("From: <sip:77@pbx>", f"X-Waited-Seconds: {text}").waited_seconds == 0


def test_control_characters_and_endless_values_are_cut() -> None:
    call = _read("From: <sip:77@pbx>", "X-Queue-Name: a\x00\x1b[31mb" + "x" * 5000)
    assert call.queue.startswith("a[31mb")
    assert len(call.queue) <= 200


def test_bytes_that_are_no_utf8_are_read_as_latin1() -> None:
    queue = "Emergência".encode("latin-1").decode("utf-8", "surrogateescape")
    assert _read("From: <sip:77@pbx>", f"X-Queue-Name: {queue}").queue == "Emergência"


@given(st.text(max_size=400))
@example("INVITE\r\nFrom: " + "<" * 5000)
@example('INVITE\r\nFrom: "' + "\\" * 5001)
@example("INVITE\r\nf: sip:" + ":" * 5000)
def test_nothing_breaks_the_reader(text: str) -> None:
    call = sip.call_from_invite("INVITE x SIP/2.0\r\n" + text, "id", AT)
    assert call.state is CallState.RINGING
    for each in (call.number, call.display_name, call.queue):
        assert each.isprintable()
        assert len(each) <= 220


@pytest.mark.parametrize(
    ("source", "pbx", "transport", "loopback", "believed"),
    [
        ("127.0.0.1:5070", "", "udp", True, True),
        ("[::1]:5070", "", "udp", True, True),
        ("127.0.0.2:5070", "", "udp", True, False),
        ("127.0.0.1:5070", "", "udp", False, False),
        ("10.0.0.5:5060", "10.0.0.5:5060", "udp", False, True),
        ("10.0.0.5:5099", "10.0.0.5:5060", "udp", False, True),
        ("10.0.0.6:5060", "10.0.0.5:5060", "udp", False, False),
        ("10.0.0.5:5061", "10.0.0.5:5061", "tls", False, True),
        ("10.0.0.5:40001", "10.0.0.5:5061", "tls", False, False),
        ("10.0.0.5:5060", "", "udp", False, False),
        ("", "", "udp", True, False),
        ("nonsense", "nonsense", "udp", False, False),
    ],
)
def test_who_is_believed(
    source: str, pbx: str, transport: str, loopback: bool, believed: bool
) -> None:
    answer = sip.is_believed(source, pbx=pbx, transport=transport, accepts_loopback=loopback)
    assert answer is believed


IN, OUT = Direction
R = EndReason


@pytest.mark.parametrize(
    ("direction", "answered", "status", "here", "reason"),
    [
        (IN, False, 487, False, R.MISSED),
        (IN, False, 603, True, R.DECLINED),
        (IN, True, 200, True, R.HUNG_UP_HERE),
        (IN, True, 200, False, R.HUNG_UP_THERE),
        (IN, True, 408, False, R.LOST),
        (OUT, False, 486, False, R.BUSY),
        (OUT, False, 600, False, R.BUSY),
        (OUT, False, 603, False, R.DECLINED),
        (OUT, False, 480, False, R.NO_ANSWER),
        (OUT, False, 408, False, R.NO_ANSWER),
        (OUT, False, 487, True, R.HUNG_UP_HERE),
        (OUT, False, 404, False, R.FAILED),
        (OUT, True, 200, False, R.HUNG_UP_THERE),
    ],
)
def test_why_a_call_ended(
    direction: Direction, answered: bool, status: int, here: bool, reason: EndReason
) -> None:
    at = AT if answered else None
    call = Call("1", direction, CallState.TALKING, "77", AT, answered_at=at)
    assert sip.end_reason(call, status, ended_here=here) is reason


def test_a_call_ends_as_transferred_when_told_so_or_while_it_is_given_away() -> None:
    talking = Call("1", Direction.INBOUND, CallState.TALKING, "77", AT, answered_at=AT)
    going = replace(talking, state=CallState.TRANSFERRING)
    assert sip.end_reason(talking, 200, ended_here=True, handed_over=True) is R.TRANSFERRED
    assert sip.end_reason(going, 200, ended_here=False) is R.TRANSFERRED
    assert sip.end_reason(going, 200, ended_here=True) is R.HUNG_UP_HERE


@pytest.mark.parametrize(
    ("number", "uri"),
    [
        ("+55 (11) 98765-4321", "sip:+5511987654321@pbx.example;transport=tls"),
        ("*21#", "sip:*21%23@pbx.example;transport=tls"),
    ],
)
def test_what_is_dialled(number: str, uri: str) -> None:
    assert sip.dial_uri(number, registrar="pbx.example", dial_to="", transport="tls") == uri


@pytest.mark.parametrize("number", ["", "abc", "1@evil", "1\r\nX: y", "sip:1@evil", "1;x=y"])
def test_what_cannot_be_dialled(number: str) -> None:
    with pytest.raises(ValueError):
        sip.dial_uri(number, registrar="pbx.example", dial_to="", transport="udp")


@pytest.mark.parametrize("dial_to", ["", "10.0.0.5:5060", "evil.example"])
def test_without_a_registrar_only_the_loopback_is_dialled(dial_to: str) -> None:
    with pytest.raises(ValueError):
        sip.dial_uri("77", registrar="", dial_to=dial_to, transport="udp")


def test_the_realm_of_a_challenge() -> None:
    message = 'SIP/2.0 401 No\r\nWWW-Authenticate: Digest nonce="1", realm="pbx \\"A\\""\r\n\r\n'
    assert sip.challenge_realm(message) == 'pbx \\"A\\"'
    assert sip.challenge_realm("SIP/2.0 401 No\r\n\r\n") == ""


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e", "\r"])
def test_a_name_cannot_bring_headers_along(end: str) -> None:
    call = _read(f'From: "Ana{end}P-Asserted-Identity: <sip:911@x>{end}" <sip:77@pbx>;tag=1')
    assert call.number == "77"


def _summary(body: str) -> str:
    return f"NOTIFY sip:6001@127.0.0.1 SIP/2.0\r\nEvent: message-summary\r\n\r\n{body}"


@pytest.mark.parametrize(
    ("body", "mailbox"),
    [
        (
            "Messages-Waiting: yes\r\nMessage-Account: sip:*97@pbx.example\r\n"
            "Voice-Message: 2/8 (0/2)\r\n",
            ("*97", 2, 8),
        ),
        ("Message-Account: sip:asterisk@127.0.0.1\r\nVoice-Message: 1/0\r\n", ("", 1, 0)),
        ("Messages-Waiting: no\r\n", ("", 0, 0)),
        ("Voice-Message: many/8\r\nMessage-Account: tel:+5511300;x=1\r\n", ("+5511300", 0, 0)),
        ("voice-message:3/4\nmessage-account:<sip:700@x>\n", ("700", 3, 4)),
        ("", ("", 0, 0)),
        ("Voice-Message: 9999999999/1\r\n", ("", 0, 0)),
    ],
)
def test_mailbox(body: str, mailbox: tuple[str, int, int]) -> None:
    assert sip.mailbox(_summary(body)) == mailbox
