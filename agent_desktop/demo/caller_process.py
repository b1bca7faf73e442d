"""The demo's customers: a process that places real SIP calls with real sound over the loopback.

`python -m agent_desktop.demo.caller_process [PORT]` reads orders as JSON lines from standard
input and tells what happens as JSON lines on standard output; `t_ns` is `time.monotonic_ns()`. It
plays what a PBX and the people behind it would do: screen-pop headers, a voice, several calls at
once; it also takes calls (the agent calls back), which it answers after a moment.

Orders   {"t": "call", "ref": "a", "to_port": 5060, "extension": "agent", "number": "+5511...",
          "name": "", "withheld": false, "queue": "", "dnis": "", "menu_path": "",
          "typed_tax_id": "", "waited": 0, "pbx_call_id": "", "user_to_user": ""}
         {"t": "hang_up", "ref": "a"}   {"t": "counts", "ref": "a"}   {"t": "loudness", "ref": "a"}
         {"t": "quit"}
         {"t": "answering", "status": 200, "after": 0.5}      how calls to us are taken
Reports  ready {port}   sent   ringing   talking   held   resumed   ended {status}   incoming {to}
         counts {packets_in, bytes_in, packets_out, bytes_out}   loudness {level: 0 to 255}
         failed {why}, each with ref and t_ns
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import sys
import time
from collections.abc import Callable
from typing import IO, Any

import pjsua2 as pj

from agent_desktop.telephony.audio.audio import sounds_folder
from agent_desktop.telephony.safe_callback import guarded

_LOOPBACK = "127.0.0.1"
_MOST_CALLS = 16
_COUNTS = ("packets_in", "bytes_in", "packets_out", "bytes_out")


def tell(kind: str, ref: str, **facts: object) -> None:
    """One JSON line to whoever steers us."""
    line = {"t": kind, "ref": ref, "t_ns": time.monotonic_ns(), **facts}
    _REPORTS.write(json.dumps(line) + "\n")


def _take_standard_output() -> IO[str]:
    """Standard output for our reports alone: the library writes its first lines there, too."""
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return os.fdopen(ours, "w", buffering=1, encoding="utf-8")


_REPORTS: IO[str] = sys.stdout


class _CustomerCall(pj.Call):  # type: ignore[misc]
    """One call of a customer, named by `ref`."""

    def __init__(self, customers: Customers, ref: str, library_id: int) -> None:
        super().__init__(customers.account, library_id)
        self._customers = customers
        self.ref = ref
        self._is_on_hold = False
        self._past_counts = dict.fromkeys(_COUNTS, 0)

    @guarded
    def onCallState(self, prm: Any) -> None:
        """The dialog moved on."""
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.lastStatusCode == 180:
            tell("ringing", self.ref)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            tell("talking", self.ref)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            tell("ended", self.ref, status=int(info.lastStatusCode), **self._past_counts)
            # Now: later the library has given our number to another call (docs/telephony.md).
            self._customers.forget(self.ref)

    @guarded
    def onStreamDestroyed(self, prm: Any) -> None:
        """The last moment at which the packets of this stream can be counted."""
        self._past_counts = self.counts()

    @guarded
    def onCallMediaState(self, prm: Any) -> None:
        """Speak as soon as sound is up; tell when the agent puts us on hold."""
        # A part of a library value dies with the whole: `info` must stay.
        info = self.getInfo()
        for media in info.media:
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                sound = self.getAudioMedia(media.index)
                self._customers.voice.startTransmit(sound)
                sound.startTransmit(self._customers.ear)
            is_on_hold = media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
            if is_on_hold != self._is_on_hold:
                self._is_on_hold = is_on_hold
                tell("held" if is_on_hold else "resumed", self.ref)

    def counts(self) -> dict[str, int]:
        """RTP packets and bytes so far; each re-INVITE starts a new stream, all are added."""
        try:
            # A part of a library value dies with the whole: `statistics` must stay.
            statistics = self.getStreamStat(0)
        except pj.Error:
            return self._past_counts
        received, sent = statistics.rtcp.rxStat, statistics.rtcp.txStat
        present = (received.pkt, received.bytes, sent.pkt, sent.bytes)
        return {n: self._past_counts[n] + int(v) for n, v in zip(_COUNTS, present, strict=True)}


class _CustomerAccount(pj.Account):  # type: ignore[misc]
    """Takes the agent's calls to customers."""

    customers: Customers

    @guarded
    def onIncomingCall(self, prm: Any) -> None:
        """The agent calls one of us."""
        self.customers.called(prm)


class Customers:
    """All customers of the demo: one SIP port, one voice, many calls."""

    def __init__(self, port: int = 0) -> None:
        self._endpoint = _start_library()
        transport = pj.TransportConfig()
        transport.boundAddress = _LOOPBACK
        transport.port = port
        number = self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.port = int(self._endpoint.transportGetInfo(number).localName.rpartition(":")[2])
        self.account: Any = _CustomerAccount()
        self.account.customers = self
        self.account.create(_account_config(number))
        self.voice: Any = pj.AudioMediaPlayer()
        self.voice.createPlayer(str(sounds_folder() / "caller.wav"))
        self.ear: Any = self._endpoint.audDevManager().getPlaybackDevMedia()
        self._calls: dict[str, _CustomerCall] = {}
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._answering, self._answer_after = 200, 0.3
        self.has_ended = False

    def turn(self) -> None:
        """One round of the library's events and of what is due."""
        self._endpoint.libHandleEvents(5)
        now = time.monotonic()
        due = [act for at, act in self._due if at <= now]
        self._due = [(at, act) for at, act in self._due if at > now]
        for act in due:
            act()

    def forget(self, ref: str) -> None:
        """A call has ended."""
        self._calls.pop(ref, None)

    def obey(self, order: dict[str, Any]) -> None:
        """One order; a fault is told as `failed`."""
        ref = str(order.get("ref", ""))
        try:
            self._obey(str(order["t"]), ref, order)
        except (pj.Error, KeyError, ValueError) as fault:
            tell("failed", ref, why=str(getattr(fault, "reason", fault)))

    def _obey(self, kind: str, ref: str, order: dict[str, Any]) -> None:
        if kind == "call":
            self._call(ref, order)
        elif kind == "hang_up":
            for call in [self._calls[ref]] if ref else list(self._calls.values()):
                call.hangup(pj.CallOpParam(True))
        elif kind == "counts":
            tell("counts", ref, **self._calls[ref].counts())
        elif kind == "loudness":
            tell("loudness", ref, level=int(self._calls[ref].getAudioMedia(-1).getRxLevel()))
        elif kind == "answering":
            self._answering, self._answer_after = int(order["status"]), float(order["after"])
        elif kind == "quit":
            self.has_ended = True
        else:
            raise ValueError(f"unknown order {kind}")

    def _call(self, ref: str, order: dict[str, Any]) -> None:
        parameters = pj.CallOpParam(True)
        number = str(order.get("number", ""))
        if order.get("withheld"):
            parameters.txOption.localUri = '"Anonymous" <sip:anonymous@anonymous.invalid>'
        else:
            name = json.dumps(str(order.get("name", "")), ensure_ascii=False)
            parameters.txOption.localUri = f"{name} <sip:{number}@{_LOOPBACK}>"
        for name, value in _headers(order, number).items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            parameters.txOption.headers.append(header)
        call = self._calls[ref] = _CustomerCall(self, ref, pj.PJSUA_INVALID_ID)
        target = f"sip:{order.get('extension', 'agent')}@{_LOOPBACK}:{int(order['to_port'])}"
        tell("sent", ref)
        try:
            call.makeCall(target, parameters)
        except pj.Error:
            self.forget(ref)
            raise

    def called(self, prm: Any) -> None:
        """Ring, and answer or refuse after a moment."""
        ref = f"incoming-{time.monotonic_ns()}"
        call = self._calls[ref] = _CustomerCall(self, ref, prm.callId)
        ringing = pj.CallOpParam(True)
        ringing.statusCode = 180
        call.answer(ringing)
        tell("incoming", ref, to=str(call.getInfo().localUri))
        self._due.append((time.monotonic() + self._answer_after, lambda: self._take(ref)))

    def _take(self, ref: str) -> None:
        answer = pj.CallOpParam(True)
        answer.statusCode = self._answering
        with contextlib.suppress(pj.Error):
            if ref in self._calls:
                self._calls[ref].answer(answer)

    def close(self) -> None:
        """Hang up everything and end the library; twice would crash."""
        self._endpoint.hangupAllCalls()
        until = time.monotonic() + 0.5
        while self._calls and time.monotonic() < until:
            self.turn()
        self._calls.clear()
        del self.voice, self.ear
        gc.collect()
        self.account.shutdown()
        self.account = None
        gc.collect()
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)


def _headers(order: dict[str, Any], number: str) -> dict[str, str]:
    """The headers that a PBX writes into an INVITE."""
    headers = {
        "X-Queue-Name": order.get("queue", ""),
        "X-DNIS": order.get("dnis", ""),
        "X-Call-UUID": order.get("pbx_call_id", ""),
        "X-Menu-Path": order.get("menu_path", ""),
        "X-Typed-Tax-Id": order.get("typed_tax_id", ""),
        "X-Waited-Seconds": order.get("waited", "") or "",
        "User-to-User": order.get("user_to_user", ""),
    }
    if order.get("withheld"):
        headers["Privacy"] = "id"
    else:
        headers["P-Asserted-Identity"] = f"<sip:{number}@{_LOOPBACK}>"
    return {name: str(value) for name, value in headers.items() if value != ""}


def _start_library() -> Any:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = _MOST_CALLS
    config.uaConfig.userAgent = "Agent Desktop demo customer"
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.noVad = True
    endpoint.libInit(config)
    endpoint.libStart()
    # What a call from the public network comes in.
    endpoint.codecSetPriority("PCMA", 255)
    endpoint.audDevManager().setNullDev()
    return endpoint


def _account_config(transport: int) -> Any:
    config = pj.AccountConfig()
    config.idUri = f"sip:customer@{_LOOPBACK}"
    config.regConfig.registerOnAdd = False
    config.sipConfig.transportId = transport
    config.mediaConfig.transportConfig.port = 0
    config.mediaConfig.transportConfig.boundAddress = _LOOPBACK
    config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    return config


def _read_orders(rest: bytes) -> tuple[list[dict[str, Any]], bytes, bool]:
    """Orders that have arrived, the beginning of the next one, and whether input is over."""
    if not select.select([0], [], [], 0)[0]:
        return [], rest, False
    data = os.read(0, 65536)
    *lines, rest = (rest + data).split(b"\n")
    return [json.loads(line) for line in lines if line.strip()], rest, not data


def main() -> int:
    """Serve orders until told to quit or until standard input ends."""
    global _REPORTS
    _REPORTS = _take_standard_output()
    customers = Customers(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    tell("ready", "", port=customers.port)
    rest, is_over = b"", False
    while not customers.has_ended and not is_over:
        customers.turn()
        orders, rest, is_over = _read_orders(rest)
        for order in orders:
            customers.obey(order)
    customers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
