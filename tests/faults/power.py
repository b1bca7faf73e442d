"""A power cut: what a disk holds when all that was not yet told to be durable may be lost.

A library is compiled and preloaded into the desk (power_log.c); it writes down every write, sync
and rename. `Disk` replays that log up to any moment and gives the files as they may be after the
power went then: what was synced is there; of what was not, nothing, all, some writes, or some
512-byte sectors of them. Names (files made, renamed, removed) come in order, as in a journalling
file system; they are durable with the next sync of a folder, or, if the file system is one that
writes its whole journal (ext4), with any sync.
"""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

SECTOR = 512
_HEAD = struct.Struct("<IIQqQ")


class Fate(Enum):
    """What becomes of writes that were not synced."""

    NOTHING = "nothing is left"
    ALL = "all is left"
    SOME = "some writes are left"
    TORN = "some sectors are left"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing a desk did to its files."""

    kind: str
    inode: int
    where: int
    name: str
    data: bytes


@dataclass
class _File:
    """A file: as programs see it, as it surely is on the disk, and what lies between."""

    now: bytearray = field(default_factory=bytearray)
    safe: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)


def read_log(path: Path) -> Iterator[Record]:
    """All that was written down, in order; a record cut off by a kill is none."""
    content, at = path.read_bytes(), 0
    while at + _HEAD.size <= len(content):
        kind, name_length, inode, where, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        end = at + name_length + length
        if end > len(content):
            return
        name, data = content[at : at + name_length].decode(), content[at + name_length : end]
        yield Record(chr(kind), inode, where, name, data)
        at = end


class Disk:
    """The files below a folder; `writes_whole_journal`: any sync makes all names durable."""

    def __init__(self, *, writes_whole_journal: bool) -> None:
        self._whole_journal = writes_whole_journal
        self._files: dict[int, _File] = {}
        self._folders: set[int] = set()
        self._names: dict[str, _File] = {}
        self._safe_names: dict[str, _File] = {}
        self._renames: list[dict[str, _File]] = []

    def holds(self, folder: Path) -> None:
        """Begin with what lies in a folder, all of it durable."""
        for path in (one for one in folder.rglob("*") if one.is_file()):
            if not path.name.endswith("-shm"):
                content = path.read_bytes()
                file = _File(bytearray(content), content)
                self._files[path.stat().st_ino] = self._names[str(path)] = file
        self._safe_names = dict(self._names)

    def does(self, record: Record) -> None:
        """Replay one record."""
        if record.kind in "co":
            self._opened(record)
        elif record.kind == "r":
            moved = self._names.pop(record.name)
            self._named({**self._names, record.data.decode(): moved})
        elif record.kind == "u":
            self._named({name: f for name, f in self._names.items() if name != record.name})
        elif record.inode in self._folders:
            self._safe_names, self._renames = self._names, []
        elif record.inode in self._files:
            self._changed(self._files[record.inode], record)

    def _opened(self, record: Record) -> None:
        """A descriptor: of a folder, of a file that is known, or of one that was just made."""
        if record.kind == "o" and record.name not in self._names:
            self._folders.add(record.inode)
        elif record.name not in self._names:
            self._files[record.inode] = fresh = _File()
            self._folders.discard(record.inode)
            self._named({**self._names, record.name: fresh})

    def _named(self, names: dict[str, _File]) -> None:
        self._names = names
        self._renames.append(names)

    def _changed(self, file: _File, record: Record) -> None:
        if record.kind == "s":
            file.safe, file.pending = bytes(file.now), []
            if self._whole_journal:
                self._safe_names, self._renames = self._names, []
        else:
            data = record.data if record.kind == "w" else None
            file.pending.append((record.where, data))
            _do(file.now, record.where, data)

    def after_power_cut(self, fate: Fate, chance: random.Random) -> dict[str, bytes]:
        """The files by name as they may be now."""
        steps = [self._safe_names, *self._renames]
        names = {Fate.NOTHING: steps[0], Fate.ALL: steps[-1]}.get(fate) or chance.choice(steps)
        return {name: _left_of(file, fate, chance) for name, file in names.items()}


def _left_of(file: _File, fate: Fate, chance: random.Random) -> bytes:
    content = bytearray(file.safe)
    for where, data in file.pending:
        if fate is Fate.ALL or (fate is Fate.SOME and chance.random() < 0.5):
            _do(content, where, data)
        elif fate is Fate.TORN:
            if data is None:
                _do(content, where, data)
            for at in range(0, len(data or b""), SECTOR):
                if chance.random() < 0.5:
                    _do(content, where + at, (data or b"")[at : at + SECTOR])
    return bytes(content)


def _do(content: bytearray, where: int, data: bytes | None) -> None:
    """A write, or (without data) a cut or growth to this length."""
    end = where + len(data or b"")
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[where:]
    else:
        content[where:end] = data


def put(files: dict[str, bytes], of: Path, into: Path) -> None:
    """Write the files that lie below `of` into a folder that is made anew."""
    shutil.rmtree(into, ignore_errors=True)
    for name, content in files.items():
        if Path(name).is_relative_to(of):
            target = into / Path(name).relative_to(of)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
