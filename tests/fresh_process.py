"""An interpreter of its own, for what is true only of a program that has just begun."""

from __future__ import annotations

import subprocess
import sys

from tests import source


def told_by(script: str, *words: str) -> str:
    """What a script prints, given these words; it has to end well."""
    told = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return told.stdout
