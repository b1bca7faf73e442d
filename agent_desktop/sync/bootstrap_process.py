"""The first filling of the mirror (and any later one): a fresh file, then a swap.

The file comes finished from the site's hub if it has one for this agent's scopes; else all rows
are fetched and the file is made here. The work runs in a process of its own, so that the desk
stays quick. It is told everything through its standard input (the password never stands in a
command centre) and reports one JSON line per step.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.models.store import mirror, tables
from agent_desktop.models.store.encrypted_file import remove
from agent_desktop.models.store.mirror_builder import MirrorBuilder
from agent_desktop.sync import questions
from agent_desktop.sync.answers import CentreFault, NotOffered, RowReader
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.progress import BootstrapProgress, Reporter
from agent_desktop.sync.server import Server
from agent_desktop.sync.snapshot_file import Download, SnapshotGone, lay_own

#: The program's own argument when it is frozen into one file and has no `-m`.
VERB = "fetch-snapshot"
#: A site with more rows than this (some 20,000 accounts) is not kept whole at each desk.
WHOLE_UP_TO = 400_000


class BootstrapProcess:
    """One bootstrap in a process of its own; `path` is the fresh file it makes."""

    def __init__(
        self,
        server: Server,
        user: str,
        password: str,
        path: Path,
        key: bytes,
        kept: Mapping[str, Any],
        *,
        rows_only: bool = False,
    ) -> None:
        """Begin. `kept` are small values the fresh mirror takes over (mirror.keep);
        `rows_only` passes by a finished file that proved useless."""
        self._path = path
        self._is_done = False
        self._process = subprocess.Popen(
            command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        order = {
            "server": asdict(server),
            "user": user,
            "password": password,
            "path": str(path),
            "key": key.hex(),
            "kept": dict(kept),
            "rows_only": rows_only,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def run(self, on_progress: Callable[[BootstrapProgress], None]) -> None:
        """Wait for the end, telling how far it is; the fresh file is then complete.

        Raises CentreUnreachable, SignInFailed, CentreFault like any talk with the centre.
        """
        try:
            for report in self._reports():
                if "failed" in report:
                    raise _failure(report)
                if report.get("done"):
                    self._is_done = True
                    return
                on_progress(BootstrapProgress(**report))
            raise CentreUnreachable("the bootstrap ended early")
        finally:
            self.end()

    def _reports(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            yield json.loads(line)

    def abort(self) -> None:
        """Give up, from any thread: `run` then raises CentreUnreachable."""
        self._process.kill()

    def end(self) -> None:
        """Wait for the end of the process and close its pipes; a half-made file is removed."""
        if self._process.poll() is None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        # Once it has said that it is done, the file is whole, however long its end takes.
        if status != 0 and not self._is_done:
            remove(self._path)


def command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, VERB]
    return [sys.executable, "-m", "agent_desktop.sync.bootstrap_process"]


def _failure(report: Mapping[str, Any]) -> AgentDesktopError:
    if report["failed"] == "sign_in":
        return SignInFailed(report["text"])
    if report["failed"] == "unreachable":
        return CentreUnreachable(report["text"])
    if report["failed"] == "not_offered":
        return NotOffered(report["text"])
    return CentreFault(report["text"])


# ---------------------------------------------------------------- inside the process


def main() -> int:
    """Read the order, build the file, report; exit status 0 when it is complete."""
    order = json.loads(sys.stdin.readline())
    report = Reporter(sys.stdout)
    try:
        _build(order, report)
    except SignInFailed as error:
        report.say({"failed": "sign_in", "text": error.code})
    except CentreUnreachable as error:
        report.say({"failed": "unreachable", "text": str(error)})
    except NotOffered as error:
        report.say({"failed": "not_offered", "text": str(error)})
    except AgentDesktopError as error:
        report.say({"failed": "fault", "text": str(error)})
    else:
        report.say({"done": True})
        return 0
    return 1


def _build(order: Mapping[str, Any], report: Reporter) -> None:
    path, key = Path(order["path"]), bytes.fromhex(order["key"])
    with open_centre(Server(**order["server"]), order["user"], order["password"]) as centre:
        build(centre, path, key, order["kept"], report, rows_only=order["rows_only"])


def build(
    centre: Centre,
    path: Path,
    key: bytes,
    kept: Mapping[str, Any],
    report: Reporter,
    *,
    rows_only: bool,
) -> None:
    """Make the fresh file at `path`: of a finished one if there is one, else row by row."""
    if not rows_only:
        with contextlib.suppress(SnapshotGone, NotOffered):
            if _fetch_file(centre, path, key, kept, report):
                return
    fetch_rows(centre, path, key, kept, report)


def fetch_rows(
    centre: Centre, path: Path, key: bytes, kept: Mapping[str, Any], report: Reporter
) -> None:
    """Everything one by one. At a large site the file holds the directory of all and the agent's
    own work, like one that came finished; what is opened is fetched then."""
    with contextlib.ExitStack() as reading:
        cursor, reader = reading.enter_context(centre.snapshot())
        is_part = reader.expected > WHOLE_UP_TO
        with MirrorBuilder(path, key, () if is_part else None) as builder:
            _fill(builder, reader, is_part, report)
            # Indexes may take longer than the centre lets a transaction idle.
            reading.close()
            builder.finish(cursor, kept)
    if is_part:
        lay_own(path, key, kept, centre.ask(questions.OWN_ROWS))


def _fill(builder: MirrorBuilder, reader: RowReader, is_part: bool, report: Reporter) -> None:
    entries = reader.entries()
    report.begin(reader.accounts if entries and is_part else reader.expected)
    if entries is None:
        for table in tables.MIRRORED:
            builder.add(table, report.counted(reader.rows(table)))
        return
    builder.enter(report.counted(entries))
    for table in tables.MIRRORED:
        if not is_part or table != "account":
            builder.store(table, report.counted(reader.rows(table, unowned=is_part)))


def _fetch_file(
    centre: Centre, path: Path, key: bytes, kept: Mapping[str, Any], report: Reporter
) -> bool:
    """Take the finished file if there is one. Raises SnapshotGone when it vanished."""
    offer = centre.ask(questions.SNAPSHOT_OFFER, mirror.SCHEMA)
    if offer is None:
        return False
    with Download(offer, path, key) as download:
        download.fetch(centre, report)
        download.take(kept, centre.ask(questions.OWN_ROWS))
    return True


if __name__ == "__main__":
    sys.exit(main())
