"""Does this build of pjsua2 hold what README.md promises? Prints the facts, fails with a reason.

Loopback only; needs no sound card. Run with PYTHONPATH at the folder that holds pjsua2.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pjsua2 as pj

HOST = "127.0.0.1"
CODECS = {"opus/48000/2", "G722/16000/1", "PCMA/8000/1", "PCMU/8000/1", "GSM/8000/1"}
#: Pairs of legs; the library must hold all sixteen.
PAIRS = 8
FLOOD = 100
_SDP = f"v=0\r\no=- 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"


class Account(pj.Account):  # type: ignore[misc]
    """Rings for itself, refuses the flood."""

    def __init__(self) -> None:
        super().__init__()
        self.ringing: list[pj.Call] = []
        self.refused = 0

    def onIncomingCall(self, prm: Any) -> None:
        """An INVITE: from ourselves, or of the flood."""
        call = pj.Call(self, prm.callId)
        order = pj.CallOpParam(True)
        if "sip:flood@" in prm.rdata.wholeMsg:
            self.refused += 1
            order.statusCode = 486
            call.hangup(order)
        else:
            order.statusCode = 180
            call.answer(order)
            self.ringing.append(call)


def expect(holds: object, why: str) -> None:
    """Give up with a reason unless something holds."""
    if not holds:
        raise SystemExit(why)


def start() -> Any:
    """The library, quiet, with events in this thread."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.maxCalls = 2 * PAIRS
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    endpoint.libStart()
    return endpoint


def pump(endpoint: Any, done: Callable[[], object], seconds: float = 5.0) -> bool:
    """Handle events until something holds; whether it did in time."""
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        endpoint.libHandleEvents(10)
    return bool(done())


def open_account(endpoint: Any, kind: int, registrar: str = "", authority: str = "") -> Any:
    """A transport of this kind on the loopback and an account on it."""
    transport = pj.TransportConfig()
    transport.boundAddress = HOST
    transport.tlsConfig.verifyServer = True
    transport.tlsConfig.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
    transport.tlsConfig.CaListFile = authority
    number = endpoint.transportCreate(kind, transport)
    local = str(endpoint.transportGetInfo(number).localName)
    config = pj.AccountConfig()
    config.idUri = f"sip:self@{registrar or local}"
    config.sipConfig.transportId = number
    config.regConfig.registrarUri = f"sip:{registrar};transport=tls" if registrar else ""
    account = Account()
    account.create(config)
    return account, int(local.rpartition(":")[2])


def check_calls(endpoint: Any) -> dict[str, int]:
    """Sixteen legs at once, and more INVITEs at once than there are sockets by default."""
    account, port = open_account(endpoint, pj.PJSIP_TRANSPORT_UDP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((HOST, 0))
        for number in range(FLOOD):
            stranger.sendto(_invite(number, stranger.getsockname()[1], port), (HOST, port))
        pump(endpoint, lambda: account.refused >= FLOOD)
    # The transactions of the refused ones end by themselves; no call is left of them.
    expect(account.refused == FLOOD, f"only {account.refused} of {FLOOD} INVITEs seen")
    dialled = [pj.Call(account) for _ in range(PAIRS)]
    for call in dialled:
        call.makeCall(f"sip:self@{HOST}:{port}", pj.CallOpParam(True))
    pump(endpoint, lambda: len(account.ringing) == PAIRS)
    legs = sum(call.isActive() for call in dialled + account.ringing)
    expect(legs == 2 * PAIRS, f"{legs} calls at once, not {2 * PAIRS}")
    endpoint.hangupAllCalls()
    pump(endpoint, lambda: not any(call.isActive() for call in dialled + account.ringing))
    dialled.clear()
    account.ringing.clear()
    account.shutdown()
    return {"calls": legs, "flood": account.refused}


def _invite(number: int, source: int, port: int) -> bytes:
    return (
        f"INVITE sip:self@{HOST}:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {HOST}:{source};branch=z9hG4bK{number}\r\nMax-Forwards: 70\r\n"
        f"From: <sip:flood@{HOST}>;tag={number}\r\nTo: <sip:self@{HOST}>\r\n"
        f"Call-ID: {number}@{HOST}\r\nCSeq: 1 INVITE\r\nContact: <sip:flood@{HOST}:{source}>\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(_SDP)}\r\n\r\n{_SDP}"
    ).encode()


def check_tls(endpoint: Any, folder: Path) -> str:
    """A REGISTER over TLS: the version agreed on. Nothing is sent to an unknown certificate."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    name = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST}"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name]
    made = [*make, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    version, message = _registered_over(endpoint, context, str(certificate))
    expect(message.startswith(b"REGISTER "), f"no REGISTER over TLS, but {message[:40]!r}")
    _, message = _registered_over(endpoint, context, "/dev/null")
    expect(not message, "REGISTER was sent to a server whose certificate nobody knows")
    return version


def _registered_over(endpoint: Any, context: ssl.SSLContext, authority: str) -> tuple[str, bytes]:
    """What a TLS server hears from an account that is to register there."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(5)
        registrar = f"{HOST}:{listener.getsockname()[1]}"
        account, _ = open_account(endpoint, pj.PJSIP_TRANSPORT_TLS, registrar, authority)
        connection, _ = listener.accept()
    connection.setblocking(False)
    server = context.wrap_socket(
        connection, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
    )
    heard: list[bytes] = []
    pump(endpoint, lambda: _has_heard(server, heard))
    version = server.version() or ""
    server.close()
    account.shutdown()
    return version, b"".join(heard)


def _has_heard(server: ssl.SSLSocket, heard: list[bytes]) -> bool:
    try:
        server.do_handshake()
        heard.append(server.recv(4096))
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    except OSError:
        # The client did not like our certificate and has left.
        return True
    return True


def facts(endpoint: Any) -> dict[str, object]:
    """What the library says about itself."""
    # A part of a library value dies with the whole: the lists must stay.
    known, ciphers = endpoint.codecEnum2(), endpoint.utilSslGetAvailableCiphers()
    keys, devices = endpoint.srtpCryptoEnum(), endpoint.audDevManager().enumDev2()
    return {
        "version": str(endpoint.libVersion().full),
        "codecs": [str(each.codecId) for each in known],
        "tls_ciphers": len(ciphers),
        "srtp": [str(each) for each in keys],
        "sound_drivers": sorted({str(each.driver) for each in devices}),
        "sound_devices": [str(each.name) for each in devices],
    }


def main() -> int:
    """All checks; the facts as one line of JSON."""
    endpoint = start()
    found = facts(endpoint)
    expect(str(found["version"]).startswith("2.17"), f"it is {found['version']}")
    known = found["codecs"]
    expect(isinstance(known, list) and CODECS.issubset(known), f"codecs: {known}")
    expect(found["srtp"], "no SRTP")
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_TCP, pj.TransportConfig())
    endpoint.audDevManager().setNoDev()
    found |= check_calls(endpoint)
    with tempfile.TemporaryDirectory() as folder:
        found["tls"] = check_tls(endpoint, Path(folder))
    expect(found["tls"] == "TLSv1.3", f"TLS: {found['tls']}")
    endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
    found["size"] = os.path.getsize(pj._pjsua2.__file__)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
