"""A short bounded queue of sound frames between two clocks that do not run alike.

Pure. One thread puts, another takes; a deque makes both safe. When the writer is faster the
ring drops old frames, when the reader is faster it hands out silence until it has filled up
again, so the delay stays within a few frames whatever the clocks do.
"""

from __future__ import annotations

from collections import deque


class FrameRing:
    """Frames of equal length. `target` frames is the delay aimed at, `limit` the longest."""

    def __init__(self, frame_bytes: int, *, target: int = 3, limit: int = 8) -> None:
        self._silence = bytes(frame_bytes)
        self._frames: deque[bytes] = deque()
        self._target = target
        self._limit = limit
        self._is_filling = True
        self.dropped = 0
        self.inserted = 0

    def __len__(self) -> int:
        return len(self._frames)

    def put(self, frame: bytes) -> None:
        """Add a frame; above the limit the oldest go until the target is met."""
        self._frames.append(frame)
        if len(self._frames) > self._limit:
            while len(self._frames) > self._target:
                self._frames.popleft()
                self.dropped += 1

    def take(self) -> bytes:
        """The oldest frame, or silence while the ring is empty or fills up to its target."""
        if self._is_filling and len(self._frames) >= self._target:
            self._is_filling = False
        if not self._is_filling and self._frames:
            return self._frames.popleft()
        if not self._is_filling:
            self._is_filling = True
            self.inserted += 1
        return self._silence

    def clear(self) -> None:
        """Forget everything; the counters stay."""
        self._frames.clear()
        self._is_filling = True
