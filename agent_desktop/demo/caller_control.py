"""Starts and steers the process of the demo's customers (caller_process.py), without Qt or SIP."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

Report = dict[str, Any]


def free_port() -> int:
    """A UDP port of the loopback that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_of(address: str) -> int:
    """The port of `host:port`; 0 (any) without one."""
    port = address.rpartition(":")[2]
    return int(port) if port.isdecimal() else 0


class CustomerFailed(Exception):
    """The customer's process is gone, or what was waited for did not happen."""


class DemoCustomer:
    """Customers who call an agent's line over the loopback; use it with `with`.

    Each call has a `ref`. Reports are dictionaries as caller_process.py describes them; all of them
    are kept in `reports`, oldest first.
    """

    def __init__(self, port: int = 0) -> None:
        """Start the process; it takes this SIP port, or any that is free."""
        root = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent_desktop.demo.caller_process", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
        )
        self.reports: list[Report] = []
        self._arrived = threading.Condition()
        self._is_over = False
        self._refs = (f"call-{n}" for n in itertools.count(1))
        self._reader = threading.Thread(target=self._read, name="demo customer", daemon=True)
        self._reader.start()
        self.port = 0

    def wait_ready(self, seconds: float = 15.0) -> int:
        """Wait until calls can be placed; the SIP port at which customers can be called."""
        self.port = int(self.wait("ready", "", seconds)["port"])
        return self.port

    def call(self, to_port: int, number: str, **facts: object) -> str:
        """Call the line at `to_port`; `facts` as in caller_process.py (queue=, dnis=, ...).
        Returns the ref of the call at once."""
        ref = next(self._refs)
        self.order(t="call", ref=ref, to_port=to_port, number=number, **facts)
        return ref

    def hang_up(self, ref: str = "") -> None:
        """End one call, or all."""
        self.order(t="hang_up", ref=ref)

    def answering(self, status: int, *, after: float = 0.3) -> None:
        """How calls to customers are taken: 200 answers, 486 is busy; after so many seconds."""
        self.order(t="answering", status=status, after=after)

    def counts(self, ref: str, seconds: float = 5.0) -> Report:
        """RTP packets and bytes of a call, now."""
        known = len(self._found("counts", ref))
        self.order(t="counts", ref=ref)
        return self.wait("counts", ref, seconds, after=known)

    def loudness(self, ref: str, seconds: float = 5.0) -> int:
        """How loud the customer hears the agent just now: 0 (silence) to 255."""
        known = len(self._found("loudness", ref))
        self.order(t="loudness", ref=ref)
        return int(self.wait("loudness", ref, seconds, after=known)["level"])

    def order(self, **order: object) -> None:
        """Send one order; `CustomerFailed` if the process is gone."""
        pipe = self._process.stdin
        try:
            if pipe:
                pipe.write(json.dumps(order).encode() + b"\n")
                pipe.flush()
        except (OSError, ValueError) as gone:
            raise CustomerFailed("the customer's process is gone") from gone

    def wait(self, kind: str, ref: str, seconds: float = 10.0, *, after: int = 0) -> Report:
        """The report `kind` of the call `ref` ("" for any), skipping the first `after` of them."""
        deadline = time.monotonic() + seconds
        with self._arrived:
            while len(found := self._found(kind, ref)) <= after:
                left = deadline - time.monotonic()
                if left <= 0 or self._is_over:
                    raise CustomerFailed(f"no {kind} of {ref or 'any call'}: {self.reports[-5:]}")
                self._arrived.wait(left)
        return found[after]

    def close(self) -> None:
        """End the process; its calls are hung up."""
        if self._process.stdin and not self._process.stdin.closed:
            try:
                self.order(t="quit")
                self._process.stdin.close()
            except (CustomerFailed, OSError):
                pass
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(2)
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> DemoCustomer:
        self.wait_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _found(self, kind: str, ref: str) -> list[Report]:
        return [r for r in self.reports if r["t"] == kind and ref in ("", r["ref"])]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._arrived:
                self.reports.append(json.loads(line))
                self._arrived.notify_all()
        with self._arrived:
            self._is_over = True
            self._arrived.notify_all()
