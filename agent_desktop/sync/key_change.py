"""An encrypted file under another key, made while the first one still arrives.

SQLCipher's own copying does it (SQLite's online backup): each page is decrypted, its checksum
proved, and encrypted anew. At a million accounts that is most of the work of a first filling; what
is done of it while the rest is still on its way costs no time.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from agent_desktop.errors import StoreDamaged
from agent_desktop.models.store.encrypted_file import connect, is_full, remove
from agent_desktop.models.store.write_ahead_log import PAGE

#: Pages that are copied before it is asked whether more have arrived: 1 MiB, as a part has.
_PAGES_AT_ONCE = 256
_AT_ONCE = _PAGES_AT_ONCE * PAGE
_SYNC_SECONDS = 0.25


class _GivenUp(Exception):
    """Nobody waits for the copy any more."""


class KeyChange:
    """Makes `target` under the key `new` from `source`, which is encrypted with `old`, in a thread
    of its own. Use it as a context manager; without `finish` nothing stays of the target.

    `source` must have its full length from the beginning, with holes where nothing has arrived.
    """

    def __init__(self, source: Path, old: bytes, target: Path, new: bytes) -> None:
        self._source, self._old = source, old
        self._target, self._new = target, new
        self._moved = threading.Condition()
        self._size = self._arrived = 0
        self._given_up = False
        self._error: Exception | None = None
        self._is_finished = False
        self._thread = threading.Thread(target=self._run, name="key change", daemon=True)

    def __enter__(self) -> KeyChange:
        remove(self._target)
        self._target.touch(0o600)
        self._size = self._source.stat().st_size
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._is_finished:
            with self._moved:
                self._given_up = True
                self._moved.notify()
            self._thread.join()
            remove(self._target)

    def arrived(self, size: int) -> None:
        """So many bytes from the beginning of the source are there now."""
        with self._moved:
            self._arrived = size
            self._moved.notify()

    def finish(self) -> None:
        """Wait for the target; all of the source must have arrived. Nothing is durable yet.

        Raises StoreDamaged when the old key does not fit or a page is not as it was written.
        """
        with open(self._target, "rb+") as file:
            while self._thread.is_alive():
                os.fsync(file.fileno())  # what is on the disk now is not waited for at the end
                self._thread.join(_SYNC_SECONDS)
        if self._error is not None:
            raise self._error
        self._is_finished = True

    def _run(self) -> None:
        try:
            self._wait_for(_AT_ONCE)
            self._copy()
        except _GivenUp:
            pass
        except (sqlcipher.DatabaseError, MemoryError) as error:
            # A page that fails its check is a "SQL logic error" or a want of memory here.
            full = is_full(error, self._target.parent)
            self._error = error if full else StoreDamaged(str(error))
        except Exception as error:  # noqa: BLE001 - it is raised by whoever waits
            self._error = error

    def _copy(self) -> None:
        source = connect(self._source, self._old)
        target = connect_quick(self._target, self._new)
        target.execute("PRAGMA cache_size = -512")  # no page is needed again
        try:
            source.backup(target, pages=_PAGES_AT_ONCE, progress=self._copied)
            # A bad page is told when the next one is read; after the last there is none.
            source.execute("PRAGMA schema_version").fetchone()
        finally:
            target.close()
            source.close()

    def _copied(self, _: int, left: int, pages: int) -> None:
        """Some pages are copied: wait for the next ones."""
        self._wait_for((pages - left) * PAGE + _AT_ONCE)

    def _wait_for(self, size: int) -> None:
        needed = min(size, self._size)
        with self._moved:
            self._moved.wait_for(lambda: self._given_up or self._arrived >= needed)
            if self._given_up:
                raise _GivenUp


def connect_quick(path: Path, key: bytes) -> Any:
    """A connection that is quick because a half-made file is worth nothing."""
    raw = connect(path, key)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
        raw.execute(f"PRAGMA {pragma}")
    return raw
