"""Reads SIP messages without a SIP library.

Pure. The caller's facts of an INVITE (RFC 3261, RFC 3323, RFC 3325), whether its sender is to
be believed, why a call ended, and what may be dialled. Everything here is written by strangers:
it is cut, cleaned of control characters, and never trusted to be well formed.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote

from agent_desktop.telephony.call import Call, CallState, Direction, EndReason

# RFC 3261 7.3.3: PBXs that save bytes over UDP write these short names.
_COMPACT = {"f": "from", "t": "to", "i": "call-id", "m": "contact", "v": "via"}
_NAME_ADDR = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^>]*)>')
_SIP_USER = re.compile(r"sips?:([^@?]*)@([^;?]*)", re.IGNORECASE)
_TEL = re.compile(r"tel:([^?]*)", re.IGNORECASE)
_EXTENSION = re.compile(r";ext=\d{1,8}", re.IGNORECASE)
_REALM = re.compile(r'realm="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
# What the PBX may be asked for. Letters are left out: as a SIP user they could name a feature.
_DIALABLE = re.compile(r"\+?[0-9*#]{1,32}")
# Names and queues are shown in one line; an INVITE over TCP could carry megabytes of one.
_LONGEST_VALUE = 200
# A day; more cannot be a wait in a queue.
_LONGEST_WAIT_SECONDS = 86_400
_LOOPBACK = frozenset({"127.0.0.1", "::1"})

Headers = dict[str, list[str]]


def read_headers(message: str) -> Headers:
    """The headers of a SIP message by lower-case name, in order; folded lines are joined."""
    head = re.split(r"\r?\n\r?\n", message, maxsplit=1)[0]
    # Not splitlines(): what stands after a U+2028 in a name would be taken for a header.
    lines = re.sub(r"\r?\n[ \t]+", " ", head).split("\n")[1:]
    headers: Headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            headers.setdefault(_COMPACT.get(key, key), []).append(value.strip())
    return headers


def _first(headers: Headers, name: str) -> str:
    values = headers.get(name)
    return _clean(values[0]) if values else ""


def _clean(text: str) -> str:
    """Printable text of bounded length; bytes that were not UTF-8 are read as Latin-1."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return "".join(c for c in text if c.isprintable())[:_LONGEST_VALUE].strip()


def _name_and_uri(value: str) -> tuple[str, str]:
    found = _NAME_ADDR.match(value)
    if not found:
        return "", value.partition(";")[0].strip()
    quoted, bare, uri = found.groups()
    name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.strip()
    return _clean(name), uri.strip()


def _user_and_host(uri: str) -> tuple[str, str]:
    """The user part as written (with ;ext=), unescaped, and the host; ("", "") if none."""
    sip, tel = _SIP_USER.match(uri), _TEL.match(uri)
    if sip:
        user, host = sip.group(1).partition(":")[0], sip.group(2).lower()
    elif tel:
        user, host = tel.group(1), ""
    else:
        return "", ""
    extension = _EXTENSION.search(user)
    plain = unquote(user.partition(";")[0]) + (extension.group(0) if extension else "")
    return _clean(plain), host


def _is_anonymous(user: str, host: str) -> bool:
    return user.lower() in {"anonymous", "restricted"} or host.startswith("anonymous.invalid")


def _caller(headers: Headers) -> tuple[str, str, bool]:
    """(number, display name, withheld): who calls, as the PBX asserts it."""
    from_name, from_uri = _name_and_uri(_first(headers, "from"))
    from_user, from_host = _user_and_host(from_uri)
    # RFC 3323: the PBX may know the number and still must not show it, so privacy comes first.
    privacy = set(re.split(r"[;,\s]+", _first(headers, "privacy").lower()))
    if privacy & {"id", "user", "header"} or _is_anonymous(from_user, from_host):
        return "", "", True
    name, uri = _name_and_uri(_first(headers, "p-asserted-identity"))
    asserted, _ = _user_and_host(uri)
    # P-Asserted-Identity is written by the PBX, From by whoever calls: the asserted one wins.
    number = asserted or _first(headers, "x-ani") or from_user
    return number, name or from_name, False


def _waited(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        return 0
    return min(int(text), _LONGEST_WAIT_SECONDS)


def call_from_invite(message: str, call_id: str, at: datetime) -> Call:
    """The ringing call an INVITE describes; never fails, what cannot be read stays empty."""
    headers = read_headers(message)
    number, name, withheld = _caller(headers)
    return Call(
        id=call_id,
        direction=Direction.INBOUND,
        state=CallState.RINGING,
        number=number,
        started_at=at,
        state_since=at,
        display_name=name,
        withheld=withheld,
        queue=_first(headers, "x-queue-name"),
        dialled=_first(headers, "x-dnis"),
        pbx_call_id=_first(headers, "x-call-uuid"),
        menu_path=_first(headers, "x-menu-path"),
        typed_tax_id=re.sub(r"[^0-9A-Za-z]", "", _first(headers, "x-typed-tax-id"))[:20],
        waited_seconds=_waited(_first(headers, "x-waited-seconds")),
        user_to_user=_first(headers, "user-to-user"),
    )


def caller_number(message: str) -> str:
    """The number an INVITE comes from; empty when withheld."""
    return _caller(read_headers(message))[0]


@lru_cache(maxsize=64)
def host_of(address: str) -> str:
    """The IP address in "host:port" or "[host]:port", normalised; empty if there is none."""
    host = address.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return ""


def is_believed(source: str, *, pbx: str, transport: str, accepts_loopback: bool) -> bool:
    """True if an INVITE from `source` ("ip:port") may ring.

    `pbx` is the address that answered our registration. A connection (tcp, tls) must be that
    very connection; over UDP a PBX may send from another port. The loopback is believed only
    from its first address, so that other local addresses stay strangers.
    """
    host = host_of(source)
    if accepts_loopback and host in _LOOPBACK:
        return True
    if not pbx or not host:
        return False
    return host == host_of(pbx) if transport == "udp" else source == pbx


def end_reason(
    call: Call, status: int, *, ended_here: bool, handed_over: bool = False
) -> EndReason:
    """Why `call`, in its last state before the end, ended with the SIP `status`.

    `handed_over` says that the transfer was told to have worked. A call that is being transferred
    and ends there was taken over, too: not every exchange tells it before it ends ours.
    """
    if handed_over or (call.state is CallState.TRANSFERRING and not ended_here):
        return EndReason.TRANSFERRED
    if call.answered_at is not None:
        if ended_here:
            return EndReason.HUNG_UP_HERE
        # The library's own words for "the other side does not answer any more".
        return EndReason.LOST if status in {408, 503} else EndReason.HUNG_UP_THERE
    if call.direction is Direction.INBOUND:
        return EndReason.DECLINED if ended_here else EndReason.MISSED
    if ended_here:
        return EndReason.HUNG_UP_HERE
    return _OUTBOUND_ENDS.get(status, EndReason.FAILED)


_OUTBOUND_ENDS = {
    408: EndReason.NO_ANSWER,
    480: EndReason.NO_ANSWER,
    # The PBX gave up ringing by itself and calls that a cancelled request.
    487: EndReason.NO_ANSWER,
    486: EndReason.BUSY,
    600: EndReason.BUSY,
    603: EndReason.DECLINED,
}


def dial_uri(number: str, *, registrar: str, dial_to: str, transport: str) -> str:
    """The URI that reaches `number`; `ValueError` if it cannot be dialled on this line.

    Blanks, dots, dashes and brackets of written numbers are dropped. Without a registrar only
    the loopback can be dialled (the demo's customer).
    """
    dialled = re.sub(r"[\s().\-/]", "", number)
    if not _DIALABLE.fullmatch(dialled):
        raise ValueError("not a number that can be dialled")
    host = registrar or dial_to
    if not host or (not registrar and host_of(dial_to) not in _LOOPBACK):
        raise ValueError("this line cannot dial")
    # A bare # may not stand in the user part of a URI (RFC 3261 25.1).
    user = dialled.replace("#", "%23")
    return f"sip:{user}@{host};transport={transport}"


def challenge_realm(message: str) -> str:
    """The realm a 401 or 407 asks credentials for; empty if it names none.

    Credentials are then bound to this realm: with a catch-all realm any stranger's challenge
    would be answered with a digest of the agent's secret.
    """
    headers = read_headers(message)
    for name in ("www-authenticate", "proxy-authenticate"):
        found = _REALM.search(_first(headers, name))
        if found:
            return found.group(1)
    return ""


def mailbox(notify: str) -> tuple[str, int, int]:
    """(number to dial, new, old) of a message summary (RFC 3842); ("", 0, 0) if it has none.

    The number is what the PBX gives as Message-Account, if that can be dialled.
    """
    _, _, body = notify.replace("\r\n", "\n").partition("\n\n")
    parts = (line.partition(":") for line in body.splitlines())
    lines = {name.strip().lower(): value.strip() for name, colon, value in parts if colon}
    _, account = _name_and_uri(lines.get("message-account", "")[:_LONGEST_VALUE])
    user, _ = _user_and_host(account)
    found = re.match(r"(\d{1,6})\s*/\s*(\d{1,6})", lines.get("voice-message", ""))
    new, old = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    return (user if _DIALABLE.fullmatch(user) else ""), new, old
