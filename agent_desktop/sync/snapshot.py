"""The first filling of the mirror (and any later one): all rows into a fresh file, then a swap.

The work runs in a process of its own, so that the desk stays quick. It is told everything
through its standard input (the password never stands in a command line) and reports one JSON
line per step.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from agent_desktop.errors import AgentDesktopError, CentreUnreachable, SignInFailed
from agent_desktop.models import tables
from agent_desktop.models.encrypted_file import remove
from agent_desktop.models.mirror_builder import MirrorBuilder
from agent_desktop.sync.connection import Centre, CentreFault, Server

REPORT_SECONDS = 0.25
#: The program's own argument when it is frozen into one file and has no `-m`.
VERB = "fetch-snapshot"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bootstrap is: the table being read, tables done of all, rows so far."""

    table: str
    tables_done: int
    tables: int
    rows: int


class Bootstrap:
    """One bootstrap in a process of its own; `path` is the fresh file it makes."""

    def __init__(
        self,
        server: Server,
        user: str,
        password: str,
        path: Path,
        key: bytes,
        kept: Mapping[str, Any],
    ) -> None:
        """Begin. `kept` are small values the fresh mirror takes over (mirror.keep)."""
        self._path = path
        self._process = subprocess.Popen(
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        order = {
            "server": asdict(server),
            "user": user,
            "password": password,
            "path": str(path),
            "key": key.hex(),
            "kept": dict(kept),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def run(self, on_progress: Callable[[Progress], None]) -> None:
        """Wait for the end, telling how far it is; the fresh file is then complete.

        Raises CentreUnreachable, SignInFailed, CentreFault like any talk with the centre.
        """
        try:
            for report in self._reports():
                if "failed" in report:
                    raise _failure(report)
                if report.get("done"):
                    return
                on_progress(Progress(**report))
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
        """See the process end and close its pipes; a half-made file is removed."""
        if self._process.poll() is None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        if status != 0:
            remove(self._path)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, VERB]
    return [sys.executable, "-m", "agent_desktop.sync.snapshot"]


def _failure(report: Mapping[str, Any]) -> AgentDesktopError:
    if report["failed"] == "sign_in":
        return SignInFailed(report["text"])
    if report["failed"] == "unreachable":
        return CentreUnreachable(report["text"])
    return CentreFault(report["text"])


# ---------------------------------------------------------------- inside the process


def main() -> int:
    """Read the order, build the file, report; exit status 0 when it is complete."""
    order = json.loads(sys.stdin.readline())
    report = _Reporter(sys.stdout)
    try:
        _build(order, report)
    except SignInFailed as error:
        report.say({"failed": "sign_in", "text": error.code})
    except CentreUnreachable as error:
        report.say({"failed": "unreachable", "text": str(error)})
    except AgentDesktopError as error:
        report.say({"failed": "fault", "text": str(error)})
    else:
        report.say({"done": True})
        return 0
    return 1


def _build(order: Mapping[str, Any], report: _Reporter) -> None:
    server = Server(**order["server"])
    key = bytes.fromhex(order["key"])
    with (
        MirrorBuilder(Path(order["path"]), key) as builder,
        Centre(server, order["user"], order["password"]) as centre,
    ):
        with centre.snapshot() as (cursor, reader):
            for table in tables.MIRRORED:
                report.begin(table)
                builder.add(table, report.counted(reader.rows(table)))
        builder.finish(cursor, order["kept"])


class _Reporter:
    """Says how far it is, a few times a second at most."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._table = ""
        self._begun = 0
        self._rows = 0
        self._said_at = 0.0

    def say(self, report: Mapping[str, Any]) -> None:
        self._out.write(json.dumps(report) + "\n")
        self._out.flush()

    def begin(self, table: str) -> None:
        self._table = table
        self._begun += 1
        self._tell()

    def counted(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            self._rows += 1
            if self._rows % 1000 == 0 and time.monotonic() > self._said_at + REPORT_SECONDS:
                self._tell()
            yield row

    def _tell(self) -> None:
        self._said_at = time.monotonic()
        self.say(asdict(Progress(self._table, self._begun - 1, len(tables.MIRRORED), self._rows)))


if __name__ == "__main__":
    sys.exit(main())
