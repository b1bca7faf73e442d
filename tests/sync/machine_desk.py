"""A desk of the state machine: real stores and the syncer's own steps, one at a time and without
its thread, over a real line that may be cut at any question."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, select

from agent_desktop.errors import CentreUnreachable
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.account.record import Account
from agent_desktop.models.kinds import BY_RECORD
from agent_desktop.models.store import local, mirror, outbox, tables
from agent_desktop.models.store.encrypted_file import remove
from agent_desktop.models.store.outbox import IntentResult, Parcel
from agent_desktop.models.store.reading import reading
from agent_desktop.models.store.stores import open_stores
from agent_desktop.models.work import work_item
from agent_desktop.sync import bootstrap_process, lease, questions
from agent_desktop.sync.answers import CursorUnknown
from agent_desktop.sync.bootstrap import Bootstrap
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.progress import BootstrapProgress, Reporter
from agent_desktop.sync.questions import Question
from agent_desktop.sync.server import Server
from agent_desktop.sync.syncer import Syncer
from tests import given
from tests.central_fixtures import password_of
from tests.sync.machine_model import ADDRESS

#: Lines of the feed in a page: small, so that a pull has several.
PAGE = 4
#: So long a living centre may seem to be away.
PATIENCE_SECONDS = 90.0
Heard = Callable[[UUID, Parcel, IntentResult], None]
Ways = Callable[[], tuple[Server, ...]]


@dataclass(frozen=True, slots=True)
class Cut:
    """The line breaks at the question of this number, before or after the centre heard it."""

    at: int
    heard: bool


class Wire:
    """A line that counts its questions, tells what was pushed, and may be cut."""

    def __init__(self, line: Centre, heard: Heard) -> None:
        self._line = line
        self._heard = heard
        self._cut: Cut | None = None
        self._asked = 0

    def begin_round(self, cut: Cut | None) -> None:
        """Count anew, and break where `cut` says."""
        self._cut, self._asked = cut, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """It is the desk's."""

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Any]:
        with self._counted(), self._line.snapshot() as found:
            yield found

    def ask(self, question: Question[..., Any], *values: Any) -> Any:
        if question is questions.PULL:
            since, upto, after = (*values, None, ("", 0))[:3] if len(values) == 1 else values
            values = (since, upto, after, PAGE)
        with self._counted():
            answer = self._line.ask(question, *values)
            if question is questions.PUSH:
                self._heard(*values, answer)
            return answer

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        breaks = self._cut is not None and self._cut.at == self._asked
        self._asked += 1
        if breaks and self._cut and not self._cut.heard:
            raise CentreUnreachable("cut before the centre heard it")
        yield
        if breaks:
            raise CentreUnreachable("cut before the answer came")


class BootstrapHere:
    """Makes the fresh file in this process, over the desk's own wire (BootstrapProcess)."""

    def __init__(self, wire: Callable[[], Any], *order: Any, rows_only: bool) -> None:
        self._wire = wire
        _, _, _, self._path, self._key, self._kept = order
        self._rows_only = rows_only

    def run(self, on_progress: Callable[[BootstrapProgress], None]) -> None:
        remove(self._path)
        report = Reporter(io.StringIO())
        bootstrap_process.build(
            self._wire(), self._path, self._key, self._kept, report, rows_only=self._rows_only
        )

    def abort(self) -> None:
        """Nobody does."""


class MachineDesk:
    """Stores in a folder, and what an agent and a syncer do with them."""

    def __init__(
        self, folder: Path, user: str, ways: Callable[[], tuple[Server, ...]], heard: Heard
    ) -> None:
        self.user = user
        self._folder = folder
        self._ways = ways
        self._heard = heard
        self._lines: dict[int, Centre] = {}
        self.undone: set[int] = set()
        self._open()

    def _open(self) -> None:
        self.stores = open_stores(self._folder, given.MIRROR_KEY, given.LOCAL_KEY, given.a_site)
        with self.stores.mirror.reading() as c:
            self.stores.site = lease.kept_site(c, self.stores.local.client, datetime.now(UTC))
        login = (self._ways()[0], self.user, password_of(self.user))
        process: Any = partial(BootstrapHere, lambda: self._wire)
        bootstrap = Bootstrap(self.stores, login, lambda changes: None, process)
        self._syncer = Syncer(self.stores, *login, bootstrap=bootstrap)
        self._wire: Any = None
        self._way: int | None = None  # the way over which it has signed in

    def close(self) -> None:
        self._syncer.stop()
        self.stores.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Go offline; the next round signs in again."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()
        self._way = None

    def crash(self) -> None:
        """The program ends where it stands and is started again."""
        self._syncer.stop()
        self.stores.close()
        self._open()

    # -- the syncer's work -------------------------------------------------------------------
    def line(self, way: int) -> Centre:
        if way not in self._lines:
            self._lines[way] = open_centre(self._ways()[way], self.user, password_of(self.user))
        return self._lines[way]

    def round(self, way: int = 0, cut: Cut | None = None) -> bool:
        """One round of the syncer's loop; False if the line was cut in it."""
        try:
            if self._way != way:  # as after a log-in: the syncer signs in over a new connection
                self._way, self._wire = None, Wire(self.line(way), self._heard)
                self._way = way
            self._wire.begin_round(cut)
            self._syncer.round(self._wire)
        except (CentreUnreachable, CursorUnknown):
            # CursorUnknown: of a finished file the feed has gone past; rows come next time.
            self._way = None
            return False
        return True

    def whole_round(self, way: int = 0) -> None:
        """A round that nothing cuts. On a busy machine a log-in may take too long, and an edge
        may still hold lines to a centre that was put back: it is tried again, as a syncer does."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.round(way):
            assert time.monotonic() < until, f"{self.user} cannot reach a living centre"
            self.hang_up()
            time.sleep(0.2)

    def resync(self) -> None:
        self._syncer.resync()

    # -- what is here ------------------------------------------------------------------------
    def shown(self, kind: Any) -> list[Any]:
        """All records of a kind as screens show them, in a fixed order."""
        table = tables.MIRRORED[BY_RECORD[kind].name]
        with reading(self.stores) as r:
            found = r.selected(kind, table.c.id.is_not(None), lambda one: True)
        return sorted(found, key=lambda one: one.id.bytes)

    def intents(self) -> list[Row[Any]]:
        with self.stores.local.reading() as c:
            return list(c.execute(select(local.intent).order_by(local.intent.c.n)))

    def unsent(self) -> int:
        with self.stores.local.reading() as c:
            return outbox.count_unsent(c)

    def mirrored(self) -> dict[str, set[tuple[Any, ...]]]:
        """Every row of the mirror, without what the desk adds to it."""
        found = {}
        with self.stores.mirror.reading() as c:
            for table, names in tables.VIEW_COLUMNS.items():
                listed = ", ".join(f'"{name}"' for name in names)
                rows = c.exec_driver_sql(f'SELECT {listed} FROM "{table}"').all()
                found[table] = {_comparable(row) for row in rows}
        return found

    def seen_at_the_centre(self) -> dict[str, set[tuple[Any, ...]]]:
        """Every row this agent may see now."""
        with self.line(0).snapshot() as (_, reader):
            return {
                table: {_comparable(row) for row in reader.rows(table)} for table in tables.MIRRORED
            }

    def check_mirror(self) -> None:
        """After a whole round: row by row what the centre shows this agent."""
        here, there = self.mirrored(), self.seen_at_the_centre()
        for table in tables.MIRRORED:
            missing, outside = there[table] - here[table], here[table] - there[table]
            assert not missing, f"{self.user} lacks rows of {table}: {missing}"
            assert not outside, f"{self.user} has rows of {table} too many: {outside}"
        with self.stores.mirror.reading() as c:
            listed = {UUID(bytes=row[0]) for row in c.exec_driver_sql("SELECT id FROM directory")}
            known = set(c.execute(select(tables.MIRRORED["account"].c.id)).scalars())
        assert listed == known, "the directory is the scope"

    def check_own_saves(self) -> None:
        """What was saved here is seen here, until the mirror has it or the centre says no."""
        with self.stores.mirror.reading() as c:
            cursor = mirror.read_cursor(c)
        wished: dict[str, dict[str, Any]] = {}
        for row in self.intents():
            unsent = row.state == "unsent"
            waiting = row.xid is not None and not (cursor and cursor.contains(row.xid))
            if row.kind == "account.change" and (unsent or (waiting and row.state != "refused")):
                payload, theirs = json.loads(row.payload), _theirs(row)
                kept = {f: v for f, v in payload["set"].items() if f not in theirs}
                wished.setdefault(payload["id"], {}).update(kept)
        for account in self.shown(Account):
            for name, value in wished.get(str(account.id), {}).items():
                assert getattr(account, name) == value, f"{name} of an own save is not shown"

    def check_work_items(self) -> None:
        """Whatever was refused or collided was told to a person, and nothing else."""
        with self.stores.local.reading() as c:
            told = set(c.execute(select(local.work_item.c.n)).scalars())
        back = {row.n for row in self.intents() if row.state in ("refused", "conflict")}
        assert back <= told

    def conflicts(self) -> list[work_item.ReturnedWork]:
        return [one for one in work_item.work_items(self.stores) if one.is_conflict]

    def account(self, account_id: UUID) -> Account:
        return accounts.get(self.stores, account_id)


def _theirs(row: Row[Any]) -> set[str]:
    """The fields in conflict, with all that is one with them."""
    found = set(json.loads(row.result)["theirs"]) if row.result else set()
    return found | set(ADDRESS) if found.intersection(ADDRESS) else found


def _comparable(row: Any) -> tuple[Any, ...]:
    return tuple(bytes(one) if isinstance(one, memoryview | bytearray) else one for one in row)
