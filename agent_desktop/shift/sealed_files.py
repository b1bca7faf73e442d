"""Joins a shift with the sealed files at its computer: those of colleagues who have left go to the
centre, a little at a time; the agent's own that were set aside are offered back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from agent_desktop.desk.background import Background, Lane
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.errors import CentreUnreachable, Refused, SignInFailed
from agent_desktop.shift.log_in import LogIn
from agent_desktop.sync import quarantine
from agent_desktop.sync.centre import Centre
from agent_desktop.sync.quarantine import GivenBack, Leftover
from agent_desktop.sync.query_session import QuerySession
from agent_desktop.sync.sign_in import folder_of
from agent_desktop.sync.status import SyncState, SyncStatus
from agent_desktop.system.credentials import KeySafe
from agent_desktop.views.shell.main_window import MainWindow
from agent_desktop.views.workplace.set_aside_sheet import SetAsideSheet

if TYPE_CHECKING:
    from agent_desktop.models.store.stores import Stores

log = logging.getLogger(__name__)
MESSAGE = "set_aside"


class SealedFiles(QObject):
    """`profile_folder` is where all agents' files of this profile lie. Begins once the centre has
    all of this agent's own work. `done(code, facts)` is a message for the agent."""

    done = Signal(str, object)

    def __init__(
        self,
        window: MainWindow,
        sync_report: SyncReport,
        background: Background,
        inquiries: QuerySession,
        profile_folder: Path,
        log_in: LogIn,
        safe: KeySafe,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._background = background
        self._inquiries = inquiries
        self._user = log_in.user
        self._safe = safe
        self._folder = folder_of(profile_folder, log_in.server, log_in.user)
        self._has_begun = False
        self._steps: Iterator[str] | None = None
        self._own: list[Leftover] = []
        self.sheet = SetAsideSheet(window.work_area)
        self.sheet.asked_back.connect(self._bring_back)
        self.sheet.given_up.connect(self._give_up)
        window.message_bar.verb_chosen.connect(self._on_verb)
        sync_report.status_changed.connect(self._on_sync)

    def _on_sync(self, status: SyncStatus) -> None:
        # Once a shift: what the centre did not take now, it takes at the next sign-in.
        if status.state is SyncState.IN_SYNC and not self._has_begun:
            self._has_begun = True
            self._look()
            self._go_on("")

    # -- colleagues who have left ------------------------------------------------------------
    def _go_on(self, told: str | None) -> None:
        """One part, then what else waits in the centre's lane, then the next part."""
        if told is not None:
            self._background.run(self._step).then(
                self._go_on, failed=self._put_off, lane=Lane.CENTRE
            )

    def _step(self, _stores: Stores) -> str | None:
        def ask(centre: Centre) -> str | None:
            if self._steps is None:
                self._steps = quarantine.steps(centre, self._folder)
            return next(self._steps, None)

        # Not asked again by itself: the step may have happened although no answer came.
        return self._inquiries.ask(ask, again=False)

    def _put_off(self, error: Exception) -> None:
        """It goes on behind the last whole part at the next sign-in."""
        log.info("files of colleagues are handed over another time: %s", error)

    # -- the agent's own ---------------------------------------------------------------------
    def _look(self) -> None:
        found = quarantine.leftovers(self._folder, set_aside_only=True)
        self._own = [one for one in found if one.owner == self._user]
        bar = self._window.message_bar
        if not self._own:
            bar.solved(MESSAGE)
            return
        words = self.tr("Work you did not send before your password changed lies here, locked.")
        bar.show_message(MESSAGE, words, verb=self.tr("Bring it back"), icon_name="lock")
        bar.solved("sealed")  # the same, said while nobody could do anything about it

    def _on_verb(self, key: str) -> None:
        if key == MESSAGE:
            self.sheet.open_empty()

    def _bring_back(self, old_password: str) -> None:
        def ask(centre: Centre) -> GivenBack:
            return quarantine.give_back(centre, self._own[0], self._safe, self._user, old_password)

        self._ask(ask, self._brought_back)

    def _give_up(self) -> None:
        self._ask(lambda centre: quarantine.hand_over(centre, self._own[0]), self._given)

    def _ask(self, question: Callable[[Centre], object], then: Callable[[object], None]) -> None:
        if self._own:
            self.sheet.set_busy(True)
            work = self._inquiries.ask
            self._background.run_free(work, question, again=False).then(
                then, failed=self._failed, lane=Lane.CENTRE
            )

    def _brought_back(self, done: object) -> None:
        assert isinstance(done, GivenBack)
        self.sheet.close_sheet()
        code = "set_aside_sent_some" if done.left else "set_aside_sent"
        self.done.emit(code, {"sent": done.sent, "left": done.left})
        self._look()

    def _given(self, taken: object) -> None:
        if not taken:
            self.sheet.show_failure("set_aside_not_taken")
            return
        self.sheet.close_sheet()
        self.done.emit("set_aside_given", {})
        self._look()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Refused):
            self.sheet.show_refusal(error.reasons.get("old", ""))
        elif isinstance(error, CentreUnreachable | SignInFailed):
            self.sheet.show_failure("set_aside_needs_centre")
        else:
            log.error("what was set aside could not be brought back", exc_info=error)
            self.sheet.show_failure("set_aside_not_taken")
