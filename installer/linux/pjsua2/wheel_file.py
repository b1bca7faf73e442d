"""The wheel of our pjsua2: what lies in it, and how it is written. Needs nothing but Python."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "agent_desktop_pjsua2"


@dataclass(frozen=True, slots=True)
class Build:
    """A finished build: the folder with the module, where it is from, what it is linked with."""

    module: Path
    licence: Path
    version: str
    source: str
    needs: Sequence[str]


def wheel_name(version: str) -> str:
    """The file name of the wheel for the Python that runs this."""
    return f"{NAME}-{version}-{_tag()}.whl"


def _tag() -> str:
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-linux_{platform.machine()}"


def _metadata(build: Build) -> str:
    """What the wheel says about itself; also the sources it was made from, as its licence asks."""
    return (
        "Metadata-Version: 2.1\n"
        f"Name: {NAME.replace('_', '-')}\nVersion: {build.version}\n"
        "Summary: pjsua2 with ALSA, Opus and OpenSSL 3 for Agent Desktop\n"
        "License: GPL-2.0-or-later\n"
        f"Requires-Python: =={sys.version_info.major}.{sys.version_info.minor}.*\n\n"
        "Made by installer/linux/pjsua2/build_wheel.py from Debian's source package"
        f" {build.source}.\n"
        f"Needs these packages of Debian: {' '.join(build.needs)}\n"
    )


def _contents(build: Build) -> dict[str, bytes]:
    """All files but the list of them."""
    about = f"{NAME}-{build.version}.dist-info"
    texts = {
        f"{NAME}.pth": f"import {NAME}\n",
        f"{NAME}/__init__.py": (HERE / "first_on_path.py").read_text(),
        f"{about}/METADATA": _metadata(build),
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: build_wheel.py\n"
        f"Root-Is-Purelib: false\nTag: {_tag()}\n",
        f"{about}/licenses/COPYING": build.licence.read_text(),
    }
    modules = sorted(each for each in build.module.iterdir() if each.suffix in {".py", ".so"})
    files = {f"{NAME}/pjsua2/{each.name}": each.read_bytes() for each in modules}
    return {**files, **{name: text.encode() for name, text in texts.items()}}


def write_wheel(build: Build, path: Path) -> None:
    """A wheel is a zip file with a list of hashes. The same contents give the same bytes."""
    contents = _contents(build)
    record = f"{NAME}-{build.version}.dist-info/RECORD"
    lines = ""
    for name, data in contents.items():
        checksum = urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        lines += f"{name},sha256={checksum},{len(data)}\n"
    contents[record] = f"{lines}{record},,\n".encode()
    draft = path.with_suffix(".part")
    with zipfile.ZipFile(draft, "w") as archive:
        for name, data in contents.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    draft.replace(path)


def lay_out(wheel: Path, target: Path) -> None:
    """The module alone, for PYTHONPATH: a trial without an installation."""
    shutil.rmtree(target / "pjsua2", ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(f"{NAME}/pjsua2/"):
                place = target / name.removeprefix(f"{NAME}/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(name))
