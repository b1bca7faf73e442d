"""Desks as processes, quickly: one Python that has all imported already forks them.

`python -m tests.faults.nursery SOCKET`: each connection to the socket is the standard input and
output of a desk of its own (desk_process.py). It ends with its own standard input.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Nursery:
    """The process that forks desks, with more in its `environment` if need be; use as a context
    manager."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ad-n-"))
        self._path = self._folder / "s"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", str(self._path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", "the nursery did not start"

    def fork(self) -> socket.socket:
        """A new desk; the socket is its input and output."""
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(self._path))
        return line

    def close(self) -> None:
        """End it; its desks end with their own sockets."""
        self._process.communicate(timeout=30)
        self._path.unlink(missing_ok=True)
        self._folder.rmdir()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def main(path: str) -> None:
    """Fork a desk for each connection, until the input ends."""
    from tests.faults import desk_process

    desk_process.import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door, selectors.DefaultSelector() as ears:
        door.bind(path)
        door.listen(64)
        ears.register(door, selectors.EVENT_READ)
        ears.register(sys.stdin, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            heard = [key.fileobj for key, _ in ears.select()]
            if sys.stdin in heard:
                return
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                _be_a_desk(line)
            line.close()


def _be_a_desk(line: socket.socket) -> None:
    """In the child: serve, and never come back."""
    from tests.faults import desk_process

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    status = 1
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        status = desk_process.serve(line.makefile("r"), line.makefile("w"))
    os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1])
