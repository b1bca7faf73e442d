"""Feeds the palette: searches the desk's own copy and opens what was chosen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.store import search
from agent_desktop.models.store.centre_search import CentreHit, CentreMatch, account_of
from agent_desktop.models.store.found import HitKind
from agent_desktop.views.kind_views import FORMS_OF_ACCOUNT, of_word
from agent_desktop.views.shell.centre_search import Asked, CentreSearch, CentreTold, words_of
from agent_desktop.views.shell.palette import (
    COMMAND_KEY,
    Palette,
    PaletteGroup,
    PaletteRow,
    question_of,
)
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from agent_desktop.desk.background import Background
    from agent_desktop.desk.interaction_control import InteractionControl
    from agent_desktop.desk.session import Session
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.models.store.centre_search import CentreFound
    from agent_desktop.models.store.found import Found, Hit
    from agent_desktop.views.shell.commands import Commands

#: Units and meters are found, and open their account.
_ICONS = {HitKind.UNIT: "map-pin", HitKind.METER: "gauge"}
_CENTRE_ICONS = {
    CentreMatch.NAME: "user-round",
    CentreMatch.TAX_ID: "user-round",
    CentreMatch.PHONE: "phone",
    CentreMatch.UNIT: "map-pin",
    CentreMatch.METER: "gauge",
    CentreMatch.PROTOCOL: "history",
}
#: Keys of the centre's rows.
CENTRE_KEY = "centre:"
#: What can be done with the customer in front, offered before anything is typed.
_ON_CUSTOMER = (
    *(view.new_command for view in FORMS_OF_ACCOUNT),
    "notes.focus",
    "interaction.move",
)


class PaletteFeed(QObject):
    """Answers the palette's questions and carries out its choices."""

    def __init__(
        self,
        palette: Palette,
        commands: Commands,
        desk: Desk,
        interaction_control: InteractionControl,
        background: Background,
        parent: QObject | None = None,
        *,
        centre: Callable[[str], CentreFound],
    ) -> None:
        """`centre(text)` searches at the centre; it blocks."""
        super().__init__(parent)
        self._palette = palette
        self._commands = commands
        self._desk = desk
        self._interaction_control = interaction_control
        self._background = background
        self._hits: tuple[Hit, ...] = ()
        self._centre_hits: tuple[CentreHit, ...] = ()
        self._typed = ""
        self._centre = CentreSearch(centre, background, self)
        self._centre.told.connect(self._show_centre)
        palette.query_changed.connect(self._on_query)
        palette.row_taken.connect(self._on_taken)
        desk.current_changed.connect(self._on_current)

    def _on_query(self, text: str) -> None:
        self._centre.forget()
        query = question_of(text)
        if query:
            self._background.run(search.find, query).then(partial(self._show, text), key="palette")

    def _show(self, text: str, found: Found) -> None:
        self._hits = found.hits
        people: list[PaletteRow] = []
        numbers: list[PaletteRow] = []
        for place, hit in enumerate(found.hits):
            row = _row(place, hit)
            (people if hit.kind is HitKind.ACCOUNT else numbers).append(row)
        groups = (
            PaletteGroup(self.tr("Accounts"), tuple(people)),
            PaletteGroup(self.tr("Records"), tuple(numbers)),
        )
        self._palette.show_results(text, groups)
        if self._palette.isVisible() and text == self._palette.query:
            self._typed = text
            self._centre.follow(question_of(text), found)

    def _show_centre(self, told: CentreTold) -> None:
        self._centre_hits = told.hits
        rows = tuple(_centre_row(place, hit) for place, hit in enumerate(told.hits))
        note = "" if told.asked is Asked.FOUND else wording.asked(told.asked)
        group = PaletteGroup(self.tr("From the centre"), rows, note)
        self._palette.show_centre(self._typed, group)

    def _on_taken(self, key: str) -> None:
        self._centre.forget()
        if key.startswith(CENTRE_KEY):
            found = self._centre_hits[int(key.removeprefix(CENTRE_KEY))]
            self._interaction_control.open_account(found.account_id, stub=account_of(found))
            return
        hit = self._hits[int(key)]
        view = of_word(hit.kind.value)
        kind = view.page_kind if view is not None else None
        if kind is not None and kind is not PageKind.ACCOUNT:
            self._open_record(kind, hit.id, hit.account_id)
        elif hit.account_id is not None:
            self._interaction_control.open_account(hit.account_id)

    def _open_record(self, kind: PageKind, record_id: UUID, account_id: UUID | None) -> None:
        """In the session of its customer if there is one, else on its own."""
        for session in self._desk.sessions:
            if session.account is not None and session.account.id == account_id:
                self._desk.open(Place(kind, record_id, session.id))
                return
        self._desk.open(Place(kind, record_id))

    def _on_current(self, session: Session | None) -> None:
        if session is None or session.account is None or not session.confirmed:
            self._palette.set_context(None)
            return
        rows = []
        for command_id in _ON_CUSTOMER:
            command = self._commands.command(command_id)
            row = PaletteRow(COMMAND_KEY + command.id, command.words, "", command.icon, command.key)
            rows.append(row)
        title = self.tr("Actions on {0}").format(session.account.name)
        self._palette.set_context(PaletteGroup(title, tuple(rows)))


def _row(place: int, hit: Hit) -> PaletteRow:
    detail = " · ".join(part for part in (_number(hit), hit.detail) if part)
    view = of_word(hit.kind.value)
    icon = view.icon if view is not None else _ICONS.get(hit.kind, "")
    return PaletteRow(str(place), hit.title, detail, icon)


def _centre_row(place: int, hit: CentreHit) -> PaletteRow:
    detail = " · ".join(part for part in (words_of(hit), hit.city) if part)
    return PaletteRow(f"{CENTRE_KEY}{place}", hit.name, detail, _CENTRE_ICONS[hit.match])


def _number(hit: Hit) -> str:
    if hit.kind is HitKind.ACCOUNT:
        return wording.account_number(hit.code)
    return wording.protocol(hit.code) if hit.kind is HitKind.INTERACTION else hit.code
