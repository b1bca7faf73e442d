"""The SIP messages in Asterisk's log: what it sent and received, to whom, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = re.compile(
    r"<--- (Received|Transmitting) SIP (?:request|response) \(\d+ bytes\)"
    r" (?:from|to) (\w+):([\d.]+:\d+) --->\n"
)
_NEXT_ENTRY = re.compile(r"^\[\d{4}-\d\d-\d\d ", re.M)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it went over the line; line ends are plain."""

    sent: bool
    transport: str
    peer: str
    text: str

    @property
    def start_line(self) -> str:
        """Such as "INVITE sip:6001@127.0.0.1:40000 SIP/2.0"."""
        return self.text.partition("\n")[0]

    def header(self, name: str) -> str:
        """The first value of a header, empty without it; names are compared as written."""
        found = re.search(rf"^{re.escape(name)}: *(.*)$", self.text.partition("\n\n")[0], re.M)
        return found.group(1).strip() if found else ""


def messages(log: str) -> list[Message]:
    """All messages of a log, the oldest first."""
    found = []
    for head in _HEAD.finditer(log):
        end = _NEXT_ENTRY.search(log, head.end())
        text = log[head.end() : end.start() if end else len(log)]
        found.append(Message(head[1] == "Transmitting", head[2], head[3], text.rstrip() + "\n"))
    return found
