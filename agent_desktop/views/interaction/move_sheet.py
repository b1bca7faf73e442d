"""Wrong account? The interaction goes to the right one, with everything written in it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.store import search
from agent_desktop.views.account.candidates import MatchList
from agent_desktop.views.kit.side_sheet import SideSheet
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.field import SearchField
from agent_desktop.views.widgets.text import Text

if TYPE_CHECKING:
    from agent_desktop.models.account.record import Account
    from agent_desktop.models.store.found import Found, Hit
    from agent_desktop.views.kit.page import Context


class MoveSheet(SideSheet):
    """Search the right account and move the interaction there."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(page, "move", "", "", "arrow-right")
        self.title.say(self.tr("Move this contact to another account"))
        self.setAccessibleName(self.title.text())
        self.verb.set_words(self.tr("Move"))
        self._context = context
        self._session_id = ""
        self._hits: tuple[Hit, ...] = ()
        self._chosen: Hit | None = None
        hint = self.tr("Name, number, phone or document of the right account")
        self.search = SearchField(hint, self, name="move.search")
        self.search.textChanged.connect(self._on_typed)
        self.search.taken.connect(self._on_taken)
        self.search.moved.connect(self._on_moved_down)
        self.matches = MatchList("move.match", self)
        self.matches.chosen.connect(self._on_chosen)
        words = self.tr(
            "Calls, notes, tickets and orders of this contact go with it. The protocol number "
            "stays. The caller has to be verified again."
        )
        self.body.addWidget(Text(words, Role.BODY, Tone.TEXT2, wrap=True))
        self.body.addWidget(self.search)
        self.body.addWidget(self.matches)
        self.done.connect(self.move_there)

    def open_for(self, session_id: str) -> None:
        """Begin with an empty search."""
        self._session_id = session_id
        self._chosen = None
        self.search.clear()
        self.matches.show_hits(())
        self.verb.set_off(self.tr("Choose the right account first"))
        self.open_sheet(self.search)

    def move_there(self) -> None:
        """Move to the chosen account."""
        if self._chosen is None or self._chosen.account_id is None:
            return
        self._context.background.run(accounts.get, self._chosen.account_id).then(
            partial(self._on_found, self._session_id)
        )

    def _on_found(self, session_id: str, account: Account) -> None:
        self._context.interaction_control.move(session_id, account)
        self.close_sheet()

    def _on_typed(self, text: str) -> None:
        if len(text.strip()) > 1:
            self._context.background.run(search.find, text.strip()).then(
                self._show_found, key="move.search"
            )

    def _show_found(self, found: Found) -> None:
        self._hits = tuple(hit for hit in found.hits if hit.account_id is not None)
        self.matches.show_hits(self._hits)
        self.told.say("" if self._hits else self.tr("Nothing found"))

    def _on_taken(self) -> None:
        if self.matches.cards:
            self.matches.cards[0].click()

    def _on_moved_down(self, step: int) -> None:
        if self.matches.cards and step > 0:
            self.matches.cards[0].setFocus()

    def _on_chosen(self, index: int) -> None:
        self._chosen = self._hits[index]
        self.verb.set_on()
        self.verb.setFocus()
