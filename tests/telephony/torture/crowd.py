"""A crowd of callers in a process of its own, so that whoever is called cannot slow it down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any

LOOPBACK = "127.0.0.1"


class Crowd:
    """Callers who call a line, many at once; `with Crowd(port) as crowd`."""

    def __init__(self, to_port: int, host: str = LOOPBACK) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tools.caller"),
                *("--to-port", str(to_port), "--host", host),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()
        os.set_blocking(self._process.stdout.fileno(), False)
        self._heard = b""

    def __enter__(self) -> Crowd:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def calls(self, *, rate: float, seconds: float, patience: float) -> None:
        """Begin: so many calls a second, each given up after `patience` seconds."""
        assert self._process.stdin is not None
        order = {"t": "flood", "rate": rate, "seconds": seconds, "patience": patience}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        self._heard = b""

    def result(self) -> dict[str, Any]:
        """What came of it (`caller.Flooded`); empty while it goes on."""
        assert self._process.stdout is not None
        self._heard += self._process.stdout.read() or b""
        line, end, _ = self._heard.partition(b"\n")
        found: dict[str, Any] = json.loads(line) if end else {}
        return found
