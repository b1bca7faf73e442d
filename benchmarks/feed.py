"""The feed: a pull beside a transaction that stays open for long; from a save at one desk to the
painted page at another.

The open transaction: after it began, `--lines` lines of the feed come from transactions of 100
rows each, as an hour of a busy site would bring them. Then a pull of the same few changes is
compared with one before. The control is the same question asked in the plain way.

Two desks: one saves (commit returned), the other is the whole program offscreen with that
account's page open, while others make 50 changes a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from _shell import PATIENCE_SECONDS, ROOT, Shell
from bootstrap import filled
from common import Goal, Report, arguments, percentile, report, summary

from agent_desktop.central import database, staff
from agent_desktop.demo.staff import BRUNO, RITA
from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.account.values import Overview
from agent_desktop.shift.shift import LogIn, Shift
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre as Line
from agent_desktop.sync.connection import DirectConnection
from agent_desktop.sync.server import Server
from agent_desktop.sync.sign_in import SignedIn
from agent_desktop.sync.status import SyncState
from agent_desktop.views.account.page import AccountPage

CHANGES_A_SECOND = 50
#: Changes that wait for one measured pull.
FEW = 20
_NAIVE = """
select f.xid, f.seq, f.table_name, f.id from crm.feed f
where f.xid >= pg_snapshot_xmin(%(since)s::pg_snapshot)
  and not pg_visible_in_snapshot(f.xid, %(since)s::pg_snapshot)
order by f.xid, f.seq
"""


def figures(values: list[float]) -> dict[str, float]:
    """The summary with p99."""
    return {**summary(values), "p99": round(percentile(values, 99), 3)}


# -- a transaction that stays open ---------------------------------------------------------------
def pulls(line: Line, admin: psycopg.Connection[Any], ids: list[UUID], runs: int) -> list[float]:
    """Milliseconds of pulls that bring `FEW` changes each."""
    took = []
    for run in range(runs):
        since = line.ask(questions.POSITION)
        for n in range(FEW):
            changed = ids[(run * FEW + n) % len(ids)]
            admin.execute("update crm.account set note = %s where id = %s", (f"{run}", changed))
        began = time.perf_counter_ns()
        page = line.ask(questions.PULL, since)
        took.append((time.perf_counter_ns() - began) / 1e6)
        assert len(page.rows["account"]) == FEW
        assert page.is_last
    return took


def naive_pulls(admin: psycopg.Connection[Any], runs: int) -> list[float]:
    """The log alone, asked for as everybody would at first; nothing has come since."""
    since = admin.execute("select pg_current_snapshot()::text").fetchone()
    assert since is not None
    took = []
    for _ in range(runs):
        began = time.perf_counter_ns()
        admin.execute(_NAIVE, {"since": since[0]}).fetchall()
        took.append((time.perf_counter_ns() - began) / 1e6)
    return took


def fill_feed(admin: psycopg.Connection[Any], ids: list[UUID], lines: int) -> None:
    """So many lines, 100 to a transaction."""
    for start in range(0, lines, 100):
        some = [ids[(start + n) % len(ids)] for n in range(100)]
        query = "update crm.account set note = %s where id = any(%s)"
        admin.execute(query, (f"line {start}", some))


def beside_open_transaction(dsn: str, server: Server, lines: int, runs: int, found: Report) -> None:
    """Pulls before and while somebody writes for long."""
    with (
        database.connect(dsn) as admin,
        psycopg.connect(dsn) as long_writer,
        DirectConnection(server, "bench", "x") as line,
    ):
        ids = [row[0] for row in admin.execute("select id from crm.account order by id limit 1000")]
        pulls(line, admin, ids, 5)
        quiet = pulls(line, admin, ids, runs)
        long_writer.execute("update crm.account set note = 'long' where id = %s", (ids[-1],))
        fill_feed(admin, ids[:-1], lines)
        admin.execute("analyze crm.feed")
        beside = pulls(line, admin, ids[:-1], runs)
        naive = naive_pulls(admin, max(3, runs // 10))
        long_writer.rollback()
        after = pulls(line, admin, ids, runs)
    found.results[f"pull of {FEW} changes, nobody writes, ms"] = figures(quiet)
    found.results[f"beside a writer, {lines:,} lines since, ms"] = figures(beside)
    found.results["after it, ms"] = figures(after)
    found.results["control: the plain question beside it, log only, ms"] = figures(naive)
    # A normal pull is one with the same log and the same tables, only without the writer.
    ratio = percentile(beside, 50) / percentile(after, 50)
    found.goals.append(Goal("pull beside a long writer, times a normal one (p50)", 2.0, ratio, ""))


# -- two desks -----------------------------------------------------------------------------------
class OnlineShell(Shell):
    """The whole program with a centre that answers."""

    def sign_in(self, server: Server, user: str, password: str) -> None:
        """Start, sign in, and wait until the line is ready and the first filling is over."""
        self.app.start()
        self.wait(lambda: self._loaded)
        app, signed_in = self.app, SignedIn(self.stores, online=True, has_keyring=True)
        log_in = LogIn(server, user, password)
        app.shift = Shift(app.settings, log_in, signed_in, app.background, app.window)
        app.window.addWidget(app.shift.window)
        app.window.setCurrentWidget(app.shift.window)
        app.shift.start()
        app.window.installEventFilter(self)
        self.wait(lambda: self.shift.sync.state is SyncState.IN_SYNC)
        self.rest()


@contextmanager
def beside(*command: str) -> Iterator[subprocess.Popen[str]]:
    """One of `_feed_desk.py`, ready; its input is closed in the end."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("_feed_desk.py")), *command],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["ready"]
        yield process
    finally:
        process.communicate(timeout=PATIENCE_SECONDS)


def ordered(process: subprocess.Popen[str], **order: str) -> dict[str, Any]:
    """One order and its answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    return dict(json.loads(process.stdout.readline()))


class Watcher:
    """Sees which e-mail addresses the open page has been given."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.shown, self.shown_at = "", 0
        ordinary = AccountPage._show_overview

        def show_overview(page: AccountPage, overview: Overview) -> None:
            ordinary(page, overview)
            if self.shown != overview.account.email:
                self.shown, self.shown_at = overview.account.email, time.monotonic_ns()

        AccountPage._show_overview = show_overview  # type: ignore[method-assign, assignment]

    def painted(self, email: str) -> int:
        """When it had been painted, in nanoseconds; waits for it."""
        shell = self._shell
        shell.wait(lambda: self.shown == email)
        shell._drawn.clear()
        shell.wait(lambda: bool(shell._drawn))
        return shell._drawn[-1]


def taken_at(admin: psycopg.Connection[Any]) -> float:
    """When the centre began with the last intent, on the clock of this machine in nanoseconds."""
    query = "select extract(epoch from max(at)) from crm.intent_result where kind = %s"
    row = admin.execute(query, ("account.change",)).fetchone()
    assert row is not None
    return time.monotonic_ns() - (time.time_ns() - float(row[0]) * 1e9)


def commit_to_painted(dsn: str, server: Server, folder: Path, runs: int, found: Report) -> None:
    """Save there, look here."""
    with database.connect(dsn) as admin:
        for agent in (RITA, BRUNO):
            staff.add_agent(admin, staff.NewAgent(agent.user_name, agent.name, "x"))
        query = "select id from crm.account order by id desc limit 1"
        row = admin.execute(query).fetchone()
    assert row is not None
    shell = OnlineShell(folder / "here")
    shell.sign_in(server, RITA.user_name, "x")
    watcher, took = Watcher(shell), []
    shell.shift.desk.open(Place(PageKind.ACCOUNT, row[0]))
    shell.rest()
    saver = ("saver", str(server), BRUNO.user_name, "x", str(folder / "there"))
    taken, known = [], []
    with (
        beside(*saver) as desk,
        beside("writer", dsn, str(CHANGES_A_SECOND)) as others,
        database.connect(dsn) as admin,
    ):
        for run in range(runs + 5):
            email = f"mail{run}@example.com"
            committed = ordered(desk, account=str(row[0]), email=email)["ns"]
            took.append((watcher.painted(email) - committed) / 1e6)
            known.append((watcher.shown_at - committed) / 1e6)
            taken.append((taken_at(admin) - committed) / 1e6)
        written = ordered(others)
    shell.close()
    rate = written["done"] / written["seconds"]
    found.results["commit to taken by the centre, ms"] = figures(taken[5:])
    found.results["commit to the page's new data, ms"] = figures(known[5:])
    found.results[f"commit to painted, {rate:.0f} changes a second, ms"] = figures(took[5:])
    found.goals += [
        Goal("changes a second meanwhile", CHANGES_A_SECOND * 0.95, rate, "1/s", at_least=True),
        Goal("commit at one desk to painted at another p50", 100.0, percentile(took[5:], 50), "ms"),
        Goal("the same p99", 1000.0, percentile(took[5:], 99), "ms"),
    ]


def main() -> int:
    """Measure, print, judge."""
    parser = arguments(__doc__.partition("\n\n")[0], accounts=2_000, runs=100)
    parser.add_argument("--lines", type=int, default=150_000, help="beside the open transaction")
    options = parser.parse_args()
    found = Report("feed", options.runs)
    with (
        tempfile.TemporaryDirectory(prefix="ad-feed-") as name,
        filled(options.accounts, Path(name)) as site,
    ):
        commit_to_painted(site.dsn, site.server, Path(name), options.runs, found)
        beside_open_transaction(site.dsn, site.server, options.lines, options.runs, found)
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
