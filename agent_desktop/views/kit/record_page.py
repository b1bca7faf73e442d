"""The page of one record: read, kept up to date, fetched when it is not here, left when it is gone.

A page says how its record is read and shows what was read. It is read again when the record or
something of its account changes, and so also after a verb of the page itself: a page does not
reload by its own hand after a verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from PySide6.QtWidgets import QLayout, QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused
from agent_desktop.views.kit.fetching import Fetching
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_gone import close_gone
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.shapes import PillText
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.store.changes import Changes

V = TypeVar("V")


class NumberedRecord(Protocol):
    """What a record page needs to know of its record."""

    @property
    def id(self) -> UUID: ...
    @property
    def number(self) -> str: ...
    @property
    def account_id(self) -> UUID | None: ...
    @property
    def pending(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class RecordWords:
    """The `area` of a record page, what `one` record is called, and that it was `not_read`."""

    area: str
    one: str
    not_read: str


class RecordPage(Page, Generic[V]):
    """One record, as `read(stores, id)` gives it; `view` is what is shown now.

    `NAME` begins the object names of the page, `TABLE` is the record's kind.
    """

    NAME: ClassVar[str]
    TABLE: ClassVar[str]
    ICON: ClassVar[str]
    read: Callable[..., Any]

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.view: V | None = None
        self.head = PageHead(self, name=f"{self.NAME}.head")

    # -- what a page fills in ---------------------------------------------------------------
    def words(self) -> RecordWords:
        """What the page calls its record, in the language in force."""
        raise NotImplementedError

    def record_of(self, view: V) -> NumberedRecord:
        """The record itself."""
        raise NotImplementedError

    def forget(self) -> None:
        """Another record comes: nothing of the one before stays."""

    def read_more(self) -> None:
        """Ask for what the page offers beside its record."""

    def show_view(self, view: V, *, is_first: bool) -> None:
        """Show the record; `is_first` is true once for each place."""
        raise NotImplementedError

    def show_not_read(self, error: Exception) -> None:
        """The record could not be read: say so in the head."""
        said = self.words()
        code = error.reasons.get("", "") if isinstance(error, Refused) else ""
        words = wording.refusal(code) if code else said.not_read
        self.head.set_identity(said.one, under=words, icon_name=self.ICON)

    # -- making -----------------------------------------------------------------------------
    def lay_out(self, body: QWidget | QLayout, covered: Iterable[QWidget]) -> None:
        """Head and body; `covered` is hidden while the record is fetched from the centre."""
        self.fetching = Fetching(self.context, self.TABLE, tuple(covered), self)
        whole = column(self.head, self.fetching, body, gap=0)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Bars and words until the record is read."""
        self.view = None
        self.forget()
        self.fetching.end()
        self.head.set_identity(self.tr("Loading"), icon_name=self.ICON)
        self.head.set_pills((), below=True)
        self.say_title(self.words().area, "")

    def reload(self) -> None:
        """Ask for the record."""
        if self.record_id is None:
            return
        self.context.background.run(self.read, self.record_id).then(
            self._on_read, failed=self._on_not_read, key=f"{self.TABLE}.view"
        )
        self.read_more()

    def retranslate(self) -> None:
        """The record in the words of the language in force."""
        if self.view is not None:
            self.show_view(self.view, is_first=False)

    def is_touched(self, changes: Changes) -> bool:
        """The record itself, or something of its account that stands beside it."""
        if self.record_id is None or self.view is None:
            return changes.everything or self.fetching.is_touched(changes)
        account_id = self.record_of(self.view).account_id
        return changes.touches(self.TABLE, self.record_id) or (
            account_id is not None and changes.touches("account", account_id)
        )

    def _on_read(self, view: V) -> None:
        record = self.record_of(view)
        if record.id != self.record_id:
            return
        is_first = self.view is None
        self.fetching.end()
        self.view = view
        self.say_title(self.words().area, record.number)
        self.show_view(view, is_first=is_first)

    def _on_not_read(self, error: Exception) -> None:
        if self.fetching.takes(self.record_id, error):
            self.head.set_identity(self.words().one, icon_name=self.ICON)
        elif self.view is None or not close_gone(self, error):
            self.show_not_read(error)

    # -- common ground ----------------------------------------------------------------------
    def pending_pills(self) -> tuple[PillText, ...]:
        """The pill of a record whose last change has not reached the centre."""
        if self.view is None or not self.record_of(self.view).pending:
            return ()
        return (PillText(self.tr("Waiting to sync"), Tone.WARN, "cloud-upload"),)

    def open_linked(self, kind: PageKind, record_id: UUID) -> None:
        """Open a record that this one names: in the same contact; without one, a customer's
        account in a session of its own."""
        if kind is PageKind.ACCOUNT and not self.session_id:
            self.context.interaction_control.open_account(record_id)
        else:
            self.context.desk.open(Place(kind, record_id, self.session_id))
