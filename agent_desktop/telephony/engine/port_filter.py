"""Drops strangers' connections to the port of a line that uses only its own connection.

The library listens for connections on every TCP and TLS line; it cannot do without. Whoever
opened many of them ended the phone process (2.15.1 can watch 64 sockets). Nothing that comes in
there is believed: a PBX reaches us through the connection over which we registered (sip.py).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
import struct
import sys

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h
_BPF_RET = 0x06  # linux/bpf_common.h: BPF_RET | BPF_K, keep so many bytes; 0 drops all


def filter_port(port: int) -> bool:
    """Let no one connect to this process at `port` any more, connections that are up stay.
    False if it cannot be done here (not Linux) or nobody listens there."""
    if not sys.platform.startswith("linux"):
        return False
    # The library does not give its socket away, so it is looked for among those of this process.
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode) and _shut(int(name), port):
                return True
    return False


def _shut(number: int, port: int) -> bool:
    # A copy: closing it leaves the library's own alone.
    with socket.socket(fileno=os.dup(number)) as listener:
        if not _listens(listener, port):
            return False
        _drop_all(listener)
        return True


def _listens(listener: socket.socket, port: int) -> bool:
    is_internet = listener.family in (socket.AF_INET, socket.AF_INET6)
    is_listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return bool(is_internet and is_listening and listener.getsockname()[1] == port)


def _drop_all(listener: socket.socket) -> None:
    """A filter of one instruction, which the kernel copies (linux/filter.h)."""
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", _BPF_RET, 0, 0, 0), 8)
    program = struct.pack("HP", 1, ctypes.addressof(instruction))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
