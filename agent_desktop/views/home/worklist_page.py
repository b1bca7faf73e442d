"""The worklist: everything this agent has to do, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.work import worklist
from agent_desktop.models.work.values import WorkItem, WorkKind
from agent_desktop.views.home.work_list import WorkListBlock
from agent_desktop.views.kind_views import KIND_VIEWS, of_word
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead

if TYPE_CHECKING:
    from agent_desktop.models.store.changes import Changes


def open_item(context: Context, item: WorkItem) -> None:
    """Open what a work item is about."""
    view = of_word(item.kind.value)
    page = view.page_kind if view is not None else None
    if item.kind is WorkKind.REFUSED:
        page = PageKind.RETURNED
    if page is not None:
        context.desk.open(Place(page, item.id))
        return
    for session in context.desk.sessions:
        if session.interaction is not None and session.interaction.id == item.id:
            context.desk.select(session.id)
            return
    if item.account_id is not None:
        context.interaction_control.open_account(item.account_id)


class WorklistPage(Page):
    """One table over the whole page."""

    KINDS = frozenset({view.kind.name for view in KIND_VIEWS} - {"account"} | {"work_item"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._head = PageHead(self, name="worklist.head")
        self.list = WorkListBlock(self, most_rows=100)
        self.list.opened.connect(self._on_opened)
        self.list.retry_requested.connect(self.reload)
        body = Columns(self, left=0, right=0)
        body.middle.addWidget(self.list)
        self.setLayout(column(self._head, body, gap=0))

    def enter(self) -> None:
        """Bars until the first answer."""
        self._head.set_identity(
            self.tr("Worklist"), under=self.tr("Returned work first, then by the time left")
        )
        self.list.start_loading()
        self.say_title(self.tr("Work area"), self.tr("Worklist"))

    def reload(self) -> None:
        """Ask for this agent's work."""
        self.context.background.run(worklist.mine).then(
            self._show, failed=self._on_failed, key="worklist.mine"
        )

    def is_touched(self, changes: Changes) -> bool:
        """Any ticket, order or contact may have moved in the order."""
        return changes.everything or any(changes.kinds.get(kind) for kind in self.KINDS)

    def first_focus(self) -> QWidget | None:
        """The table."""
        return self.list.table

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """F5 asks again."""
        return {"page.refresh": self.reload}

    def _show(self, items: tuple[WorkItem, ...]) -> None:
        self.list.show_items(items)

    def _on_failed(self, _error: Exception) -> None:
        self.list.show_error(self.tr("The worklist could not be read"))

    def _on_opened(self, item: WorkItem) -> None:
        open_item(self.context, item)
