"""The whole program in this process, with an agent at work, for whoever measures what is painted.

Signed in to stores that lie there ready, with a centre that does not answer; window, phone
process, look-ups and pages are what an agent has.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from common import OFFSCREEN  # noqa: E402

os.environ.setdefault("QT_QPA_PLATFORM", OFFSCREEN)
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer  # noqa: E402

from agent_desktop.app import App, make_application  # noqa: E402
from agent_desktop.demo.callers import RITA  # noqa: E402
from agent_desktop.models.site.site import SignedInAgent, Site  # noqa: E402
from agent_desktop.models.store.stores import MIRROR_FILE, Stores, open_stores  # noqa: E402
from agent_desktop.settings import Settings  # noqa: E402
from agent_desktop.shift.shift import LogIn, Shift  # noqa: E402
from agent_desktop.sync.server import Server  # noqa: E402
from agent_desktop.sync.sign_in import SignedIn  # noqa: E402
from agent_desktop.telephony.call import LineState  # noqa: E402
from tools import filled_mirror  # noqa: E402

#: A port on which nobody answers: the syncer finds no centre and says so.
NOWHERE = Server("127.0.0.1", 1)
LOCAL_KEY = sha256(b"measured desk").digest()
PATIENCE_SECONDS = 60.0


@contextmanager
def folder_with(accounts: int) -> Iterator[Path]:
    """A folder with a copy of the cached mirror of that size, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ad-bench-"))
    try:
        shutil.copyfile(filled_mirror.cached(accounts), folder / MIRROR_FILE)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stores_in(folder: Path) -> Stores:
    """The stores of that folder, as Rita's."""
    return open_stores(folder, filled_mirror.KEY, LOCAL_KEY, _site)


def _site(client: UUID) -> Site:
    agent = SignedInAgent(RITA.id, RITA.user_name, RITA.name, extension=RITA.extension)
    return Site(agent, fact_key=b"\0" * 32, client=client, name="benchmark")


class Shell(QObject):
    """The program. `painted` waits until something was shown and drawn."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        settings = Settings(
            data_folder=str(folder), profile=f"bench-{folder.name}", accepts_loopback_calls=True
        )
        self.application = make_application(settings)
        self.app = App(settings)
        self.stores = stores_in(folder)
        self._drawn: list[int] = []
        self._loaded = False
        self.app.loaded.connect(self._on_loaded)

    @property
    def shift(self) -> Shift:
        """The agent's shift."""
        assert self.app.shift is not None
        return self.app.shift

    def open(self) -> None:
        """Start, sign in, and wait until the line is ready and everything has come to rest."""
        self.app.start()
        self.wait(lambda: self._loaded)
        app, log_in = self.app, LogIn(NOWHERE, RITA.user_name, "")
        signed_in = SignedIn(self.stores, online=False, has_keyring=True)
        app.shift = Shift(app.settings, log_in, signed_in, app.background, app.window)
        app.window.addWidget(app.shift.window)
        app.window.setCurrentWidget(app.shift.window)
        app.shift.start()
        app.window.installEventFilter(self)
        self.wait(lambda: self.shift.phone.line.state is LineState.READY)
        self.rest()

    def close(self) -> None:
        """As at log-off."""
        self.app.close()

    def _on_loaded(self) -> None:
        self._loaded = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window is drawn in the handling of this event; the time is taken after it."""
        if event.type() is QEvent.Type.UpdateRequest:
            QTimer.singleShot(0, self._note_drawn)
        return False

    def _note_drawn(self) -> None:
        self._drawn.append(time.monotonic_ns())

    def wait(self, condition: Callable[[], bool]) -> None:
        """Serve events until the condition holds."""
        until = time.monotonic() + PATIENCE_SECONDS
        alarm = QTimer(interval=20)
        alarm.start()
        while not condition():
            if time.monotonic() > until:
                raise TimeoutError("what was waited for did not come")
            flags = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
            self.application.processEvents(flags | QEventLoop.ProcessEventsFlag.AllEvents)

    def rest(self, seconds: float = 0.15) -> None:
        """Until nothing has been drawn or looked up for a moment."""
        quiet_since = time.monotonic()

        def is_quiet() -> bool:
            nonlocal quiet_since
            if self._drawn or not self.app.background.is_idle:
                self._drawn.clear()
                quiet_since = time.monotonic()
            return time.monotonic() - quiet_since > seconds

        self.wait(is_quiet)

    def painted(self, act: Callable[[], None], shown: Callable[[], bool]) -> float:
        """Milliseconds from just before `act` until what `shown` tells of has been drawn and
        the event loop is free again."""
        self._drawn.clear()
        began = time.monotonic_ns()
        act()
        while not shown():
            self._drawn.clear()
            self.wait(lambda: shown() or bool(self._drawn))
        self._drawn.clear()
        self.wait(lambda: bool(self._drawn))
        return (self._drawn[-1] - began) / 1e6

    def memory_mb(self) -> tuple[float, float]:
        """Proportional memory of this process and of its phone process."""
        return pss_mb(os.getpid()), pss_mb(self.shift.phone.engine_pid)


def pss_mb(pid: int) -> float:
    """Memory of a process, shared pages counted in parts; NaN where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return float("nan")
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else float("nan")
