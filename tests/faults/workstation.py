"""One workstation through all lives of its desk: what was asked, what was acknowledged.

`starts()` signs the agent in with real keys and files; `does(...)` asks and waits for the answer;
`dies()` is kill -9. What a desk acknowledged stays known here, whatever becomes of the desk.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import psutil

from tests.central_fixtures import password_of
from tests.faults.nursery import ROOT, Nursery
from tests.faults.save import Attempt, Save

PATIENCE_SECONDS = 60.0
#: Verbs that make a record, and those that change one and its column.
MAKING = ("contact", "new_ticket", "ticket_note", "order", "new_customer")
CHANGING = {"notes": ("interaction", "notes"), "customer": ("account", "note")}


class DeskDied(Exception):
    """The desk ended before it answered."""


class DeskFailed(Exception):
    """The desk could not do it: `name` of the exception, its `code` and text."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(f"{told['failed']} {told['code']}: {told['text']}")
        self.name = str(told["failed"])
        self.code = str(told["code"])


class Workstation:
    """An agent's computer; `server` is what the agent types on the sign-in page.

    With `environment` each desk is a program of its own (preloaded libraries, another clock);
    without, the nursery forks it.
    """

    def __init__(
        self,
        server: str,
        folder: Path,
        user: str,
        *,
        nursery: Nursery | None = None,
        environment: Mapping[str, str] | None = None,
        password: str = "",
    ) -> None:
        self.server = server
        self.folder = folder
        self.user = user
        self.password = password or password_of(user)
        self.saves: list[Save] = []
        self.attempts: list[Attempt] = []
        self.typed: dict[str, list[str]] = {}
        self.started: dict[str, Any] = {}
        self._nursery = nursery
        self._environment = dict(environment or {})
        self._orders = 0
        self._pid = 0
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[str] | None = None
        self._reader: TextIO | None = None
        self._writer: TextIO | None = None

    @property
    def client(self) -> UUID:
        """What the centre calls this desk's local file."""
        return UUID(self.started["client"])

    # -- files -------------------------------------------------------------------------------
    def file(self, name: str) -> Path:
        """One of the desk's files, `local.db` for instance; it must be there."""
        (found,) = (self.folder / "profile").glob(f"*/*/{name}")
        return found

    # -- lives -------------------------------------------------------------------------------
    def starts(self, **order: Any) -> Workstation:
        """Start the desk and sign in. Raises DeskDied, DeskFailed."""
        self.begins(**order)
        told = self.hears()
        if "failed" in told:
            self.dies()
            raise DeskFailed(told)
        self.started = told["started"]
        return self

    def begins(self, **order: Any) -> None:
        """Start the desk and do not wait for its sign-in."""
        assert self._reader is None, "the desk is running"
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._nursery is not None and not self._environment:
            self._line = self._nursery.fork()
            self._line.settimeout(PATIENCE_SECONDS * 2)
            self._reader, self._writer = self._line.makefile("r"), self._line.makefile("w")
        else:
            self._start_program()
        self._pid = int(self.hears()["pid"])
        told = {"server": self.server, "folder": str(self.folder), "user": self.user}
        self._write({**told, "password": self.password, **order})

    def _start_program(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.desk_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self._environment},
        )
        self._reader, self._writer = self._process.stdout, self._process.stdin

    @property
    def pid(self) -> int:
        """The process of the desk that runs."""
        return self._pid

    @property
    def is_running(self) -> bool:
        """Whether a desk was started and not ended here."""
        return self._reader is not None

    def is_killed(self) -> None:
        """kill -9 while somebody else waits for an answer; `dies` tidies up."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def dies(self) -> None:
        """kill -9 of the desk and of what it started, and see it gone."""
        if self._reader is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            desk = psutil.Process(self._pid)
            family = [desk, *desk.children(recursive=True)]
            self.is_killed()
            for one in family[1:]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        self._ended()

    def leaves(self) -> None:
        """End the desk in order."""
        self.does("leaves")
        self._ended()

    def _ended(self) -> None:
        for stream in (self._reader, self._writer):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self._process is not None:
            self._process.wait(PATIENCE_SECONDS)
        elif self._pid and psutil.pid_exists(self._pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(self._pid).wait(PATIENCE_SECONDS)
        if self._line is not None:
            self._line.close()
        self._line = self._process = self._reader = self._writer = None
        self._pid = 0

    # -- talking -----------------------------------------------------------------------------
    def _write(self, order: Mapping[str, Any]) -> None:
        assert self._writer is not None, "the desk is not running"
        try:
            self._writer.write(json.dumps(order) + "\n")
            self._writer.flush()
        except OSError:
            self._ended()
            raise DeskDied from None

    def hears(self) -> dict[str, Any]:
        """The next line of the desk. Raises DeskDied."""
        assert self._reader is not None, "the desk is not running"
        try:
            line = self._reader.readline()
        except ConnectionError:
            line = ""
        if not line.endswith("\n"):
            self._ended()
            raise DeskDied
        return dict(json.loads(line))

    def does(self, what: str, **args: Any) -> dict[str, Any]:
        """One command and its answer; a save is kept. Raises DeskDied, DeskFailed."""
        self._orders += 1
        order, token = self._orders, f"{self.folder.name}-{self._orders}"
        if what in MAKING:
            args["token"] = token
        if what in CHANGING:
            table, column = CHANGING[what]
            values = {column: args["text"]}
            self.attempts.append(Attempt(order, table, UUID(args["record"]), values))
        self._write({"do": what, "with": args, "order": order})
        told = self.hears()
        if "failed" in told:
            raise DeskFailed(told)
        saved = told.get("saved")
        if saved is None:
            return dict(told["told"])
        record = UUID(saved["record"])
        self.saves.append(Save(order, token, saved["table"], record, saved["values"]))
        return dict(saved)

    def tried_after(self, save: Save, column: str) -> list[object]:
        """Values that were asked for after this save, acknowledged or not."""
        return [
            one.values[column]
            for one in self.attempts
            if one.order > save.order
            and (one.table, one.record) == (save.table, save.record)
            and column in one.values
        ]

    def replaced_by(self, save: Save) -> list[str]:
        """Notes of the same contact that were asked for after these."""
        return [str(text) for text in self.tried_after(save, "notes") if "notes" in save.values]

    @property
    def asked(self) -> int:
        """The number of the last order."""
        return self._orders

    # -- words for tests ---------------------------------------------------------------------
    def in_sync(self, seconds: float = PATIENCE_SECONDS) -> Workstation:
        """Wait until all is sent and received."""
        self.does("until", state="in_sync", seconds=seconds)
        return self

    def types(self, place: str, text: str) -> None:
        """Text is typed and kept as a draft."""
        self.typed.setdefault(place, [""]).append(text)
        self.does("draft", place=place, text=text)
        del self.typed[place][:-1]

    def drafts_are_kept(self) -> None:
        """Every draft that was acknowledged is there, or one typed later."""
        found = self.does("drafts")
        for place, allowed in self.typed.items():
            assert found.get(place, "") in allowed, f"{place}: {found.get(place)!r} not {allowed}"

    def has_saved(self, table: str) -> list[Save]:
        """The records of a table that were made here, oldest first."""
        makers = {save.record: save for save in reversed(self.saves) if save.table == table}
        return list(reversed(makers.values()))

    def works(self, chance: random.Random, account_id: UUID | str) -> None:
        """One thing of an agent's day, at random. Raises DeskDied, DeskFailed."""
        account = str(account_id)
        text = chance.choice(("no supply", "medidor queimado — sem luz", "нет света", "50 % off"))
        contacts, tickets = self.has_saved("interaction"), self.has_saved("ticket")
        whats = ["contact", "new_ticket", "order", "customer", "new_customer", "draft"]
        whats += ["notes"] * 2 * bool(contacts) + ["ticket_note"] * 2 * bool(tickets)
        what = chance.choice(whats)
        more = f"{text} {self._orders + 1}"
        if what == "contact":
            self.does(what, account_id=account)
        elif what in ("new_ticket", "order"):
            self.does(what, account_id=account, text=text)
        elif what == "customer":
            self.does(what, record=account, text=more)
        elif what == "notes":
            self.does(what, record=str(contacts[-1].record), text=more)
        elif what == "ticket_note":
            self.does(what, record=str(tickets[-1].record), text=text)
        elif what == "new_customer":
            self.does(what, text=text)
        else:
            self.types(f"ticket:new:{chance.randrange(3)}", more)
