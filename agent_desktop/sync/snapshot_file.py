"""A finished mirror file from the centre: fetched in parts, made the desk's own.

The file is encrypted with a key of its own, which comes with the offer and is never written
here; the desk's key takes its place page by page while the file arrives (key_change.py). What is
here of a file that was cut off is used again as long as the centre offers the same one.
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

from agent_desktop.errors import AgentDesktopError, StoreDamaged
from agent_desktop.models.store import mirror, working_set
from agent_desktop.models.store.encrypted_file import remove
from agent_desktop.sync import questions
from agent_desktop.sync.answers import Rows, SnapshotOffer
from agent_desktop.sync.centre import Centre
from agent_desktop.sync.key_change import KeyChange, connect_quick
from agent_desktop.sync.progress import Reporter


class SnapshotGone(AgentDesktopError):
    """The file is no more, or is not what was offered: rows have to be fetched one by one."""


class Download:
    """One offer's parts, beside `path`, and the file under `key` that is made of them there. Use
    it as a context manager: `fetch`, then `take`. After an error only the parts stay."""

    def __init__(self, offer: SnapshotOffer, path: Path, key: bytes) -> None:
        self._offer = offer
        self._path, self._key = path, key
        self._parts = path.with_name(f"{path.name}.parts")
        self._note = path.with_name(f"{path.name}.parts.json")
        self._have = self._parts_here()
        self._change = KeyChange(self._parts, offer.key, path, key)

    def __enter__(self) -> Download:
        self._change.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._change.__exit__(kind, *rest)
        # The thread that changes the key may open the parts, and so make them anew, after they
        # were deleted.
        if not self._note.exists():
            self._parts.unlink(missing_ok=True)
        if kind is not None:
            remove(self._path)

    def fetch(self, centre: Centre, report: Reporter) -> None:
        """Fetch what is missing, and see that the whole is what was offered.

        A broken connection leaves the parts that came. Raises SnapshotGone.
        """
        offer, digest = self._offer, hashlib.sha256()
        report.begin(offer.rows, self._rows_of(self._have))
        with open(self._parts, "r+b") as file:
            for n in range(offer.parts):
                if n < self._have:
                    data = file.read(offer.part_size)
                else:
                    came = centre.ask(questions.SNAPSHOT_PART, offer.id, n)
                    if came is None:
                        break
                    data = came
                    file.write(data)
                    file.flush()
                    self._keep_note(n + 1)
                    report.at(self._rows_of(n + 1))
                digest.update(data)
                self._change.arrived(file.tell())
        if digest.digest() != offer.sha256:
            self.forget()
            raise SnapshotGone("not the file that was offered")

    def take(self, kept: Mapping[str, Any], own: Rows) -> None:
        """Finish the file, with small values and the rows that only this agent sees in it;
        durable afterwards. Raises SnapshotGone."""
        try:
            self._change.finish()
        except StoreDamaged as error:
            self.forget()
            raise SnapshotGone(str(error)) from error
        lay_own(self._path, self._key, kept, own)
        self.forget()

    def _parts_here(self) -> int:
        """The number of whole parts of this very file that are here. Their file has its full length
        from the beginning, so a note tells; a second process that fetches the same file
        writes the same bytes in the same places."""
        offer = self._offer
        try:
            whose, parts = json.loads(self._note.read_text("utf-8"))
            if whose == str(offer.id) and self._parts.stat().st_size == offer.size:
                return min(int(parts), offer.parts)
        except (OSError, ValueError):
            pass
        self.forget()
        self._parts.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in (self._parts, self._note):
            path.touch(0o600)
        os.truncate(self._parts, offer.size)
        self._keep_note(0)
        return 0

    def _keep_note(self, parts: int) -> None:
        """Always as many bytes, over what stands there, so that a kill leaves a whole note."""
        with open(self._note, "r+b", buffering=0) as note:
            note.write(json.dumps([str(self._offer.id), parts]).ljust(64).encode())

    def _rows_of(self, parts: int) -> int:
        return self._offer.rows * parts // self._offer.parts

    def forget(self) -> None:
        """Delete what is here of its parts."""
        self._parts.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


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


@contextmanager
def _opened(path: Path, key: bytes) -> Iterator[Connection]:
    """One transaction in the file."""
    raw = connect_quick(path, key)
    engine = create_engine("sqlite://", module=sqlcipher, creator=lambda: raw, poolclass=StaticPool)
    try:
        with engine.connect() as c:
            c.exec_driver_sql("BEGIN")
            yield c
            c.commit()
    finally:
        engine.dispose()
        raw.close()
