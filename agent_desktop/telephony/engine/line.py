"""The agent's line in the phone process: transport, account, registration, whom to believe.

Runs in the engine's thread. Safe defaults are set here, since the library's own are not:
certificates are verified, TLS 1.2 or newer, SRTP with TLS, no ICE, no presence, credentials bound
to the registrar's realm.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony import sip
from agent_desktop.telephony.call import Line, LineSettings, LineState
from agent_desktop.telephony.engine.keepalive import Keepalive
from agent_desktop.telephony.engine.port_filter import filter_port
from agent_desktop.telephony.engine.tls_fault import tls_code
from agent_desktop.telephony.safe_callback import guarded

log = logging.getLogger(__name__)

# Short, so that a PBX that lost us sends calls elsewhere within a minute.
REGISTRATION_SECONDS = 60
#: While the PBX is away it is asked this often; a refusal is not tried again by itself.
_RETRY_SECONDS = 2.0
_ADDRESS_IN_USE = 120098  # PJ_STATUS_FROM_OS(EADDRINUSE) on Linux
_LOOPBACK = "127.0.0.1"
_NEVER = math.inf

_TRANSPORTS = {
    "udp": pj.PJSIP_TRANSPORT_UDP,
    "tcp": pj.PJSIP_TRANSPORT_TCP,
    "tls": pj.PJSIP_TRANSPORT_TLS,
}


class _Account(pj.Account):  # type: ignore[misc]
    """The library's account; hands its events on."""

    def __init__(self, line: AgentLine, invited: Callable[[Any, Any], None]) -> None:
        super().__init__()
        self._line = line
        self._invited = invited

    @guarded
    def onIncomingCall(self, prm: Any) -> None:
        """An INVITE has arrived."""
        self._invited(self, prm)

    @guarded
    def onRegState(self, prm: Any) -> None:
        """The registrar has answered, or did not."""
        self._line.registered(prm)

    @guarded
    def onSendRequest(self, prm: Any) -> None:
        """The PBX has answered when asked whether it is there, or did not."""
        self._line.pinged(int(prm.e.body.tsxState.tsx.statusCode))

    @guarded
    def onMwiInfo(self, prm: Any) -> None:
        """The PBX tells of the voice mailbox (RFC 3842)."""
        self._line.messages_told(str(prm.rdata.wholeMsg))


class AgentLine:
    """One line at a time. `changed(line)` is called with each new value; `invited(account, prm)`
    with each INVITE; `later(act)` puts off what may not be done inside a callback."""

    def __init__(
        self,
        endpoint: Any,
        bare: Line,
        *,
        changed: Callable[[Line], None],
        invited: Callable[[Any, Any], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._endpoint = endpoint
        self._bare = bare
        self._changed = changed
        self._invited = invited
        self._later = later
        self._transport = -1
        self._pbx = ""
        self._realm = ""
        self._tls_code = ""
        self._next_try = _NEVER
        self._reach = Keepalive()
        self.account: Any = None
        self.settings: LineSettings | None = None
        self.value = bare

    def open(self, settings: LineSettings) -> None:
        """Open the line; a failure is told by the line's state and code, never raised."""
        self.close()
        self.settings = settings
        self._set(
            state=LineState.STARTING, extension=settings.extension, transport=settings.transport
        )
        try:
            self._open(settings)
        except (pj.Error, KeyError, FileNotFoundError) as fault:
            log.warning("the line cannot be opened: %s", getattr(fault, "reason", fault))
            self.close()
            self._set(
                state=LineState.FAILED,
                extension=settings.extension,
                transport=settings.transport,
                code=_failure_code(fault),
            )

    def _open(self, settings: LineSettings) -> None:
        kind = _TRANSPORTS[settings.transport]
        if settings.ca_file and not os.access(settings.ca_file, os.R_OK):
            raise FileNotFoundError(settings.ca_file)
        self._transport = self._endpoint.transportCreate(kind, _transport_config(settings))
        name = str(self._endpoint.transportGetInfo(self._transport).localName)
        port = int(name.rpartition(":")[2])
        if settings.registrar and settings.transport != "udp" and not filter_port(port):
            log.info("strangers can connect to this line; they are refused")
        self.account = _Account(self, self._invited)
        self.account.create(_account_config(settings, self._transport, realm=""))
        if settings.registrar:
            self._set(state=LineState.REGISTERING, port=port)
        else:
            self._set(state=LineState.READY, port=port)

    @property
    def is_registered(self) -> bool:
        """True while a registrar knows this line."""
        return bool(self._pbx)

    def unregister(self) -> None:
        """Ask the registrar to forget this line; the answer comes as an event."""
        if self._pbx and self.account:
            # Busy with registering: then `close` unregisters as well as it can.
            with contextlib.suppress(pj.Error):
                self.account.setRegistration(False)

    def close(self) -> None:
        """Unregister and free the port; the calls must have ended."""
        account, self.account = self.account, None
        if account:
            account.shutdown()
        if self._transport >= 0:
            self._endpoint.transportClose(self._transport)
        self._transport, self._pbx, self._realm, self.settings = -1, "", "", None
        self._tls_code, self._next_try = "", _NEVER
        self.value = self._bare
        self._changed(self.value)

    def believes(self, source: str) -> bool:
        """True if an INVITE from `source` ("ip:port") may ring here."""
        settings = self.settings
        return settings is not None and sip.is_believed(
            source,
            pbx=self._pbx,
            transport=settings.transport,
            accepts_loopback=settings.accepts_loopback,
        )

    def uri_for(self, number: str) -> str:
        """The URI to dial; `ValueError` if this line cannot dial the number."""
        if not self.settings or not self.account:
            raise ValueError("there is no line")
        return sip.dial_uri(
            number,
            registrar=self.settings.registrar,
            dial_to=self.settings.dial_to,
            transport=self.settings.transport,
        )

    # --- events

    def registered(self, prm: Any) -> None:
        """The registrar's answer. The first challenge tells the realm of the credentials."""
        code, settings = int(prm.code), self.settings
        if settings is None or self.account is None:
            return
        # A 200 without expiry is the answer to our own un-REGISTER.
        if code == 200 and not prm.expiration:
            self._pbx = ""
            self._set(state=LineState.OFF, encrypted=False)
        elif code == 200:
            self._pbx = str(prm.rdata.srcAddress)
            self._tls_code, self._next_try = "", _NEVER
            self._reach.found(self._pbx, time.monotonic())
            self._set(state=LineState.READY, code="", encrypted=settings.transport == "tls")
        # The first challenge names the realm; who asks later, with another one, gets no digest.
        elif code in {401, 407} and not self._realm and prm.rdata.wholeMsg:
            self._realm = sip.challenge_realm(str(prm.rdata.wholeMsg))
            self._later(partial(self._identify, settings, self._realm))
        else:
            self._lost(self._tls_code or f"sip_{code}", is_gone=_is_gone(code))

    def _identify(self, settings: LineSettings, realm: str) -> None:
        if self.account and self.settings is settings:
            # This also registers anew.
            self.account.modify(_account_config(settings, self._transport, realm=realm))

    def transport_moved(self, prm: Any) -> None:
        """A connection failed or was lost: say why, and see at once whether the PBX is there.

        Also strangers' connections to our port end here; they cost one registration a second.
        """
        if prm.state != pj.PJSIP_TP_STATE_DISCONNECTED or not self.account:
            return
        if self.settings and self.settings.transport == "tls":
            self._tls_code = tls_code(int(prm.tlsInfo.verifyStatus)) or self._tls_code
        if self.is_registered:
            self._next_try = min(self._next_try, time.monotonic() + 0.1)

    def pinged(self, status: int) -> None:
        """The PBX has answered an OPTIONS request with `status`, whatever it is; 408 and 503 are
        the library's own words for silence."""
        if status not in {408, 503}:
            self._reach.answered()

    def messages_told(self, notify: str) -> None:
        """The voice mailbox has changed; `notify` is the request that tells it."""
        mailbox, new, old = sip.mailbox(notify)
        self._set(mailbox=mailbox, new_messages=new, old_messages=old)

    def _lost(self, code: str, *, is_gone: bool) -> None:
        self._pbx = ""
        if is_gone:
            self._next_try = time.monotonic() + _RETRY_SECONDS
        self._set(state=LineState.FAILED, code=code, encrypted=False)

    # --- in each round

    def turn(self, now: float) -> None:
        """Look after the registration: try again, ask whether the PBX is there, follow the
        network. A refusal (4xx but 408) is not tried again: it would lock the agent out."""
        if not self.account or not self.settings or not self.settings.registrar:
            return
        if self._reach.has_network_changed(now) or now >= self._next_try:
            self._next_try = now + _RETRY_SECONDS
            self._register_again()
        elif self.is_registered and self._reach.is_due(now):
            self._ask()
        elif self.is_registered and self._reach.is_silent(now):
            log.warning("the PBX does not answer any more")
            self._lost("sip_408", is_gone=True)

    def _ask(self) -> None:
        """Ask whether the PBX is there. Over UDP by registering anew: one that was restarted
        answers other questions as if nothing had been, and knows us no more. A connection would
        have ended with it."""
        settings = self.settings
        if settings and settings.transport == "udp":
            self._register_again()
        elif settings:
            order = pj.SendRequestParam()
            order.method = "OPTIONS"
            order.txOption.targetUri = _registrar_uri(settings)
            with contextlib.suppress(pj.Error):
                self.account.sendRequest(order)

    def _register_again(self) -> None:
        """On a fresh connection if there is one: after a restart of the PBX the library would go
        on using the dead one for good."""
        try:
            if self.settings and self.settings.transport != "udp":
                change = pj.IpChangeParam()
                # The listener must stay: its port is in our contact and is filtered.
                change.restartListener = False
                self._endpoint.handleIpChange(change)
            else:
                self.account.setRegistration(True)
        except pj.Error as fault:
            # Mostly one under way, whose answer comes later.
            log.info("not registered again now: %s", fault.reason)

    def set_sound(self, **changes: Any) -> None:
        """The sound path has changed."""
        self._bare = replace(self._bare, **changes)
        self._set(**changes)

    def _set(self, **changes: Any) -> None:
        value = replace(self.value, **changes)
        if value != self.value:
            self.value = value
            self._changed(value)


def _failure_code(fault: Exception) -> str:
    if isinstance(fault, KeyError):
        return "unknown_transport"
    if isinstance(fault, FileNotFoundError):
        return "tls_no_authority"
    status = getattr(fault, "status", 0)
    return "port_in_use" if status == _ADDRESS_IN_USE else f"library_{status}"


def _is_gone(code: int) -> bool:
    # These pass by themselves. A refusal (401, 403) is an answer; repeated, it locks the agent out.
    return code in {408, 480, 502} or code >= 500


def _registrar_uri(settings: LineSettings) -> str:
    return f"sip:{settings.registrar};transport={settings.transport}"


def _transport_config(settings: LineSettings) -> Any:
    config = pj.TransportConfig()
    config.port = settings.local_port
    if not settings.registrar:
        config.boundAddress = _LOOPBACK
    if settings.transport == "tls":
        tls = config.tlsConfig
        # The library's own default is to accept any certificate.
        tls.verifyServer = True
        tls.verifyClient = True
        tls.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2 | pj.PJ_SSL_SOCK_PROTO_TLS1_3
        if settings.authority:
            tls.CaBuf = settings.authority
        else:
            tls.CaListFile = settings.ca_file or _system_authorities()
    return config


def _system_authorities() -> str:
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.openssl_cafile


def _account_config(settings: LineSettings, transport: int, *, realm: str) -> Any:
    config = pj.AccountConfig()
    host = settings.registrar or _LOOPBACK
    config.idUri = f"sip:{settings.extension}@{host}"
    config.sipConfig.transportId = transport
    # ICE and presence parse what strangers send; 2.15.1 lacks upstream fixes in both.
    config.natConfig.iceEnabled = False
    config.presConfig.publishEnabled = False
    # Asked for with credentials only: the SUBSCRIBE before the challenge would be refused.
    config.mwiConfig.enabled = bool(settings.registrar and realm)
    _set_media(config.mediaConfig, settings)
    if settings.registrar:
        _set_registration(config, settings, realm)
    else:
        config.regConfig.registerOnAdd = False
    return config


def _set_media(media: Any, settings: LineSettings) -> None:
    is_tls = settings.transport == "tls"
    # SDES keys may only travel inside TLS; there they are required unless the site says no.
    required = pj.PJMEDIA_SRTP_MANDATORY if settings.requires_srtp else pj.PJMEDIA_SRTP_OPTIONAL
    media.srtpUse = required if is_tls else pj.PJMEDIA_SRTP_DISABLED
    media.srtpSecureSignaling = 1 if is_tls else 0
    # The library would settle on one codec by an UPDATE right after each re-INVITE. Asterisk 22
    # hung up on some of them: it was still sending in the codec that had just gone.
    media.lockCodecEnabled = False
    media.transportConfig.port = 0
    if not settings.registrar:
        media.transportConfig.boundAddress = _LOOPBACK


def _set_registration(config: Any, settings: LineSettings, realm: str) -> None:
    registration = config.regConfig
    registration.registrarUri = _registrar_uri(settings)
    registration.timeoutSec = REGISTRATION_SECONDS
    # We try again ourselves (AgentLine.turn): the library cannot tell a refusal from silence.
    registration.retryIntervalSec = 0
    registration.registerOnAdd = not realm
    if realm:
        user = settings.user or settings.extension
        credentials = pj.AuthCredInfo("digest", realm, user, 0, settings.secret)
        config.sipConfig.authCreds.append(credentials)
