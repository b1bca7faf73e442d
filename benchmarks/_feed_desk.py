"""Whoever works beside the measured desk, each in a process of its own.

`saver SERVER USER PASSWORD FOLDER`  a desk without a window: real files, a real syncer. It reads
{"account": id, "email": text} and answers {"ns": when the commit of that save returned}.
`writer DSN CHANGES_A_SECOND`        changes other accounts, so many a second, until its input ends.
"""

from __future__ import annotations

import json
import select
import sys
import time
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from agent_desktop.models.account import verbs as accounts  # noqa: E402
from agent_desktop.models.account.values import AccountDraft  # noqa: E402
from agent_desktop.sync.server import Server  # noqa: E402
from agent_desktop.sync.sign_in import sign_in  # noqa: E402
from agent_desktop.sync.status import SyncState  # noqa: E402
from agent_desktop.sync.syncer import Syncer  # noqa: E402
from agent_desktop.system.credentials import KeySafe  # noqa: E402


def say(**facts: object) -> None:
    """One line to whoever measures."""
    print(json.dumps(facts), flush=True)


def save(server: str, user: str, password: str, folder: str) -> None:
    """Be the desk that saves."""
    safe = KeySafe(server, None)
    signed_in = sign_in(Server.parse(server), Path(folder), user, password, safe)
    stores = signed_in.stores
    syncer = Syncer(stores, Server.parse(server), user, password)
    syncer.start()
    while syncer.status.state is not SyncState.IN_SYNC:
        time.sleep(0.05)
    say(ready=True)
    for line in sys.stdin:
        order = json.loads(line)
        base = accounts.get(stores, UUID(order["account"]))
        accounts.change(stores, AccountDraft(base, {"email": order["email"]}))
        say(ns=time.monotonic_ns())
    syncer.stop()
    stores.close()


def write(dsn: str, a_second: int) -> None:
    """Be all the others: one change of one account in a transaction of its own, evenly spread.
    Tells at the end how many it came to."""
    with psycopg.connect(dsn, autocommit=True) as centre:
        ids = [row[0] for row in centre.execute("select id from crm.account order by id limit 500")]
        say(ready=True)
        began, done = time.monotonic(), 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            query = "update crm.account set note = %s where id = %s"
            centre.execute(query, (f"note {done}", ids[done % len(ids)]))
            done += 1
            time.sleep(max(0.0, began + done / a_second - time.monotonic()))
        say(done=done, seconds=time.monotonic() - began)


if __name__ == "__main__":
    if sys.argv[1] == "saver":
        save(*sys.argv[2:6])
    else:
        write(sys.argv[2], int(sys.argv[3]))
