"""The shift of one signed-in agent: stores, syncer, phone, desk and shell, joined.

Made when sign-in succeeded and taken apart at log-off. One `connect` a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.desk import session_restore
from agent_desktop.desk.agent_state_log import AgentStateLog
from agent_desktop.desk.background import Background, Lane
from agent_desktop.desk.call_routing import CallRouting
from agent_desktop.desk.caller_prefetch import CallerPrefetch
from agent_desktop.desk.interaction_control import InteractionControl
from agent_desktop.desk.phone_line import PhoneLine
from agent_desktop.desk.session import PageKind, Place
from agent_desktop.desk.session_restore import DeskState, SessionRestore
from agent_desktop.desk.sessions import Desk
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.errors import DiskFull
from agent_desktop.models.account import identification as identifications
from agent_desktop.models.account.caller import CallerFacts
from agent_desktop.models.site.site import Site
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.stores import Stores
from agent_desktop.settings import Settings
from agent_desktop.shift.centre_queries import CentreQueries
from agent_desktop.shift.log_in import LogIn
from agent_desktop.shift.log_off import LogOff
from agent_desktop.shift.offboarding import Offboarding
from agent_desktop.shift.password_change import PasswordChange
from agent_desktop.shift.presence import ShiftPresence
from agent_desktop.shift.screen_lock import ScreenLocking
from agent_desktop.shift.sealed_files import SealedFiles
from agent_desktop.sync.sign_in import SignedIn, sign_out
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.sync.syncer import Syncer, send_rest
from agent_desktop.system.credentials import KeySafe
from agent_desktop.telephony.phone import Phone
from agent_desktop.views.console.agent_keys import AgentKeys
from agent_desktop.views.console.console_feed import ConsoleFeed
from agent_desktop.views.kit.draft_keeper import DraftKeeper
from agent_desktop.views.kit.page import Context, DemoCaller, make_page
from agent_desktop.views.shell.frame_feed import FrameFeed
from agent_desktop.views.shell.headset_check import HeadsetCheck
from agent_desktop.views.shell.history_feed import HistoryFeed
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.missed_feed import MissedFeed
from agent_desktop.views.shell.page_prefetch import PAUSE_MS, PagePrefetch
from agent_desktop.views.shell.palette_feed import PaletteFeed
from agent_desktop.views.widgets.ticker import ticker


@dataclass(frozen=True, slots=True)
class DemoCalls:
    """The customers that can be asked to call, in a profile made by the demo."""

    callers: tuple[DemoCaller, ...] = ()
    call_from: Callable[[str], None] | None = None


def _lend(stores: Stores, background: Background) -> None:
    """Rules and verbs get these stores, and promises on the screen run by their clock."""
    background.stores = stores
    ticker().site_clock = stores.clock.now


class Shift(QObject):
    """Everything an agent has from sign-in to log-off.

    `ended` asks for the sign-in page, `dismissed` too because the agent has left the company;
    `remembered` carries settings to be kept for this person.
    """

    ended = Signal()
    dismissed = Signal()
    remembered = Signal(object)

    def __init__(
        self,
        settings: Settings,
        log_in: LogIn,
        signed_in: SignedIn,
        background: Background,
        parent: QWidget,
        demo: DemoCalls | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.stores = signed_in.stores
        self._background = background
        self._log_in = log_in
        self._centre_queries = CentreQueries(log_in.server, log_in.user, log_in.password)
        self._signed_in = signed_in
        self._demo = demo or DemoCalls()
        self.sync_report = SyncReport(self)
        self.sync = SyncStatus(SyncState.OFFLINE)
        _lend(self.stores, background)
        self._make_desk()
        self._make_window(parent)
        self._join_desk()
        self._join_commands()
        self._join_syncer()

    # -- making -----------------------------------------------------------------------------
    def _make_desk(self) -> None:
        self.desk = Desk(self)
        self.phone = Phone(self._settings.profile, self)
        self.interaction_control = InteractionControl(self.desk, self._background, self)
        self.call_routing = CallRouting(
            self.desk, self.phone, self.interaction_control, self._background, self
        )
        self._line = PhoneLine(
            self.phone, self.desk, self.call_routing, lambda: self.stores.site, self._settings, self
        )
        self._memory = SessionRestore(self.desk, self._background, self)
        self._agent_state_log = AgentStateLog(self.desk, self._background, self)
        self._drafts = DraftKeeper(self._background, self)
        self._presence = ShiftPresence(self)
        self._syncer = Syncer(
            self.stores,
            self._log_in.server,
            self._log_in.user,
            self._log_in.password,
            on_status=self.sync_report.tell_status,
            on_changes=self.sync_report.tell_records,
            on_site=self.sync_report.tell_site,
            presence_reporter=self._presence.presence_reporter,
            poll_seconds=self._settings.poll_seconds,
        )

    def _make_window(self, parent: QWidget) -> None:
        context = Context(
            desk=self.desk,
            interaction_control=self.interaction_control,
            background=self._background,
            drafts=self._drafts,
            dial=self.call_routing.dial,
            reveal=self._centre_queries.reveal,
            search_centre=self._centre_queries.search,
            owner_of=self._centre_queries.owner,
            sync_report=self.sync_report,
            callers=self._demo.callers,
            call_from=self._demo.call_from,
            phone=self.phone,
            choose_sound=self._line.choose_sound,
            sound_checked=lambda: self._headset_check.pass_(),
        )
        self.window = MainWindow(
            lambda kind, owner: make_page(kind, context, owner),
            role=self.stores.site.agent.business_role,
            folded={"folded": True, "open": False}.get(self._settings.navigation),
            parent=parent,
        )
        self._make_feeds()

    def _make_feeds(self) -> None:
        checked = self._settings.sound_checked
        self._headset_check = HeadsetCheck(self.phone, self.window.message_bar, checked, self)
        self._page_prefetch = PagePrefetch(
            self.window.work_area, lambda: not self.phone.calls(), self
        )
        self._console_feed = ConsoleFeed(self.window.console, self.desk, self._background, self)
        self._frame_feed = FrameFeed(
            self.window, self.desk, self.sync_report, self._background, self
        )
        self._log_off = LogOff(
            self.desk, self.call_routing, self._frame_feed, self._drafts.save_all, self
        )
        self._log_off.agreed.connect(self.ended)
        HistoryFeed(self.window, self.desk, self)
        self._missed_feed = MissedFeed(
            self.window, self.desk, self.sync_report, self._background, self.call_routing, self
        )
        PaletteFeed(
            self.window.palette_box,
            self.window.commands,
            self.desk,
            self.interaction_control,
            self._background,
            self,
            centre=self._centre_queries.search,
        )
        CallerPrefetch(self.desk, self._background, self)
        AgentKeys(
            self.window, self.desk, self.interaction_control, self.call_routing, self._drafts, self
        )

    # -- joining ----------------------------------------------------------------------------
    def _join_desk(self) -> None:
        window, desk = self.window, self.desk
        self.call_routing.may_pop = self._may_pop
        desk.page_changed.connect(window.open_page)
        self.sync_report.records_changed.connect(self._refresh_pages)
        self.stores.listen(self.sync_report.tell_records)
        self.phone.line_changed.connect(self._console_feed.set_line)
        self.phone.line_changed.connect(self._frame_feed.show_line)
        self.phone.quality_changed.connect(self._console_feed.set_quality)
        self._line.remembered.connect(self.remembered)
        self._headset_check.passed.connect(self._line.keep_checked)
        window.console.dialled.connect(self.call_routing.dial)
        window.navigation.session_chosen.connect(desk.select)
        window.message_bar.verb_chosen.connect(self._on_message_verb)
        self._background.failed_unseen.connect(self._on_failure)

    def _join_commands(self) -> None:
        on, desk, routing = self.window.commands.on, self.desk, self.call_routing
        on("call.answer", routing.answer)
        on("call.decline", routing.decline)
        on("call.hold", routing.toggle_hold)
        on("call.mute", routing.toggle_mute)
        on("call.retry", self._line.open)
        on("go.back", desk.back)
        on("go.forward", desk.forward)
        on("go.next_session", desk.select_next)
        for kind in (PageKind.HOME, PageKind.PHONE, PageKind.KNOWN, PageKind.WORKLIST):
            on(f"go.{kind.value}", partial(desk.open, Place(kind)))
        on("sign.out", self._log_off.ask)
        if self._demo.callers:
            on("go.demo", partial(desk.open, Place(PageKind.DEMO)))

    def _join_syncer(self) -> None:
        report = self.sync_report
        self._presence.join(self.window, self.desk, report, self._drafts, self._syncer.wake)
        report.status_changed.connect(self._on_sync)
        report.site_changed.connect(self._show_person)

    def join_keys(self, safe: KeySafe, forget_mirror: Callable[[], None]) -> None:
        """Join what uses the agent's keys in `safe`; `forget_mirror` destroys that of the mirror
        when the agent has left the company, and runs off the GUI thread."""
        window, report, background = self.window, self.sync_report, self._background
        queries, log_in = self._centre_queries, self._log_in
        password = PasswordChange(window, report, background, queries, log_in, safe, self)
        password.changed.connect(self._on_password)
        self._join_lock(password.is_password)
        sealed = SealedFiles(
            window, report, background, queries.inquiries, self._settings.folder, log_in, safe, self
        )
        sealed.done.connect(lambda code, facts: self.desk.say(code, **facts))
        offboarding = Offboarding(
            report, self.phone, self.call_routing, background, queries.close, forget_mirror, self
        )
        offboarding.ended.connect(self.dismissed)

    def _join_lock(self, is_password: Callable[[str], bool]) -> None:
        lock = ScreenLocking(
            self.window,
            self.stores.site.agent.name,
            self.call_routing,
            self._background,
            is_password,
            self._settings.lock_minutes,
            self,
        )
        lock.locked_changed.connect(self._on_locked)

    # -- life -------------------------------------------------------------------------------
    def start(self) -> None:
        """Show what was open, before any other page; connect the line and the centre."""
        order = self._background.run(session_restore.recall)
        order.then(self._recalled, failed=self._not_recalled, lane=Lane.CALL)
        self._show_person(self.stores.site)
        if not self._signed_in.has_keyring and not self._settings.accepts_loopback_calls:
            self._frame_feed.show_no_keyring()
        if self._signed_in.local_sealed is not None:
            self._frame_feed.show_sealed()
        self._console_feed.load_lists()
        self._missed_feed.load()
        self._agent_state_log.begin()
        self._syncer.start()

    def _prepare(self) -> None:
        """Make the first call's page, and look somebody up, before the line is open."""
        nobody = CallerFacts(number="+550000000000")
        self._background.run(identifications.identify, nobody).then(lane=Lane.CALL)
        self.window.work_area.prepare(PageKind.IDENTIFY)
        self._page_prefetch.start()

    def stop(self) -> None:
        """Save what is typed, then end syncer and phone and close the stores."""
        # A question that still waits would hold up the drain below until it times out.
        self._centre_queries.close()
        self._drafts.save_all()
        self._memory.keep()
        self._agent_state_log.end()
        self.phone.close()
        # Drafts and the last state are intents only when their jobs have run.
        self._background.drain()
        send_rest(self._syncer, self.stores)
        self._syncer.stop()
        self._background.drain()
        self._background.stores = None
        sign_out(self._signed_in)

    def _recalled(self, remembered: DeskState) -> None:
        # Before any page is made: agents see their work first, the rest while they read.
        self._memory.put_back(remembered)
        QTimer.singleShot(PAUSE_MS, self, self._prepare)
        self._line.open_after(self._page_prefetch.done)

    def _not_recalled(self, error: Exception) -> None:
        self._on_failure(error)
        self._recalled(DeskState())

    def _may_pop(self) -> bool:
        """A ring may change the page unless somebody types or something typed is not kept."""
        return not self.window.work_area.is_typing() and not self._drafts.unsaved

    # -- records, centre --------------------------------------------------------------------
    def _refresh_pages(self, changes: Changes) -> None:
        for page in self.window.work_area.pages():
            page.refresh(changes)
        if changes.everything or "code_entry" in changes.kinds:
            self._console_feed.load_lists()

    def _show_person(self, site: Site) -> None:
        self.window.header.set_person(site.agent.name, site.agent.business_role)

    def _on_sync(self, status: SyncStatus) -> None:
        self.sync = status
        self._frame_feed.show_sync(status.state.value, status.unsent, status.since, status.code)
        self._log_off.show_status(status)
        if not status.unsent:
            self.window.message_bar.solved("leave")

    def may_leave(self) -> bool:
        """True if the agent may go now; if not, the screen says why."""
        return self._log_off.may_leave()

    def sync_now(self) -> None:
        """Try the centre at once, without waiting for the next turn."""
        self._syncer.try_now()

    @property
    def is_prepared(self) -> bool:
        """True when all pages are made and the line may be opened."""
        return self._page_prefetch.is_done

    def _on_message_verb(self, key: str) -> None:
        if key == "centre":
            self.sync_now()
        elif key == "line":
            self._line.open()
        elif key == "sound":
            self._headset_check.put_off()
            self.desk.open(Place(PageKind.PHONE))
        elif key in ("keyring", "sealed"):
            self.window.message_bar.solved(key)
        elif key == "leave":
            self._log_off.ask()

    def _on_password(self, new: str) -> None:
        self._centre_queries.inquiries.use_password(new)
        self._syncer.use_password(new)
        self.desk.say("password_changed")

    def _on_locked(self, locked: bool) -> None:
        if locked:
            self._drafts.save_all()
            self._centre_queries.hang_up()
        self._console_feed.veil(locked)

    def _on_failure(self, error: Exception) -> None:
        self.desk.say("disk_full" if isinstance(error, DiskFull) else "not_saved", why=str(error))
