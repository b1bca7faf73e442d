"""Streams of the sound server that nobody waits for.

No thread of ours and no callback: whoever has a frame hands it to libpulse, which copies it, and
whoever needs one takes what has come. The calls last microseconds, also when the server is busy
or gone; a stream that is not ready yet, or no longer, swallows sound and gives silence.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

from agent_desktop.telephony.audio.frame_ring import DriftCorrection, FrameRing, stretched
from agent_desktop.telephony.audio.pulse import PulseServer, SampleSpec

RATE = 16_000
FRAME_MILLISECONDS = 20
FRAME = RATE * FRAME_MILLISECONDS // 1000
FRAME_BYTES = 2 * FRAME
_S16LE = 3
_SERVER_DECIDES = 0xFFFFFFFF
_ADJUST_LATENCY = 0x2000
_READY, _FAILED = 2, 3
#: Someone who does not take for so long does not want to hear what was said in the meantime.
_STALE_SECONDS = 0.1


class _BufferAttr(ctypes.Structure):
    """pa_buffer_attr, in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


class PulseStream:
    """One stream of 16-bit mono sound on one device; closed once, from our thread."""

    def __init__(self, server: PulseServer, title: str, device: str) -> None:
        self.device = device
        self._server = server
        self._call = server.call
        self._stream: int | None = None
        with server as context:
            if context:
                self._stream = self._new(context, title)
                if self._connect(device.encode() or None) < 0:
                    self._let_go()

    def _new(self, context: int, title: str) -> int:
        call, spec = self._call, SampleSpec(_S16LE, RATE, 1)
        properties = call["proplist_new"]()
        # The server lets music pause for telephone calls.
        call["proplist_sets"](properties, b"media.role", b"phone")
        name = title.encode()
        stream = call["stream_new_with_proplist"](
            context, name, ctypes.byref(spec), None, properties
        )
        call["proplist_free"](properties)
        return int(stream)

    def _connect(self, device: bytes | None) -> int:
        raise NotImplementedError

    @property
    def is_dead(self) -> bool:
        """True if it can never work again: refused, or its device or the server is gone."""
        with self._server:
            return self._state() >= _FAILED

    @property
    def is_ready(self) -> bool:
        """True while it takes or gives sound."""
        with self._server:
            return self._state() == _READY

    def _state(self) -> int:
        return int(self._call["stream_get_state"](self._stream)) if self._stream else _FAILED

    def _wanted(self, **wanted: int) -> Any:
        fields = dict.fromkeys(("maxlength", "tlength", "prebuf", "minreq", "fragsize"))
        return _BufferAttr(*(wanted.get(name, _SERVER_DECIDES) for name in fields))

    def close(self) -> None:
        """End it at once; twice is allowed."""
        with self._server:
            self._let_go()

    def _let_go(self) -> None:
        stream, self._stream = self._stream, None
        if stream:
            self._call["stream_disconnect"](stream)
            self._call["stream_unref"](stream)

    def _write(self, data: bytes) -> None:
        self._call["stream_write"](self._stream, data, len(data), None, 0, 0)


class PlayStream(PulseStream):
    """What is heard. Frames are given at our pace and played at the device's."""

    #: What may wait at the server in bytes: 120 ms; of this the device gets its own part.
    TARGET = 6 * FRAME_BYTES

    def __init__(self, server: PulseServer, title: str, device: str) -> None:
        self._pace = DriftCorrection(FRAME + DriftCorrection.SLACK)
        self._target = 0
        self._has_begun = False
        self.dry = self.dropped = 0
        super().__init__(server, title, device)

    def _connect(self, device: bytes | None) -> int:
        wanted = self._wanted(
            maxlength=4 * self.TARGET, tlength=self.TARGET, prebuf=FRAME_BYTES, minreq=FRAME_BYTES
        )
        result = self._call["stream_connect_playback"](
            self._stream, device, ctypes.byref(wanted), _ADJUST_LATENCY, None, None
        )
        return int(result)

    def write(self, frame: bytes) -> None:
        """Play a frame after those given before. Any thread."""
        with self._server:
            if self._state() != _READY:
                return
            fill = self._fill()
            if fill >= self._target // 2:
                # The device has stood still: what waits is old already.
                self.dropped += 1
                return
            if fill <= 0:
                self._begin()
            step = self._pace.look(max(fill, 0))
            if step:
                frame = stretched(memoryview(frame).cast("h"), FRAME + step).tobytes()
            self._write(frame)

    def _fill(self) -> int:
        """The samples that wait at the server for the device."""
        if not self._target:
            attributes = self._call["stream_get_buffer_attr"](self._stream)
            self._target = _BufferAttr.from_address(attributes).tlength
        return (self._target - int(self._call["stream_writable_size"](self._stream))) // 2

    def _begin(self) -> None:
        """Nothing waits: it is the beginning, or it ran dry. Some silence goes ahead; in the
        midst of speech only a little, and the rest is stretched in."""
        if self._has_begun:
            self._pace.ran_dry()
            self.dry += 1
        self._write(bytes(FRAME_BYTES if self._has_begun else 2 * self._pace.margin))
        self._has_begun = True


class RecordStream(PulseStream):
    """What is said. It comes at the device's pace and is taken at ours."""

    def __init__(self, server: PulseServer, title: str, device: str) -> None:
        self.ring = FrameRing(FRAME)
        self._taken_at = 0.0
        super().__init__(server, title, device)

    def _connect(self, device: bytes | None) -> int:
        wanted = self._wanted(maxlength=20 * FRAME_BYTES, fragsize=FRAME_BYTES)
        result = self._call["stream_connect_record"](
            self._stream, device, ctypes.byref(wanted), _ADJUST_LATENCY
        )
        return int(result)

    def take(self) -> bytes:
        """The next frame, or silence if there is none. Any thread."""
        now = time.monotonic()
        is_stale, self._taken_at = now - self._taken_at > _STALE_SECONDS, now
        self._fetch()
        if is_stale:
            self.ring.clear()
        return self.ring.take()

    def _fetch(self) -> None:
        data, size = ctypes.c_void_p(), ctypes.c_size_t()
        with self._server:
            if self._state() != _READY:
                return
            peek, drop = self._call["stream_peek"], self._call["stream_drop"]
            while True:
                peek(self._stream, ctypes.byref(data), ctypes.byref(size))
                if not size.value:
                    return
                # Without data it is a hole: the server lost some.
                address, length = data.value, size.value
                self.ring.put(ctypes.string_at(address, length) if address else bytes(length))
                drop(self._stream)


class ClipStream(PulseStream):
    """A sound known beforehand: a ring that repeats, or a signal. `turn` tops it up.

    Seconds of it wait at the server, so that it is smooth however seldom `turn` is called.
    """

    _AHEAD_SECONDS = 2

    def __init__(
        self, server: PulseServer, title: str, device: str, clip: bytes, *, repeats: bool
    ) -> None:
        self._clip = clip
        self._repeats = repeats
        self._at = 0
        self._ends_at = 0.0
        super().__init__(server, title, device)

    def _connect(self, device: bytes | None) -> int:
        ahead = self._AHEAD_SECONDS * RATE * 2
        wanted = self._wanted(
            maxlength=2 * ahead, tlength=ahead, prebuf=FRAME_BYTES, minreq=ahead // 4
        )
        result = self._call["stream_connect_playback"](
            self._stream, device, ctypes.byref(wanted), 0, None, None
        )
        return int(result)

    def turn(self, now: float) -> None:
        """Hand over what the server has room for; `now` is monotonic seconds."""
        with self._server:
            if self._state() != _READY:
                return
            room = int(self._call["stream_writable_size"](self._stream)) & ~1
            while room > 0 and self._at < len(self._clip):
                part = self._clip[self._at : self._at + room]
                self._write(part)
                room -= len(part)
                self._at += len(part)
                if self._repeats and self._at >= len(self._clip):
                    self._at = 0
            if self._at >= len(self._clip) and not self._ends_at:
                waits = self._AHEAD_SECONDS - room / (2 * RATE)
                self._ends_at = now + min(waits, len(self._clip) / (2 * RATE)) + 0.3

    def has_ended(self, now: float) -> bool:
        """True when all of it has been heard; never if it repeats."""
        return self._ends_at > 0 and now >= self._ends_at
