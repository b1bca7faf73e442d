"""Writes SIP messages byte by byte, right or wrong, as somebody on the loopback would send them."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field

#: What an ordinary caller offers.
SDP = (
    b"v=0\r\no=- 41 7 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 40404 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
)
#: Who calls in messages of the torture; a real customer has another number.
TORTURER = b"+5521900000000"
#: A header given as DEFAULT is written as ever, as None left out.
Value = bytes | None


@dataclass(slots=True)
class Writer:
    """Messages from `me` ("ip:port") to the line `1001` at `to`, each in a dialog of its own."""

    me: bytes
    to: bytes
    transport: bytes = b"UDP"
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _run: bytes = field(default_factory=lambda: os.urandom(4).hex().encode())

    def mark(self) -> bytes:
        """Something no other message has."""
        return b"%s%d" % (self._run, next(self._numbers))

    def request(
        self,
        method: bytes = b"INVITE",
        *,
        uri: Value = None,
        line: Value = None,
        body: Value = None,
        add: bytes = b"",
        **changed: Value,
    ) -> bytes:
        """A request; `changed` replaces headers by name (_ for -), `add` is put before the body's
        headers as it is, `line` replaces the whole first line. An INVITE has SDP."""
        mark = self.mark()
        body = (SDP if method == b"INVITE" else b"") if body is None else body
        first = b"%s %s SIP/2.0" % (method, uri or b"sip:1001@" + self.to)
        headers: dict[str, Value] = {
            "Via": b"SIP/2.0/%s %s;branch=z9hG4bK%s;rport" % (self.transport, self.me, mark),
            "Max-Forwards": b"70",
            "From": b"<sip:%s@%s>;tag=f%s" % (TORTURER, self.me, mark),
            "To": b"<sip:1001@%s>" % self.to,
            "Call-ID": mark,
            "CSeq": b"1 " + method,
            "Contact": b"<sip:torture@%s>" % self.me,
        }
        headers |= {"Content-Type": b"application/sdp"} if body else {}
        headers["Content-Length"] = b"%d" % len(body)
        return _joined(first if line is None else line, headers, changed, add, body)

    def response(
        self,
        status: bytes = b"200 OK",
        *,
        method: bytes = b"INVITE",
        line: Value = None,
        body: bytes = b"",
        add: bytes = b"",
        **changed: Value,
    ) -> bytes:
        """An answer to a request nobody sent."""
        mark = self.mark()
        headers: dict[str, Value] = {
            "Via": b"SIP/2.0/%s %s;branch=z9hG4bK%s" % (self.transport, self.to, mark),
            "From": b"<sip:1001@%s>;tag=l%s" % (self.to, mark),
            "To": b"<sip:%s@%s>;tag=r%s" % (TORTURER, self.me, mark),
            "Call-ID": mark,
            "CSeq": b"1 " + method,
            "Contact": b"<sip:torture@%s>" % self.me,
        }
        headers |= {"Content-Type": b"application/sdp"} if body else {}
        headers["Content-Length"] = b"%d" % len(body)
        return _joined(line or b"SIP/2.0 " + status, headers, changed, add, body)


def _joined(
    first: bytes, headers: dict[str, Value], changed: dict[str, Value], add: bytes, body: bytes
) -> bytes:
    for name, value in changed.items():
        headers[name.replace("_", "-")] = value
    tail = {name: headers.pop(name, None) for name in ("Content-Type", "Content-Length")}
    lines = [first, *_lines(headers)]
    head = b"\r\n".join(lines) + b"\r\n" + add
    return head + b"".join(line + b"\r\n" for line in _lines(tail)) + b"\r\n" + body


def _lines(headers: dict[str, Value]) -> list[bytes]:
    return [
        b"%s: %s" % (name.encode(), value) for name, value in headers.items() if value is not None
    ]
