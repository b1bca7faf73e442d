"""Our own ports of the library's conference bridge, and the clock that drives it.

The callbacks run in the bridge's clock thread, fifty times a second.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony.safe_callback import guarded

RATE = 16_000
FRAME_MILLISECONDS = 20
FRAME_BYTES = RATE * 2 * FRAME_MILLISECONDS // 1000


class NullClock:
    """The null device, which drives the bridge. It stands still between calls: fifty times a
    second it would compete for the interpreter just when an INVITE arrives."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self.is_running = False
        manager.setNoDev()

    def start(self) -> None:
        """Let the bridge run; no effect when it does."""
        if not self.is_running:
            self.is_running = True
            self._manager.setNullDev()

    def stop(self) -> None:
        """Let the bridge stand; no effect when it does."""
        if self.is_running:
            self.is_running = False
            self._manager.setNoDev()


class BridgePort(pj.AudioMediaPort):  # type: ignore[misc]
    """A port that gives each frame it hears away and asks for each frame it says."""

    def __init__(
        self, name: str, heard: Callable[[bytes], None], spoken: Callable[[], bytes]
    ) -> None:
        super().__init__()
        self._heard = heard
        self._spoken = spoken
        form = pj.MediaFormatAudio()
        form.type = pj.PJMEDIA_TYPE_AUDIO
        form.clockRate, form.channelCount, form.bitsPerSample = RATE, 1, 16
        form.frameTimeUsec = FRAME_MILLISECONDS * 1000
        form.avgBps = form.maxBps = RATE * 16
        self.createPort(name, form)

    @guarded
    def onFrameReceived(self, frame: Any) -> None:
        """What the bridge has for us."""
        if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO and frame.size:
            self._heard(read_vector(frame.buf))

    @guarded
    def onFrameRequested(self, frame: Any) -> None:
        """What the bridge wants of us."""
        fill_vector(frame.buf, self._spoken())
        frame.size = FRAME_BYTES
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO


def _span(vector: Any) -> tuple[int, int]:
    """First address and length of a std::vector<unsigned char>: its first two pointers."""
    begin, end = (ctypes.c_size_t * 2).from_address(int(vector.this))
    return begin, end - begin


def read_vector(vector: Any) -> bytes:
    """The bytes of a vector; through SWIG's own iteration this takes 300 times as long."""
    begin, length = _span(vector)
    return ctypes.string_at(begin, length) if length else b""


def fill_vector(vector: Any, data: bytes) -> None:
    """Make `data` the contents of a vector."""
    begin, length = _span(vector)
    if length != len(data):
        # Resizing may move the memory, so the address is asked for again.
        vector.resize(len(data))
        begin, length = _span(vector)
    ctypes.memmove(begin, data, min(length, len(data)))


def frame_layout_is_known() -> bool:
    """Self-test of the two functions above: another compiler may lay a vector out differently."""
    vector = pj.ByteVector()
    for value in range(7):
        vector.append(value)
    try:
        begin, length = (ctypes.c_size_t * 2).from_address(int(vector.this))
        if length - begin != 7 or read_vector(vector) != bytes(range(7)):
            return False
        fill_vector(vector, b"\xff\x00\x7f")
        return tuple(vector) == (255, 0, 127)
    except (TypeError, ValueError, AttributeError):
        return False
