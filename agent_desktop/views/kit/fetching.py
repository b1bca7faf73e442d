"""A record that is not on this PC: in place of its page stands what is being done about it.

Whose it is the centre says; then its account comes into the working set and everything of it is
fetched at once. Where somebody knows the account already (a hit of the centre's search), it is on
its way before this asks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.background import Lane
from agent_desktop.errors import CentreUnreachable, Refused
from agent_desktop.models.store import opened_accounts
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.text import Text

if TYPE_CHECKING:
    from agent_desktop.models.store.changes import Changes
    from agent_desktop.views.kit.page import Context


class Fetching(QWidget):
    """Bars and words while a record of `table` is fetched; `rest` is hidden meanwhile."""

    def __init__(
        self, context: Context, table: str, rest: tuple[QWidget, ...], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.block = Block("fetching", self.tr("From the centre"), "cloud-check", self)
        self.setLayout(column(self.block, None, margins=(16, 13, 16, 0)))
        self._context = context
        self._table = table
        self._rest = rest
        self._record_id: UUID | None = None
        self._account_id: UUID | None = None
        self._is_away = False
        self.words = Text("", Role.SMALL, Tone.TEXT2, name="fetching.words")
        self.block.head_layout().addWidget(self.words)
        self.block.retry_requested.connect(self._ask)
        context.sync_report.status_changed.connect(self._on_sync)
        self.hide()

    def takes(self, record_id: UUID | None, error: Exception) -> bool:
        """Whether this is a record that is not here, which is then fetched."""
        if not isinstance(error, Refused) or error.reasons.get("") != "unknown_record":
            return False
        if record_id is None:
            return False
        if record_id != self._record_id or self.isHidden():
            self._record_id, self._account_id = record_id, None
            self._cover(covers=True)
            self._ask()
        return True

    def end(self) -> None:
        """The record is there, or another page is wanted."""
        self._record_id = self._account_id = None
        self._cover(covers=False)

    def is_touched(self, changes: Changes) -> bool:
        """Whether it may have come."""
        if self._record_id is None:
            return False
        account_id = self._account_id
        return changes.touches(self._table, self._record_id) or (
            account_id is not None and changes.touches("account", account_id)
        )

    def _cover(self, *, covers: bool) -> None:
        if covers:
            for widget in self._rest:
                widget.hide()
        elif not self.isHidden():
            for widget in self._rest:
                widget.show()
        self.setVisible(covers)

    def _ask(self) -> None:
        if self._record_id is None:
            return
        self._is_away = False
        self.words.say(self.tr("This is not on this PC. It is being fetched."))
        self.block.start_loading()
        self._context.background.run_free(
            self._context.owner_of, self._table, self._record_id
        ).then(
            partial(self._on_owner, self._record_id),
            failed=partial(self._on_failed, self._record_id),
            lane=Lane.CENTRE,
            key=f"fetching.{self._table}",
        )

    def _on_owner(self, record_id: UUID, account_id: UUID | None) -> None:
        if record_id != self._record_id:
            return
        if account_id is None:
            self.words.say("")
            self.block.show_error(
                self.tr("The centre does not show this"),
                self.tr("It was deleted, or it is not for you to see."),
            )
            return
        self._account_id = account_id
        self._context.background.run(opened_accounts.ask_for, account_id).then()

    def _on_failed(self, record_id: UUID, error: Exception) -> None:
        if record_id != self._record_id:
            return
        self.words.say("")
        if isinstance(error, CentreUnreachable):
            self._is_away = True
            text = self.tr("This is not on this PC. It opens once the centre is back.")
            self.block.show_error(self.tr("The centre is away"), text)
        else:
            self.block.show_error(self.tr("The centre could not be asked"))

    def _on_sync(self, _status: object) -> None:
        """The centre may be back: ask again what it could not be asked."""
        if self._is_away and self.isVisible():
            self._ask()
