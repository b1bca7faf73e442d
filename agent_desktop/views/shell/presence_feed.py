"""Shows who else has the record in front, who types where, and where else this agent is signed in.

A hint: it blocks nothing, moves nothing, and goes away by itself. What this desk tells of itself is
the page in front and the field the agent typed in last, while it is typed in.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from agent_desktop.desk.session import PageOpened, Place
from agent_desktop.models.agent.presence import (
    NOBODY,
    NOWHERE,
    OtherAgent,
    OtherDesk,
    Presence,
    Stand,
)
from agent_desktop.views import kind_views
from agent_desktop.views.home.returned_words import FIELDS, field_words
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.ticket.editor import TicketEditor
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.words import wording
from agent_desktop.views.workplace.stored_page import KnownPage

if TYPE_CHECKING:
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.desk.sync_report import SyncReport
    from agent_desktop.views.kit.draft_keeper import DraftKeeper
    from agent_desktop.views.shell.main_window import MainWindow

#: Who has not touched a key for so long is not typing.
TYPING_MS = 8_000
#: More names than this are counted.
MOST_NAMES = 3
MESSAGE = "elsewhere"


def stand_of(page: Place) -> Stand:
    """Where a desk with this page in front is."""
    view = kind_views.of_page(page.kind)
    if view is None or not view.kind.presence or page.record_id is None:
        return NOWHERE
    return Stand(view.kind.name, page.record_id)


class Status(Protocol):
    """What the syncer tells of itself."""

    @property
    def state(self) -> Enum: ...


class PresenceFeed(QObject):
    """`tell(Stand)` hands on where this desk is; `show` is called with what came back."""

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        sync_report: SyncReport,
        drafts: DraftKeeper,
        tell: Callable[[Stand], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._tell = window, tell
        self._stand = NOWHERE
        self._presence = NOBODY
        self._seen: set[str] = set()
        self._marked: set[object] = set()
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typing.timeout.connect(self._on_quiet)
        desk.page_changed.connect(self._on_page)
        sync_report.status_changed.connect(self._on_sync)
        drafts.typed.connect(self._on_typed)
        drafts.began.connect(self._show_here)  # a form with fields to mark
        window.message_bar.verb_chosen.connect(self._on_verb)

    # -- what this desk tells ---------------------------------------------------------------
    def _on_page(self, opened: PageOpened) -> None:
        self._typing.stop()
        self._stands_at(stand_of(opened.page))
        self._show_here()
        self._show_places()

    def _on_typed(self, place: str, name: str) -> None:
        """A field of a form is typed in; `place` names the record (draft_keeper.py)."""
        record_id = self._stand.record_id
        if record_id is None or str(record_id) not in place:
            return
        self._typing.start()
        field = place.rpartition(":")[2] if name == "text" else name
        self._stands_at(Stand(self._stand.kind, record_id, field))

    def _on_quiet(self) -> None:
        self._stands_at(Stand(self._stand.kind, self._stand.record_id))

    def _stands_at(self, stand: Stand) -> None:
        if stand != self._stand:
            self._stand = stand
            self._tell(stand)

    # -- what it hears ----------------------------------------------------------------------
    def show(self, presence: Presence) -> None:
        """The centre said who is where."""
        self._presence = presence
        self._show_here()
        self._show_elsewhere(presence.elsewhere)
        self._show_places()

    def _on_sync(self, status: Status) -> None:
        if status.state.value == "offline":
            self.show(NOBODY)

    def _show_here(self) -> None:
        """Names in the head and marks at the fields of the page in front."""
        page = self._window.work_area.page
        if page is None:
            return
        told, mine = self._presence.stand, self._stand
        same = (told.kind, told.record_id) == (mine.kind, mine.record_id)
        here = self._presence.here if same else ()
        if not here and page not in self._marked:
            return  # a page that opens because of a call is not looked through for nothing
        (self._marked.add if here else self._marked.discard)(page)
        names = tuple(one.name for one in here)
        for head in page.findChildren(PageHead):
            head.show_here(names, self._words(here))
        typists: dict[str, list[str]] = {}
        for one in here:
            typists.setdefault(one.field, []).append(one.name)
        parts: list[Field | TicketEditor] = [*page.findChildren(Field)]
        for part in [*parts, *page.findChildren(TicketEditor)]:
            for name in part.typed_names():
                part.show_typist(name, self._typing_words(typists.get(name, [])))

    def _words(self, here: tuple[OtherAgent, ...]) -> str:
        if not here:
            return ""
        words = " · ".join(self._one(colleague) for colleague in here[:MOST_NAMES])
        rest = len(here) - MOST_NAMES
        if rest > 0:
            words = self.tr("{names} · and %n more", "", rest).format(names=words)
        return self.tr("Also here: {names}").format(names=words)

    def _one(self, colleague: OtherAgent) -> str:
        if not colleague.field:
            return colleague.name
        if colleague.field not in FIELDS:
            where = self.tr("Reply") if colleague.field == "reply" else ""
        else:
            where = field_words(colleague.field)
        if not where:
            return self.tr("{name}, typing").format(name=colleague.name)
        return self.tr("{name}, typing in {field}").format(name=colleague.name, field=where)

    def _typing_words(self, names: list[str]) -> str:
        if not names:
            return ""
        return self.tr("{name} is typing").format(name=", ".join(names[:MOST_NAMES]))

    # -- the same agent at another desk -----------------------------------------------------
    def _show_elsewhere(self, others: tuple[OtherDesk, ...]) -> None:
        """One calm line, until it is over or the agent has read it."""
        hosts = {one.host for one in others}
        self._seen &= hosts
        if not hosts - self._seen:
            self._window.message_bar.solved(MESSAGE)
            return
        words = self.tr("You are also signed in at {places}. Both can be used.")
        self._window.message_bar.show_message(
            MESSAGE,
            words.format(places=self._places(others)),
            verb=self.tr("Understood"),
            tone=Tone.ACCENT,
            icon_name="monitor",
        )

    def _places(self, others: tuple[OtherDesk, ...]) -> str:
        place = self.tr("{host} since {time}")
        return ", ".join(
            place.format(host=one.host, time=wording.moment(one.since))
            for one in others[:MOST_NAMES]
        )

    def _show_places(self) -> None:
        page = self._window.work_area.page
        if isinstance(page, KnownPage):
            page.show_elsewhere(self._places(self._presence.elsewhere))

    def _on_verb(self, key: str) -> None:
        if key == MESSAGE:
            self._seen = {one.host for one in self._presence.elsewhere}
            self._window.message_bar.solved(MESSAGE)
