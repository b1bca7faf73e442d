"""The agent's line in the phone process: transport, account, registration, whom to believe.

Runs in the engine's thread. Safe defaults are set here, since the library's own are not:
certificates are verified, TLS 1.2 only, SRTP with TLS, no ICE, no presence, credentials bound
to the registrar's realm.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony import sip
from agent_desktop.telephony.call import Line, LineSettings, LineState
from agent_desktop.telephony.guard import guarded

log = logging.getLogger(__name__)

REGISTRATION_SECONDS = 60
_RETRY_SECONDS = 10
_ADDRESS_IN_USE = 120098  # PJ_STATUS_FROM_OS(EADDRINUSE) on Linux
_LOOPBACK = "127.0.0.1"

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
        except (pj.Error, KeyError) as fault:
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
        self._transport = self._endpoint.transportCreate(kind, _transport_config(settings))
        name = str(self._endpoint.transportGetInfo(self._transport).localName)
        port = int(name.rpartition(":")[2])
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
            self.account.setRegistration(False)

    def close(self) -> None:
        """Unregister and free the port; the calls must have ended."""
        account, self.account = self.account, None
        if account:
            account.shutdown()
        if self._transport >= 0:
            self._endpoint.transportClose(self._transport)
        self._transport, self._pbx, self._realm, self.settings = -1, "", "", None
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

    def registered(self, prm: Any) -> None:
        """The registrar's answer. The first challenge tells the realm of the credentials."""
        code, settings = int(prm.code), self.settings
        if settings is None or self.account is None:
            return
        if code == 200 and not prm.expiration:
            self._pbx = ""
            self._set(state=LineState.OFF, encrypted=False)
        elif code == 200:
            self._pbx = str(prm.rdata.srcAddress)
            self._set(state=LineState.READY, code="", encrypted=settings.transport == "tls")
        elif code in {401, 407} and not self._realm and prm.rdata.wholeMsg:
            self._realm = sip.challenge_realm(str(prm.rdata.wholeMsg))
            self._later(partial(self._identify, settings, self._realm))
        else:
            self._pbx = ""
            self._set(state=LineState.FAILED, code=f"sip_{code}", encrypted=False)

    def _identify(self, settings: LineSettings, realm: str) -> None:
        if self.account and self.settings is settings:
            # This also registers anew.
            self.account.modify(_account_config(settings, self._transport, realm=realm))

    def retry(self) -> None:
        """Try again on a fresh connection: after a restart of the PBX the library goes on using
        the dead TCP or TLS connection for good. A refusal (4xx but 408) is not tried again: it
        would only lock the agent out."""
        has_connection = self.settings is not None and self.settings.transport != "udp"
        is_gone = self.value.code == "sip_408" or self.value.code.startswith("sip_5")
        if self.account and has_connection and is_gone:
            change = pj.IpChangeParam()
            change.restartListener = False
            self._endpoint.handleIpChange(change)

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
    status = getattr(fault, "status", 0)
    return "port_in_use" if status == _ADDRESS_IN_USE else f"library_{status}"


def _transport_config(settings: LineSettings) -> Any:
    config = pj.TransportConfig()
    config.port = settings.local_port
    if not settings.registrar:
        config.boundAddress = _LOOPBACK
    if settings.transport == "tls":
        tls = config.tlsConfig
        tls.verifyServer = True
        tls.verifyClient = True
        tls.proto = pj.PJ_SSL_SOCK_PROTO_TLS1_2
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
    config.natConfig.iceEnabled = False
    config.presConfig.publishEnabled = False
    config.mwiConfig.enabled = False
    _set_media(config.mediaConfig, settings)
    if settings.registrar:
        _set_registration(config, settings, realm)
    else:
        config.regConfig.registerOnAdd = False
    return config


def _set_media(media: Any, settings: LineSettings) -> None:
    is_tls = settings.transport == "tls"
    # SDES keys may only travel inside TLS; there they are required, never merely offered.
    media.srtpUse = pj.PJMEDIA_SRTP_MANDATORY if is_tls else pj.PJMEDIA_SRTP_DISABLED
    media.srtpSecureSignaling = 1 if is_tls else 0
    media.transportConfig.port = 0
    if not settings.registrar:
        media.transportConfig.boundAddress = _LOOPBACK


def _set_registration(config: Any, settings: LineSettings, realm: str) -> None:
    registration = config.regConfig
    registration.registrarUri = f"sip:{settings.registrar};transport={settings.transport}"
    registration.timeoutSec = REGISTRATION_SECONDS
    registration.retryIntervalSec = _RETRY_SECONDS
    registration.firstRetryIntervalSec = 1
    registration.registerOnAdd = not realm
    if realm:
        user = settings.user or settings.extension
        credentials = pj.AuthCredInfo("digest", realm, user, 0, settings.secret)
        config.sipConfig.authCreds.append(credentials)
