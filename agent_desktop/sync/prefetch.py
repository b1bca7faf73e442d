"""Reading while what was read before is still being stored."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

#: How many are read before anybody takes them.
_AHEAD = 2


class _NoMore:
    """The last thing in the queue: why there is no more (None: it is all)."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error


class ReadAhead(Generic[Item]):
    """Iterates in a thread of its own, two items ahead of whoever takes them. Use it as a context
    manager: nobody but that thread may use what is iterated until the end of the block."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._read: queue.Queue[Item | _NoMore] = queue.Queue(_AHEAD)
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, name="read ahead", daemon=True)

    def __enter__(self) -> Iterator[Item]:
        self._thread.start()
        return self._taken()

    def __exit__(self, *_: object) -> None:
        self._left.set()
        # The reader may stand before a full queue: it is emptied until the reader sees the end.
        while self._thread.is_alive():
            try:
                self._read.get(timeout=0.05)
            except queue.Empty:
                continue
        self._thread.join()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for item in self._items:
                if self._left.is_set():
                    break
                self._read.put(item)
        except Exception as raised:  # noqa: BLE001 - it is raised by whoever takes the items
            error = raised
        self._read.put(_NoMore(error))

    def _taken(self) -> Iterator[Item]:
        while not isinstance(item := self._read.get(), _NoMore):
            yield item
        if item.error is not None:
            raise item.error
