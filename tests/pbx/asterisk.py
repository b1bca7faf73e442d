"""One Asterisk process in its small Debian: started, killed, frozen, asked and read.

What it is configured for is pbx.py's business.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from tests.pbx.house import Claim, built
from tests.waiting import until

T = TypeVar("T")

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


class Asterisk:
    """Asterisk with a folder and ports of its own; whoever starts it has
    written its etc before.

    Raises `house.Unavailable` where it cannot run.
    """

    def __init__(self) -> None:
        house = built()
        self._claim = Claim(house)
        self.ports = self._claim.ports
        #: Its folder as the tests see it: etc, log, keys, recordings.
        self.home = self._claim.home
        #: The same folder as Asterisk sees it.
        self.inside = self._claim.inside
        for name in ("etc", "lib", "spool", "run", "log", "recordings"):
            (self.home / name).mkdir()
        modules = next((house / "usr" / "lib").glob("*/asterisk/modules"))
        self.modules = Path("/") / modules.relative_to(house)
        asterisk = ["chroot", str(house), "/usr/sbin/asterisk"]
        self._asterisk = [*asterisk, "-C", f"{self.inside}/etc/asterisk.conf"]
        self._pid = 0
        self._log_from = 0
        self._keeper: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
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
        keeper = self._keeper = self._keeper or self._new_keeper()
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        keeper.stdin.write("start\n")
        keeper.stdin.flush()
        self._pid = int(keeper.stdout.readline())
        self.wait_for(self._is_booted, _START_SECONDS)
        self.started()

    def _is_booted(self) -> bool:
        if not self.is_running:
            raise PbxError(f"Asterisk ended at once:\n{self._last_words()}")
        return "fully booted" in self.tried("core waitfullybooted")

    def started(self) -> None:
        """Called whenever it has become ready: what a restart forgets is told again here."""

    def stop(self) -> None:
        """End it in an orderly way: calls are hung up with BYE."""
        if self.is_running:
            self.tried("core stop now")
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
        if self._keeper:
            self._keeper.communicate(timeout=30)
            self._keeper = None
        self._pid = 0
        self._claim.release()

    @property
    def is_running(self) -> bool:
        """Whether the process lives; also while it is frozen."""
        process = Path(f"/proc/{self._pid}")
        try:
            # Its first thread may have ended while others still hold the ports.
            is_whole = (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            return bool(self._pid) and (is_whole or len(os.listdir(process / "task")) > 1)
        except OSError:
            return False

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
        try:
            return until(condition, seconds)
        except AssertionError:
            said = f"waited {seconds} s in vain; Asterisk said\n{self._last_words()}"
            raise PbxError(said) from None

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

    def log(self) -> str:
        """What it has logged since `forget_log`, with all SIP messages and digits."""
        path = self.home / "log" / "messages"
        if not path.exists():
            return ""
        with path.open("rb") as kept:
            kept.seek(self._log_from)
            return kept.read().decode(errors="replace").replace("\r\n", "\n")

    def forget_log(self) -> None:
        """Begin `log` anew."""
        path = self.home / "log" / "messages"
        self._log_from = path.stat().st_size if path.exists() else 0

    def _new_keeper(self) -> subprocess.Popen[str]:
        asterisk = [*self._asterisk, "-f"]
        return subprocess.Popen(
            [sys.executable, "-c", _KEEPER, str(self.home / "console.log"), *asterisk],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tried(self, text: str) -> str:
        """As `command`; empty when Asterisk does not answer."""
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
