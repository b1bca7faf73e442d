"""The write-ahead log of an encrypted file: when it goes into the file, and whether it is whole.

A commit is written to the end of the log. Now and then all that stands there is copied into the
file (a checkpoint), and the next commit begins at the log's start again. docs/decisions has why
this is not left to SQLite: checkpoints.md.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

#: Bytes of a page, SQLCipher's own choice.
PAGE = 4096
#: Bytes of a page with its head in a log.
FRAME = 24 + PAGE
#: A checkpoint costs three syncs: it has to be worth them.
WORTH_PAGES = 1000
#: With so many pages in the log the commit itself makes the checkpoint (SQLite does).
MOST_PAGES = 4000
#: Nobody has committed anything for so long: probably nobody will while a checkpoint is made.
QUIET_SECONDS = 0.5


class LogKeeper:
    """Makes checkpoints in a thread of its own, when nobody is writing.

    `connect` gives a bare connection to the file. The thread begins with the first commit.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._thread: threading.Thread | None = None
        self._committed = threading.Event()
        self._stopped = threading.Event()

    def committed(self) -> None:
        """Something was committed. One thread at a time may say so."""
        if self._thread is None:
            self._stopped.clear()
            self._thread = threading.Thread(target=self._run, name="log keeper", daemon=True)
            self._thread.start()
        self._committed.set()

    def stop(self) -> None:
        """End the thread; it begins anew with the next commit. Nobody may commit meanwhile."""
        if self._thread is not None:
            self._stopped.set()
            self._committed.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        # What is wrong with the file is told to whoever reads or writes it next.
        with suppress(sqlcipher.Error), closing(self._connect()) as connection:
            while self._committed.wait() and not self._stopped.is_set():
                self._committed.clear()
                if not self._stopped.wait(QUIET_SECONDS) and not self._committed.is_set():
                    checkpoint_if_worth(connection)


def checkpoint_if_worth(connection: Any) -> None:
    """Copy the log into the file if there is enough in it; neither waits for anybody nor makes
    anybody wait."""
    _, pages, copied = connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    if pages - copied >= WORTH_PAGES:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


# ---------------------------------------------------------------- a log that was damaged
# https://www.sqlite.org/fileformat2.html#the_write_ahead_log: a header of 32 bytes, then frames
# of 24 bytes and a page, each with the sum of all before it. SQLite believes a log up to the
# first wrong sum and passes over the rest in silence, as it must after a power cut.
_LOG_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_SUMS_LITTLE = 0x377F0682


def _summed(content: bytes, little: bool, sums: tuple[int, int]) -> tuple[int, int]:
    """The sums of a log after these bytes."""
    one, two = sums
    words = struct.unpack(f"{'<' if little else '>'}{len(content) // 4}I", content)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def has_lost_commits(log: Path) -> bool:
    """Whether a write-ahead log of a file that syncs each commit was damaged in the middle.

    A power cut harms the commit that was not finished, which is the last one. With whole commits
    behind a wrong sum, something else has changed the log, and these commits would be lost.
    """
    content = log.read_bytes() if log.exists() else b""
    if len(content) < _LOG_HEADER.size + _FRAME.size:
        return False
    magic, _, page, _, *salts, one, two = _LOG_HEADER.unpack_from(content)
    little = magic == _SUMS_LITTLE
    sums = _summed(content[:24], little, (0, 0))
    good, commits = sums == (one, two), 0
    if not good:
        page, salts = PAGE, list(_FRAME.unpack_from(content, _LOG_HEADER.size)[2:4])
    for at in range(_LOG_HEADER.size, len(content) - _FRAME.size - page + 1, _FRAME.size + page):
        _, size_after, *its_salts, one, two = _FRAME.unpack_from(content, at)
        if good:
            sums = _summed(content[at : at + 8], little, sums)
            body = at + _FRAME.size
            sums = _summed(content[body : body + page], little, sums)
            good = its_salts == salts and sums == (one, two)
        if not good and its_salts == salts:
            if commits:
                return True
            commits += bool(size_after)
    return False
