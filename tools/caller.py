"""A caller made of one UDP socket and no SIP library, for measuring what is on the wire.

It sends an INVITE with SDP and notes `time.monotonic_ns()` just before `sendto` and at the
reception of each answer, then acknowledges, cancels or hangs up as RFC 3261 wants it. Loopback
only; it speaks to nobody but the line it was made for.

As a process, `python -m tools.caller --to-port N`, it reads JSON lines
{"t": "ring", "number": "+5511...", "headers": {...}}   {"t": "give_up"}   {"t": "quit"}
and answers {"t": "ready"}   {"t": "ringing", "sent_ns": n, "ringing_ns": n}   {"t": "given_up"}
or {"t": "failed"} when no 180 came within five seconds. Many callers at once:
{"t": "flood", "rate": 50, "seconds": 10, "patience": 1.0}   ->   {"t": "flooded", ...} (`Flooded`)
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from uuid import uuid4

_LOOPBACK = "127.0.0.1"
_SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {rtp_port} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


class CallerTimeout(Exception):
    """The line did not give the answer waited for."""


@dataclass(slots=True)
class WireCall:
    """One INVITE of this caller and what came back; times are `time.monotonic_ns()`."""

    call_id: str
    branch: str
    tag: str
    target: str
    sender: str
    sent_ns: int = 0
    to_header: str = ""
    contact: str = ""
    answers_ns: dict[int, int] = field(default_factory=dict)
    cseq: int = 1
    has_ended: bool = False
    invite: bytes = b""

    @property
    def final_status(self) -> int:
        """The answer that ended the INVITE; 0 while there is none."""
        return next((status for status in self.answers_ns if status >= 200), 0)


class WireCaller:
    """One UDP socket on the loopback that calls one line."""

    def __init__(self, to_port: int, *, extension: str = "agent", host: str = _LOOPBACK) -> None:
        self._to = (_LOOPBACK, to_port)
        self._extension = extension
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._host, self._port = self._socket.getsockname()
        # Promised in the SDP so that sound has somewhere to go; what arrives is not read.
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind((host, 0))
        self._calls: dict[str, WireCall] = {}

    def close(self) -> None:
        """Free both sockets; calls that are still up are not ended."""
        self._socket.close()
        self._rtp.close()

    def call(self, number: str, *, headers: dict[str, str] | None = None) -> WireCall:
        """Send an INVITE as `number`, with extra headers (X-Queue-Name, ...)."""
        call = WireCall(
            call_id=uuid4().hex,
            branch=f"z9hG4bK{uuid4().hex[:16]}",
            tag=uuid4().hex[:8],
            target=f"sip:{self._extension}@{_LOOPBACK}:{self._to[1]}",
            sender=f"<sip:{number}@{self._host}>",
        )
        self._calls[call.call_id] = call
        body = _SDP.format(host=self._host, rtp_port=self._rtp.getsockname()[1])
        extra = {"P-Asserted-Identity": call.sender, **(headers or {})}
        call.invite = self._request(call, "INVITE", body, extra).encode()
        call.sent_ns = time.monotonic_ns()
        self._socket.sendto(call.invite, self._to)
        return call

    def repeat(self, call: WireCall) -> None:
        """Send the INVITE again, as RFC 3261 17.1.1.2 wants it while nothing is answered."""
        self._socket.sendto(call.invite, self._to)

    def wait(self, call: WireCall, status: int, *, seconds: float = 5.0) -> int:
        """The time at which the answer `status` came; `CallerTimeout` if it did not."""
        deadline = time.monotonic() + seconds
        while status not in call.answers_ns:
            self._receive(deadline)
        return call.answers_ns[status]

    def wait_end(self, call: WireCall, *, seconds: float = 5.0) -> None:
        """Wait until the far end has hung up."""
        deadline = time.monotonic() + seconds
        while not call.has_ended:
            self._receive(deadline)

    def listen(self, seconds: float) -> None:
        """Take what comes in for so long, without waiting for anything."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self._receive(deadline)
            except CallerTimeout:
                return

    def cancel(self, call: WireCall) -> None:
        """Give up while it rings, and take the 487."""
        self.give_up(call)
        self.wait(call, 487)

    def give_up(self, call: WireCall) -> None:
        """Ask to end what rings, without waiting for the 487."""
        self._send(self._request(call, "CANCEL", "", {}))

    def hang_up(self, call: WireCall) -> None:
        """End an answered call; returns when the far end has agreed."""
        call.cseq += 1
        call.branch = f"z9hG4bK{uuid4().hex[:16]}"
        call.answers_ns.pop(200, None)
        self._send(self._request(call, "BYE", "", {}))
        self.wait(call, 200)
        call.has_ended = True

    # --- the wire

    def _request(self, call: WireCall, method: str, body: str, extra: dict[str, str]) -> str:
        in_dialog = method in {"BYE", "ACK"} and call.contact
        to_header = call.to_header if method != "CANCEL" and call.to_header else f"<{call.target}>"
        number = 1 if method in {"ACK", "CANCEL"} else call.cseq
        lines = [
            f"{method} {call.contact if in_dialog else call.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._host}:{self._port};branch={call.branch};rport",
            "Max-Forwards: 70",
            f"From: {call.sender};tag={call.tag}",
            f"To: {to_header}",
            f"Call-ID: {call.call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:caller@{self._host}:{self._port}>",
            *(f"{name}: {value}" for name, value in extra.items()),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def _send(self, message: str) -> None:
        self._socket.sendto(message.encode(), self._to)

    def _receive(self, deadline: float) -> None:
        self._socket.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self._socket.recv(65536)
        except TimeoutError as late:
            raise CallerTimeout from late
        at = time.monotonic_ns()
        message = data.decode(errors="replace")
        call = self._calls.get(_header(message, "Call-ID"))
        if call and message.startswith("SIP/2.0 "):
            self._answered(call, message, at)
        elif call:
            self._asked(call, message)

    def _answered(self, call: WireCall, message: str, at: int) -> None:
        status = int(message[8:11])
        method = _header(message, "CSeq").rpartition(" ")[2]
        if method != "CANCEL":
            call.answers_ns.setdefault(status, at)
        if method != "INVITE" or status < 200:
            return
        call.to_header = _header(message, "To")
        if status < 300:
            contact = re.search(r"<([^>]+)>", _header(message, "Contact"))
            call.contact = contact.group(1) if contact else call.target
            branch, call.branch = call.branch, f"z9hG4bK{uuid4().hex[:16]}"
            self._send(self._request(call, "ACK", "", {}))
            call.branch = branch
        else:
            # The ACK of a refusal belongs to the INVITE's own transaction: same branch.
            self._send(self._request(call, "ACK", "", {}))
            call.has_ended = True

    def _asked(self, call: WireCall, message: str) -> None:
        """A request of the far end in our dialog: BYE is obeyed, the rest answered politely."""
        method = message.partition(" ")[0]
        if method == "ACK":
            return
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*$", message, re.M | re.I)
        head = "\r\n".join(["SIP/2.0 200 OK", *(line.strip() for line in kept)])
        self._send(f"{head}\r\nContent-Length: 0\r\n\r\n")
        if method == "BYE":
            call.has_ended = True


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.*?)\s*$", message, re.M | re.I)
    return found.group(1) if found else ""


@dataclass(frozen=True, slots=True)
class Flooded:
    """The outcome of a flood: INVITEs sent (and sent again), how many rang, how they ended by SIP
    status, how many never ended; milliseconds to the first answer of the slowest and of the
    median; seconds from the last INVITE until all had their end."""

    sent: int
    repeated: int
    rang: int
    ends: dict[int, int]
    open: int
    slowest_ms: float
    median_ms: float
    backlog_seconds: float


class Flood:
    """Many callers at once, each of whom waits `patience` seconds and then gives up."""

    _T1_SECONDS, _LEAVE_SECONDS = 0.5, 32.0

    def __init__(self, caller: WireCaller, *, rate: float, seconds: float, patience: float) -> None:
        self._caller = caller
        self._gap, self._count, self._patience = 1 / rate, int(rate * seconds), patience
        self._calls: list[WireCall] = []
        self._again: dict[str, tuple[float, float]] = {}
        self._given_up: set[str] = set()
        self._repeated = 0

    def run(self) -> Flooded:
        """Call at the rate, then wait until every caller has an end, half a minute at most."""
        begin = time.monotonic()
        for n in range(self._count):
            self._look_until(begin + n * self._gap)
            call = self._caller.call(f"+55119{40000000 + n}", headers={"X-Queue-Name": "Service"})
            self._calls.append(call)
            self._again[call.call_id] = (time.monotonic() + self._T1_SECONDS, self._T1_SECONDS)
        last = time.monotonic()
        while self._open() and time.monotonic() < last + self._LEAVE_SECONDS + self._patience:
            self._look_until(time.monotonic() + 0.02)
        return self._counted(time.monotonic() - last)

    def _open(self) -> list[WireCall]:
        return [call for call in self._calls if not call.final_status]

    def _look_until(self, until: float) -> None:
        while True:
            now = time.monotonic()
            self._caller.listen(max(0.001, min(0.01, until - now)))
            for call in self._open():
                self._look(call, now)
            if time.monotonic() >= until:
                return

    def _look(self, call: WireCall, now: float) -> None:
        at, pause = self._again[call.call_id]
        if not call.answers_ns:
            if now >= at:
                self._repeated += 1
                self._again[call.call_id] = (now + 2 * pause, 2 * pause)
                self._caller.repeat(call)
        elif now - call.sent_ns / 1e9 > self._patience and call.call_id not in self._given_up:
            self._given_up.add(call.call_id)
            self._caller.give_up(call)

    def _counted(self, backlog_seconds: float) -> Flooded:
        ends: dict[int, int] = {}
        for call in self._calls:
            if call.final_status:
                ends[call.final_status] = ends.get(call.final_status, 0) + 1
        answered = (call for call in self._calls if call.answers_ns)
        waits = sorted((min(c.answers_ns.values()) - c.sent_ns) / 1e6 for c in answered) or [-1.0]
        return Flooded(
            sent=len(self._calls),
            repeated=self._repeated,
            rang=sum(180 in call.answers_ns for call in self._calls),
            ends=ends,
            open=len(self._open()),
            slowest_ms=waits[-1],
            median_ms=waits[len(waits) // 2],
            backlog_seconds=backlog_seconds,
        )


def _serve(caller: WireCaller) -> None:
    call: WireCall | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if order["t"] == "ring":
            call = caller.call(order["number"], headers=order.get("headers"))
            try:
                at = caller.wait(call, 180)
                _say(t="ringing", sent_ns=call.sent_ns, ringing_ns=at)
            except CallerTimeout:
                _say(t="failed")
        elif order["t"] == "give_up" and call:
            caller.cancel(call)
            _say(t="given_up")
        elif order["t"] == "flood":
            how = {key: order[key] for key in ("rate", "seconds", "patience")}
            _say(t="flooded", **asdict(Flood(caller, **how).run()))
        elif order["t"] == "quit":
            return


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def main() -> int:
    """Serve orders until told to quit or until standard input ends."""
    parser = argparse.ArgumentParser(prog="tools.caller")
    parser.add_argument("--to-port", type=int, required=True)
    parser.add_argument("--extension", default="agent")
    parser.add_argument("--host", default=_LOOPBACK, help="the address it calls from")
    options = parser.parse_args()
    caller = WireCaller(options.to_port, extension=options.extension, host=options.host)
    _say(t="ready")
    try:
        _serve(caller)
    finally:
        caller.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
