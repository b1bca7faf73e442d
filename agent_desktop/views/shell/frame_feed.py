"""Feeds the frame around the work area: header, roster, peek card, messages, toasts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from agent_desktop.desk.session import Session, Toast
from agent_desktop.models.account import verbs as accounts
from agent_desktop.telephony.call import CallState, Line, LineState
from agent_desktop.views.console.console_feed import pause_ms
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.shell.header import SyncDisplay
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.shell.navigation_bar import RosterEntry
from agent_desktop.views.shell.peek_card import PeekView
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.background import Background
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.desk.sync_report import SyncReport
    from agent_desktop.models.account.values import Glance


class Filling(Protocol):
    """How far the first load of records is; 0 and None while nobody can know."""

    @property
    def fetched(self) -> int: ...
    @property
    def expected(self) -> int: ...
    @property
    def seconds_left(self) -> int | None: ...


class FrameFeed(QObject):
    """Shows in the frame what desk, phone and syncer tell."""

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        sync_report: SyncReport,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._desk = desk
        self._background = background
        self._peeked: Session | None = None
        # What is shown of sessions is shown once per turn of the event loop.
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._show_sessions)
        desk.sessions_changed.connect(self._on_sessions)
        desk.current_changed.connect(self._on_sessions)
        desk.page_changed.connect(self._on_page)
        desk.toast.connect(self.say)
        sync_report.status_changed.connect(self._show_filling)

    # -- header -----------------------------------------------------------------------------
    def show_sync(self, state: str, unsent: int, since: datetime | None, code: str) -> None:
        """The word in the header, and the bar under the console while the centre is away."""
        offline = state == "offline"
        shown = {
            "in_sync": SyncDisplay.IN_SYNC,
            "sending": SyncDisplay.NOT_SENT if unsent else SyncDisplay.IN_SYNC,
            "resyncing": SyncDisplay.STARTING,
            "offline": SyncDisplay.OFFLINE,
        }[state]
        self._window.header.show_sync(shown, unsent, since, self._sync_tip(state, unsent, code))
        if not offline:
            self._window.message_bar.solved("centre")
            return
        words = self.tr("The centre has not answered since {0}. Calls and records work.")
        kept = self.tr("%n change(s) are kept here and will be sent.", "", unsent)
        text = words.format(wording.time(since)) + (f" {kept}" if unsent else "")
        if code and code != "unreachable":
            text = wording.sign_in_failure(code)
        self._window.message_bar.show_message("centre", text, verb=self.tr("Try now"))

    def _show_filling(self, status: Filling) -> None:
        """How far the first load is, and how long it may still take; work goes on meanwhile."""
        if not status.expected or status.fetched >= status.expected:
            self._window.message_bar.solved("filling")
            return
        share = 100 * status.fetched // status.expected
        words = self.tr("Records are coming in: {0} %. Calls and saving work meanwhile.")
        text = words.format(share)
        if status.seconds_left is not None:
            minutes = max(1, round(status.seconds_left / 60))
            left = self.tr("%n minute(s) left", "", minutes)
            text = f"{text} {left}."
        self._window.message_bar.show_message(
            "filling", text, tone=Tone.ACCENT, icon_name="refresh-cw"
        )

    def show_line(self, line: Line) -> None:
        """A line that does not work stays in the bar until it does."""
        if line.state is LineState.FAILED:
            words = wording.line_failure(line.code) or self.tr("The telephone line does not work.")
            self._window.message_bar.show_message(
                "line", words, verb=self.tr("Connect again"), tone=Tone.BAD, icon_name="phone-off"
            )
        elif line.state is LineState.READY:
            self._window.message_bar.solved("line")

    def ask_to_leave(self, unsent: int) -> None:
        """Log-off with unsent work: say that it is kept, and let the agent say it again."""
        words = self.tr("%n change(s) are not sent yet.", "", unsent)
        kept = self.tr("They stay on this computer and are sent after the next sign-in.")
        self._window.message_bar.show_message(
            "leave", f"{words} {kept}", verb=self.tr("Log off"), icon_name="log-out"
        )

    def show_no_keyring(self) -> None:
        """The keys of this desk's files live only as long as the program."""
        self._window.message_bar.show_message(
            "keyring",
            self.tr(
                "This computer has no keyring: signing in without the centre will not be possible."
            ),
            verb=self.tr("Understood"),
            icon_name="key",
        )

    def show_sealed(self) -> None:
        """Work that was not sent lies here under a key nobody has at this computer any more."""
        self._window.message_bar.show_message(
            "sealed",
            self.tr(
                "What was not sent from this computer before was set aside: its key is gone. "
                "Your administrator can recover it."
            ),
            verb=self.tr("Understood"),
            icon_name="lock",
        )

    def _sync_tip(self, state: str, unsent: int, code: str) -> str:
        if state == "offline":
            why = wording.sign_in_failure(code) if code else ""
            return why or self.tr("The centre does not answer.")
        if unsent:
            return self.tr("%n change(s) on the way to the centre.", "", unsent)
        return self.tr("The centre has everything that was saved here.")

    # -- roster -----------------------------------------------------------------------------
    def _on_sessions(self, _value: object) -> None:
        self._soon.start(pause_ms(self._desk.sessions))

    def _show_sessions(self) -> None:
        self._peek()
        current = self._desk.current
        self._window.navigation.show_roster(
            self._entry(session, session == current) for session in self._desk.sessions
        )

    def _entry(self, session: Session, is_current: bool) -> RosterEntry:
        words, tone, since = self._state(session)
        name = session.account.name if session.account else ""
        if not name:
            call = session.last_call
            name = wording.phone(call.number) if call and call.number else self.tr("Unknown caller")
        return RosterEntry(session.id, name, tone, words, since, is_current)

    def _state(self, session: Session) -> tuple[str, Tone, datetime | None]:
        call = session.live_call
        if call is None and session.wrap_up_since is not None:
            return self.tr("wrap-up"), Tone.VIOLET, session.wrap_up_since
        if call is None:
            return "", Tone.NEUTRAL, None
        tones = {CallState.RINGING: Tone.OK, CallState.HELD: Tone.WARN}
        words = {CallState.RINGING: self.tr("ringing"), CallState.HELD: self.tr("on hold")}
        since = call.answered_at or call.started_at
        return words.get(call.state, ""), tones.get(call.state, Tone.ACCENT), since

    # -- peek -------------------------------------------------------------------------------
    def _peek(self) -> None:
        """A ring that does not change the page shows a card beside what is being typed."""
        current = self._desk.current
        waiting = [s for s in self._desk.sessions if s.is_ringing and s.identification is not None]
        beside = next((s for s in waiting if current is None or s.id != current.id), None)
        if beside is not None and beside != self._peeked:
            self._show_peek(beside)
        elif beside is None and self._peeked is not None:
            self._hide_peek()

    def _on_page(self, _opened: object) -> None:
        self._peeked = None

    def _show_peek(self, session: Session) -> None:
        self._peeked = session
        self._window.alert()
        self._window.show_peek(self._peek_of(session, None))
        if session.account is not None:
            self._background.run(accounts.glance, session.account.id).then(
                self._add_glance, key="peek"
            )

    def _add_glance(self, glance: Glance) -> None:
        session = self._peeked
        if session is not None and session.account and session.account.id == glance.account.id:
            self._window.show_peek(self._peek_of(session, glance))

    def _hide_peek(self) -> None:
        self._peeked = None
        self._window.show_peek(None)

    def _peek_of(self, session: Session, glance: Glance | None) -> PeekView:
        found = session.identification
        number = len(found.candidates) if found else 0
        match = self.tr("%n match(es)", "", number) if number else ""
        name = session.account.name if session.account else ""
        if glance is None:
            return PeekView(name, match)
        alert = glance.alerts[0] if glance.alerts else None
        tickets = self.tr("%n open ticket(s)", "", glance.open_tickets)
        facts = tickets if glance.open_tickets else ""
        if alert is None:
            return PeekView(name, match, facts=facts)
        return PeekView(
            name,
            match,
            wording.alert_title(alert),
            wording.alert_icon(alert),
            wording.alert_tone(alert),
            facts,
        )

    # -- toasts -----------------------------------------------------------------------------
    def say(self, toast: Toast) -> None:
        """A short message at the foot of the work area."""
        self._window.toasts.say(wording.toast(toast), toast.undo)
