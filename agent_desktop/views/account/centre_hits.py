"""What the centre found, below what was found here: a heading, how it stands, and a card a hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.models.store.centre_search import CentreHit, account_of
from agent_desktop.models.store.found import Found, Hit, HitKind
from agent_desktop.views.account.candidates import MatchList
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.shell.centre_search import Asked, CentreSearch, CentreTold, words_of
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.views.kit.page import Context


class CentreHits(QWidget):
    """Hidden while the centre has not been asked. `chosen(stub)` tells which account was taken:
    what the centre says of it."""

    chosen = Signal(object)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._hits: tuple[CentreHit, ...] = ()
        self._search = CentreSearch(context.search_centre, context.background, self)
        self._search.told.connect(self._show)
        self._title = Text(self.tr("From the centre"), Role.CAP, Tone.TEXT2)
        self.note = Text("", Role.SMALL, Tone.TEXT2, wrap=True, name="identify.centre_note")
        self.matches = MatchList("identify.centre", self)
        self.matches.chosen.connect(self._on_chosen)
        self.setLayout(column(self._title, self.note, self.matches, gap=8))
        self.hide()

    def forget(self) -> None:
        """Another text is being typed."""
        self._search.forget()
        self.hide()

    def follow(self, typed: str, found: Found) -> None:
        """This was found here; the centre is asked if it may know more."""
        self._search.follow(typed, found)

    def _show(self, told: CentreTold) -> None:
        self._hits = told.hits
        self.note.say("" if told.asked is Asked.FOUND else wording.asked(told.asked))
        self.note.setVisible(told.asked is not Asked.FOUND)
        self.matches.show_hits(
            tuple(
                Hit(HitKind.ACCOUNT, hit.id, hit.account_id, hit.name, hit.city, words_of(hit))
                for hit in told.hits
            )
        )
        self.show()

    def _on_chosen(self, index: int) -> None:
        self.matches.cards[index].setFocus()
        self.chosen.emit(account_of(self._hits[index]))
