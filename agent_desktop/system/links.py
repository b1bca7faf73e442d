"""Telephone numbers in links: tel: (RFC 3966), sip: and sips: (RFC 3261 section 19.1), callto:.

Pure. A link comes from any web page or mail, so it is hostile: what is not plainly a number is
refused, and a number is only ever *offered* in the dial field; the agent's own Enter dials it.
Feature codes (`*`, `#`) are refused: they could divert the agent's calls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from agent_desktop.errors import AgentDesktopError

#: The schemes the program is registered for (installer/linux, installer/windows).
SCHEMES = ("tel", "sip", "sips", "callto")
LONGEST_LINK = 512
#: No number of any plan is longer: E.164 has 15 digits, prefixes and codes come before.
MOST_DIGITS = 32

_LINK = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
# Visual separators (RFC 3966 section 3), and what people write between digits besides.
_SEPARATORS = re.compile(r"[-.()/ \xa0\u2010-\u2013]")
_NUMBER = re.compile(rf"\+?[0-9]{{1,{MOST_DIGITS}}}")
_EXTENSION = re.compile(r"[0-9]{1,10}")


class LinkRefused(AgentDesktopError):
    """Not a link to a telephone number that may be offered; `code` is one of too_long, scheme,
    not_a_number, feature_code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class LinkedNumber:
    """The number of a link: digits, with "+" before an international one. `extension` is what
    the other side's attendant asks for after the answer; empty without one."""

    number: str
    extension: str = ""


def parse(link: str) -> LinkedNumber:
    """Read a link; `LinkRefused` for everything that is not plainly a telephone number.

    Of a SIP address the user part counts: calls go through our own PBX, to no other host. A
    phone-context is not put before a local number: it names the place where the number is valid,
    and need not be a prefix (RFC 3966 section 5.1.5).
    """
    if len(link) > LONGEST_LINK:
        raise LinkRefused("too_long")
    found = _LINK.fullmatch(link)
    scheme = found[1].lower() if found else ""
    if found is None or scheme not in SCHEMES:
        raise LinkRefused("scheme")
    rest = found[2].strip().removeprefix("//")
    if scheme in ("sip", "sips"):
        rest = _user_part(rest)
    elif scheme == "callto":
        rest = rest.partition("?")[0]
    number, *parameters = rest.split(";")
    return LinkedNumber(_number(number), _extension(parameters))


def _user_part(address: str) -> str:
    """`user[;parameters]` of a SIP address; headers and a password are left out."""
    user, at, _host = address.partition("?")[0].rpartition("@")
    if not at:
        raise LinkRefused("not_a_number")
    name, *parameters = user.split(";")
    return ";".join([name.partition(":")[0], *parameters])


def _number(text: str) -> str:
    number = _SEPARATORS.sub("", unquote(text))
    if re.search(r"[*#]", number):
        raise LinkRefused("feature_code")
    if not _NUMBER.fullmatch(number):
        raise LinkRefused("not_a_number")
    return number


def _extension(parameters: list[str]) -> str:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "ext":
            plain = _SEPARATORS.sub("", value)
            return plain if _EXTENSION.fullmatch(plain) else ""
    return ""
