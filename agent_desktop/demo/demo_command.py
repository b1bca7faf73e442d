"""`agent-desktop demo`: the program at work, with a company, a centre and callers of its own.

With a display it opens the real window, signs Rita in, and the first customer calls by itself;
the page "Demo" lets others call. Without one it takes the same steps and leaves pictures.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from agent_desktop.central.bulk import LoadProgress
from agent_desktop.demo.caller_control import DemoCustomer, port_of
from agent_desktop.demo.callers import CALLERS, RITA, Caller, CallerKind
from agent_desktop.demo.demo_centre import DemoCentre
from agent_desktop.settings import Settings, load

if TYPE_CHECKING:
    from agent_desktop.app import App
    from agent_desktop.shift.shift import DemoCalls, Shift
    from agent_desktop.sync.status import SyncStatus

ACCOUNTS = 2_000
#: The first customer calls this long after the desk is ready.
FIRST_CALL_MS = 2_500


def main(words: list[str]) -> int:
    """Run the demo; returns the exit status."""
    options = _parse(words)
    folder = options.folder or load().folder.parent / "demo"
    centre = DemoCentre(folder / "centre", options.accounts, tell=_teller())
    _say(f"The centre with {options.accounts:,} customers is being started in {folder}")
    centre.start()
    _say(f"The centre runs at {centre.server}")
    try:
        if options.pictures or os.environ.get("QT_QPA_PLATFORM") == "offscreen":
            from agent_desktop.demo.headless_demo import run_headless

            return run_headless(centre, folder, options.pictures or Path.cwd() / "demo-pictures")
        return _show_window(centre, folder)
    finally:
        centre.stop()


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="agent-desktop demo")
    parser.add_argument("--folder", type=Path, help="where the demo keeps its files")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help="customers (default 2000)")
    parser.add_argument("--pictures", type=Path, help="walk by itself and leave pictures here")
    return parser.parse_args(words)


def _say(text: str) -> None:
    print(text, flush=True)


def _teller() -> Callable[[LoadProgress], None]:
    """Tells how far the first filling of the centre is, at most once a second."""
    told = 0.0

    def tell(progress: LoadProgress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < 1:
            return
        told = now
        left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left else ""
        _say(f"  {progress.step}: {progress.rows:,} rows{left}")

    return tell


def _show_window(centre: DemoCentre, folder: Path) -> int:
    """The real window, for a person."""
    from agent_desktop.app import App, make_application
    from agent_desktop.demo.first_call import demo_settings
    from agent_desktop.system.log_file import keep_log

    settings = demo_settings(folder, centre.server)
    keep_log(settings.folder, settings.log_level)
    application = make_application(settings)
    callers = Callers()
    program = App(settings, callers.as_calls())
    callers.join(program, settings)
    program.start()
    _say("Rita is being signed in; the first customer calls in a moment. F9 answers.")
    status = application.exec()
    program.close()
    callers.close()
    return status


class Callers(QObject):
    """The people of the demo behind their telephones: signs Rita in, then lets them call."""

    def __init__(self) -> None:
        super().__init__()
        self._customer: DemoCustomer | None = None
        self._program: App | None = None

    def as_calls(self) -> DemoCalls:
        """The calls that the demo page offers."""
        from agent_desktop.shift.shift import DemoCalls
        from agent_desktop.views.kit.page import DemoCaller

        shown = tuple(
            DemoCaller(kind.value, *_words(caller), _answers(caller))
            for kind, caller in CALLERS.items()
        )
        return DemoCalls(shown, self.call_from)

    def join(self, program: App, settings: Settings) -> None:
        """Sign Rita in as soon as the program is loaded, and begin with the first call."""
        from agent_desktop.views.shell.sign_in import SignInRequest

        self._program = program
        request = SignInRequest(settings.server, RITA.user_name, RITA.password)
        program.sign_in.fill(settings.server, RITA.user_name, password=RITA.password)
        program.loaded.connect(lambda: program.enter(request))
        program.signed_in.connect(self._on_signed_in)

    def call_from(self, kind: str) -> None:
        """Let the caller of that kind call now."""
        caller = CALLERS[CallerKind(kind)]
        program = self._program
        if program is None or program.shift is None:
            return
        line = program.shift.phone.line
        if self._customer is None:
            self._customer = DemoCustomer(port_of(program.settings.dial_to))
            self._customer.wait_ready()
        self._customer.call(
            line.port,
            caller.number,
            pbx_call_id=str(uuid4()),
            extension=line.extension,
            **caller.facts,
        )

    def close(self) -> None:
        """Hang up everybody."""
        if self._customer is not None:
            self._customer.close()

    def _on_signed_in(self, shift: Shift) -> None:
        shift.sync_report.status_changed.connect(self._on_sync)

    def _on_sync(self, status: SyncStatus) -> None:
        shift = self._program.shift if self._program else None
        if shift is not None and status.state.value == "in_sync":
            shift.sync_report.status_changed.disconnect(self._on_sync)
            shift.window.commands.run("agent.ready")
            QTimer.singleShot(FIRST_CALL_MS, self._first_call)

    def _first_call(self) -> None:
        self.call_from(CallerKind.KNOWN.value)


def _words(caller: Caller) -> tuple[str, str]:
    """Title and sentence that tell a caller from the others."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Demo", text)

    return {
        CallerKind.KNOWN: (
            tr("Marina Albuquerque, known caller"),
            tr("No supply, life support at the address, inside a known outage."),
        ),
        CallerKind.UNKNOWN: (
            tr("An unknown number"),
            tr("Somebody new wants a connection: search, or open a new account."),
        ),
        CallerKind.WITHHELD: (
            tr("Number withheld"),
            tr("There is no number to look for: ask, and search by what the caller says."),
        ),
        CallerKind.SHARED: (
            tr("A number of three accounts"),
            tr("Ana, Pedro and an office share it; the program does not choose for you."),
        ),
        CallerKind.LIFE_SUPPORT: (
            tr("Antônia Ribeiro, life support"),
            tr("A person on a breathing machine lives there: the alert comes first."),
        ),
        CallerKind.RUSSIAN: (
            tr("Ольга Петрова"),
            tr("A name in Cyrillic, found by Latin letters too."),
        ),
        CallerKind.COMPANY: (
            tr("Padaria Estrela Ltda"),
            tr("A company, known by its CNPJ."),
        ),
        CallerKind.INACTIVE: (
            tr("Sebastião Prado, closed account"),
            tr("The number belongs to an account that is no longer active."),
        ),
    }[caller.kind]


def _answers(caller: Caller) -> str:
    """One line with the answers this person gives when asked."""
    from agent_desktop.views.words import wording

    said = [f"{wording.fact(kind)}: {text}" for kind, text in caller.answers.items()]
    return " · ".join(said[:3])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
