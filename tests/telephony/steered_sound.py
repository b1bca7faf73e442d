"""The tests' end of a process with a sound path and no call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np


class Driver:
    """The steered process of `sound_driver`, on the "pulse" or the "native" path."""

    def __init__(self, path: str, folder: Path, **environment: str) -> None:
        self.folder = folder
        self._log = (folder / "driver.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.telephony.sound_driver", path, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            bufsize=1,
            env={**os.environ, **environment},
        )

    @property
    def has_started(self) -> bool:
        """False if the library has no device for this path."""
        assert self._process.stdout
        return self._process.stdout.readline() == "true\n"

    def do(self, *order: object) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        return json.loads(self._process.stdout.readline())

    @property
    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.do("state")
        return answer

    def said(self) -> np.ndarray:
        """What the microphone gave; complete after "hush"."""
        data = (self.folder / "said.raw").read_bytes()
        return np.frombuffer(data, dtype=np.int16).astype(int)

    def close(self) -> None:
        self.do("close")
        self.end()

    def end(self) -> None:
        """Wait for the end of the process, which must be without a fault."""
        assert self._process.wait(10) == 0
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._log.close()
        assert "Traceback" not in (self.folder / "driver.log").read_text()
