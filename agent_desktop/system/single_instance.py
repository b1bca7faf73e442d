"""One running program for each profile of a person; a second start hands over its link and ends.

Standard library only and next to nothing on the way of a first start, which comes before the
first paint: it opens and locks one file. What listens is instance_server.py.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import zlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from agent_desktop.system.runtime_folder import runtime_folder

LONGEST_MESSAGE = 4096
ACCEPTED = b"ok\n"
#: How long a second start waits for the first one, which may still be loading.
PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.05


class StartOutcome(Enum):
    """The end of a start: as the running program, or with its wish handed to it, or unheard."""

    FIRST = "first"
    HANDED_OVER = "handed_over"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class InstancePlace:
    """The address of the running program of a profile. The file is locked as long as it runs,
    however it ends; its folder is this person's alone."""

    folder: Path
    name: str

    @property
    def socket(self) -> str:
        """The path to listen on; on Windows the name of a pipe."""
        if sys.platform == "win32":
            return rf"\\.\pipe\agent-desktop-{self.name}"
        # The name stays: a newer release has to reach the one that still runs.
        return str(self.folder / f"{self.name}.door")

    @property
    def lock(self) -> Path:
        """The file the running program keeps locked."""
        return self.folder / f"{self.name}.running"


def place_of(profile: Path) -> InstancePlace:
    """The place of the profile whose files lie in this folder; `OSError` if the runtime folder is
    not this person's alone."""
    folder = runtime_folder()
    # The path of a socket ends at 107 letters: a long profile is told by a checksum.
    whole = os.fsencode(profile.absolute())
    return InstancePlace(folder, f"{profile.name[:24]}-{zlib.crc32(whole):08x}")


def enter(place: InstancePlace, link: str = "", patience: float = PATIENCE_SECONDS) -> StartOutcome:
    """Become the running program, or hand `link` (empty: only come to the front) to the one
    that is. Its lock is kept until this process ends."""
    until = time.monotonic() + patience
    while True:
        # Tried again each round: the running program may have just ended.
        if _lock(place.lock):
            return StartOutcome.FIRST
        if _told(place, link, max(_PAUSE_SECONDS, until - time.monotonic())):
            return StartOutcome.HANDED_OVER
        if time.monotonic() >= until:
            return StartOutcome.NO_ANSWER
        time.sleep(_PAUSE_SECONDS)


def _lock(path: Path) -> bool:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return False
    return True  # the file stays open: its lock lives and dies with this process


def _told(place: InstancePlace, link: str, seconds: float) -> bool:
    """Hand the link over; False if nobody listens (yet) or answers."""
    import json

    token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID", "")
    line = json.dumps({"v": 1, "link": link, "activation": token[:256]}).encode() + b"\n"
    # Such a link would be refused anyway; the window should come to the front all the same.
    if len(line) > LONGEST_MESSAGE:
        line = b'{"v": 1, "link": "", "activation": ""}\n'
    with contextlib.suppress(OSError):
        return _ask_pipe(place, line) if sys.platform == "win32" else _ask(place, line, seconds)
    return False


def _ask(place: InstancePlace, line: bytes, seconds: float) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as talk:
        talk.settimeout(seconds)
        talk.connect(place.socket)
        talk.sendall(line)
        return talk.recv(len(ACCEPTED)) == ACCEPTED


def _ask_pipe(place: InstancePlace, line: bytes) -> bool:
    """On Windows: not yet tried there. This process, which the person has just started, allows
    the running one to come to the front."""
    import ctypes

    ctypes.windll.user32.AllowSetForegroundWindow(-1)  # type: ignore[attr-defined]
    with open(place.socket, "r+b", buffering=0) as pipe:
        pipe.write(line)
        return pipe.read(len(ACCEPTED)) == ACCEPTED
