"""The echo test: what goes in comes out a second later. Pure."""

from __future__ import annotations

from collections import deque

FRAME_BYTES = 640
#: How late the agent hears the own microphone in the echo test: late enough not to be taken for
#: one's own voice, soon enough to stay in mind.
ECHO_FRAMES = 50
#: It ends by itself, seconds: nobody wants an open microphone that was forgotten.
ECHO_SECONDS = 30.0


class EchoLine:
    """Sound that goes in comes out a second later."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self.clear()

    def clear(self) -> None:
        """Begin with a second of silence."""
        self._frames.clear()
        self._frames.extend([bytes(FRAME_BYTES)] * ECHO_FRAMES)

    def put(self, frame: bytes) -> None:
        """Keep a frame; one of those that wait is lost if nobody takes them."""
        self._frames.append(frame)
        if len(self._frames) > 2 * ECHO_FRAMES:
            self._frames.popleft()

    def take(self) -> bytes:
        """The frame of a second ago."""
        return self._frames.popleft() if self._frames else bytes(FRAME_BYTES)
