"""A network of its own with a bad line in it: a Linux network namespace in which packets are lost.
Desks that are started inside reach the outside through a proxy whose door stands inside and whose
other side is this machine.

The packets are dropped by iptables: tc netem, which would do it too, is not in every kernel.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_FOLDER = Path("/run/netns")


class Network:
    """The namespace; `is_possible` says whether this machine lets us make one."""

    def __init__(self) -> None:
        self.name = f"ad-{uuid.uuid4().hex[:8]}"
        _run("ip", "netns", "add", self.name)
        _run("ip", "-n", self.name, "link", "set", "lo", "up")

    @staticmethod
    def is_possible() -> bool:
        """Whether namespaces and rules can be had: root, Linux, iptables, a kernel that knows."""
        if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("iptables"):
            return False
        try:
            network = Network()
        except (OSError, subprocess.CalledProcessError):
            return False
        try:
            network.loses(1)
        except subprocess.CalledProcessError:
            return False
        else:
            return True
        finally:
            network.close()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This thread, and what it starts, is in the namespace."""
        outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(_FOLDER / self.name, os.O_RDONLY)
        try:
            _enter(there)
            try:
                yield
            finally:
                _enter(outside)
        finally:
            os.close(there)
            os.close(outside)

    def door(self) -> socket.socket:
        """A listening socket inside."""
        with self.inside():
            return socket.create_server(("127.0.0.1", 0))

    def loses(self, percent: int) -> None:
        """So many of all packets are dropped from now on; 100 is a black hole."""
        self.is_good()
        chance = ("--mode", "random", "--probability", str(percent / 100))
        self._rule("-A", "INPUT", "-i", "lo", "-m", "statistic", *chance, "-j", "DROP")

    def lost(self) -> int:
        """How many packets were dropped since `loses`."""
        found = re.search(r"^ *(\d+) +\d+ +DROP", self._rule("-L", "INPUT", "-vnx"), re.MULTILINE)
        return int(found[1]) if found else 0

    def is_good(self) -> None:
        """Nothing is lost any more."""
        self._rule("-F", "INPUT")

    def _rule(self, *words: str) -> str:
        return _run("ip", "netns", "exec", self.name, "iptables", "-w", *words)

    def close(self) -> None:
        """Nobody may be inside any more."""
        _run("ip", "netns", "del", self.name)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
