"""A page that is one list: its head, filters over it, the rows read again as records change.

A page says what it asks for and which block shows the rows; opening a row, Refresh, bars until the
first answer and what is said when the list cannot be read are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QWidget

from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.filter_chips import Chip, FilterChips
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead


class RowsBlock(Protocol):
    """The block that shows the rows; its signals are joined by the page."""

    opened: Any
    retry_requested: Any

    @property
    def table(self) -> QWidget: ...
    def start_loading(self) -> None: ...
    def show_error(self, title: str, text: str = "") -> None: ...
    def head_layout(self) -> QHBoxLayout: ...


B = TypeVar("B", bound=RowsBlock)


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list says of itself, and that it was `not_read`."""

    title: str
    under: str
    not_read: str


class ListPage(Page, Generic[B]):
    """One list over the whole page; `chosen` is the key of the filter in force.

    `NAME` begins the object names of the page. The first of the `filters` is in force at first.
    """

    NAME: ClassVar[str]

    def __init__(self, context: Context, rows: B, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.list = rows
        self.head = PageHead(self, name=f"{self.NAME}.head")
        rows.opened.connect(self.open_row)
        rows.retry_requested.connect(self.reload)
        filters = tuple(self.filters())
        self.chosen = filters[0].key if filters else ""
        self.chips = FilterChips(self, name=f"{self.NAME}.filter")
        self.chips.chosen.connect(self.choose)
        if filters:
            rows.head_layout().addWidget(self.chips)
        self.chips.setVisible(bool(filters))
        body = Columns(self, left=0, right=0)
        if isinstance(rows, QWidget):
            body.middle.addWidget(rows)
        self.setLayout(column(self.head, body, gap=0))

    # -- what a page fills in ---------------------------------------------------------------
    def words(self) -> ListWords:
        """What the list says of itself, in the language in force."""
        raise NotImplementedError

    def ask(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        """The question for the rows, (function, arguments after the stores)."""
        raise NotImplementedError

    def show_rows(self, found: Any) -> None:
        """Show what came; it is of the filter in force."""
        raise NotImplementedError

    def open_row(self, item: Any) -> None:
        """A row was opened by Enter, a double click or its link."""
        raise NotImplementedError

    def filters(self) -> Iterable[Chip]:
        """The filters over the list, none if all rows are always shown."""
        return ()

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Bars until the first answer."""
        self.retranslate()
        self.chips.mark(self.chosen)
        self.list.start_loading()

    def retranslate(self) -> None:
        """Head and filters."""
        said = self.words()
        self.head.set_identity(said.title, under=said.under)
        self.say_title(self.tr("Work area"), said.title)
        self.show_filters()

    def show_filters(self) -> None:
        """The filters with their words and counts as they are now."""
        self.chips.set_chips(tuple(self.filters()))

    def choose(self, key: str) -> None:
        """Put another filter in force."""
        self.chosen = key
        self.reload()

    def reload(self) -> None:
        """Ask for the rows."""
        question, arguments = self.ask()
        self.context.background.run(question, *arguments).then(
            partial(self._on_found, self.chosen), failed=self._on_failed, key=f"{self.NAME}.rows"
        )

    def first_focus(self) -> QWidget | None:
        """The table."""
        return self.list.table

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """F5 asks again, Ctrl+1 and on choose a filter."""
        count = len(tuple(self.filters()))
        chips = {f"tab.{n}": partial(self.chips.choose_number, n) for n in range(1, count + 1)}
        return {"page.refresh": self.reload, **chips}

    def _on_found(self, chosen: str, found: object) -> None:
        if chosen == self.chosen:
            self.show_rows(found)

    def _on_failed(self, _error: Exception) -> None:
        self.list.show_error(self.words().not_read)
