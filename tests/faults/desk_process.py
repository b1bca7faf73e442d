"""A real desk without a window, as a process that may be killed: stores, real keys, syncer.

It reads one JSON line with how to start (`workstation.py` writes it), then commands, and answers
each with one line. A save is answered only after its verb returned, that is after its commit did.
`python -m tests.faults.desk_process` uses its standard input and output; nursery.py forks others.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

Told = dict[str, Any]


def import_all() -> None:
    """Import what a desk needs, before it is forked."""
    import agent_desktop.system.credentials
    import tests.faults.failpoint
    import tests.faults.verb  # noqa: F401

    # Real keys, wrapped as ever; only guessing the password is cheap, which here costs 200 ms
    # of processor for each of hundreds of lives.
    agent_desktop.system.credentials.SCRYPT["n"] = 2**10


class DeskProcess:
    """The desk behind the two pipes."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        from agent_desktop.sync.server import Server
        from agent_desktop.sync.sign_in import sign_in
        from agent_desktop.sync.syncer import Syncer
        from agent_desktop.system.credentials import KeySafe
        from tests.rings import FileRing

        if "silence_seconds" in order:
            _grow_impatient(int(order["silence_seconds"]))
        folder = Path(order["folder"])
        server = Server.parse(order["server"], order.get("authority", ""))
        self._told = threading.Condition()
        safe = KeySafe(order["server"], FileRing(folder / "ring.json"))
        login = (order["user"], order["password"])
        self.signed_in = sign_in(server, folder / "profile", *login, safe)
        self.stores = self.signed_in.stores
        self.statuses: list[Told] = []
        poll = float(order.get("poll_seconds", 0.5))
        self.syncer = Syncer(
            self.stores, server, *login, on_status=self._status_told, poll_seconds=poll
        )
        if order.get("sync", True):
            self.syncer.start()

    def started(self) -> Told:
        """What the first line says."""
        aside = self.signed_in.local_sealed
        return {
            "client": str(self.stores.local.client),
            "online": self.signed_in.online,
            "set_aside": str(aside) if aside else "",
        }

    def _status_told(self, status: Any) -> None:
        with self._told:
            self.statuses.append({"state": status.state.value, "code": status.code})
            self._told.notify_all()

    def keys(self) -> Told:
        """The keys of both files."""
        return {"mirror": self.stores.mirror.key.hex(), "local": self.stores.local.key.hex()}

    # -- commands that save nothing ----------------------------------------------------------
    def status(self) -> Told:
        """How it stands to the centre."""
        now = self.syncer.status
        return {"state": now.state.value, "code": now.code, "unsent": now.unsent}

    def until(self, state: str, seconds: float) -> Told:
        """Wait until the syncer says this; also what it said meanwhile."""
        from agent_desktop.models.store import outbox

        began = len(self.statuses)
        deadline = time.monotonic() + seconds

        def holds() -> bool:
            now = self.status()
            if now["state"] != state:
                return False
            with self.stores.local.reading() as c:
                return state != "in_sync" or outbox.count_unsent(c) == 0

        if self.status()["state"] == "offline":
            self.syncer.try_now()
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError(f"never {state}; {self.statuses[-5:]}")
            with self._told:
                self._told.wait(0.05)
        return {**self.status(), "said": self.statuses[began:]}

    def draft(self, place: str, text: str) -> Told:
        """Keep typed text."""
        from agent_desktop.models.store import draft

        draft.save(self.stores, place, {"text": draft.DraftField(text, len(text))})
        return {"place": place, "text": text}

    def drafts(self) -> Told:
        """All typed text by place."""
        from agent_desktop.models.store import draft

        places = draft.places(self.stores)
        return {place: draft.load(self.stores, place)["text"].text for place in places}

    def shows(self, table: str, record: str) -> Told:
        """A record as a screen shows it: the mirror with unsent work laid over."""
        from sqlalchemy import select

        from agent_desktop.models.store import intent as pending
        from agent_desktop.models.store import tables

        target, wanted = tables.MIRRORED[table], UUID(record)
        with self.stores.mirror.reading() as c:
            rows = c.execute(select(target).where(target.c.id == wanted)).mappings().all()
            found = pending.laid_over(self.stores, c, table, rows, ids=[wanted])
        return {name: str(value) for name, value in found[0].items()} if found else {}

    def intents(self) -> Told:
        """Every intent of local.db by its number: kind and state."""
        from sqlalchemy import select

        from agent_desktop.models.store import local

        with self.stores.local.reading() as c:
            rows = c.execute(select(local.intent.c.n, local.intent.c.kind, local.intent.c.state))
            return {str(row.n): [row.kind, row.state] for row in rows}

    def returned(self) -> Told:
        """What the centre sent back."""
        from agent_desktop.models.store import intent as pending

        return {str(work.n): [work.kind, work.code] for work in pending.work_items(self.stores)}

    def numbers_left(self, kind: str) -> Told:
        """How many numbers can still be given."""
        from agent_desktop.models.store import numbers as number

        with self.stores.local.reading() as c:
            return {"left": number.left(c, kind)}

    def checks(self) -> Told:
        """Read every page of both files; raises StoreDamaged."""
        self.stores.mirror.check()
        self.stores.local.check()
        return {}

    def now(self) -> Told:
        """The clock of this computer, in seconds since 1970."""
        return {"seconds": time.time()}

    def resync(self) -> Told:
        """Make the mirror anew; returns once that has begun."""
        began, deadline = len(self.statuses), time.monotonic() + 60
        self.syncer.resync()
        while not any(one["state"] == "resyncing" for one in self.statuses[began:]):
            if time.monotonic() > deadline:
                raise TimeoutError(f"never resyncing; {self.statuses[began:]}")
            with self._told:
                self._told.wait(0.05)
        return {}

    def try_now(self) -> Told:
        """Look for the centre now."""
        self.syncer.try_now()
        return {}

    def boundaries(self) -> Told:
        """How often each commit boundary was passed (failpoint.py)."""
        from tests.faults import failpoint

        return dict(failpoint.PASSED)

    def leaves(self) -> Told:
        """End in order."""
        self.syncer.stop()
        self.stores.close()
        return {}

    # -- the loop ----------------------------------------------------------------------------
    def answer(self, command: Mapping[str, Any]) -> Told:
        """Do one command; what it brought, or how it failed."""
        from tests.faults import verb

        what, args = command["do"], command.get("with", {})
        own: Callable[..., Told] | None = getattr(self, what, None)
        if what in verb.VERBS:
            return {"saved": verb.VERBS[what](self.stores, **args)}
        assert own is not None, what
        return {"told": own(**args)}


def serve(reader: TextIO, writer: TextIO) -> int:
    """Start as the first line says, then do what the others say; returns the exit status."""
    from tests.faults import failpoint

    import_all()

    def tell(**facts: object) -> None:
        writer.write(json.dumps(facts) + "\n")
        writer.flush()

    tell(pid=os.getpid())
    order = json.loads(reader.readline())
    failpoint.prepare(order, tell)
    if order.get("zone"):
        os.environ["TZ"] = order["zone"]
        time.tzset()
    try:
        desk = DeskProcess(order)
    except Exception as error:  # noqa: BLE001 (told to the test, which judges it)
        tell(**_failure(error))
        return 2
    tell(started=desk.started())
    for line in reader:
        command = json.loads(line)
        try:
            answer = desk.answer(command)
            if order.get("marks"):  # beside the files, so that a log of them has it in its place
                _mark(Path(order["marks"]), command["order"])
            tell(**answer)
        except Exception as error:  # noqa: BLE001 (told to the test, which judges it)
            tell(**_failure(error))
        if command["do"] == "leaves":
            return 0
    return 0


def _grow_impatient(seconds: int) -> None:
    """Give a silent centre up sooner than an agent's desk does, so that a test need not wait."""
    from agent_desktop.sync import connection, hub_connection

    connection.SILENCE_SECONDS = hub_connection.SILENCE_SECONDS = seconds


def _mark(path: Path, order: int) -> None:
    with open(path, "ab", buffering=0) as marks:
        marks.write(b"%d\n" % order)


def _failure(error: Exception) -> Told:
    code = getattr(error, "code", "")
    return {"failed": type(error).__name__, "code": str(code), "text": str(error)[:500]}


if __name__ == "__main__":
    sys.exit(serve(sys.stdin, sys.stdout))
