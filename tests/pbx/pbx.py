"""A real PBX for tests: Asterisk 22 on the loopback, with its own ports, agents and dial plan.

Numbers, agents and traps: README.md; the configuration: etc/. Everything is loopback only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.pbx.certificates import write_certificates
from tests.pbx.house import Claim, Ports, built

T = TypeVar("T")

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
_START_SECONDS = 60.0
_COMMAND_SECONDS = 15.0
_POLL_SECONDS = 0.1

# Starts Asterisk whenever it is told to and ends it when nobody tells any more: also when the
# test run is killed. The guard of the tests sees one process, however often a test restarts it.
_KEEPER = """
import subprocess, sys
child = None
with open(sys.argv[1], "ab") as log:
    for order in sys.stdin:
        if child:
            child.wait()
        child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        print(child.pid, flush=True)
    if child:
        child.kill()
        child.wait()
"""


class PbxError(Exception):
    """Asterisk did not do what it was told; the text carries what it said last."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One leg of a call as Asterisk sees it."""

    name: str
    context: str
    extension: str
    state: str
    application: str
    number: str
    bridge: str

    @property
    def endpoint(self) -> str:
        """Whose leg it is: "6001" of "PJSIP/6001-00000003"."""
        return self.name.partition("/")[2].rpartition("-")[0]

    @property
    def is_up(self) -> bool:
        """Whether it was answered."""
        return self.state == "Up"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an agent's phone said it can be reached."""

    uri: str
    expires_at: float
    user_agent: str


def secret_of(extension: str) -> str:
    """The password of an agent; each has another one."""
    return f"secret-of-{extension}"


class Pbx:
    """One Asterisk. `with Pbx() as pbx:` starts it and leaves nothing behind.

    Raises `house.Unavailable` where it cannot run.
    """

    def __init__(self) -> None:
        house = built()
        self._claim = Claim(house)
        self.ports: Ports = self._claim.ports
        #: Asterisk's folder as the tests see it: etc, log, keys, recordings.
        self.home = self._claim.home
        #: What a phone must trust.
        self.ca_file = self.home / "keys" / "ca.pem"
        self._inside = self._claim.inside
        asterisk = ["chroot", str(house), "/usr/sbin/asterisk"]
        self._asterisk = [*asterisk, "-C", f"{self._inside}/etc/asterisk.conf"]
        self._third_party = f"{HOST}:9"
        self._pid = 0
        self._configure(house)
        self._keeper = self._new_keeper()

    def __enter__(self) -> Pbx:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Start, or start again on the same ports, and wait until it takes calls."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write("start\n")
        self._keeper.stdin.flush()
        self._pid = int(self._keeper.stdout.readline())
        deadline = time.monotonic() + _START_SECONDS
        while "fully booted" not in self._tried("core waitfullybooted"):
            if not self.is_running:
                raise PbxError(f"Asterisk ended at once:\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise PbxError(f"Asterisk did not become ready:\n{self._last_words()}")
            time.sleep(_POLL_SECONDS)
        self.third_party(self._third_party)

    def stop(self) -> None:
        """End it in an orderly way: calls are hung up with BYE."""
        if self.is_running:
            self._tried("core stop now")
            if not self._is_gone(10):
                self.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL): nobody is told."""
        if self.is_running:
            os.kill(self._pid, signal.SIGKILL)
            self.wait_for(lambda: not self.is_running)

    def freeze(self) -> None:
        """Stop its clock (SIGSTOP): connections stay open, nothing is answered."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        os.kill(self._pid, signal.SIGCONT)

    def close(self) -> None:
        """End it for good and give back its ports and folder."""
        if self._keeper.poll() is None:
            self._keeper.communicate(timeout=30)
        self._pid = 0
        self._claim.release()

    @property
    def is_running(self) -> bool:
        """Whether the process lives; also while it is frozen."""
        try:
            stat = Path(f"/proc/{self._pid}/stat").read_text()
        except OSError:
            return False
        return bool(self._pid) and stat.rpartition(")")[2].split()[0] != "Z"

    # ------------------------------------------------------------ orders and questions

    @property
    def console(self) -> list[str]:
        """The command that opens Asterisk's console."""
        return [*self._asterisk, "-r"]

    def command(self, text: str) -> str:
        """What Asterisk's own console answers to `text`; `PbxError` when it does not."""
        try:
            done = subprocess.run(
                [*self._asterisk, "-rx", text],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_COMMAND_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise PbxError(f"Asterisk does not answer to: {text}") from None
        if done.returncode:
            raise PbxError(f"{text}: {done.stdout}{done.stderr}")
        return done.stdout

    def wait_for(self, condition: Callable[[], T], seconds: float = 15.0) -> T:
        """The first true value of `condition`; `PbxError` with the log's end if none comes."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise PbxError(f"waited {seconds} s in vain; Asterisk said\n{self._last_words()}")
            time.sleep(_POLL_SECONDS)

    def channels(self) -> list[Channel]:
        """All legs there are now."""
        rows = [row.split("!") for row in self.command("core show channels concise").splitlines()]
        return [
            Channel(row[0], row[1], row[2], row[4], row[5], row[7], row[12])
            for row in rows
            if len(row) >= 14
        ]

    def legs_of(self, endpoint: str) -> list[Channel]:
        """The legs of an agent ("6001") or of the trunk ("carrier")."""
        return [channel for channel in self.channels() if channel.endpoint == endpoint]

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

    def log(self) -> str:
        """Everything Asterisk has logged, with all SIP messages and digits."""
        path = self.home / "log" / "messages"
        return path.read_text(errors="replace") if path.exists() else ""

    # ------------------------------------------------------------ calls

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
        found = re.search(r"^Value: (.*)$", self._tried(f"database get digits {extension}"), re.M)
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
        """As after the first start: no calls, members, registrations, messages, digits."""
        if self.is_running:
            self.thaw()
            if not self._is_dirty():
                return
            self.kill()
        for kept in ("lib", "spool", "recordings"):
            shutil.rmtree(self.home / kept)
            (self.home / kept).mkdir()
        self._third_party = f"{HOST}:9"
        self.start()

    # ------------------------------------------------------------ inside

    def _is_dirty(self) -> bool:
        known = self.command("database show").splitlines()
        return bool(
            any(row.startswith("/") and not row.startswith("/pbx/") for row in known)
            or self.channels()
            or self.members()
            or self._third_party != f"{HOST}:9"
            or any((self.home / "recordings").iterdir())
            or any((self.home / "spool").rglob("msg*"))
        )

    def _configure(self, house: Path) -> None:
        for name in ("etc", "lib", "spool", "run", "log", "recordings"):
            (self.home / name).mkdir()
        write_certificates(self.home / "keys")
        modules = next((house / "usr" / "lib").glob("*/asterisk/modules"))
        ports = self.ports
        values = {
            "HOME": str(self._inside),
            "NAME": self._inside.name,
            "MODULES": f"/{modules.relative_to(house)}",
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

    def _new_keeper(self) -> subprocess.Popen[str]:
        asterisk = [*self._asterisk, "-f"]
        return subprocess.Popen(
            [sys.executable, "-c", _KEEPER, str(self.home / "console.log"), *asterisk],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _tried(self, text: str) -> str:
        try:
            return self.command(text)
        except PbxError:
            return ""

    def _is_gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_running and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        return not self.is_running

    def _last_words(self) -> str:
        console = (self.home / "console.log").read_text(errors="replace")
        return "\n".join([*console.splitlines()[-20:], *self.log().splitlines()[-80:]])


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
