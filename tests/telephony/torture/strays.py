"""Requests of no dialog, answers nobody asked for, and what is no SIP at all."""

from __future__ import annotations

import random
import struct

from tests.telephony.torture.writer import SDP, Writer

_METHODS = (
    b"ACK BYE CANCEL INFO MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE UPDATE"
).split()
_STATUSES = (
    b"100 Trying|180 Ringing|181 Moves|183 Progress|199 Gone|200 OK|202 Taken|204 None|301 Moved|"
    b"302 Moved|305 Proxy|380 Other|400 Bad|401 Who|403 No|404 None|407 Who|408 Late|420 What|"
    b"422 Small|423 Brief|481 None|486 Busy|487 Ended|488 Not|491 Both|500 Ill|503 Off|600 Busy|"
    b"603 No|666 Odd"
).split(b"|")


def requests(w: Writer) -> dict[str, bytes]:
    """Requests that belong to no dialog, with and without a tag that claims one."""
    there = b"<sip:1001@%s>;tag=nobody" % w.to
    cases = {f"{m.decode()} alone": w.request(m) for m in _METHODS}
    cases |= {f"{m.decode()} of no dialog": w.request(m, To=there) for m in _METHODS}
    cases |= {f"{m.decode()} with sdp": w.request(m, body=SDP, To=there) for m in _METHODS}
    cases |= {f"{m.decode()} bare": w.request(m, Contact=None, From=b"<sip:x>") for m in _METHODS}
    events = (
        b"message-summary",
        b"presence",
        b"refer",
        b"dialog",
        b"nothing-known",
        b"",
        b"a;id=b;c=",
    )
    for event in events:
        name, add = event.decode() or "nothing", b"Event: %s\r\nExpires: 60\r\n" % event
        state = b"Subscription-State: active;expires=1\r\n"
        cases[f"subscribe to {name}"] = w.request(b"SUBSCRIBE", add=add)
        cases[f"notify of {name}"] = w.request(b"NOTIFY", add=add + state)
        cases[f"notify of {name}, no state"] = w.request(b"NOTIFY", add=add, To=there)
        cases[f"publish {name}"] = w.request(b"PUBLISH", add=add, body=b"<x/>")
    for name, add in _HEADERS.items():
        cases[name] = w.request(add=add)
        cases[f"{name}, refer"] = w.request(b"REFER", add=add)
    return cases | {
        "invite of no dialog": w.request(To=there),
        "invite with the tag of itself": w.request(
            To=b"<sip:1001@x>;tag=a", From=b"<sip:7@x>;tag=a"
        ),
        "sipfrag": w.request(b"NOTIFY", body=b"SIP/2.0 200", Content_Type=b"message/sipfrag"),
        "message of 50 KB": w.request(b"MESSAGE", body=b"m" * 50_000, Content_Type=b"text/plain"),
        "message in html": w.request(b"MESSAGE", body=b"<b>x</b>", Content_Type=b"text/html"),
        "typing": w.request(b"MESSAGE", body=b"<x", Content_Type=b"application/im-iscomposing+xml"),
        "dtmf by info": w.request(
            b"INFO", body=b"Signal=99", Content_Type=b"application/dtmf-relay"
        ),
        "picture wanted": w.request(
            b"INFO", body=b"<x", Content_Type=b"application/media_control+xml"
        ),
        "options with everything": w.request(b"OPTIONS", body=SDP, add=b"Accept: */*, x/y;q=9\r\n"),
        "options to a star": w.request(b"OPTIONS", uri=b"*"),
    }


_HEADERS = {
    "replaces nobody": b"Replaces: none;to-tag=a;from-tag=b\r\n",
    "replaces early": b"Replaces: none;to-tag=a;from-tag=b;early-only\r\nRequire: replaces\r\n",
    "replaces broken": b"Replaces: ;;;to-tag\r\n",
    "replaces twice": b"Replaces: a;to-tag=b;from-tag=c\r\nReplaces: d;to-tag=e;from-tag=f\r\n",
    "replaces of tag 0": b"Replaces: a;to-tag=0;from-tag=0\r\n",
    "joins nobody": b"Join: none;to-tag=a;from-tag=b\r\nRequire: join\r\n",
    "refer-to nobody": b"Refer-To: <sip:nobody@x.invalid>\r\n",
    "refer-to the world": b"Refer-To: <sip:9@127.0.0.1?Replaces=a%3Bto-tag%3Db&X=%00>\r\n",
    "refer-to twice": b"Refer-To: <sip:a@x>\r\nRefer-To: <sip:b@x>\r\nRefer-Sub: false\r\n",
    "refer-to broken": b'Refer-To: "<sip:\r\nReferred-By: <<>>\r\n',
    "alert-info": b"Alert-Info: <file:///etc/passwd>;info=alert-autoanswer\r\n",
    "answers itself": b"Call-Info: <sip:x>;answer-after=0\r\nAnswer-Mode: Auto;require\r\n",
    "routes away": b"Route: <sip:192.0.2.1;lr>,<sip:x.invalid>\r\n",
    "route broken": b"Route: <>\r\nRecord-Route: <sip:\r\n",
    "rack and rseq": b"RSeq: 4294967296\r\nRAck: 1 2 INVITE\r\n",
    "sip-etag": b"SIP-ETag: \r\nSIP-If-Match: x y\r\n",
    "privacy odd": b"Privacy: ;;id;\r\nP-Asserted-Identity: <sip:\r\n",
    "waited odd": b"X-Waited-Seconds: -99999999999999999999\r\nX-Typed-Tax-Id: ../../\0\r\n",
    "user-to-user odd": b"User-to-User: %00%ff;encoding=\xff\r\n",
}


def answers(w: Writer) -> dict[str, bytes]:
    """Answers to nothing: every kind, with bodies, challenges and broken Vias."""
    cases = {f"answer {s.decode()}": w.response(s) for s in _STATUSES}
    cases |= {
        f"{s.decode()} to REGISTER": w.response(s, method=b"REGISTER") for s in _STATUSES[5:18]
    }
    challenge = b'Digest realm="x",nonce="y",algorithm=MD5,qop="auth"'
    return cases | {
        "200 with sdp": w.response(body=SDP),
        "183 with rseq": w.response(b"183 P", body=SDP, add=b"Require: 100rel\r\nRSeq: 0\r\n"),
        "challenged": w.response(b"401 Who", add=b"WWW-Authenticate: %s\r\n" % challenge),
        "challenged for nothing": w.response(b"407 Who", add=b"Proxy-Authenticate:\r\n"),
        "via of strangers": w.response(Via=b"SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKx"),
        "no via": w.response(Via=None),
        "no cseq": w.response(CSeq=None),
        "cseq of a method nobody knows": w.response(CSeq=b"1 NOBODY"),
        "cancel answered": w.response(method=b"CANCEL"),
        "ack answered": w.response(method=b"ACK"),
        "version 1": w.response(line=b"SIP/1.0 200 OK"),
        "no status": w.response(line=b"SIP/2.0"),
        "status of letters": w.response(line=b"SIP/2.0 abc OK"),
        "status line alone": b"SIP/2.0 200 OK\r\n\r\n",
        "contacts by the hundred": w.response(
            method=b"REGISTER", add=b"Contact: <sip:a@b>;expires=99999999999\r\n" * 100
        ),
    }


def no_sip(w: Writer) -> dict[str, bytes]:
    """What strays to a SIP port: other protocols, and noise."""
    chance = random.Random(4475)
    rtp = struct.pack("!BBHII", 0x80, 8, 1, 160, 7) + bytes(160)
    rtcp = struct.pack("!BBHIQIII", 0x80, 200, 6, 7, 9, 160, 1, 160)
    stun = struct.pack("!HHI", 1, 0, 0x2112A442) + bytes(12)
    cases = {
        "empty": b"",
        "one nul": b"\0",
        "nuls": bytes(1_400),
        "rtp": rtp,
        "rtcp": rtcp,
        "rtcp bye": struct.pack("!BBHI", 0x81, 203, 1, 7),
        "stun": stun,
        "stun that claims more": struct.pack("!HHI", 1, 65535, 0x2112A442) + bytes(12),
        "stun answer": struct.pack("!HHI", 0x0101, 8, 0x2112A442) + bytes(20),
        "turn data": struct.pack("!HH", 0x4001, 4) + b"abcd",
        "dtls hello": b"\x16\xfe\xff" + bytes(10) + b"\x01" + bytes(60),
        "tls hello": b"\x16\x03\x01\x00\x40\x01" + bytes(63),
        "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "ssh": b"SSH-2.0-x\r\n",
        "dns": bytes.fromhex("1234010000010000000000000161026262000001000100"),
        "spaces": b" " * 3_000,
        "line ends": b"\r\n" * 5_000,
        "colons": b":" * 5_000,
        "SIP/2.0 alone": b"SIP/2.0",
        "one line": b"OPTIONS sip:x SIP/2.0\r\n",
        "65,507 letters": b"A" * 65_507,
        "the largest invite": w.request(add=b"X: " + b"y" * 64_000 + b"\r\n"),
    }
    for n in range(20):
        cases[f"noise {n}"] = chance.randbytes(chance.randrange(1, 2_000))
    return cases
