"""The shift of one signed-in agent: stores, syncer, phone, desk and shell, joined.

Made when sign-in succeeded and taken apart at log-off. One `connect` a line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
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
from agent_desktop.errors import DiskFull
from agent_desktop.models.account import identification as identifications
from agent_desktop.models.account.caller import CallerFacts
from agent_desktop.models.site.site import Site
from agent_desktop.models.store.changes import Changes
from agent_desktop.models.store.stores import Stores
from agent_desktop.settings import Settings
from agent_desktop.shift.centre_queries import CentreQueries
from agent_desktop.shift.presence import ShiftPresence
from agent_desktop.sync.server import Server
from agent_desktop.sync.sign_in import SignedIn, sign_out
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.sync.syncer import Syncer, send_rest
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
class LogIn:
    """How this agent reaches the centre."""

    server: Server
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DemoCalls:
    """Who can be asked to call, in a profile made by the demo."""

    callers: tuple[DemoCaller, ...] = ()
    call_from: Callable[[str], None] | None = None


def _lend(stores: Stores, background: Background) -> None:
    """Rules and verbs get these stores, and promises on the screen run by their clock."""
    background.stores = stores
    ticker().site_clock = stores.clock.now


class Shift(QObject):
    """Everything an agent has from sign-in to log-off. `ended` asks for the sign-in page,
    `remembered` carries settings to be kept for this person.

    Syncer callbacks come in its own thread; three private signals carry them to this one.
    """

    ended = Signal()
    remembered = Signal(object)
    _sync_told = Signal(object)
    _changes_told = Signal(object)
    _site_told = Signal(object)

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
        self.settings = settings
        self.stores = signed_in.stores
        self.background = background
        self._log_in = log_in
        self.centre_queries = CentreQueries(log_in.server, log_in.user, log_in.password)
        self._signed_in = signed_in
        self._demo = demo or DemoCalls()
        self.sync = SyncStatus(SyncState.OFFLINE)
        self._told_of_unsent = False
        _lend(self.stores, background)
        self._make_desk()
        self._make_window(parent)
        self._join_desk()
        self._join_commands()
        self._join_syncer()

    # -- making -----------------------------------------------------------------------------
    def _make_desk(self) -> None:
        self.desk = Desk(self)
        self.phone = Phone(self.settings.profile, self)
        self.interaction_control = InteractionControl(self.desk, self.background, self)
        self.call_routing = CallRouting(
            self.desk, self.phone, self.interaction_control, self.background, self
        )
        self.line = PhoneLine(
            self.phone, self.desk, self.call_routing, lambda: self.stores.site, self.settings, self
        )
        self.memory = SessionRestore(self.desk, self.background, self)
        self.agent_state_log = AgentStateLog(self.desk, self.background, self)
        self.drafts = DraftKeeper(self.background, self)
        self.presence = ShiftPresence(self)
        self.syncer = Syncer(
            self.stores,
            self._log_in.server,
            self._log_in.user,
            self._log_in.password,
            on_status=self._sync_told.emit,
            on_changes=self._changes_told.emit,
            on_site=self._site_told.emit,
            presence_reporter=self.presence.presence_reporter,
            poll_seconds=self.settings.poll_seconds,
        )

    def _make_window(self, parent: QWidget) -> None:
        context = Context(
            desk=self.desk,
            interaction_control=self.interaction_control,
            background=self.background,
            drafts=self.drafts,
            dial=self.call_routing.dial,
            reveal=self.centre_queries.reveal,
            search_centre=self.centre_queries.search,
            owner_of=self.centre_queries.owner,
            callers=self._demo.callers,
            call_from=self._demo.call_from,
            phone=self.phone,
            choose_sound=self.line.choose_sound,
            sound_checked=lambda: self.headset_check.pass_(),
        )
        self.window = MainWindow(
            lambda kind, owner: make_page(kind, context, owner),
            role=self.stores.site.agent.business_role,
            folded={"folded": True, "open": False}.get(self.settings.navigation),
            parent=parent,
        )
        self._make_feeds()

    def _make_feeds(self) -> None:
        checked = self.settings.sound_checked
        self.headset_check = HeadsetCheck(self.phone, self.window.message_bar, checked, self)
        self.page_prefetch = PagePrefetch(
            self.window.work_area, lambda: not self.phone.calls(), self
        )
        self.console_feed = ConsoleFeed(self.window.console, self.desk, self.background, self)
        self.frame_feed = FrameFeed(self.window, self.desk, self.background, self)
        self.history_feed = HistoryFeed(self.window, self.desk, self)
        self.missed_feed = MissedFeed(
            self.window, self.desk, self.background, self.call_routing, self
        )
        self.palette_feed = PaletteFeed(
            self.window.palette_box,
            self.window.commands,
            self.desk,
            self.interaction_control,
            self.background,
            self,
            centre=self.centre_queries.search,
        )
        CallerPrefetch(self.desk, self.background, self)
        self.agent_keys = AgentKeys(
            self.window, self.desk, self.interaction_control, self.call_routing, self.drafts, self
        )

    # -- joining ----------------------------------------------------------------------------
    def _join_desk(self) -> None:
        window, desk = self.window, self.desk
        self.call_routing.may_pop = self._may_pop
        desk.page_changed.connect(window.open_page)
        desk.changed.connect(self._refresh_pages)
        self.stores.listen(self._changes_told.emit)
        self.phone.line_changed.connect(self.console_feed.set_line)
        self.phone.line_changed.connect(self.frame_feed.show_line)
        self.phone.quality_changed.connect(self.console_feed.set_quality)
        self.line.remembered.connect(self.remembered)
        self.headset_check.passed.connect(self.line.keep_checked)
        window.console.dialled.connect(self.call_routing.dial)
        window.navigation.session_chosen.connect(desk.select)
        window.message_bar.verb_chosen.connect(self._on_message_verb)
        self.background.failed_unseen.connect(self._on_failure)

    def _join_commands(self) -> None:
        on, desk, board = self.window.commands.on, self.desk, self.call_routing
        on("call.answer", board.answer)
        on("call.decline", board.decline)
        on("call.hold", board.toggle_hold)
        on("call.mute", board.toggle_mute)
        on("call.retry", self.line.open)
        on("go.back", desk.back)
        on("go.forward", desk.forward)
        on("go.next_session", desk.select_next)
        for kind in (PageKind.HOME, PageKind.PHONE, PageKind.KNOWN, PageKind.WORKLIST):
            on(f"go.{kind.value}", partial(desk.open, Place(kind)))
        on("sign.out", self.log_off)
        if self._demo.callers:
            on("go.demo", partial(desk.open, Place(PageKind.DEMO)))

    def _join_syncer(self) -> None:
        self._sync_told.connect(self._on_sync)
        self._changes_told.connect(self.desk.changed)
        self.presence.join()
        self._site_told.connect(self._show_person)

    # -- life -------------------------------------------------------------------------------
    def start(self) -> None:
        """Show what was open, before any other page; connect the line and the centre."""
        order = self.background.run(session_restore.recall)
        order.then(self._recalled, failed=self._not_recalled, lane=Lane.CALL)
        self._show_person(self.stores.site)
        if not self._signed_in.has_keyring and not self.settings.accepts_loopback_calls:
            self.frame_feed.show_no_keyring()
        if self._signed_in.local_sealed is not None:
            self.frame_feed.show_sealed()
        self.console_feed.load_lists()
        self.missed_feed.load()
        self.agent_state_log.begin()
        self.syncer.start()

    def _prepare(self) -> None:
        """Make the first call's page, and look somebody up, before the line is open."""
        nobody = CallerFacts(number="+550000000000")
        self.background.run(identifications.identify, nobody).then(lane=Lane.CALL)
        self.window.work_area.prepare(PageKind.IDENTIFY)
        self.page_prefetch.start()

    def stop(self) -> None:
        """Save what is typed, then end syncer and phone and close the stores."""
        self.centre_queries.close()
        self.drafts.save_all()
        self.memory.keep()
        self.agent_state_log.end()
        self.phone.close()
        self.background.drain()
        send_rest(self.syncer, self.stores)
        self.syncer.stop()
        self.background.drain()
        self.background.stores = None
        sign_out(self._signed_in)

    def _recalled(self, remembered: DeskState) -> None:
        self.memory.put_back(remembered)
        QTimer.singleShot(PAUSE_MS, self, self._prepare)
        self.line.open_after(self.page_prefetch.done)

    def _not_recalled(self, error: Exception) -> None:
        self._on_failure(error)
        self._recalled(DeskState())

    def _may_pop(self) -> bool:
        """A ring may change the page unless somebody types or something typed is not kept."""
        return not self.window.work_area.is_typing() and not self.drafts.unsaved

    # -- records, centre --------------------------------------------------------------------
    def _refresh_pages(self, changes: Changes) -> None:
        for page in self.window.work_area.pages():
            page.refresh(changes)
        if changes.everything or "code_entry" in changes.kinds:
            self.console_feed.load_lists()

    def _show_person(self, site: Site) -> None:
        self.window.header.set_person(site.agent.name, site.agent.business_role)

    def _on_sync(self, status: SyncStatus) -> None:
        self.sync = status
        self.desk.sync_changed.emit(status)
        self.frame_feed.show_sync(status.state.value, status.unsent, status.since, status.code)
        if not status.unsent:
            self._told_of_unsent = False
            self.window.message_bar.solved("leave")

    def may_leave(self) -> bool:
        """Whether the agent may go now: not in a call, and not untold that work is unsent."""
        self.drafts.save_all()
        if self.call_routing.active_call is not None:
            self.desk.say("call_still_up")
            return False
        if self.sync.unsent and not self._told_of_unsent:
            self._told_of_unsent = True
            self.frame_feed.ask_to_leave(self.sync.unsent)
            return False
        return True

    def log_off(self) -> None:
        """End the shift, if the agent may go now."""
        if self.may_leave():
            self.ended.emit()

    def _on_message_verb(self, key: str) -> None:
        if key == "centre":
            self.syncer.try_now()
        elif key == "line":
            self.line.open()
        elif key == "sound":
            self.headset_check.put_off()
            self.desk.open(Place(PageKind.PHONE))
        elif key in ("keyring", "sealed"):
            self.window.message_bar.solved(key)
        elif key == "leave":
            self.log_off()

    def _on_failure(self, error: Exception) -> None:
        self.desk.say("disk_full" if isinstance(error, DiskFull) else "not_saved", why=str(error))
