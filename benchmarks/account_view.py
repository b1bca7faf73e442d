"""Opening an account: what the page asks for alone, and from the order to the painted page.

Accounts of the working set, from all over the directory, always the same ones, each once.
"""

from __future__ import annotations

import random
import sys
import time
from functools import partial
from pathlib import Path
from uuid import UUID

from _shell import Shell, folder_with, stores_in
from common import Goal, Report, arguments, percentile, report, summary

from agent_desktop.desk.session import PageKind, Place, Session
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.values import Overview
from agent_desktop.models.store.encrypted_file import connect
from agent_desktop.models.store.stores import MIRROR_FILE
from agent_desktop.views.account.page_blocks import AccountBody
from tools.filled_mirror import KEY

#: Before it is measured, as many accounts are opened.
WARM = 20


def some_accounts(mirror: Path, count: int, chance: random.Random) -> list[UUID]:
    """Accounts of which everything is here."""
    c = connect(mirror, KEY)
    ids = [UUID(bytes=row[0]) for row in c.execute("SELECT id FROM account ORDER BY id")]
    c.close()
    return chance.sample(ids, min(count, len(ids)))


def figures(values: list[float]) -> dict[str, float]:
    """The summary with p99."""
    return {**summary(values), "p99": round(percentile(values, 99), 3)}


def ask(folder: Path, ids: list[UUID]) -> list[float]:
    """Everything about each account, in milliseconds."""
    stores = stores_in(folder)
    took = []
    for account_id in ids:
        began = time.perf_counter_ns()
        accounts.overview(stores, account_id)
        took.append((time.perf_counter_ns() - began) / 1e6)
    stores.close()
    return took


def open_pages(shell: Shell, ids: list[UUID]) -> list[float]:
    """Each account's page: from the order to open it until it is painted with everything."""
    shown: list[UUID] = []
    ordinary = AccountBody._show_lower

    def show_lower(
        body: AccountBody, overview: Overview, session: Session | None, is_open: bool
    ) -> None:
        ordinary(body, overview, session, is_open)
        shown.append(overview.account.id)

    AccountBody._show_lower = show_lower  # type: ignore[assignment, method-assign]
    desk, took = shell.shift.desk, []
    for account_id in ids:
        act = partial(desk.open, Place(PageKind.ACCOUNT, account_id))
        took.append(shell.painted(act, partial(_is_last, shown, account_id)))
        shell.rest()
    AccountBody._show_lower = ordinary  # type: ignore[method-assign]
    return took


def _is_last(shown: list[UUID], account_id: UUID) -> bool:
    return shown[-1:] == [account_id]


def main() -> int:
    """Measure, print, judge."""
    parser = arguments(__doc__.partition("\n")[0], accounts=100_000, runs=200)
    options = parser.parse_args()
    found = Report("account_view", options.runs)
    with folder_with(options.accounts) as folder:
        # Always the same accounts, each once: a second opening would find its pages in memory.
        chance = random.Random(20261120)
        ids = some_accounts(folder / MIRROR_FILE, 2 * (options.runs + WARM), chance)
        data = ask(folder, ids[: options.runs + WARM])[WARM:]
        shell = Shell(folder)
        shell.open()
        painted = open_pages(shell, ids[options.runs + WARM :])[WARM:]
        desktop, phone = shell.memory_mb()
        shell.close()
    found.results["data of the page"] = figures(data)
    found.results["order to painted page"] = figures(painted)
    found.results["memory, MB"] = {"desktop": round(desktop, 1), "phone": round(phone, 1)}
    found.goals += [
        Goal("data of the page p99", 3.0, percentile(data, 99), "ms"),
        Goal("order to painted page p95", 50.0, percentile(painted, 95), "ms"),
        Goal("memory of desktop and phone process", 250.0, desktop + phone, "MB"),
    ]
    return report(found, options)


if __name__ == "__main__":
    sys.exit(main())
