"""The worklist: everything this agent has to do, most urgent first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.models.work import worklist
from agent_desktop.models.work.values import WorkItem, WorkKind
from agent_desktop.views.home.work_list import WorkListBlock
from agent_desktop.views.kind_views import KIND_VIEWS, of_word
from agent_desktop.views.kit.list_page import ListPage, ListWords
from agent_desktop.views.kit.page import Context


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


class WorklistPage(ListPage[WorkListBlock]):
    """One table over the whole page."""

    NAME = "worklist"
    KINDS = frozenset({view.kind.name for view in KIND_VIEWS} - {"account"} | {"work_item"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, WorkListBlock(most_rows=100), parent)

    def words(self) -> ListWords:
        """What has to be done."""
        return ListWords(
            self.tr("Worklist"),
            self.tr("Returned work first, then by the time left"),
            self.tr("The worklist could not be read"),
        )

    def ask(self) -> tuple[Callable[..., tuple[WorkItem, ...]], tuple[()]]:
        """This agent's work."""
        return worklist.mine, ()

    def show_rows(self, found: tuple[WorkItem, ...]) -> None:
        """Most urgent first."""
        self.list.show_items(found)

    def open_row(self, item: WorkItem) -> None:
        """What the work is about."""
        open_item(self.context, item)
