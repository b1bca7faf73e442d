"""Many desks in one process: real lines, real questions, no window and no stores.

Started by fleet.py as a process of its own, so that what desks cost is kept apart from what they
cost the centre. It reads its order as one JSON line, says `ready` once all desks are in sync,
measures when it is told `go`, and answers with one JSON line. Each desk is a thread that waits
for hints, pulls, saves now and then, and gives signs of life, as the syncer does.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent_desktop.errors import AgentDesktopError
from agent_desktop.models.store import tables
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.intent import State
from agent_desktop.models.store.outbox import Parcel
from agent_desktop.sync import questions
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.presence import PresenceReporter
from agent_desktop.sync.server import Server
from agent_desktop.sync.wakeup import Wakeup

POLL_SECONDS = 20.0
_NAMES = tables.VIEW_COLUMNS["interaction"]
_ID_AT, _SAVED_AT = _NAMES.index("id"), _NAMES.index("queue")


@dataclass(slots=True)
class Tally:
    """The work of one desk while it was measured. `lags`: seconds from offering a save at one desk
    to its row pulled at this one; `saves`: seconds a push took."""

    pulls: int = 0
    empty: int = 0
    errors: int = 0
    lags: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)


class Desk(threading.Thread):
    """One desk; it saves about every `every` seconds."""

    def __init__(self, server: Server, user: str, every: float) -> None:
        super().__init__(name=user, daemon=True)
        self._login = (server, user, "x")
        self._every = every
        self._client = uuid4()
        self._wakeup = Wakeup()
        # Each desk has its own fixed jitter: runs are alike, and desks are not in step.
        self._chance = random.Random(user)
        self._n = 0
        self._own: set[bytes] = set()
        self.ready = threading.Event()
        self.ending = threading.Event()
        self.tally: Tally | None = None

    def end(self) -> None:
        """Stop soon."""
        self.ending.set()
        self._wakeup.set()

    def run(self) -> None:
        """Sign in and serve; anew when the line breaks."""
        while not self.ending.is_set():
            try:
                with open_centre(*self._login) as line:
                    self._serve(line)
            except AgentDesktopError:
                if self.tally is not None:
                    self.tally.errors += 1
                self.ending.wait(self._chance.uniform(0.5, 1.5))

    def _serve(self, line: Centre) -> None:
        line.listen()
        line.ask(questions.SIGN_IN, self._client, "fleet")
        cursor, presence_reporter = line.ask(questions.POSITION), PresenceReporter()
        save_at = time.monotonic() + self._chance.uniform(0, self._every)
        self.ready.set()
        while not self.ending.is_set():
            if time.monotonic() >= save_at:
                self._save(line)
                save_at += self._every * self._chance.uniform(0.5, 1.5)
            cursor = self._pull(line, cursor)
            poll = POLL_SECONDS * self._chance.uniform(0.75, 1.25)
            seconds = max(0.0, min(poll, save_at - time.monotonic()))
            presence_reporter.rest(line, self._client, seconds, self._wakeup.receiver)

    def _save(self, line: Centre) -> None:
        self._n += 1
        record, began = uuid4(), time.monotonic()
        payload = {
            "id": str(record),
            "protocol": f"{record.int % 10**16:016d}",
            "queue": repr(began),
        }
        self._own.add(record.bytes)
        line.ask(
            questions.POSITION
        )  # as the syncer, which asks whether it is the same life of the centre
        parcel = Parcel(self._n, record.bytes * 2, "interaction.begin", json.dumps(payload), ())
        answer = line.ask(questions.PUSH, self._client, parcel)
        if answer.state is not State.ACCEPTED:
            raise RuntimeError(f"a save was refused: {answer}")
        if self.tally is not None:
            self.tally.saves.append(time.monotonic() - began)

    def _pull(self, line: Centre, since: Cursor) -> Cursor:
        page = line.ask(questions.PULL, since)
        seen = list(page.rows.get("interaction", ()))
        while not page.is_last:
            page = line.ask(questions.PULL, since, page.upto, page.after)
            seen += page.rows.get("interaction", ())
        tally, now = self.tally, time.monotonic()
        if tally is not None:
            tally.pulls += 1
            tally.empty += not seen
            others = (row for row in seen if bytes(row[_ID_AT]) not in self._own)
            tally.lags += [now - float(row[_SAVED_AT]) for row in others]
        return page.upto


def main() -> None:
    """Hold the desks of the order on standard input."""
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    server = Server(**order["server"])
    desks = [Desk(server, user, order["every"]) for user in order["users"]]
    for desk in desks:
        desk.start()
        time.sleep(0.02)  # not all in one moment
    for desk in desks:
        desk.ready.wait(120)
    print("ready", flush=True)
    sys.stdin.readline()
    for desk in desks:
        desk.tally = Tally()
    sys.stdin.readline()
    tallies = [desk.tally or Tally() for desk in desks]
    for desk in desks:
        desk.tally = None
    told = {
        "pulls": sum(one.pulls for one in tallies),
        "empty": sum(one.empty for one in tallies),
        "errors": sum(one.errors for one in tallies),
        "lags": [round(lag, 4) for one in tallies for lag in one.lags],
        "saves": [round(took, 4) for one in tallies for took in one.saves],
    }
    print(json.dumps(told), flush=True)
    sys.stdin.readline()
    for desk in desks:
        desk.end()
    for desk in desks:
        desk.join(5)


if __name__ == "__main__":
    main()
