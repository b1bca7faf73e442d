"""A desk to be measured: the real program with an agent at work, told by JSON lines what to watch.

It is signed in to stores that lie there ready, with a centre that does not answer; all the rest
(phone process, switchboard, look-up, pages) is what an agent has. It reads
{"t": "watch", "number": "+55...", "account": id, "busy": bool}   {"t": "quit"}
and answers {"t": "open", "port": n}   {"t": "watching"}   {"t": "painted", "ns": n}   and, when
the caller has given up and everything is as before the ring, {"t": "clear"}.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QObject, QSocketNotifier, QTimer  # noqa: E402
from PySide6.QtGui import QPaintEvent  # noqa: E402

from agent_desktop.app import App, make_application  # noqa: E402
from agent_desktop.demo.callers import RITA  # noqa: E402
from agent_desktop.desk.session import PageKind  # noqa: E402
from agent_desktop.models.site.site import SignedInAgent, Site  # noqa: E402
from agent_desktop.models.store.stores import open_stores  # noqa: E402
from agent_desktop.settings import Settings  # noqa: E402
from agent_desktop.shift.shift import LogIn, Shift  # noqa: E402
from agent_desktop.sync.server import Server  # noqa: E402
from agent_desktop.sync.sign_in import SignedIn  # noqa: E402
from agent_desktop.telephony.call import LineState  # noqa: E402
from agent_desktop.views.account.candidates import MatchCard  # noqa: E402
from tools import filled_mirror  # noqa: E402

#: A port on which nobody answers: the syncer finds no centre and says so.
NOWHERE = Server("127.0.0.1", 1)
LOCAL_KEY = sha256(b"measured desk").digest()
BUSY_SECONDS = 0.3
BUSY_EVERY_MS = 1_000


def say(**facts: object) -> None:
    """One line to whoever measures."""
    print(json.dumps(facts), flush=True)


class Burner(QObject):
    """Holds the interpreter in the GUI thread for 300 ms of each second, in one C call, so that
    no other thread of this process gets a turn meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=BUSY_EVERY_MS)
        self._timer.timeout.connect(self._burn)
        began = time.process_time()
        sum(range(2_000_000))
        self._turns = int(2_000_000 * BUSY_SECONDS / (time.process_time() - began))

    def set_on(self, on: bool) -> None:
        """Begin with a burn at once, or stop."""
        if on and not self._timer.isActive():
            self._timer.start()
            QTimer.singleShot(0, self._burn)
        elif not on:
            self._timer.stop()

    def _burn(self) -> None:
        sum(range(self._turns))


class MeasuredDesk(QObject):
    """The program, and the eye that sees when the caller's card has been painted."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._watched: tuple[str, UUID] | None = None
        self._seen = False
        self.burner = Burner()
        settings = Settings(data_folder=str(folder), profile=f"desk-{folder.name}",
                            accepts_loopback_calls=True)  # fmt: skip
        self.application = make_application(settings)
        self.app = App(settings)
        self._stores = open_stores(folder, filled_mirror.KEY, LOCAL_KEY, _site)
        self._ear = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._hear)
        self._clear = QTimer(self, interval=5)
        self._clear.timeout.connect(self._tell_when_clear)
        self.app.loaded.connect(self._open)
        _after_each_card(self._painted)

    @property
    def shift(self) -> Shift:
        """The agent's shift."""
        assert self.app.shift is not None
        return self.app.shift

    def _open(self) -> None:
        """Do what the program does after a sign-in, with stores that were opened here."""
        app, log_in = self.app, LogIn(NOWHERE, RITA.user_name, "")
        signed_in = SignedIn(self._stores, online=False, has_keyring=True)
        app.shift = Shift(app.settings, log_in, signed_in, app.background, app.window)
        app.window.addWidget(app.shift.window)
        app.window.setCurrentWidget(app.shift.window)
        app.shift.phone.line_changed.connect(self._on_line)
        app.shift.start()

    def _on_line(self) -> None:
        if self.shift.phone.line.state is LineState.READY:
            self.shift.phone.line_changed.disconnect(self._on_line)
            say(t="open", port=self.shift.phone.line.port)

    def _hear(self) -> None:
        line = sys.stdin.readline()
        order = json.loads(line) if line else {"t": "quit"}
        if order["t"] == "quit":
            self.application.quit()
        elif order["t"] == "watch":
            self._watch(order)

    def _watch(self, order: Mapping[str, object]) -> None:
        self._watched = (str(order["number"]), UUID(str(order["account"])))
        self._seen = False
        self.burner.set_on(bool(order["busy"]))
        say(t="watching")

    # -- seeing -----------------------------------------------------------------------------
    def _painted(self, card: MatchCard) -> None:
        """A card was painted; if it is the caller's, the time is taken when the whole window is
        painted and the event loop is free again."""
        if self._watched is not None and not self._seen and self._is_watched(card):
            self._seen = True
            QTimer.singleShot(0, self._tell_painted)

    def _is_watched(self, card: MatchCard) -> bool:
        assert self._watched is not None
        number, account = self._watched
        desk = self.shift.desk
        session = desk.current
        if session is None or desk.page.kind is not PageKind.IDENTIFY or not session.is_ringing:
            return False
        call, found = session.live_call, session.identification
        place = int(card.objectName().rpartition(".")[2])
        if call is None or found is None or place >= len(found.candidates):
            return False
        candidate = found.candidates[place]
        here = call.number == number and candidate.account.id == account
        return here and card.accessibleName().startswith(candidate.account.name)

    def _tell_painted(self) -> None:
        say(t="painted", ns=time.monotonic_ns())
        self.burner.set_on(False)
        self._clear.start()

    def _tell_when_clear(self) -> None:
        shift = self.shift
        if shift.desk.sessions or shift.phone.calls() or not self.app.background.is_idle:
            return
        self._clear.stop()
        self._watched = None
        say(t="clear")


def _after_each_card(told: Callable[[MatchCard], None]) -> None:
    paint = MatchCard.paintEvent

    def paint_and_tell(card: MatchCard, event: QPaintEvent) -> None:
        paint(card, event)
        told(card)

    MatchCard.paintEvent = paint_and_tell  # type: ignore[method-assign, assignment]


def _site(client: UUID) -> Site:
    agent = SignedInAgent(RITA.id, RITA.user_name, RITA.name, extension=RITA.extension)
    return Site(agent, fact_key=b"\0" * 32, client=client, name="benchmark")


def main() -> int:
    """Open the desk in a folder with a mirror.db and serve until told to quit."""
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    desk = MeasuredDesk(parser.parse_args().folder)
    desk.app.start()
    status = desk.application.exec()
    desk.app.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
