"""A finished mirror file from the centre: fetched in parts, made the desk's own.

The file is encrypted with a key of its own, which comes with the offer and is never written
here; the desk's key takes its place page by page. What is here of a file that was cut off is
used again as long as the centre offers the same one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, StaticPool, create_engine
from sqlcipher3 import dbapi2 as sqlcipher

from agent_desktop.errors import AgentDesktopError
from agent_desktop.models import mirror, working_set
from agent_desktop.models.encrypted_file import connect, remove
from agent_desktop.sync.line import Line, Rows, SnapshotOffer
from agent_desktop.sync.progress import Reporter

_READ_AT_ONCE = 1 << 20


class SnapshotGone(AgentDesktopError):
    """The file is no more, or is not what was offered: rows have to be fetched one by one."""


class Download:
    """The parts of one offer, beside `path`."""

    def __init__(self, offer: SnapshotOffer, path: Path) -> None:
        self._offer = offer
        self._path = path.with_name(f"{path.name}.parts")
        self._note = path.with_name(f"{path.name}.parts.json")

    def fetch(self, line: Line, report: Reporter) -> Path:
        """Fetch what is missing; returns the complete, verified file.

        A broken line leaves the parts that came. Raises SnapshotGone.
        """
        offer, have = self._offer, self._parts_here()
        report.begin(offer.rows, self._rows_of(have))
        with open(self._path, "ab") as file:
            file.truncate(have * offer.part_size)
            for n in range(have, offer.parts):
                data = line.snapshot_part(offer.id, n)
                if data is None:
                    break
                file.write(data)
                file.flush()
                report.at(self._rows_of(n + 1))
        if _digest(self._path) != offer.sha256:
            self.forget()
            raise SnapshotGone("not the file that was offered")
        return self._path

    def _parts_here(self) -> int:
        """How many whole parts of this very file are here already."""
        try:
            note = json.loads(self._note.read_text("utf-8"))
            here = self._path.stat().st_size // self._offer.part_size
        except (OSError, ValueError):
            note, here = None, 0
        if note == str(self._offer.id):
            return min(here, self._offer.parts)
        self.forget()
        self._note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._note.write_text(json.dumps(str(self._offer.id)), "utf-8")
        return 0

    def _rows_of(self, parts: int) -> int:
        return self._offer.rows * parts // self._offer.parts

    def forget(self) -> None:
        """Delete what is here of it."""
        self._path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def take(self, path: Path, key: bytes, kept: Mapping[str, Any], own: Rows) -> None:
        """Make the fetched file this desk's own, at `path`: its key, its kept values, and the
        rows that only this agent sees. Durable afterwards."""
        remove(path)
        os.replace(self._path, path)
        self._note.unlink(missing_ok=True)
        path.chmod(0o600)
        try:
            _change_key(path, self._offer.key, key)
            lay_own(path, key, kept, own)
        except BaseException:
            remove(path)
            raise


def lay_own(path: Path, key: bytes, kept: Mapping[str, Any], own: Rows) -> None:
    """Put small values and what only this agent sees into a finished file; durable afterwards."""
    with _opened(path, key) as c:
        for name, value in kept.items():
            mirror.keep(c, name, value)
        if working_set.is_part(c):
            working_set.begin_part(c, [row[0] for row in own["account"]])
        for table, rows in own.items():
            mirror.apply_rows(c, table, rows)
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while data := file.read(_READ_AT_ONCE):
            digest.update(data)
    return digest.digest()


def _quick(path: Path, key: bytes) -> Any:
    """A connection that is quick because a half-made file is worth nothing."""
    raw = connect(path, key)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
        raw.execute(f"PRAGMA {pragma}")
    return raw


def _change_key(path: Path, old: bytes, new: bytes) -> None:
    raw = _quick(path, old)
    try:
        (said,) = raw.execute(f"PRAGMA rekey = \"x'{new.hex()}'\"").fetchone()
    except sqlcipher.DatabaseError as error:
        raise SnapshotGone(f"the key does not fit: {error}") from None
    finally:
        raw.close()
    if said != "ok":
        raise SnapshotGone(f"the key could not be changed: {said}")


@contextmanager
def _opened(path: Path, key: bytes) -> Iterator[Connection]:
    """One transaction in the file."""
    raw = _quick(path, key)
    engine = create_engine("sqlite://", module=sqlcipher, creator=lambda: raw, poolclass=StaticPool)
    try:
        with engine.connect() as c:
            c.exec_driver_sql("BEGIN")
            yield c
            c.commit()
    finally:
        engine.dispose()
        raw.close()
