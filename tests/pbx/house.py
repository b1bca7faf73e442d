"""Where Asterisk lives: a small Debian in the user's cache (build.sh), and what each PBX gets of
it: a block of ports and a folder, claimed with a lock so that several live side by side.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Raise this when build.sh makes something else: the cache is then built anew.
_EDITION = 1
_BUILD = Path(__file__).with_name("build.sh")
_BUILD_SECONDS = 1200
# Below the ports that the system gives to clients, which would take ours while a PBX is down.
_FIRST, _BLOCK, _BLOCKS = 10_000, 400, 50


class Unavailable(Exception):
    """Asterisk cannot run here; the text says why in plain words."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one PBX on 127.0.0.1, all chosen from one block."""

    first: int

    @property
    def udp(self) -> int:
        """Agents over UDP."""
        return self.first

    @property
    def tcp(self) -> int:
        """Agents over TCP."""
        return self.first + 1

    @property
    def tls(self) -> int:
        """Agents over TLS; the certificate is good."""
        return self.first + 2

    @property
    def tls_expired(self) -> int:
        """TLS with a certificate that ran out yesterday."""
        return self.first + 3

    @property
    def tls_stranger(self) -> int:
        """TLS with a certificate of an authority nobody trusts."""
        return self.first + 4

    @property
    def tls_misnamed(self) -> int:
        """TLS with a certificate made out to another host."""
        return self.first + 5

    @property
    def carrier(self) -> int:
        """The trunk (UDP): an INVITE to this port is a customer's."""
        return self.first + 6

    @property
    def spare(self) -> range:
        """For the tests' own programs beside this PBX: callers, third parties."""
        return range(self.first + 7, self.first + 40)

    @property
    def rtp(self) -> range:
        """Sound, two ports a leg."""
        return range(self.first + 40, self.first + _BLOCK)

    def are_free(self) -> bool:
        """Whether Asterisk could listen on all of them now."""
        datagram, stream = (self.udp, self.carrier), range(self.tcp, self.carrier)
        return all(_is_free(port, socket.SOCK_DGRAM) for port in datagram) and all(
            _is_free(port, socket.SOCK_STREAM) for port in stream
        )


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as tried:
        if kind is socket.SOCK_STREAM:
            # As Asterisk does: connections of a PBX that was killed linger.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise
            return False
    return True


def is_root_on_linux() -> bool:
    """Whether Asterisk can run here at all: its folder is entered with chroot."""
    return sys.platform.startswith("linux") and os.geteuid() == 0


def folder() -> Path:
    """Where the small Debian lies or will lie. The account's real home: tests change HOME."""
    import pwd

    home = Path(pwd.getpwuid(os.geteuid()).pw_dir)
    return home / ".cache" / "agent-desktop" / f"pbx-{_EDITION}"


def is_built() -> bool:
    """Whether the next PBX can start at once."""
    return is_root_on_linux() and folder().is_dir()


def built() -> Path:
    """The small Debian, built if need be, which takes some minutes. Raises `Unavailable`."""
    if not is_root_on_linux():
        raise Unavailable("a real Asterisk needs Linux and root")
    place = folder()
    if not place.is_dir():
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        if not shutil.which("debootstrap", path=path):
            raise Unavailable("the package debootstrap is missing")
        _build(place)
    return place


def _build(place: Path) -> None:
    try:
        done = subprocess.run(
            ["sh", str(_BUILD), str(place)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_BUILD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"the mirror was too slow: {_BUILD_SECONDS} s") from None
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-5:])
        raise Unavailable(f"Asterisk could not be built:\n{last}")


class Claim:
    """A block of ports and a folder of its own inside the house, until `release`."""

    def __init__(self, house: Path) -> None:
        self.house = house
        self._lock = -1
        self.ports = self._claimed()
        # The name tells nothing about who runs: what a killed test run left here is ours now.
        self.inside = Path("/run") / f"pbx-{self.ports.first}"
        self.home = house / self.inside.relative_to("/")
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)

    def _claimed(self) -> Ports:
        import fcntl

        # Two workers that look at the same time should not look at the same blocks.
        for turn in range(_BLOCKS):
            number = (os.getpid() + turn) % _BLOCKS
            ports = Ports(_FIRST + number * _BLOCK)
            lock = os.open(self.house / "run" / f"pbx-{ports.first}.lock", os.O_CREAT | os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            if ports.are_free():
                self._lock = lock
                return ports
            os.close(lock)
        raise Unavailable("no block of free ports on 127.0.0.1")

    def release(self) -> None:
        """Give ports and folder back; Asterisk must have ended."""
        shutil.rmtree(self.home, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
