"""A mirror.db of the demo company without a centre: for benchmarks and for tests of the desk.

The directory (models/store/directory.py) is whole; everything else is there of every account up to
50,000 of them and of an even share above, as on a desk that keeps a working set. A second process
makes the rows while this one stores them.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from subprocess import PIPE, Popen
from typing import IO, Any
from uuid import UUID

from platformdirs import user_cache_path
from sqlalchemy import Boolean, LargeBinary

from agent_desktop.demo import company
from agent_desktop.demo.chance import GENERATOR_VERSION
from agent_desktop.demo.company_setting import CompanySetting, setting
from agent_desktop.demo.customer_traits import NAMED_WORK_BELOW
from agent_desktop.demo.row_format import MIRROR, Row
from agent_desktop.models.store import directory_writer, mirror
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.models.store.tables import MIRRORED, VIEW_COLUMNS, Uuid

#: The key of cached mirrors. No secret: everything in them is invented.
KEY = sha256(b"luz do planalto mirror").digest()
#: The day of cached mirrors, so that benchmarks of different days measure the same.
DAY = date(2026, 11, 20)

DIRECTORY = directory_writer.SOURCES
_DEEP_ACCOUNTS = 50_000
SLICE = 5_000
# Below this many accounts a second process costs more than it saves.
WORTH_A_PROCESS = 20_000


@dataclass(frozen=True, slots=True)
class Filling:
    """The result of a fill: rows by table, and the seconds it took."""

    rows: Mapping[str, int]
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """All rows, indexes and the name index included."""
        return sum(self.rows.values()) / self.seconds


def deep_indexes(accounts: int) -> list[int]:
    """The accounts of which a mirror has everything; others are in its directory only."""
    step = -(-accounts // _DEEP_ACCOUNTS)
    named = range(min(accounts, NAMED_WORK_BELOW))
    first = -(-NAMED_WORK_BELOW // step) * step
    return [*named, *range(first, accounts, step)]


def fill(
    path: Path,
    key: bytes,
    of: CompanySetting,
    *,
    cursor: Cursor | None = None,
    kept: Mapping[str, Any] | None = None,
) -> Filling:
    """Make a finished mirror.db at `path`; an older file there is thrown away.

    `cursor` and `kept` are kept in it as a bootstrap from a centre would (mirror.py).
    """
    began = time.monotonic()
    of = replace(of, spelling=MIRROR)
    rows: dict[str, int] = dict.fromkeys(company.TABLES, 0)
    with MirrorBuilder(path, key, _held(of)) as builder, _slices(of) as slices:
        for table, made in slices:
            builder.add(table, made)
            rows[table] += len(made)
        builder.finish(cursor, kept)
    return Filling(rows, time.monotonic() - began)


def _held(of: CompanySetting) -> list[UUID] | None:
    """The accounts of the working set; None if it is all of them."""
    deep = deep_indexes(of.accounts)
    if len(deep) == of.accounts:
        return None
    ids: Iterator[Any] = (row[0] for row in company.rows(of, "account", deep))
    return [UUID(bytes=bytes(one)) for one in ids]


def cached(accounts: int, *, folder: Path | None = None) -> Path:
    """A mirror of this size, made once and kept; its key is `KEY`.

    Do not open it where it lies: copy it first, or it does not stay what it is.
    """
    folder = folder or user_cache_path("agent-desktop", appauthor=False) / "demo"
    path = folder / f"mirror-{accounts}-g{GENERATOR_VERSION}-s{mirror.SCHEMA}.db"
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}")
        fill(fresh, KEY, setting(accounts, DAY))
        os.replace(fresh, path)
    return path


# ---------------------------------------------------------------- making rows

_Slice = tuple[str, list[Row]]


def _made(of: CompanySetting, table: str, indexes: range | list[int]) -> _Slice:
    """Rows of one table as SQLite keeps them, with the first revision."""
    bound = _bound_quickly(table)
    width = len(company.columns(table)) - (len(company.HIDDEN_COLUMNS) if table == "account" else 0)
    made: list[Row] = []
    for row in company.rows(of, table, indexes):
        values = [*row[:width], 1]
        for at, quick in bound:
            value = values[at]
            values[at] = None if value is None else quick(value)
        made.append(tuple(values))
    return table, made


@cache
def _bound_quickly(table: str) -> tuple[tuple[int, Callable[[Any], object]], ...]:
    """Columns to change before they are bound, and to what.

    SQLite's module looks for an adapter of each value that is no plain int, str or bytearray;
    for a row of phone that took 11 of 17 microseconds.
    """
    quick: dict[type, Callable[[Any], object]] = {
        Boolean: int, Uuid: bytearray, LargeBinary: bytearray,
    }  # fmt: skip
    columns = MIRRORED[table].columns
    return tuple(
        (at, quick[type(columns[name].type)])
        for at, name in enumerate(VIEW_COLUMNS[table])
        if type(columns[name].type) in quick
    )


def _tasks(of: CompanySetting) -> Iterator[tuple[str, range | list[int]]]:
    """(table, account indexes) of each slice, table by table."""
    deep = deep_indexes(of.accounts)
    for table in company.TABLES:
        if table in company.LISTED:
            yield table, range(1)
            continue
        wanted = range(of.accounts) if table in DIRECTORY else deep
        for start in range(0, len(wanted), SLICE):
            yield table, wanted[start : start + SLICE]


@contextmanager
def _slices(of: CompanySetting) -> Iterator[Iterable[_Slice]]:
    """The slices in order, made here or, when it is worth it, in a second process."""
    if of.accounts < WORTH_A_PROCESS:
        yield (_made(of, table, indexes) for table, indexes in _tasks(of))
        return
    command = [sys.executable, "-m", "tools.filled_mirror"]
    with Popen(command, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[1]) as maker:
        assert maker.stdin is not None
        assert maker.stdout is not None
        try:
            pickle.dump(of, maker.stdin)
            maker.stdin.close()
            yield _received(maker.stdout)
        except BaseException:
            maker.kill()
            raise


def _received(pipe: IO[bytes]) -> Iterator[_Slice]:
    """The slices the other process sends, up to its None; raises EOFError if it dies first."""
    while (received := pickle.load(pipe)) is not None:
        yield received


def _send_slices() -> None:
    """The second process: reads a setting, sends slices as fast as they are taken."""
    of = pickle.load(sys.stdin.buffer)
    for table, indexes in _tasks(of):
        pickle.dump(_made(of, table, indexes), sys.stdout.buffer, protocol=5)
    pickle.dump(None, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _send_slices()
