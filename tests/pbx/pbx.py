"""A real PBX for tests: Asterisk 22 on the loopback, with its own ports, agents and dial plan.

Numbers, agents and traps: README.md; the configuration: etc/. Everything is loopback only.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from tests.pbx.asterisk import Asterisk, PbxError
from tests.pbx.certificates import write_certificates
from tests.pbx.sip_log import Message, messages

HOST = "127.0.0.1"
QUEUE = "support"
#: The number customers dial to reach the queue.
DNIS = "08000001"
#: The agents with the transport they are meant for; 6003 must speak SRTP, 6007 sends SIP INFO.
AGENTS = {
    "6001": "udp",
    "6002": "tcp",
    "6003": "tls",
    "6004": "udp",
    "6005": "udp",
    "6006": "udp",
    "6007": "udp",
}

_CONFIGURATION = Path(__file__).with_name("etc")
# Asterisk complains about each that is missing.
_EMPTY = (
    "acl.conf ccss.conf cdr.conf cel.conf cli.conf features.conf manager.conf"
    " pjproject.conf queuerules.conf udptl.conf"
).split()
_NOBODY = f"{HOST}:9"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an agent's phone said it can be reached."""

    uri: str
    expires_at: float
    user_agent: str


def secret_of(extension: str) -> str:
    """The password of an agent; each has another one."""
    return f"secret-of-{extension}"


class Pbx(Asterisk):
    """The tests' PBX. `with Pbx() as pbx:` starts it and leaves nothing behind.

    Raises `house.Unavailable` where it cannot run.
    """

    def __init__(self) -> None:
        super().__init__()
        #: What a phone must trust.
        self.ca_file = self.home / "keys" / "ca.pem"
        self._third_party = _NOBODY
        self._configure()

    def started(self) -> None:
        """Asterisk forgets global variables with a restart."""
        self.third_party(self._third_party)

    # ------------------------------------------------------------ agents

    def contact(self, extension: str) -> Contact | None:
        """Where the agent is registered now, if at all."""
        shown = self.command("database show registrar/contact")
        for row in shown.splitlines():
            kept = row.partition(": ")[2]
            if f"/contact/{extension};@" in row and kept.startswith("{"):
                found = json.loads(kept)
                contact = Contact(
                    found["uri"], float(found["expiration_time"]), found.get("user_agent", "")
                )
                if contact.expires_at > time.time():
                    return contact
        return None

    def registered(self, extension: str) -> bool:
        """Whether the agent has a registration that has not run out."""
        return self.contact(extension) is not None

    # ------------------------------------------------------------ calls

    def sent(self, start: str) -> list[Message]:
        """What Asterisk has sent since `forget_log`: messages that begin with `start`, such
        as "INVITE sip:6001", the latest last."""
        return [m for m in messages(self.log()) if m.sent and m.text.startswith(start)]

    def received(self, start: str) -> list[Message]:
        """What Asterisk has received, as `sent`."""
        return [m for m in messages(self.log()) if not m.sent and m.text.startswith(start)]

    def originate(self, extension: str, to: str = "101", *, number: str = "1000") -> None:
        """Ring the agent, showing `number`; who answers hears what `to` is (README.md)."""
        self.command(f"channel originate Local/{extension}*{number}@ring/n extension {to}@agents")

    def customer_calls(self, number: str, name: str = "", *, dnis: str = DNIS) -> None:
        """A customer inside the PBX calls: from `number`, speaking a tone of 1004 Hz for ever.

        `recording(number)` is what he hears once he is answered.
        """
        self.command(f'database put customer-name {number} "{name}"')
        line = f"Local/{dnis}*{number}@customer-line/n"
        self.command(f"channel originate {line} extension {number}@customer")

    def hang_up(self, endpoint: str) -> None:
        """Hang up all legs of an agent or of the trunk."""
        for channel in self.legs_of(endpoint):
            self.command(f"channel request hangup {channel.name}")

    def hang_up_all(self) -> None:
        """Hang up everything and wait until it is gone."""
        self.command("channel request hangup all")
        self.wait_for(lambda: not self.channels())

    def third_party(self, address: str) -> None:
        """Where calls to 9... go: "127.0.0.1:5090" (UDP)."""
        self._third_party = address
        self.command(f"dialplan set global CARRIER_TO {address}")

    def add_member(self, extension: str) -> None:
        """The agent takes calls of the queue from now on."""
        self.command(f"queue add member PJSIP/{extension} to {QUEUE}")

    def members(self) -> list[str]:
        """The agents who take calls of the queue."""
        return re.findall(r"PJSIP/(\d+)", self.command(f"queue show {QUEUE}"))

    def waiting(self) -> int:
        """How many customers wait in the queue."""
        found = re.search(rf"^{QUEUE} has (\d+) calls", self.command(f"queue show {QUEUE}"), re.M)
        return int(found.group(1)) if found else 0

    def digits(self, extension: str) -> str:
        """What the agent has typed in the latest call to 107."""
        found = re.search(r"^Value: (.*)$", self.tried(f"database get digits {extension}"), re.M)
        return found.group(1).strip() if found else ""

    def recording(self, caller: str) -> Path:
        """What was heard from `caller` (agent or customer's number) in the latest recorded call.

        Asterisk writes the last part when the call is over. `PbxError` if there is none.
        """
        found = [
            path
            for path in (self.home / "recordings").glob(f"{caller}-*.wav")
            if not path.name.endswith(".mix.wav")
        ]
        if not found:
            raise PbxError(f"nothing recorded of {caller}")
        return max(found, key=lambda path: path.stat().st_mtime_ns)

    def messages(self, extension: str, new: int, old: int = 0) -> None:
        """Lay so many voice messages into the mailbox; the lamp follows within two seconds."""
        mailbox = self.home / "spool" / "voicemail" / "default" / extension
        for folder, count in (("INBOX", new), ("Old", old)):
            shutil.rmtree(mailbox / folder, ignore_errors=True)
            (mailbox / folder).mkdir(parents=True)
            for number in range(count):
                message = mailbox / folder / f"msg{number:04}.txt"
                message.write_text(f"[message]\norigmailbox={extension}\nduration=1\n")

    def clean(self) -> None:
        """As after the first start: no calls, members, registrations, messages, digits, log."""
        if self.is_running:
            self.thaw()
        if not self.is_running or self._is_dirty():
            self.kill()
            for kept in ("lib", "spool", "recordings"):
                shutil.rmtree(self.home / kept)
                (self.home / kept).mkdir()
            self._third_party = _NOBODY
            self.start()
        self.forget_log()

    # ------------------------------------------------------------ inside

    def _is_dirty(self) -> bool:
        known = self.command("database show").splitlines()
        return bool(
            any(row.startswith("/") and not row.startswith("/pbx/") for row in known)
            or self.channels()
            or self.members()
            or self._third_party != _NOBODY
            or any((self.home / "recordings").iterdir())
            or any((self.home / "spool").rglob("msg*"))
        )

    def _configure(self) -> None:
        write_certificates(self.home / "keys")
        ports = self.ports
        values = {
            "HOME": str(self.inside),
            "NAME": self.inside.name,
            "MODULES": str(self.modules),
            "RTP_FIRST": str(ports.rtp.start),
            "RTP_LAST": str(ports.rtp.stop - 1),
            "UDP": str(ports.udp),
            "TCP": str(ports.tcp),
            "TLS": str(ports.tls),
            "TLS_EXPIRED": str(ports.tls_expired),
            "TLS_STRANGER": str(ports.tls_stranger),
            "TLS_MISNAMED": str(ports.tls_misnamed),
            "CARRIER": str(ports.carrier),
            "AGENTS": "\n".join(_agent(extension) for extension in AGENTS),
        }
        for name in _EMPTY:
            (self.home / "etc" / name).touch()
        for source in _CONFIGURATION.glob("*.conf"):
            text = re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], source.read_text())
            (self.home / "etc" / source.name).write_text(text)


def _agent(extension: str) -> str:
    """The three parts of pjsip.conf that make an agent."""
    extra = ""
    if AGENTS[extension] == "tls":
        extra = "media_encryption = sdes\nmedia_encryption_optimistic = no\n"
    if extension == "6007":
        extra = "dtmf_mode = info\n"
    return f"""
[{extension}](agent)
auth = {extension}
aors = {extension}
callerid = Agent {extension} <{extension}>
mailboxes = {extension}@default
{extra}
[{extension}](auth)
username = {extension}
password = {secret_of(extension)}

[{extension}](aor)
mailboxes = {extension}@default
"""
