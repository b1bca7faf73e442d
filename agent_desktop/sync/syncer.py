"""Keeps the desk and the centre together: one thread that pushes, pulls and waits.

It knows no Qt; app.py turns its callbacks, which come in its thread, into signals. It never
holds a store for long, and everything it does may be cut off at any moment and done again.
"""

from __future__ import annotations

import logging
import platform
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from agent_desktop.errors import (
    AgentDesktopError,
    CentreUnreachable,
    DiskFull,
    SignInFailed,
    StoreDamaged,
)
from agent_desktop.models.site.site import Site, site_from
from agent_desktop.models.store import eviction, outbox
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.cursor import Cursor
from agent_desktop.models.store.stores import Stores
from agent_desktop.sync import lease, questions
from agent_desktop.sync.answers import CursorUnknown, NotOffered
from agent_desktop.sync.bootstrap import Bootstrap
from agent_desktop.sync.centre import Centre, open_centre
from agent_desktop.sync.feed import Feed, fetch_wanted
from agent_desktop.sync.number_lease import lease_numbers
from agent_desktop.sync.presence import PresenceReporter
from agent_desktop.sync.progress import NO_PROGRESS, BootstrapProgress
from agent_desktop.sync.sender import Sender
from agent_desktop.sync.server import Server
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.sync.wakeup import Wakeup

LOG = logging.getLogger(__name__)

FIRST_BACKOFF_SECONDS = 1.0
LAST_BACKOFF_SECONDS = 30.0
#: The lease is renewed, and old intents are dropped, this often while connected.
RENEWAL_SECONDS = 3600.0


class Syncer:
    """Start it once the stores are open, stop it before they are closed.

    `on_status(SyncStatus)`, `on_changes(Changes)` and `on_site(Site)` are called in the
    syncer's thread; they must be quick and must not raise.
    """

    def __init__(
        self,
        stores: Stores,
        server: Server,
        user: str,
        password: str,
        *,
        on_status: Callable[[SyncStatus], None] = lambda status: None,
        on_changes: Callable[[Changes], None] = lambda changes: None,
        on_site: Callable[[Site], None] = lambda site: None,
        presence_reporter: PresenceReporter | None = None,
        poll_seconds: float = 20.0,
        bootstrap: Bootstrap | None = None,
    ) -> None:
        self._stores = stores
        self._login = (server, user, password)
        self._on_status = on_status
        self._on_changes = on_changes
        self._on_site = on_site
        self.poll_seconds = poll_seconds
        self._presence_reporter = presence_reporter or PresenceReporter()
        self._status = SyncStatus(SyncState.OFFLINE)
        self._stopping = threading.Event()
        self._anew = threading.Event()
        self._try_now = threading.Event()
        self._log_in_anew = threading.Event()
        self._wakeup = Wakeup()
        self._kept: dict[str, Any] = {}
        self._bootstrap = bootstrap or Bootstrap(stores, self._login, on_changes)
        self._signed_in_at: Centre | None = None
        self._centre: Centre | None = None
        self._failures = 0
        self._sender = Sender(stores, on_changes, self._stopping)
        self._renewed_at = 0.0
        self._owes_word = True
        self._thread = threading.Thread(target=self._run, name="syncer", daemon=True)

    # -- orders, from any thread -------------------------------------------------------------
    def start(self) -> None:
        """Begin. Local saves wake it from now on."""
        self._stores.listen(lambda changes: self.wake())
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """End soon, also in the middle of a talk with the centre; unsent work stays unsent."""
        self._stopping.set()
        self.wake()
        if self._thread.ident is not None:
            self._thread.join(0.5)
        while self._thread.is_alive() and seconds > 0:
            self._abort()
            self._thread.join(0.5)
            seconds -= 0.5
        self._wakeup.close()

    def wake(self) -> None:
        """There may be something to send: push now if the centre is there."""
        self._wakeup.set()

    def try_now(self) -> None:
        """Do not wait out the pause after a failure."""
        self._try_now.set()
        self.wake()

    def use_password(self, password: str) -> None:
        """The agent has another one: log in anew with it once the present round is over."""
        self._login = (*self._login[:2], password)
        self._bootstrap.use_login(self._login)
        self._log_in_anew.set()
        self.try_now()

    def resync(self) -> None:
        """Make the mirror anew, for instance because a page of it was damaged."""
        self._anew.set()
        self.try_now()

    @property
    def status(self) -> SyncStatus:
        """The last status told."""
        return self._status

    def _abort(self) -> None:
        self._bootstrap.abort()
        centre = self._centre
        if centre is not None:
            centre.abort()

    # -- the loop ----------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._stopping.is_set():
            code = self._talk()
            if self._stopping.is_set() or self._log_in_anew.is_set():
                continue
            self._failures += 1
            self._tell(SyncState.OFFLINE, code)
            self._pause()

    def _talk(self) -> str:
        """Serve the desk as long as the centre answers; returns why it ended."""
        self._log_in_anew.clear()
        try:
            with open_centre(*self._login) as centre:
                self._centre = centre
                self._serve(centre)
        except CentreUnreachable as error:
            LOG.info("the centre is unreachable: %s", error)
            return error.code
        except SignInFailed as error:
            return error.code
        except StoreDamaged as error:
            LOG.warning("a store is damaged: %s", error)
            if str(error).startswith(self._stores.mirror.path.name):
                self._anew.set()
            return "store_damaged"
        except AgentDesktopError as error:
            LOG.warning("the centre failed: %s", error)
            return _code_of(error)
        # The edge of this thread: whatever fails, the desk tries again; it is logged and shown.
        except Exception:
            LOG.exception("the syncer failed")
            return "desk_fault"
        finally:
            self._centre = self._signed_in_at = None
        return ""

    def _serve(self, centre: Centre) -> None:
        centre.listen()  # before the first pull: what is written after it is hinted at
        while not self._stopping.is_set() and not self._log_in_anew.is_set():
            if self.round(centre):
                seconds = self.poll_seconds * random.uniform(0.75, 1.25)
                self._presence_reporter.rest(
                    centre, self._stores.local.client, seconds, self._wakeup.receiver
                )
            self._wakeup.clear()
        self._presence_reporter.leave(centre, self._stores.local.client)

    def round(self, centre: Centre) -> bool:
        """One meeting with the centre: all is sent, then all that is new is fetched.

        The first over a connection signs in. Returns whether nothing is left to send, so that the
        loop may rest. Raises what a centre raises; the next round then begins with another
        connection. Called in the syncer's thread, or instead of it by who does not `start`.
        """
        if centre is not self._signed_in_at:
            self._sign_in(centre)
        self._meet_another_life(centre)
        # What was saved here goes first: the pull that follows then brings it back as a record, and
        # the agent sees it "sent" within one round.
        self._push(centre)
        lease_numbers(self._stores, centre)
        self._pull(centre)
        fetch_wanted(self._stores, centre, self._on_changes)
        if time.monotonic() > self._renewed_at + RENEWAL_SECONDS:
            # Once an hour, between two rounds: nothing of a pull is half done then.
            self._renew(centre)
            eviction.evict(self._stores)
        self._failures = 0
        unsent = _unsent(self._stores, self._status.unsent)
        self._tell(SyncState.SENDING if unsent else SyncState.IN_SYNC)
        return not unsent

    def _sign_in(self, centre: Centre) -> None:
        self._signed_in_at = None
        self._renew(centre)
        self._owes_word = True  # perhaps the last connection broke before it was given
        self._signed_in_at = centre
        self._tell(SyncState.SENDING)

    def _pause(self) -> None:
        """Wait before the next try: longer each time, told of saves meanwhile."""
        longest = min(LAST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** min(self._failures - 1, 8))
        until = time.monotonic() + longest * random.uniform(0.5, 1.0)
        while not self._stopping.is_set() and not self._try_now.is_set():
            left = until - time.monotonic()
            if left <= 0:
                break
            if self._wakeup.wait(left):
                self._tell(SyncState.OFFLINE, self._status.code)
        self._try_now.clear()

    # -- the steps ---------------------------------------------------------------------------
    def _renew(self, centre: Centre) -> None:
        """Sign in again: the lease begins anew, rights may have changed."""
        client = self._stores.local.client
        answer, now = centre.ask(questions.SIGN_IN, client, platform.node()), datetime.now(UTC)
        self._kept = lease.told(self._stores.clock, answer, now)
        if not self._anew.is_set():
            with self._stores.mirror.writing() as c:
                lease.keep_answer(c, answer, now)
        with self._stores.local.writing() as c:
            outbox.drop_settled(c, now)
        self._renewed_at = time.monotonic()
        site = site_from(answer, client)
        if site != self._stores.site:
            self._stores.site = site
            self._on_site(site)

    def _meet_another_life(self, centre: Centre) -> None:
        """Send again the work that a centre had accepted before it was restored: what is unsent may
        build on it."""
        with self._stores.local.reading() as c:
            unsent = outbox.count_unsent(c)
        cursor = self._stores.mirror.cursor() if unsent else None
        if cursor and cursor.is_of_another_life(centre.ask(questions.POSITION)):
            self._send_again(centre)
            self._anew.set()

    def _push(self, centre: Centre, state: SyncState = SyncState.SENDING) -> None:
        self._sender.send(centre, lambda: self._tell(state))

    def _pull(self, centre: Centre) -> None:
        cursor = _cursor_of(self._stores)
        if self._anew.is_set() or cursor is None:
            if cursor is None or cursor.is_of_another_life(centre.ask(questions.POSITION)):
                self._send_again(centre)  # after this nothing would tell that lives differ
            self._fetch_all(centre)
            return
        feed = Feed(self._stores, self._on_changes)
        try:
            self._owes_word |= feed.pull(centre, self._stopping)
        except CursorUnknown as reason:
            LOG.info("the mirror is made anew: %s", reason)
            self._send_again(centre)
            self._fetch_all(centre)
        else:
            if self._owes_word and feed.cursor is not None:
                centre.ask(questions.ACKNOWLEDGE, self._stores.local.client, feed.cursor)
                self._owes_word = False

    def _send_again(self, centre: Centre) -> None:
        """The centre was restored: what it had accepted and may have lost comes first."""
        self._tell(SyncState.RESYNCING)
        with self._stores.local.writing() as c:
            outbox.send_again(c)
        self._push(centre)

    def _fetch_all(self, centre: Centre) -> None:
        self._tell(SyncState.RESYNCING)
        self._bootstrap.run(
            centre, self._kept, lambda done: self._tell_progress(centre, done), self._stopping
        )
        self._anew.clear()
        self._on_changes(Changes(everything=True))

    # -- telling -----------------------------------------------------------------------------
    def _tell(
        self, state: SyncState, code: str = "", progress: BootstrapProgress = NO_PROGRESS
    ) -> None:
        """Tell a status that differs from the last one."""
        since = self._status.since if state is self._status.state else None
        status = SyncStatus(
            state,
            _unsent(self._stores, self._status.unsent),
            since or datetime.now(UTC),
            code,
            progress.rows,
            progress.expected,
            progress.seconds_left,
        )
        if status != self._status:
            self._status = status
            self._on_status(status)

    def _tell_progress(self, centre: Centre, progress: BootstrapProgress) -> None:
        """Tell how far it is, and send meanwhile what the agent does."""
        self._tell(SyncState.RESYNCING, progress=progress)
        if self._status.unsent:
            self._push(centre, SyncState.RESYNCING)


def _unsent(stores: Stores, otherwise: int) -> int:
    """The number of unsent pieces of work; the last known figure if the file cannot be read."""
    try:
        with stores.local.reading() as c:
            return outbox.count_unsent_work(c)
    except StoreDamaged:
        return otherwise


def _cursor_of(stores: Stores) -> Cursor | None:
    """The cursor of the mirror; None if it is empty or cannot be read."""
    try:
        return stores.mirror.cursor()
    except StoreDamaged:
        return None


def _code_of(error: AgentDesktopError) -> str:
    """Why a talk ended, for the status."""
    if isinstance(error, DiskFull):
        return "disk_full"
    return "centre_older" if isinstance(error, NotOffered) else "centre_fault"


def send_rest(syncer: Syncer, stores: Stores, seconds: float = 2.0) -> None:
    """Before `stop`: wait until what is unsent was sent, unless the centre is away. Blocks."""
    until = time.monotonic() + seconds
    syncer.wake()
    while syncer.status.state is not SyncState.OFFLINE and time.monotonic() < until:
        with stores.local.reading() as c:
            if not outbox.count_unsent(c):
                return
        time.sleep(0.01)
