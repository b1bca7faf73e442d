"""The desk's own part of sync: saving, and taking over pages of the feed.

No centre takes part: what is measured is what the desk does with its disk and its processor.
Saves are real intents with their effects, each one commit that is on the disk when it returns.
In turns with them as many bytes as a save writes are put at the end of a file beside and synced:
no save can be faster than this disk is at that moment. The goal is the save's, disk and all.
A page of the feed is 500 rows with their cursor in one commit. Filling a mirror is `bootstrap`.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from _shell import ROOT, folder_with, stores_in
from common import Goal, Report, arguments, percentile, report, summary
from sqlalchemy import select

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.values import AccountDraft
from agent_desktop.models.store import mirror, tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.encrypted_file import bare
from agent_desktop.models.store.stores import Stores
from agent_desktop.models.store.write_ahead_log import FRAME

assert ROOT
PAGE, SLICE = 500, 50
#: Milliseconds by the clock, and of this thread's processor time.
Took = list[tuple[float, float]]


def figures(took: Took) -> dict[str, float]:
    """The summary with p99, and what the processor worked of it."""
    clock, worked = [one for one, _ in took], [one for _, one in took]
    return {
        **summary(clock), "p99": round(percentile(clock, 99), 3),
        "cpu p50": round(percentile(worked, 50), 3), "cpu p99": round(percentile(worked, 99), 3),
    }  # fmt: skip


@contextmanager
def timed(took: Took) -> Iterator[None]:
    """Add how long the block takes."""
    began, worked = time.perf_counter_ns(), time.thread_time_ns()
    yield
    took.append(((time.perf_counter_ns() - began) / 1e6, (time.thread_time_ns() - worked) / 1e6))


def some_ids(stores: Stores, count: int, chance: random.Random) -> list[UUID]:
    """Accounts of which everything is here."""
    with stores.mirror.reading() as c:
        ids = list(c.execute(select(tables.MIRRORED["account"].c.id)).scalars())
    return chance.sample(ids, min(count, len(ids)))


def save(stores: Stores, ids: list[UUID], beside: Path) -> tuple[Took, Took]:
    """A note of each account is changed: the verb as the page calls it. After each the bare
    disk: what a save writes, written and synced."""
    saved: Took = []
    bare_disk: Took = []
    written = bytes(FRAME * pages_of_a_save(stores, ids.pop()))
    with beside.open("ab", buffering=0) as plain:
        for n, account_id in enumerate(ids):
            draft = AccountDraft(accounts.get(stores, account_id), {"note": f"note {n}"})
            with timed(saved):
                accounts.change(stores, draft)
            with timed(bare_disk):
                plain.write(written)
                getattr(os, "fdatasync", os.fsync)(plain.fileno())
    return saved, bare_disk


def pages_of_a_save(stores: Stores, account_id: UUID) -> int:
    """How many pages one save adds to the log of the local file."""
    before = pages_in_log(stores)
    accounts.change(stores, AccountDraft(accounts.get(stores, account_id), {"note": "first"}))
    return pages_in_log(stores) - before


def pages_in_log(stores: Stores) -> int:
    with stores.local.reading() as c:
        _, pages, _ = bare(c).execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return int(pages)


def pull(stores: Stores, ids: list[UUID], pages: int) -> Took:
    """Pages of changed accounts, taken over as the feed does."""
    took: Took = []
    names = tables.VIEW_COLUMNS["account"]
    for page in range(pages):
        wanted = [ids[(page * PAGE + n) % len(ids)] for n in range(PAGE)]
        with stores.mirror.reading() as c:
            account = tables.MIRRORED["account"]
            query = select(account).where(account.c.id.in_(wanted))
            rows = [tables.stored_row("account", [row[n] for n in names])
                    for row in c.execute(query).mappings()]  # fmt: skip
        at = names.index("name")
        rows = [(*row[:at], f"{row[at]} {page}", *row[at + 1 :]) for row in rows]
        with timed(took), stores.mirror.writing() as c:
            for start in range(0, len(rows), SLICE):
                mirror.apply_rows(c, "account", rows[start : start + SLICE])
            mirror.keep_cursor(c, Cursor(1, 1, f"{page + 10}:{page + 10}:"))
    return took


def main() -> int:
    """Measure, print, judge."""
    parser = arguments(__doc__.partition("\n")[0], accounts=100_000, runs=300)
    options = parser.parse_args()
    found = Report("sync", options.runs)
    chance = random.Random(20261120)
    with folder_with(options.accounts) as folder:
        stores = stores_in(folder)
        ids = some_ids(stores, 5_000, chance)
        saved, bare_disk = save(stores, ids[: options.runs + 1], folder / "beside")
        pulled = pull(stores, ids, max(5, options.runs // 10))
        stores.close()
    found.results["local save, ms"] = figures(saved)
    found.results["the same bytes appended and synced, ms"] = figures(bare_disk)
    found.results[f"page of {PAGE} changed accounts, ms"] = figures(pulled)
    p99, disk_p99 = (percentile([one for one, _ in took], 99) for took in (saved, bare_disk))
    found.results["save above the bare disk, ms"] = {"p99": round(p99 - disk_p99, 3)}
    found.goals += [Goal("local save p99", 5.0, p99, "ms")]
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
