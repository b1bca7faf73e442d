"""The first filling of a desk from a real PostgreSQL: a finished file, and row by row.

Both are the desk's own way, each in its own process, from log-in to a durable mirror.db in its
place. The raw rate is that of the bare SQLite module storing the same rows, read before, into
the same encrypted tables without any index. `first_look` is when the agent's own work is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common import Goal, Report, arguments, report

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from psycopg.conninfo import conninfo_to_dict

from agent_desktop.central import database, hubs, staff
from agent_desktop.central.postgres import Cluster
from agent_desktop.hub.collector import make_file
from agent_desktop.models import mirror, tables
from agent_desktop.models.encrypted_file import connect
from agent_desktop.sync.line import open_line
from agent_desktop.sync.server import Server
from agent_desktop.sync.snapshot import Bootstrap

KEY = bytes(range(32))
ROOT = Path(__file__).parents[1]
#: Rows of one table that go into the raw comparison, at most.
RAW_ROWS = 300_000


@dataclass(frozen=True, slots=True)
class Site:
    """A filled centre: its superuser's DSN, the hub's, and where desks find it."""

    dsn: str
    hub_dsn: str
    server: Server


@contextmanager
def filled(accounts: int, folder: Path) -> Iterator[Site]:
    """A centre with a company of this size and one agent."""
    cluster = Cluster(folder / "pg", durable=False)
    try:
        dsn = database.create_database(cluster.start().dsn(), "agent_desktop")
        command = [sys.executable, "-m", "agent_desktop", "admin", "load-demo", "--dsn", dsn]
        subprocess.run([*command, "--accounts", str(accounts)], check=True, cwd=ROOT)
        with database.connect(dsn) as admin:
            staff.add_agent(admin, staff.NewAgent("bench", "Bench", "x"))
            hubs.add_hub(admin, "bench_hub", "x")
        parts = conninfo_to_dict(dsn)
        server = Server(str(parts["host"]), int(str(parts["port"])), "agent_desktop")
        yield Site(dsn, cluster.dsn("agent_desktop", user="bench_hub", password="x"), server)
    finally:
        cluster.destroy()


def filling(site: Site, folder: Path, rows_only: bool) -> tuple[float, int]:
    """Seconds of one bootstrap, and the size of the mirror it made."""
    path = folder / "mirror.fresh"
    began = time.perf_counter()
    Bootstrap(site.server, "bench", "x", path, KEY, {}, rows_only=rows_only).run(lambda _: None)
    seconds = time.perf_counter() - began
    size = path.stat().st_size
    path.unlink()
    return seconds, size


def raw_rate(site: Site, folder: Path) -> float:
    """Rows a second of executemany alone."""
    rows_stored, seconds = 0, 0.0
    path = folder / "raw.db"
    raw = connect(path, KEY)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
        raw.execute(f"PRAGMA {pragma}")
    with open_line(site.server, "bench", "x") as line, line.snapshot() as (_, reader):
        for name in tables.MIRRORED:
            rows = [row for row, _ in zip(reader.rows(name), range(RAW_ROWS), strict=False)]
            names = tables.VIEW_COLUMNS[name]
            raw.execute(f'CREATE TABLE "{name}" ({", ".join(f"{n!r}" for n in names)})')
            query = f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(names))})'
            began = time.perf_counter()
            raw.execute("BEGIN")
            raw.executemany(query, rows)
            raw.execute("COMMIT")
            seconds += time.perf_counter() - began
            rows_stored += len(rows)
    raw.close()
    path.unlink()
    return rows_stored / seconds


def main() -> int:
    """Measure and report."""
    options = arguments(__doc__ or "", accounts=10_000, runs=1).parse_args()
    found = Report("bootstrap", options.runs)
    with (
        tempfile.TemporaryDirectory(prefix="bootstrap-") as name,
        filled(options.accounts, Path(name)) as site,
    ):
        folder = Path(name)
        began = time.perf_counter()
        with psycopg.connect(site.hub_dsn, autocommit=True) as hub:
            hub.execute("set role collectors")
            make_file(hub, ["company"])
        made = time.perf_counter() - began
        with open_line(site.server, "bench", "x") as line:
            offer = line.snapshot_offer(mirror.SCHEMA)
            assert offer is not None
            began = time.perf_counter()
            own = line.own_rows()
            first = time.perf_counter() - began
        raw = raw_rate(site, folder)
        for _ in range(options.runs):
            by_file, size = filling(site, folder, rows_only=False)
            by_row, _ = filling(site, folder, rows_only=True)
    rows = offer.rows
    found.results["collector"] = {"seconds": made, "rows": rows, "MB": offer.size / 1e6}
    found.results["raw executemany"] = {"rows/s": raw}
    found.results["file"] = {"seconds": by_file, "rows": rows, "rows/s": rows / by_file,
                             "MB": size / 1e6}  # fmt: skip
    found.results["row by row"] = {"seconds": by_row, "rows": rows, "rows/s": rows / by_row}
    found.results["own work"] = {"seconds": first, "rows": sum(map(len, own.values()))}
    found.goals = [
        Goal("file faster than row by row", 10, by_row / by_file, "times", at_least=True),
        Goal("row by row of raw rate", 60, 100 * rows / by_row / raw, "%", at_least=True),
        Goal("own work is there", 10, first, "s"),
    ]
    return report(found, options)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    sys.exit(main())
