"""Asks the centre for what a search box did not find here, a moment after the last key.

What was found here is shown at once and never waits for this; an answer to a text that is no
longer in the box is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from agent_desktop.desk.background import Background, Lane
from agent_desktop.errors import CentreUnreachable
from agent_desktop.models.store.centre_search import (
    CentreFound,
    CentreHit,
    CentreMatch,
    beside,
    is_wanted,
)
from agent_desktop.models.store.found import Found
from agent_desktop.views.words import wording

#: How long nothing has to be typed before the centre is asked.
PAUSE_MILLISECONDS = 250


class Asked(Enum):
    """How a question to the centre stands; wording.asked has the words."""

    ASKING = "asking"
    FOUND = "found"
    MORE = "more"
    NOTHING = "nothing"
    AWAY = "away"
    TOO_OFTEN = "search_too_often"
    TOO_SHORT = "search_too_short"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CentreTold:
    """What the centre says to a text, for the place below what was found here."""

    typed: str
    asked: Asked
    hits: tuple[CentreHit, ...] = ()


def words_of(hit: CentreHit) -> str:
    """What the centre found the text in: "Document •••.982.247-••"."""
    code = {
        CentreMatch.NAME: wording.account_number,
        CentreMatch.PROTOCOL: wording.protocol,
        CentreMatch.PHONE: wording.phone,
    }.get(hit.match, str)(hit.code)
    return f"{wording.centre_match(hit.match)} {code}".strip()


class CentreSearch(QObject):
    """The centre's half of one search box. `told(CentreTold)` comes while it asks and after.

    `search(text)` blocks and raises CentreUnreachable.
    """

    told = Signal(object)

    def __init__(
        self, search: Callable[[str], CentreFound], background: Background, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._search = search
        self._background = background
        self._typed = ""
        self._found: Found | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._ask)

    def forget(self) -> None:
        """The text changed, or the box was closed: nobody waits for an answer any more."""
        self._typed, self._found = "", None
        self._pause.stop()

    def follow(self, typed: str, found: Found) -> None:
        """This is what was found here for the text in the box."""
        self.forget()
        if is_wanted(typed, found):
            self._typed, self._found = typed, found
            self._pause.start()

    def _ask(self) -> None:
        typed = self._typed
        self.told.emit(CentreTold(typed, Asked.ASKING))
        self._background.run_free(self._search, typed).then(
            partial(self._on_found, typed),
            failed=partial(self._on_failed, typed),
            lane=Lane.CENTRE,
            key=f"centre.search.{id(self)}",
        )

    def _on_found(self, typed: str, answer: CentreFound) -> None:
        if typed != self._typed or self._found is None:
            return
        hits = beside(answer, self._found)
        if answer.code:
            asked = Asked(answer.code)
        elif answer.more:
            asked = Asked.MORE
        else:
            asked = Asked.FOUND if hits else Asked.NOTHING
        self.told.emit(CentreTold(typed, asked, hits))

    def _on_failed(self, typed: str, error: Exception) -> None:
        if typed == self._typed:
            away = isinstance(error, CentreUnreachable)
            self.told.emit(CentreTold(typed, Asked.AWAY if away else Asked.FAILED))
