"""Blind mutations of right messages, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.telephony.torture.writer import SDP, Writer

_TOKENS = (
    b"\r\n", b"\0", b"\xff", b'"', b"<", b">", b";", b":", b",", b"@", b"%", b"%00", b"\\", b"=",
    b"-1", b"4294967296", b"9" * 20, b" ", b"\t", b"\r\n ", b"SIP/2.0", b"sip:", b"a" * 500,
    b"a=rtpmap:0 ", b"m=audio 0 RTP/AVP 0\r\n", b"Content-Length: 0\r\n", b"Via: ", b";tag=", b"*",
)  # fmt: skip


def rights(w: Writer) -> tuple[bytes, ...]:
    """Right messages of the kinds a phone gets."""
    challenge = b'WWW-Authenticate: Digest realm="pbx",nonce="n1",algorithm=MD5,qop="auth"\r\n'
    summary = (
        b"Messages-Waiting: yes\r\nMessage-Account: sip:*97@pbx\r\nVoice-Message: 2/1 (0/0)\r\n"
    )
    state = b"Event: message-summary\r\nSubscription-State: active;expires=60\r\n"
    asserted = b'P-Asserted-Identity: "Ana Souza" <sip:+5521900000000@pbx>\r\n'
    pop = b"X-Queue-Name: Service\r\nX-DNIS: 08001234567\r\nUser-to-User: 4a6f;encoding=hex\r\n"
    there = b"<sip:1001@%s>;tag=t1" % w.to
    return (
        w.request(add=asserted + pop),
        w.request(add=b"Supported: 100rel,timer,replaces\r\nAllow: INVITE,ACK,BYE\r\n" + asserted),
        w.request(body=b""),
        w.request(b"OPTIONS", add=b"Accept: application/sdp\r\n"),
        w.request(
            b"NOTIFY", add=state, body=summary, Content_Type=b"application/simple-message-summary"
        ),
        w.request(b"BYE", To=there),
        w.request(b"REFER", To=there, add=b"Refer-To: <sip:8@pbx?Replaces=a%3Bto-tag%3Db>\r\n"),
        w.request(b"UPDATE", To=there, body=SDP),
        w.response(body=SDP),
        w.response(b"183 Progress", body=SDP, add=b"Require: 100rel\r\nRSeq: 1\r\n"),
        w.response(b"401 Unauthorized", method=b"REGISTER", add=challenge),
        w.response(method=b"REGISTER", add=b"Contact: <sip:1001@%s>;expires=60\r\n" % w.to),
    )


def mutated(message: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """One to six blind changes of a message; `others` lend pieces of themselves."""
    text = bytearray(message)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if not text:
            break
        at = chance.randrange(len(text))
        size = min(len(text) - at, chance.choice((1, 1, 2, 8, 40, 300)))
        kind = chance.randrange(7)
        if kind == 0:
            text[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            text[at] = chance.randrange(256)
        elif kind == 2:
            del text[at : at + size]
        elif kind == 3:
            text[at:at] = text[at : at + size] * chance.choice((1, 1, 5, 50))
        elif kind == 4:
            text[at:at] = chance.choice(_TOKENS)
        elif kind == 5 and others:
            other = chance.choice(others)
            begin = chance.randrange(len(other))
            text[at : at + size] = other[begin : begin + chance.choice((10, 100, 2_000))]
        else:
            _swap_lines(text, chance)
    return bytes(text[:65_000])


def _swap_lines(text: bytearray, chance: random.Random) -> None:
    lines = bytes(text).split(b"\r\n")
    one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    text[:] = b"\r\n".join(lines)
