"""The desk's own part of sync: saving, taking over pages of the feed, making a whole mirror.

No centre takes part: what is measured is what the desk does with its disk and its processor.
Saves are real intents with their effects, each one commit that is on the disk when it returns.
A page of the feed is 500 rows with their cursor in one commit.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from uuid import UUID

from _shell import ROOT, folder_with, stores_in
from common import Goal, Report, arguments, percentile, report, summary
from sqlalchemy import select

from agent_desktop.demo.filled_mirror import DAY, KEY
from agent_desktop.demo.setting import setting
from agent_desktop.models import account as accounts
from agent_desktop.models import mirror, tables
from agent_desktop.models.cursor import Cursor
from agent_desktop.models.encrypted_file import connect
from agent_desktop.models.mirror_builder import MirrorBuilder
from agent_desktop.models.stores import Stores
from agent_desktop.models.value import AccountDraft

assert ROOT
PAGE, SLICE = 500, 50
#: So many rows of phone go into the comparison with the bare module.
ROWS = 200_000


def figures(values: list[float]) -> dict[str, float]:
    """The summary with p99."""
    return {**summary(values), "p99": round(percentile(values, 99), 3)}


def some_ids(stores: Stores, count: int, chance: random.Random) -> list[UUID]:
    """Accounts of which everything is here."""
    with stores.mirror.reading() as c:
        ids = list(c.execute(select(tables.account.c.id)).scalars())
    return chance.sample(ids, min(count, len(ids)))


def save(stores: Stores, ids: list[UUID]) -> list[float]:
    """A note of each account is changed: the verb as the page calls it, in milliseconds."""
    took = []
    for n, account_id in enumerate(ids):
        draft = AccountDraft(accounts.get(stores, account_id), {"note": f"note {n}"})
        began = time.perf_counter_ns()
        accounts.change(stores, draft)
        took.append((time.perf_counter_ns() - began) / 1e6)
    return took


def pull(stores: Stores, ids: list[UUID], pages: int) -> list[float]:
    """Pages of changed accounts, taken over as the feed does; milliseconds for each."""
    took, names = [], tables.VIEW_COLUMNS["account"]
    for page in range(pages):
        wanted = [ids[(page * PAGE + n) % len(ids)] for n in range(PAGE)]
        with stores.mirror.reading() as c:
            query = select(tables.account).where(tables.account.c.id.in_(wanted))
            rows = [tables.stored_row("account", [row[n] for n in names])
                    for row in c.execute(query).mappings()]  # fmt: skip
        at = names.index("name")
        rows = [(*row[:at], f"{row[at]} {page}", *row[at + 1 :]) for row in rows]
        began = time.perf_counter_ns()
        with stores.mirror.writing() as c:
            for start in range(0, len(rows), SLICE):
                mirror.apply_rows(c, "account", rows[start : start + SLICE])
            mirror.keep_cursor(c, Cursor(1, 1, f"{page + 10}:{page + 10}:"))
        took.append((time.perf_counter_ns() - began) / 1e6)
    return took


def build(folder: Path) -> tuple[float, float]:
    """Rows a second: a mirror with its directory, and the module's bare executemany."""
    from agent_desktop.demo import filled_mirror

    of = filled_mirror.replace(setting(ROWS // 3, DAY), spelling=filled_mirror.MIRROR)
    rows = {
        table: filled_mirror._made(of, table, range(ROWS // 3))[1] for table in ("account", "phone")
    }
    count = sum(map(len, rows.values()))
    began = time.perf_counter()
    with MirrorBuilder(folder / "built.db", KEY) as builder:
        for table, made in rows.items():
            builder.add(table, made)
        adding = time.perf_counter() - began
        builder.finish()
    raw = connect(folder / "raw.db", KEY)
    raw.execute("PRAGMA journal_mode = OFF")
    raw.execute("PRAGMA synchronous = OFF")
    began = time.perf_counter()
    raw.execute("BEGIN")
    for table, made in rows.items():
        marks = ", ".join("?" * len(made[0]))
        listed = ", ".join(tables.VIEW_COLUMNS[table])
        raw.execute(f"CREATE TABLE {table} ({listed})")
        raw.executemany(f"INSERT INTO {table} VALUES ({marks})", made)
    raw.execute("COMMIT")
    bare = time.perf_counter() - began
    raw.close()
    return count / adding, count / bare


def main() -> int:
    """Measure, print, judge."""
    parser = arguments(__doc__.partition("\n")[0], accounts=100_000, runs=300)
    options = parser.parse_args()
    found = Report("sync", options.runs)
    chance = random.Random(20261120)
    with folder_with(options.accounts) as folder:
        stores = stores_in(folder)
        ids = some_ids(stores, 5_000, chance)
        saved = save(stores, ids[: options.runs])
        pulled = pull(stores, ids, max(5, options.runs // 10))
        stores.close()
        built, bare = build(folder)
    found.results["local save, ms"] = figures(saved)
    found.results[f"page of {PAGE} changed accounts, ms"] = figures(pulled)
    found.results["rows a second"] = {"mirror": round(built), "bare executemany": round(bare)}
    found.goals += [Goal("local save p99", 5.0, percentile(saved, 99), "ms")]
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
