"""Small libraries in C that are preloaded into a desk, compiled when a test wants them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def compiled(name: str, folder: Path) -> Path | None:
    """The library made of `<name>.c` beside this file; None where there is no compiler for it."""
    library = folder / f"{name}.so"
    if shutil.which("gcc") is None or not Path("/usr/include/stdio.h").exists():
        return None
    source = Path(__file__).with_name(f"{name}.c")
    command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source)]
    subprocess.run([*command, "-ldl", "-lpthread"], check=True, capture_output=True)
    return library
