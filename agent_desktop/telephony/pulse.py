"""Blocking sound streams of a PulseAudio (or PipeWire) server, through libpulse-simple.

ctypes lets go of the interpreter while a stream blocks, so each stream has a thread of its
own and the engine's loop never waits for the sound server.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import threading
from collections.abc import Callable
from functools import cache

log = logging.getLogger(__name__)

RATE = 16_000
FRAME_MILLISECONDS = 20
FRAME_BYTES = RATE * 2 * FRAME_MILLISECONDS // 1000
_PLAYBACK, _RECORD = 1, 2
_S16LE = 3
_SERVER_DECIDES = 0xFFFFFFFF
_RETRY_SECONDS = 2.0


class _SampleSpec(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_int),
        ("rate", ctypes.c_uint32),
        ("channels", ctypes.c_uint8),
    )


class _BufferAttr(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


class PulseError(Exception):
    """The sound server is not there or gave the stream up; the text is for the log."""


@cache
def _library() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("pulse-simple") or "libpulse-simple.so.0"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    library.pa_simple_new.restype = ctypes.c_void_p
    for function in (library.pa_simple_write, library.pa_simple_read):
        function.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p)
    library.pa_simple_free.argtypes = (ctypes.c_void_p,)
    return library


def has_library() -> bool:
    """True if libpulse-simple is installed; says nothing about a running server."""
    return _library() is not None


class PulseStream:
    """One open stream of 16-bit mono sound; used by one thread only. Opening may block."""

    def __init__(self, *, record: bool, device: str, title: str) -> None:
        library = _library()
        if library is None:
            raise PulseError("libpulse-simple is not installed")
        self._library = library
        spec = _SampleSpec(_S16LE, RATE, 1)
        wanted = _BufferAttr(
            _SERVER_DECIDES, 3 * FRAME_BYTES, FRAME_BYTES, _SERVER_DECIDES, FRAME_BYTES
        )
        error = ctypes.c_int(0)
        self._stream = library.pa_simple_new(
            None,
            b"Agent Desktop",
            _RECORD if record else _PLAYBACK,
            device.encode() or None,
            title.encode(),
            ctypes.byref(spec),
            None,
            ctypes.byref(wanted),
            ctypes.byref(error),
        )
        if not self._stream:
            raise PulseError(f"no stream for {title}: error {error.value}")

    def write(self, frame: bytes) -> None:
        """Blocks until the server has taken the frame; `PulseError` when it is gone."""
        if self._library.pa_simple_write(self._stream, frame, len(frame), None) < 0:
            raise PulseError("the sound server stopped taking sound")

    def read(self) -> bytes:
        """The next frame of the microphone; blocks; `PulseError` when the server is gone."""
        frame = ctypes.create_string_buffer(FRAME_BYTES)
        if self._library.pa_simple_read(self._stream, frame, FRAME_BYTES, None) < 0:
            raise PulseError("the sound server stopped giving sound")
        return frame.raw

    def close(self) -> None:
        """Give the stream back; twice is allowed."""
        stream, self._stream = self._stream, None
        if stream:
            self._library.pa_simple_free(stream)


class StreamThread:
    """Keeps one stream alive while it is wanted and moves a frame per turn.

    `move(stream)` is called over and over in the thread. When the server goes away the stream
    is opened again every two seconds; `is_failing` is True in the meantime.
    """

    def __init__(
        self, title: str, device: str, move: Callable[[PulseStream], None], *, record: bool = False
    ) -> None:
        self._title = title
        self._device = device
        self._move = move
        self._record = record
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._last_fault = ""
        self.is_failing = False

    def start(self) -> None:
        """Open the stream in the background; no effect when it runs already."""
        if self._thread and self._thread.is_alive() and not self._stop.is_set():
            return
        self._stop = threading.Event()
        self.is_failing = False
        # A thread that hangs in a dead server must not keep the process alive.
        self._thread = threading.Thread(
            target=self._run, args=(self._stop,), name=self._title, daemon=True
        )
        self._thread.start()

    def stop(self, *, wait_seconds: float = 0.0) -> None:
        """Let the stream go after the frame under way."""
        self._stop.set()
        if self._thread and wait_seconds:
            self._thread.join(wait_seconds)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._move_frames(stop)
            except PulseError as fault:
                self.is_failing = True
                self._log_once(str(fault))
                stop.wait(_RETRY_SECONDS)

    def _log_once(self, fault: str) -> None:
        # A machine without a sound server would fill the log, a line a second.
        if fault != self._last_fault:
            self._last_fault = fault
            log.warning("%s: %s", self._title, fault)

    def _move_frames(self, stop: threading.Event) -> None:
        stream = PulseStream(record=self._record, device=self._device, title=self._title)
        self.is_failing = False
        try:
            while not stop.is_set():
                self._move(stream)
        finally:
            stream.close()
