"""One encrypted SQLite file and its transactions; mirror.db and local.db are two of these.

SQLCipher with a raw 32-byte key: each page is encrypted and carries its own checksum, so a
flipped bit is an error and never a wrong name. Connections are lent for one transaction at a
time; readers never wait for the writer (WAL), writers queue in this process.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, NullPool, create_engine
from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2 as sqlcipher

from agent_desktop.errors import DiskFull, StoreDamaged
from agent_desktop.models.store.write_ahead_log import MOST_PAGES, LogKeeper, has_lost_commits

WRITER_WAIT_SECONDS = 10
READERS = 8
#: With less on the disk an I/O error is taken for want of room, not for damage.
ROOM_NEEDED = 1024 * 1024

# What SQLite and SQLCipher say when a page is not what it should be.
_DAMAGE = ("not a database", "malformed", "disk i/o error", "hmac", "file is encrypted")


def connect(path: Path, key: bytes) -> Any:
    """A bare connection to an encrypted file in autocommit mode; `key` is 32 raw bytes."""
    if len(key) != 32:
        raise ValueError("a store's key has 32 bytes")
    connection = sqlcipher.connect(
        str(path),
        timeout=WRITER_WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def bare(c: Connection) -> Any:
    """The driver's own connection behind `c`, in the same transaction.

    For short questions whose rows need no types: its answer takes some 10 us, SQLAlchemy's
    cursor over it another 80.
    """
    return c.connection.driver_connection


def is_damage(error: BaseException) -> bool:
    """Whether a database error means a wrong key or a damaged page."""
    words = str(getattr(error, "orig", None) or error).lower()
    return any(sign in words for sign in _DAMAGE)


def is_full(error: BaseException, folder: Path) -> bool:
    """Whether a database error means that the disk is full. SQLite says so of its files; of the
    memory they share it says "disk I/O error", as it does of a broken disk."""
    words = str(getattr(error, "orig", None) or error).lower()
    if "disk is full" in words:
        return True
    return "disk i/o error" in words and shutil.disk_usage(folder).free < ROOM_NEEDED


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turn the library's words for a wrong key or a broken page into StoreDamaged, and those for
    a full disk into DiskFull."""
    try:
        yield
    except (DatabaseError, sqlcipher.DatabaseError) as error:
        if is_full(error, path.parent):
            raise DiskFull(path.name) from error
        if is_damage(error):
            raise StoreDamaged(f"{path.name}: {getattr(error, 'orig', None) or error}") from error
        raise


class _Connections:
    """Open connections to one file. The one used last is lent first: it knows the most pages.

    SQLAlchemy's own pool takes longer for a connection than most questions take for an answer.
    """

    def __init__(self, connect: Callable[[], Any], most: int) -> None:
        self._most = most
        self._idle: list[Connection] = []
        self._engine = create_engine(
            "sqlite://", module=sqlcipher, creator=connect, poolclass=NullPool
        )

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection for one transaction; what was not committed is rolled back."""
        c = self._taken()
        try:
            yield c
        except (DatabaseError, sqlcipher.DatabaseError, MemoryError) as error:
            # One that met a broken page fails at everything afterwards: do not keep it.
            if is_damage(error) or isinstance(error, MemoryError):
                c.invalidate()
            raise
        finally:
            self._take_back(c)

    def _taken(self) -> Connection:
        with suppress(IndexError):  # another thread may be faster at the last one
            return self._idle.pop()
        return self._engine.connect()

    def _take_back(self, c: Connection) -> None:
        if not c.invalidated:
            try:
                c.rollback()
                bare(c).rollback()  # SQLAlchemy believes a commit that failed to be over
            except (DatabaseError, sqlcipher.DatabaseError):
                c.invalidate()
        if c.invalidated or len(self._idle) >= self._most:
            c.close()
        else:
            self._idle.append(c)

    def close(self) -> None:
        """Close them all; they open anew when asked for."""
        while self._idle:
            self._idle.pop().close()


class EncryptedFile:
    """An encrypted SQLite file with its tables; made when it is not there.

    `synchronous` is NORMAL (a power cut may take the last commits, never the file) or FULL
    (a commit that returned is on the disk). Raises StoreDamaged on a wrong key or a file
    that fails its checks.
    """

    def __init__(
        self, path: Path, key: bytes, metadata: MetaData, *, schema: int, synchronous: str
    ) -> None:
        self.path = path
        self.key = key
        self._metadata = metadata
        self._schema = schema
        self._synchronous = synchronous
        self._gate = threading.Condition()
        self._turn = threading.Lock()
        self._inside = 0
        self._shut = False
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        log = self.path.with_name(f"{self.path.name}-wal")
        if self._synchronous == "FULL" and has_lost_commits(log):
            raise StoreDamaged(f"{log.name}: commits would be lost")
        self._readers = _Connections(partial(self._connect, reading=True), READERS)
        self._writer = _Connections(partial(self._connect, reading=False), 1)
        self._keeper = LogKeeper(partial(self._connect, reading=False))
        with ExitStack() as on_failure:
            on_failure.callback(self._dispose)
            self._prepare()
            on_failure.pop_all()

    def _connect(self, *, reading: bool) -> Any:
        connection = connect(self.path, self.key)
        with ExitStack() as on_failure:
            on_failure.callback(connection.close)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute(f"PRAGMA query_only = {int(reading)}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES}")
            on_failure.pop_all()
        return connection

    def _prepare(self) -> None:
        """Prove the key, and make the tables of a new file."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.writing() as c:
            found = c.exec_driver_sql("PRAGMA user_version").scalar_one()
            if found != self._schema:
                self._make(c, found)
                c.exec_driver_sql(f"PRAGMA user_version = {self._schema}")
        self.path.chmod(0o600)

    def _make(self, c: Connection, found: int) -> None:
        """Make the tables; `found` is the schema of the file, 0 for a new one."""
        if found:
            raise StoreDamaged(f"{self.path.name}: schema {found} instead of {self._schema}")
        self._metadata.create_all(c)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One short read transaction: all reads in it see the same moment."""
        with self._entered(), _damage_named(self.path), self._readers.lent() as c:
            bare(c).execute("BEGIN")
            yield c

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction, committed at the end, rolled back on an error. Not nestable."""
        with self._alone() as c:
            c.begin()
            bare(c).execute("BEGIN IMMEDIATE")
            yield c
            c.commit()
            self._keeper.committed()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """The connection that writes, when it is this writer's turn."""
        with self._entered(), _damage_named(self.path):
            if not self._turn.acquire(timeout=WRITER_WAIT_SECONDS):
                raise TimeoutError(f"{self.path.name} is being written all the time")
            try:
                with self._writer.lent() as c:
                    yield c
            finally:
                self._turn.release()

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """Be counted as a user of the file, so that nobody takes it away meanwhile."""
        with self._gate:
            self._gate.wait_for(lambda: self._closed or not self._shut, WRITER_WAIT_SECONDS)
            if self._closed or self._shut:
                raise StoreDamaged(f"{self.path.name} is closed")
            self._inside += 1
        try:
            yield
        finally:
            with self._gate:
                self._inside -= 1
                self._gate.notify_all()

    @contextmanager
    def _emptied(self) -> Iterator[None]:
        """Nobody is inside and no connection is open while this lasts; it opens again after."""
        with self._gate:
            self._shut = True
            if not self._gate.wait_for(lambda: not self._inside, timeout=WRITER_WAIT_SECONDS):
                self._shut = False
                raise TimeoutError(f"{self.path.name} is still in use")
        try:
            self._dispose()
            yield
        finally:
            with self._gate:
                self._shut = False
                self._gate.notify_all()

    def check(self) -> None:
        """Read every page; raises StoreDamaged if one is not as it was written.

        SQLCipher looks at the file alone: pages that a power cut left half written there, and
        that stand whole in the log, are put in order first.
        """
        with self._alone() as c:
            c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            faults = c.exec_driver_sql("PRAGMA cipher_integrity_check").all()
        if faults:
            raise StoreDamaged(f"{self.path.name}: {faults[0][0]}")

    def close(self) -> None:
        """Close all connections; using the file again raises StoreDamaged."""
        with self._gate:
            self._closed = True
            self._gate.notify_all()
            self._gate.wait_for(lambda: not self._inside, timeout=WRITER_WAIT_SECONDS)
        self._dispose()

    def _dispose(self) -> None:
        """Close every connection; they open anew when asked for."""
        self._keeper.stop()
        self._readers.close()
        self._writer.close()


def remove(path: Path) -> None:
    """Delete a store's file with its write-ahead log; nothing happens if it is not there."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
