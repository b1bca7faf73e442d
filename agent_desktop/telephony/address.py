"""Where a desktop and its phone process meet: a named local socket and the token beside it.

Pure but for the runtime folder. One address belongs to one profile of one user of the machine.
"""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from agent_desktop.errors import PhoneFailed
from agent_desktop.system.runtime_folder import runtime_folder

#: The environment variable that hands the token to a phone process (arguments can be read by
#: every user of the machine, the environment cannot).
TOKEN_VARIABLE = "AGENT_DESKTOP_PHONE_TOKEN"

# The log before is kept once: the report of a fault comes after the restart.
_LONGEST_LOG_BYTES = 1_000_000


def folder_for_sockets() -> Path:
    """This user's private folder; `PhoneFailed("runtime_folder")` if it is not safe."""
    try:
        return runtime_folder()
    except OSError as fault:
        raise PhoneFailed("runtime_folder") from fault


@dataclass(frozen=True, slots=True)
class Address:
    """The meeting point of one profile: `folder` is private to the user, `name` names it."""

    folder: Path
    name: str

    @property
    def socket(self) -> str:
        """Both sides meet here: a path, on Windows the name of a pipe."""
        if sys.platform == "win32":
            return rf"\\.\pipe\agent-desktop-{self.name}"
        return str(self.folder / f"{self.name}.sock")

    @property
    def lock(self) -> Path:
        """The file a phone process keeps locked as long as it lives (not on Windows)."""
        return self.folder / f"{self.name}.lock"

    @property
    def log(self) -> Path:
        """Where the phone processes of this profile write their log."""
        return self.folder / f"{self.name}.log"

    def shorten_log(self) -> None:
        """Begin a new log when the present one is long; one old one is kept."""
        if self.log.exists() and self.log.stat().st_size > _LONGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))

    def token(self) -> str:
        """The token of this profile, made at the first use and kept in a file of mode 0600.

        It outlives the desktop, so that a desktop started anew may attach to a phone process
        that still holds a call.
        """
        path = self.folder / f"{self.name}.token"
        try:
            # O_EXCL: of two desktops that start together one makes the token, the other reads it.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text("ascii").strip() or self._token_anew(path)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            token = secrets.token_urlsafe(32)
            file.write(token)
        return token

    def _token_anew(self, path: Path) -> str:
        # An empty file is left when the machine died between creating and writing it.
        path.unlink()
        return self.token()
