"""The audit: rows sealed into batches that hang together by their hashes, and the check of them.

A batch's hash is the SHA-256 of the hash before it, the batch's number, time and count, and its
rows in order. The check trusts no function of the database: whoever can change rows can change
those too. Whoever can do everything can also write the whole chain anew; a hash that was noted
elsewhere (`known`) tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby

import psycopg
from psycopg.rows import TupleRow

from agent_desktop.central.database import owner_of

Connection = psycopg.Connection[TupleRow]

AT_ONCE = 10_000
#: No transaction of an agent lasts longer: an older row in a new batch was put there later.
LONGEST_TRANSACTION = timedelta(hours=1)

# One row as crm.audit_line writes it, with functions of the server only.
_ROWS = """
select m.n, jsonb_build_array(a.id, (extract(epoch from a.at) * 1000000)::bigint, a.agent_id,
  a.login, a.what, a.record_id, a.detail)::text, a.at
from crm.audit_member m join crm.audit a on a.id = m.audit_id
order by m.n, a.id
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing did: the newest batch, how many rows came into it, its hash in hex."""

    n: int
    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found: the newest batch and its hash, sealed rows, rows that wait for the
    next batch, and what is wrong, in words; nothing if all is as it was written."""

    n: int
    hash: str
    rows: int
    waiting: int
    faults: tuple[str, ...]


def seal(connection: Connection) -> Sealed:
    """Seal what is committed and in no batch yet; whoever writes is not kept waiting."""
    with owner_of(connection):
        row = connection.execute("select crm.seal_audit(%s)", (AT_ONCE,)).fetchone()
    assert row is not None
    done = row[0]
    return Sealed(done.get("n", 0), done["rows"], done.get("hash", ""))


def check(connection: Connection, known: tuple[int, str] | None = None) -> Checked:
    """Compute every hash again. `known` is the number and hash of a batch noted before."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only")
        connection.execute("set local search_path = pg_catalog")
        floor = _floor(connection)
        chain = _Chain(_batches(connection), floor)
        for n, lines in groupby(_rows(connection), key=lambda row: row[0]):
            chain.take(n, ((line, at) for _, line, at in lines))
        chain.end()
        faults = [*chain.faults, *_strays(connection), *_unlike(chain.batches, floor, known)]
        if floor is not None:
            faults += _not_by_the_rule(connection, floor)
        waiting = _one(connection, "select count(*) from crm.audit_open")
    last = max(chain.batches, default=0)
    newest = chain.batches[last].hash.hex() if last else ""
    return Checked(last, newest, chain.rows, waiting, tuple(faults))


@dataclass(frozen=True, slots=True)
class _Batch:
    n: int
    sealed_at: datetime
    microseconds: int
    rows: int
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Floor:
    """The last batch that was dropped by the site's rule."""

    n: int
    hash: bytes
    sealed_at: datetime
    dropped_at: datetime


class _Chain:
    """Goes along the batches; each must follow from its rows and from the one before."""

    def __init__(self, batches: dict[int, _Batch], floor: _Floor | None) -> None:
        self.batches = batches
        self._floor = floor
        self.faults: list[str] = []
        self.rows = 0
        self._next = 1 if floor is None else floor.n + 1
        self._before: _Batch | None = None

    def take(self, n: int, lines: Iterator[tuple[str, datetime]]) -> None:
        """One batch that has rows."""
        self._skip_to(n)
        batch = self.batches.get(n)
        if batch is None:
            self.faults.append(f"batch {n} is missing, its rows are there")
        self._compare(batch, lines)
        self._next = n + 1

    def end(self) -> None:
        """No more rows."""
        self._skip_to(max(self.batches, default=0) + 1)

    def _skip_to(self, n: int) -> None:
        """The batches before this one have no rows left, or are not there at all."""
        for gone in range(self._next, n):
            if gone in self.batches:
                self._compare(self.batches[gone], iter(()))
            else:
                self.faults.append(f"batch {gone} is missing")

    def _compare(self, batch: _Batch | None, lines: Iterator[tuple[str, datetime]]) -> None:
        if batch is None:
            for _ in lines:
                self.rows += 1
            return
        before = self._floor.hash if self._floor is not None else b""
        if self._before is not None:
            before = self._before.hash
        if batch.previous != before:
            self.faults.append(f"batch {batch.n} does not follow the one before it")
        head = json.dumps([batch.n, batch.microseconds, batch.rows])
        digest = sha256(batch.previous + head.encode())
        count = 0
        for line, at in lines:
            digest.update(b"\n" + line.encode())
            count += 1
            if self._before is not None and at < self._before.sealed_at - LONGEST_TRANSACTION:
                self.faults.append(f"batch {batch.n} has a row dated back: {line}")
        self.rows += count
        if count != batch.rows:
            self.faults.append(f"batch {batch.n} had {batch.rows} rows and has {count}")
        elif digest.digest() != batch.hash:
            self.faults.append(f"batch {batch.n} was changed")
        self._before = batch


def _floor(connection: Connection) -> _Floor | None:
    row = connection.execute(
        "select n, hash, sealed_at, dropped_at from crm.audit_floor"
    ).fetchone()
    return None if row is None else _Floor(*row)


def _not_by_the_rule(connection: Connection, floor: _Floor) -> list[str]:
    """That it was dropped stands in the audit itself, with the rule there was, and was due."""
    row = connection.execute(
        "select (a.detail ->> 'days')::int from crm.audit a where a.what = 'trim'"
        " and a.detail ->> 'upto' = %s and a.detail ->> 'hash' = %s order by a.id desc limit 1",
        (str(floor.n), floor.hash.hex()),
    ).fetchone()
    if row is None:
        return [f"batches up to {floor.n} are gone, and the audit does not say that they went"]
    if row[0] < 1 or floor.sealed_at > floor.dropped_at - timedelta(days=row[0]):
        return [f"batch {floor.n} was dropped before its time"]
    return []


def _batches(connection: Connection) -> dict[int, _Batch]:
    found = connection.execute(
        "select n, sealed_at, (extract(epoch from sealed_at) * 1000000)::bigint, rows, previous,"
        " hash from crm.audit_batch"
    )
    return {row[0]: _Batch(*row) for row in found}


def _rows(connection: Connection) -> Iterator[tuple[int, str, datetime]]:
    with connection.cursor(name="audit_rows") as cursor:
        cursor.itersize = 5000
        cursor.execute(_ROWS)
        yield from cursor


def _strays(connection: Connection) -> list[str]:
    """Rows that are in no batch and do not wait for one, and members whose row is gone."""
    unsealed = _one(
        connection,
        "select count(*) from crm.audit a"
        " where not exists (select from crm.audit_member m where m.audit_id = a.id)"
        " and not exists (select from crm.audit_open o where o.audit_id = a.id)",
    )
    gone = _one(
        connection,
        "select count(*) from crm.audit_open o"
        " where not exists (select from crm.audit a where a.id = o.audit_id)",
    )
    words = []
    if unsealed:
        words.append(f"{unsealed} rows are in no batch and wait for none")
    if gone:
        words.append(f"{gone} rows are gone that waited for a batch")
    return words


def _unlike(
    batches: dict[int, _Batch], floor: _Floor | None, known: tuple[int, str] | None
) -> list[str]:
    if known is None:
        return []
    n, digest = known[0], known[1].lower()
    if floor is not None and n < floor.n:
        return [f"batch {n} was dropped by the rule and proves nothing any more; note a newer one"]
    dropped = floor.hash if floor is not None and n == floor.n else b""
    found = batches[n].hash if n in batches else dropped
    return [] if found.hex() == digest and found else [f"batch {n} is not the one that was noted"]


def _one(connection: Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    found: int = row[0]
    return found
