"""The folder for this person's sockets, locks and tokens; standard library and next to nothing
of it, for it stands on the way to the first paint."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path


def runtime_folder() -> Path:
    """The folder, made if it is not there, of mode 0700. Raises `OSError` if it cannot be made
    or is not this person's alone: in a shared /tmp somebody else may have made it first."""
    folder = _place()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
            raise PermissionError(f"{folder} is open to others")
    return folder


def _place() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", r"C:\Temp")) / "agent-desktop"
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and os.path.isdir(base):
        return Path(base) / "agent-desktop"
    return Path(os.environ.get("TMPDIR") or "/tmp") / f"agent-desktop-{os.getuid()}"
