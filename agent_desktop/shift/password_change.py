"""Joins a shift with its agent's password: changed from the desk, and told of before it ends."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from agent_desktop.desk.background import Background, Lane
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.errors import CentreUnreachable, Refused
from agent_desktop.models.rules.password import PasswordRule, rule_from
from agent_desktop.shift.centre_queries import CentreQueries
from agent_desktop.shift.log_in import LogIn
from agent_desktop.sync import questions
from agent_desktop.sync.answers import NotOffered
from agent_desktop.sync.password import change_password
from agent_desktop.sync.server import Server
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.system.credentials import KeySafe, WrongPassword
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.workplace.password_sheet import PasswordSheet

if TYPE_CHECKING:
    from agent_desktop.models.store.stores import Stores
    from agent_desktop.settings import Settings
    from agent_desktop.views.shell.sign_in import SignInRequest

#: How often the centre is asked how long the password is good.
ASK_MS = 3_600_000
MESSAGE = "password"


def change_at_sign_in(request: SignInRequest, settings: Settings, safe: KeySafe) -> None:
    """Take another password before anything else; blocks until the centre has it."""
    server = Server.parse(request.server, settings.root_certificate)
    change_password(server, request.user, request.password, request.new_password, safe)


class PasswordChange(QObject):
    """The sheet, the command and the message bar's word of the days that are left.

    `changed(str)` gives the new password to those who hold a line to the centre.
    """

    changed = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        sync_report: SyncReport,
        background: Background,
        centre_queries: CentreQueries,
        log_in: LogIn,
        safe: KeySafe,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._background = background
        self._centre_queries = centre_queries
        self._safe = safe
        self.log_in = log_in
        self.rule = PasswordRule()
        self._was_asked = False
        self.sheet = PasswordSheet(window.work_area)
        self.sheet.change_asked.connect(self._change)
        window.commands.on("password.change", self.open)
        window.message_bar.verb_chosen.connect(self._on_verb)
        sync_report.status_changed.connect(self._on_sync)
        self._timer = QTimer(self, interval=ASK_MS)
        self._timer.timeout.connect(self._ask_rule)
        self._timer.start()

    def open(self) -> None:
        """Show the sheet; it can be filled in without the centre, but not sent."""
        self.sheet.open_for(self.rule.length)
        self._ask_rule()

    def is_password(self, typed: str) -> bool:
        """True if this unwraps the agent's keys or, with the keyring gone, is the password that
        was typed last. Blocks for a tenth of a second."""
        try:
            if self._safe.unwrap(self.log_in.user, typed) is not None:
                return True
        except WrongPassword:
            return False
        # Takes as long for any text: time must not tell how much of it was right.
        return hmac.compare_digest(typed.encode(), self.log_in.password.encode())

    # -- changing ----------------------------------------------------------------------------
    def _change(self, current: str, new: str) -> None:
        server, user = self.log_in.server, self.log_in.user
        self._background.run_free(change_password, server, user, current, new, self._safe).then(
            partial(self._changed, new), failed=self._not_changed, lane=Lane.CENTRE
        )

    def _changed(self, new: str, _result: None = None) -> None:
        """Connections that are open log in again, each when it suits it."""
        self.log_in = replace(self.log_in, password=new)
        self.sheet.close_sheet()
        self._window.message_bar.solved(MESSAGE)
        self.changed.emit(new)
        self._ask_rule()

    def _not_changed(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self.sheet.show_refusal(error.reasons, **error.details)
        elif isinstance(error, CentreUnreachable):
            # The line broke after the order was sent: either password may be the right one.
            in_doubt = error.code == "password_in_doubt"
            self.sheet.show_failure(error.code if in_doubt else "password_needs_centre")
        else:
            self.sheet.show_failure(getattr(error, "code", "") or "fault")

    # -- its end -----------------------------------------------------------------------------
    def _on_sync(self, status: SyncStatus) -> None:
        if status.state is SyncState.IN_SYNC and not self._was_asked:
            self._was_asked = True
            self._ask_rule()

    def _ask_rule(self) -> None:
        self._background.run(self._rule).then(
            self._show_rule, failed=self._unknown, key="password.rule", lane=Lane.CENTRE
        )

    def _rule(self, _stores: Stores) -> PasswordRule:
        return self._centre_queries.inquiries.ask(
            lambda centre: rule_from(centre.ask(questions.PASSWORD_RULE))
        )

    def _unknown(self, error: Exception) -> None:
        """The centre is away: asked again in an hour, or with the next change. A centre of the
        release before does not know the question."""
        self._was_asked = isinstance(error, NotOffered)

    def _show_rule(self, rule: PasswordRule) -> None:
        self.rule = rule
        self.sheet.new.set_length(rule.length)
        left = rule.days_left(datetime.now(UTC))
        bar = self._window.message_bar
        if left is None:
            bar.solved(MESSAGE)
            return
        words = self.tr("Your password is good for %n more day(s).", "", left)
        if left == 0:
            words = self.tr("Your password ends today.")
        verb = self._window.commands.command("password.change").words
        bar.show_message(MESSAGE, words, verb=verb, icon_name="key")

    def _on_verb(self, key: str) -> None:
        if key == MESSAGE:
            self.open()
