"""What a page is: something the work area shows for one place, which keeps itself up to date.

A page asks `background` for frozen values and only ever holds those. When records change it
reloads if it is on the screen, else it waits until it is shown again. This module imports no
page, so it may be imported before the first paint; `make_page` loads a page when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, NoReturn, cast
from uuid import UUID

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.desk.sync_report import SyncReport
from agent_desktop.errors import CentreUnreachable
from agent_desktop.views import kind_views

if TYPE_CHECKING:
    from agent_desktop.desk.background import Background
    from agent_desktop.desk.interaction_control import InteractionControl
    from agent_desktop.desk.session import Session
    from agent_desktop.desk.sessions import Desk
    from agent_desktop.models.store.centre_search import CentreFound
    from agent_desktop.models.store.changes import Changes
    from agent_desktop.telephony.phone import Phone
    from agent_desktop.telephony.sound import SoundChoice
    from agent_desktop.views.kit.draft_keeper import DraftKeeper


def _no_centre(*_: object) -> NoReturn:
    """Stands where nobody said how the centre is asked."""
    raise CentreUnreachable("nobody asks the centre here")


@dataclass(frozen=True, slots=True)
class DemoCaller:
    """Somebody of the demo who can be asked to call. `about` says what is special about the
    call, `answers` what the person says when verified; both are shown as they are."""

    kind: str
    title: str
    about: str
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What every page may use.

    `dial(number)` calls from the session in front. `reveal(account_id, field)` asks the centre
    for a masked value, which is audited there; it may block, so it is run in the background,
    and raises `CentreUnreachable` or `Refused`. `choose_sound` keeps a choice of devices,
    `sound_checked` that the headset was tried and found good. `callers` and `call_from(kind)`
    are there only in a profile made by the demo. `search_centre(text)` and `owner_of(table, id)`
    ask the centre as `reveal` does: what a text is a part of, and whose a record is.
    `sync_report` tells of changed records and of the connection to the centre.
    """

    desk: Desk
    interaction_control: InteractionControl
    background: Background
    drafts: DraftKeeper
    dial: Callable[[str], None]
    reveal: Callable[[UUID, str], str]
    callers: tuple[DemoCaller, ...] = ()
    call_from: Callable[[str], None] | None = None
    phone: Phone | None = None
    choose_sound: Callable[[SoundChoice], None] | None = None
    sound_checked: Callable[[], None] | None = None
    search_centre: Callable[[str], CentreFound] = _no_centre
    owner_of: Callable[[str, UUID], UUID | None] = _no_centre
    sync_report: SyncReport = field(default_factory=SyncReport)


class Page(QWidget):
    """One page of the work area.

    One widget serves all places of its kind: `shown(place)` may bring another record or session.
    `titled(area, title)` tells the header what to say, `arrived` that a page which
    `awaits_record` has it now, or has learnt that it cannot. `KINDS` are the tables whose
    changes make the page stale.
    """

    titled = Signal(str, str)
    arrived = Signal()

    KINDS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.place: Place | None = None
        self.area = ""
        self.title = ""
        self._stale = True
        context.desk.session_changed.connect(self._on_session_changed)
        context.desk.current_changed.connect(self._on_current_changed)

    # -- what the work area calls -----------------------------------------------------------
    def shown(self, place: Place) -> None:
        """This page is now in front for `place`; loads it unless it is there and fresh."""
        moved = place != self.place
        if moved:
            self.leave()
            self.place = place
            self.enter()
        if moved or self._stale:
            self._load()

    def refresh(self, changes: Changes) -> None:
        """Records changed: reload now when visible, when shown again otherwise."""
        if self.place is None or not self.is_touched(changes):
            return
        if self.isVisible():
            self._load()
        else:
            self._stale = True

    def first_focus(self) -> QWidget | None:
        """The widget that gets the keyboard when the page opens."""
        return None

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Commands (ids of views/shell/commands.py) this page carries out at the moment."""
        return {}

    @property
    def awaits_record(self) -> bool:
        """Whether there is nothing to see before `arrived`, which comes in some milliseconds."""
        return False

    # -- what a page fills in ---------------------------------------------------------------
    def enter(self) -> None:
        """A new place: forget the record before it and show what is known at once."""

    def leave(self) -> None:
        """The place goes out of sight for another one: save what was typed."""

    def reload(self) -> None:
        """Ask for the record of `self.place`."""

    def session_updated(self, session: Session) -> None:
        """The session of this page changed (call, verification, interaction)."""

    def writing_changed(self) -> None:
        """Perhaps the call is with somebody else now; editors say whose record this is."""

    def retranslate(self) -> None:
        """The language changed while the page is open: say its own words anew."""

    def is_touched(self, changes: Changes) -> bool:
        """Whether these changes concern what the page shows."""
        return changes.everything or any(changes.kinds.get(kind) for kind in self.KINDS)

    # -- common ground ----------------------------------------------------------------------
    @property
    def session(self) -> Session | None:
        """The open session this page belongs to."""
        if self.place is None or not self.place.session_id:
            return None
        return self.context.desk.session(self.place.session_id)

    @property
    def session_id(self) -> str:
        """The id of that session, empty on pages that belong to no customer."""
        return self.place.session_id if self.place else ""

    @property
    def record_id(self) -> UUID | None:
        """The record the page is about."""
        return self.place.record_id if self.place else None

    def say_title(self, area: str, title: str) -> None:
        """Set what the header shows."""
        if (area, title) != (self.area, self.title):
            self.area, self.title = area, title
            self.titled.emit(area, title)

    def go(self, kind: PageKind, record_id: UUID | None = None) -> None:
        """Open another page of the same session."""
        self.context.desk.open(Place(kind, record_id, self.session_id))

    def take_focus(self, widget: QWidget) -> None:
        """Give the keyboard to a part of this page, unless somebody is typing elsewhere."""
        focused = QApplication.focusWidget()
        ours = focused is None or focused is self or self.isAncestorOf(focused)
        typing = isinstance(focused, QPlainTextEdit) and bool(focused.toPlainText())
        typing |= isinstance(focused, QLineEdit) and bool(focused.text())
        if self.isVisible() and ours and not typing:
            widget.setFocus()

    def _load(self) -> None:
        self._stale = False
        self.reload()

    def _on_session_changed(self, session: Session) -> None:
        if session.id == self.session_id:
            self.session_updated(session)
        else:
            self.writing_changed()

    def _on_current_changed(self, _session: Session | None) -> None:
        self.writing_changed()

    def changeEvent(self, event: QEvent) -> None:
        """Another language: the page's own words now, those of its record when they are read."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange and self.place is not None:
            self.retranslate()
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        """Load what went stale while the page was hidden."""
        super().showEvent(event)
        if self._stale and self.place is not None:
            self._load()


#: Where each page lives (dotted names under views); loaded when it is first opened.
_CLASSES: dict[PageKind, str] = {
    PageKind.HOME: "home.page.HomePage",
    PageKind.IDENTIFY: "account.identify_page.IdentifyPage",
    **kind_views.PAGES,
    PageKind.WORKLIST: "home.worklist_page.WorklistPage",
    PageKind.CALLS: "interaction.calls_page.CallsPage",
    PageKind.RETURNED: "home.returned_page.ReturnedPage",
    PageKind.PHONE: "workplace.phone_page.PhonePage",
    PageKind.KNOWN: "workplace.stored_page.KnownPage",
    PageKind.DEMO: "workplace.demo_page.DemoPage",
}


def load_pages() -> None:
    """Import every page; takes a while, so off the GUI thread."""
    for name in _CLASSES.values():
        _class_named(name)


def make_page(kind: PageKind, context: Context, parent: QWidget | None = None) -> Page:
    """The page of that kind, made now."""
    made = _class_named(_CLASSES[kind])(context, parent)
    made.setObjectName(f"page.{kind.value}")
    return made


def _class_named(name: str) -> type[Page]:
    module, _, class_name = name.rpartition(".")
    found = getattr(import_module(f"agent_desktop.views.{module}"), class_name)
    return cast("type[Page]", found)
