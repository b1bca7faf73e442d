"""The first filling of a desk from a real PostgreSQL: a finished file, and row by row.

Both are the desk's own way, each in its own process, from log-in to a durable mirror.db in its
place. From 20,000 accounts on (some 400,000 rows) a desk gets the directory of everybody and its
own work; the centre then holds the directory's tables of all accounts, everything of 50,000.

The raw rate is that of the bare SQLite module: executemany of the same entries, numbers and
places, ready in memory, into the same encrypted tables without any index, not committed. Rows are
the centre's (accounts, numbers, units, meters), for both. What row by row does beside (all
indexes, the index of names, fsync) is told apart.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import Goal, Report, arguments, report

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from psycopg.conninfo import conninfo_to_dict

from agent_desktop.central import bulk, database, hubs, staff
from agent_desktop.central.postgres import Cluster
from agent_desktop.demo import company
from agent_desktop.demo.company_setting import setting
from agent_desktop.hub.collector import make_file
from agent_desktop.models.site.site import SignedInAgent, Site
from agent_desktop.models.store import mirror
from agent_desktop.models.store.encrypted_file import connect
from agent_desktop.models.store.local import Local
from agent_desktop.models.store.mirror import Mirror
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.models.store.stores import Stores
from agent_desktop.sync import questions
from agent_desktop.sync.bootstrap_process import WHOLE_UP_TO, BootstrapProcess
from agent_desktop.sync.centre import open_centre
from agent_desktop.sync.feed import store_own
from agent_desktop.sync.server import Server
from tools.filled_mirror import DIRECTORY, deep_indexes

KEY = bytes(range(32))
ROOT = Path(__file__).parents[1]
#: Entries that go into the comparison with the bare module, at most.
RAW_ENTRIES = 100_000
#: So many tickets are the agent's own.
OWN_TICKETS = 50


@dataclass(frozen=True, slots=True)
class Centre:
    """A filled centre: its superuser's DSN, the hub's, where desks find it, and how many rows
    it has, in all and in the directory's tables."""

    dsn: str
    hub_dsn: str
    server: Server
    rows: int
    directory_rows: int

    @property
    def is_large(self) -> bool:
        """True if desks keep a directory and their own work instead of everything."""
        return self.rows > WHOLE_UP_TO


@contextmanager
def filled(accounts: int, folder: Path, keep: bool) -> Iterator[Centre]:
    """A centre with a company of this size and one agent, in `folder`; `keep`: it stays there,
    stopped, and is used again (at a million accounts it takes ten minutes to fill)."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster, note = Cluster(folder / "pg", durable=False), folder / "filled.json"
    if cluster.folder.exists() and not note.exists():
        cluster.destroy()  # a filling that was cut off
    try:
        cluster.start()
        if not note.exists():
            counts = _fill(cluster, accounts)
            note.write_text(json.dumps({"accounts": accounts, "counts": counts}), "utf-8")
        yield _centre(cluster, json.loads(note.read_text("utf-8")), accounts)
    finally:
        if keep and note.exists():
            cluster.stop()
        else:
            cluster.destroy()


def _fill(cluster: Cluster, accounts: int) -> Mapping[str, int]:
    """The company, an agent with some work, a hub; returns the rows of each table."""
    dsn = database.create_database(cluster.dsn(), "agent_desktop")
    with database.connect(dsn) as admin:
        counts = bulk.load(admin, _tables(admin, accounts), lambda progress: None)
        agent = staff.add_agent(admin, staff.NewAgent("bench", "Bench", "x"))
        hubs.add_hub(admin, "bench_hub", "x")
        admin.execute(
            "update crm.ticket set assignee_id = %s where id in (select id from crm.ticket "
            "where resolved_at is null order by id limit %s)", (agent, OWN_TICKETS),
        )  # fmt: skip
    return counts


def _centre(cluster: Cluster, note: Mapping[str, Any], accounts: int) -> Centre:
    """How to get to a filled one."""
    if note["accounts"] != accounts:
        raise SystemExit(f"{cluster.folder} was filled with {note['accounts']} accounts")
    dsn = cluster.dsn("agent_desktop")
    database.upgrade(dsn)
    parts = conninfo_to_dict(dsn)
    server = Server(str(parts["host"]), int(str(parts["port"])), "agent_desktop")
    known = sum(note["counts"][table] for table in DIRECTORY)
    with open_centre(server, "bench", "x") as line, line.snapshot() as (_, reader):
        rows = reader.expected  # as a desk judges the size of its site
    hub = cluster.dsn("agent_desktop", user="bench_hub", password="x")
    return Centre(dsn, hub, server, rows, known)


def _tables(admin: bulk.Connection, accounts: int) -> bulk.Tables:
    """The directory's tables of all accounts, the others of as many as a desk may hold."""
    row = admin.execute("select fact_key from crm.site").fetchone()
    key = row[0] if row else b""
    now = datetime.now(UTC)
    of = setting(accounts, now.date(), now=now, fact_key=key)
    deep = deep_indexes(accounts)
    for table in company.TABLES:
        wanted = None if table in DIRECTORY else deep
        yield table, company.columns(table), company.rows(of, table, wanted)


# ---------------------------------------------------------------- measuring


@dataclass(frozen=True, slots=True)
class Filling:
    """One bootstrap: seconds by the clock, of its own process's processor, size of the mirror."""

    seconds: float
    cpu: float
    size: int

    def as_json(self) -> dict[str, object]:
        """As it stands in the table."""
        return {"seconds": self.seconds, "cpu": self.cpu, "MB": self.size / 1e6}


def filling(centre: Centre, folder: Path, rows_only: bool) -> Filling:
    """From the start of the process to its end."""
    path = folder / "mirror.fresh"
    began, before = time.perf_counter(), os.times()
    BootstrapProcess(centre.server, "bench", "x", path, KEY, {}, rows_only=rows_only).run(
        lambda _: None
    )
    seconds, after = time.perf_counter() - began, os.times()
    size = path.stat().st_size
    path.unlink()
    cpu = sum(after[2:4]) - sum(before[2:4])  # user and system time of children
    return Filling(seconds, cpu, size)


def first_work(centre: Centre, folder: Path) -> tuple[float, int]:
    """Seconds from log-in until the agent's own work is in an empty mirror, and its rows."""
    stores = _stores(folder / "first")
    began = time.perf_counter()
    with open_centre(centre.server, "bench", "x") as line:
        own = line.ask(questions.OWN_ROWS)
    store_own(stores, own)
    seconds = time.perf_counter() - began
    stores.close()
    return seconds, sum(map(len, own.values()))


def _stores(folder: Path) -> Stores:
    local = Local(folder / "local.db", KEY)
    site = Site(SignedInAgent(local.client, "bench", "Bench"), b"\0" * 32, local.client, "bench")
    return Stores(Mirror(folder / "mirror.db", KEY), local, site)


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of filling a directory with entries: reading and storing, then all indexes; by
    the clock, and of this process's processor."""

    storing: float
    indexing: float
    storing_cpu: float
    indexing_cpu: float


def parts(centre: Centre, path: Path) -> Parts:
    """The directory alone, in this process."""
    marks = []

    def mark() -> None:
        marks.append((time.perf_counter(), time.process_time()))

    with MirrorBuilder(path, KEY, ()) as builder:
        with open_centre(centre.server, "bench", "x") as line, line.snapshot() as (_, reader):
            entries = reader.entries()
            assert entries is not None
            mark()
            builder.enter(entries)
            mark()
        builder.finish()
        mark()
    began, stored, indexed = marks
    return Parts(
        stored[0] - began[0], indexed[0] - stored[0], stored[1] - began[1], indexed[1] - stored[1]
    )


def raw_rate(made: Path, path: Path) -> tuple[float, float]:
    """The centre's rows a second the bare module stores, by the clock and of its processor."""
    source = connect(made, KEY)
    raw = connect(path, KEY)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
        raw.execute(f"PRAGMA {pragma}")
    rows = {
        name: _bindable(source.execute(f"SELECT * FROM {name} WHERE n <= ?", (RAW_ENTRIES,)))
        for name in ("directory", "directory_phone", "directory_place")
    }
    source.close()
    began, worked = time.perf_counter(), time.process_time()
    raw.execute("BEGIN")
    for name, given in rows.items():
        width = len(given[0])
        raw.execute(f"CREATE TABLE {name} ({', '.join(f'c{n}' for n in range(width))})")
        raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * width)})", given)
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    raw.execute("COMMIT")  # what it is compared with has not committed either
    raw.close()
    count = sum(map(len, rows.values()))
    return count / seconds, count / processor


def _bindable(rows: Iterator[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Bytes as the module binds them quickest, so that the comparison is no easy one."""
    return [
        tuple(bytearray(value) if isinstance(value, bytes) else value for value in row)
        for row in rows
    ]


def offered(centre: Centre) -> tuple[float, int, int]:
    """Seconds the collector takes for a file, the entries and rows in it, its size."""
    began = time.perf_counter()
    with psycopg.connect(centre.hub_dsn, autocommit=True) as hub:
        hub.execute("set role collectors")
        make_file(hub, ["company"], directory_only=centre.is_large)
    seconds = time.perf_counter() - began
    with open_centre(centre.server, "bench", "x") as line:
        offer = line.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA)
    assert offer is not None
    return seconds, offer.rows, offer.size


def measure(centre: Centre, folder: Path, runs: int, found: Report) -> None:
    """Everything, and what the issue asks for."""
    seconds, rows, size = offered(centre)
    found.results["collector"] = {"seconds": seconds, "rows": rows, "MB": size / 1e6}
    first, own = first_work(centre, folder)
    found.results["own work in an empty mirror"] = {"seconds": first, "rows": own}
    ways = {"file": False, "row by row": True}
    tries = [
        {name: filling(centre, folder, way) for name, way in ways.items()} for _ in range(runs)
    ]
    best = {name: min((one[name] for one in tries), key=lambda one: one.seconds) for name in ways}
    found.results |= {name: one.as_json() for name, one in best.items()}
    by_file, by_row = (best[name].seconds for name in ways)
    part = parts(centre, folder / "parts.db")
    raw, raw_cpu = raw_rate(folder / "parts.db", folder / "raw.db")
    known = centre.directory_rows
    found.results["directory, reading and storing"] = {
        "seconds": part.storing, "cpu": part.storing_cpu, "rows": known,
        "rows/s": known / part.storing, "rows/cpu-s": known / part.storing_cpu,
    }  # fmt: skip
    found.results["directory, all indexes"] = {
        "seconds": part.indexing, "cpu": part.indexing_cpu,
    }  # fmt: skip
    found.results["raw executemany"] = {"rows/s": raw, "rows/cpu-s": raw_cpu}
    found.goals = [
        Goal("file faster than row by row", 10, by_row / by_file, "times", at_least=True),
        Goal("row by row of raw rate", 60, 100 * known / part.storing / raw, "%", at_least=True),
        Goal("own work is there", 10, first, "s"),
    ]


def main() -> int:
    """Measure and report."""
    parser = arguments(__doc__ or "", accounts=10_000, runs=1)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the filled centre there")
    options = parser.parse_args()
    found = Report("bootstrap", options.runs)
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="bootstrap-") as name,
        filled(options.accounts, options.keep or Path(name), bool(options.keep)) as centre,
    ):
        seconds = time.perf_counter() - began
        found.results["centre filled"] = {"seconds": seconds, "rows": centre.rows}
        measure(centre, Path(name), options.runs, found)
    return report(found, options)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    sys.exit(main())
