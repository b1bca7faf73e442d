"""The agent's calls: missed ones first to hand, each called back or opened with one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction.call_log import Which, is_missed
from agent_desktop.views.interaction.call_list import CallListBlock, EmptyWords
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.filter_chips import Chip, FilterChips
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead

if TYPE_CHECKING:
    from agent_desktop.models.interaction.call_log import LoggedCall

#: How many calls are shown first, and how many more each time.
PAGE = 100


class CallsPage(Page):
    """One table over the whole page, and chips that choose which calls are in it.

    Missed calls count as seen once they were on the screen; they stand out until the page is
    left. Enter calls a missed caller back and opens the account of any other call.
    """

    KINDS = frozenset({"interaction_call", "account", "phone"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._which, self._limit = Which.ALL, PAGE
        self._new: set[UUID] = set()
        self._unseen = 0
        self._head = PageHead(self, name="calls.head")
        self._call_back = Button(
            self.tr("Call back"), ButtonKind.PRIMARY, self, icon_name="phone-outgoing",
            key="Ctrl+Shift+F9", name="calls.call_back",
        )  # fmt: skip
        self._open = Button(self.tr("Open account"), parent=self, key="Ctrl+O", name="calls.open")
        self._call_back.clicked.connect(self._call_selected)
        self._open.clicked.connect(self._open_selected)
        self._head.buttons.addWidget(self._open)
        self._head.buttons.addWidget(self._call_back)
        self.chips = FilterChips(self, name="calls.filter")
        self.chips.chosen.connect(self._choose)
        self.list = CallListBlock(self)
        self.list.opened.connect(self._on_opened)
        self.list.marked.connect(self._show_verbs)
        self.list.more_requested.connect(self._show_more)
        self.list.retry_requested.connect(self.reload)
        self.list.head_layout().addWidget(self.chips)
        body = Columns(self, left=0, right=0)
        body.middle.addWidget(self.list)
        self.setLayout(column(self._head, body, gap=0))

    def enter(self) -> None:
        """Bars until the first answer."""
        self._head.set_identity(
            self.tr("Calls"), under=self.tr("Your own calls of the last 30 days, newest first")
        )
        self._show_chips()
        self.chips.mark(self._which.value)
        self.list.start_loading()
        self._show_verbs(None)
        self.say_title(self.tr("Work area"), self.tr("Calls"))

    def leave(self) -> None:
        """What was new has been seen."""
        self._new.clear()

    def reload(self) -> None:
        """Ask for the calls of the chosen filter, one more than are shown."""
        self.context.background.run(call_log.recent, self._which, self._limit + 1).then(
            partial(self._show, self._which), failed=self._on_failed, key="calls.recent"
        )
        self.context.background.run(call_log.missed_unseen).then(
            self._show_unseen, key="calls.chips"
        )

    def first_focus(self) -> QWidget | None:
        """The table."""
        return self.list.table

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Shift+F9 and Ctrl+O mean the marked call, Ctrl+1 to 3 the filters."""
        chips = {f"tab.{n}": partial(self.chips.choose_number, n) for n in (1, 2, 3)}
        return {
            "page.refresh": self.reload,
            "call.back": self._call_selected,
            "account.open": self._open_selected,
            **chips,
        }

    # -- what is shown ----------------------------------------------------------------------
    def _choose(self, key: str) -> None:
        self._which, self._limit = Which(key), PAGE
        self.reload()

    def _show_more(self) -> None:
        self._limit += PAGE
        self.reload()

    def _show_chips(self) -> None:
        self.chips.set_chips(
            (
                Chip(Which.ALL.value, self.tr("All")),
                Chip(Which.MISSED.value, self.tr("Missed"), self._unseen),
                Chip(Which.OUTBOUND.value, self.tr("Outbound")),
            )
        )

    def _show_unseen(self, number: int) -> None:
        self._unseen = number
        self._show_chips()

    def _show(self, which: Which, calls: tuple[LoggedCall, ...]) -> None:
        if which is not self._which:
            return
        shown = calls[: self._limit]
        unseen = [one.call.id for one in shown if is_missed(one.call) and not one.call.seen_at]
        self._new.update(unseen)
        has_more = len(calls) > self._limit
        self.list.show_calls(shown, new=self._new, has_more=has_more, empty=self._empty())
        self._show_verbs(self.list.selected())
        if unseen and self.isVisible():
            self.context.background.run(call_log.mark_seen, unseen).then()

    def _empty(self) -> EmptyWords:
        if self._which is Which.MISSED:
            return EmptyWords(self.tr("No missed calls"))
        if self._which is Which.OUTBOUND:
            return EmptyWords(self.tr("You have called nobody in the last 30 days"))
        return EmptyWords(self.tr("No calls yet"), self.tr("Each call stands here once it rings."))

    def _on_failed(self, _error: Exception) -> None:
        self.list.show_error(self.tr("The calls could not be read"))

    # -- what is done -----------------------------------------------------------------------
    def _show_verbs(self, one: LoggedCall | None) -> None:
        """The verbs that the marked call allows."""
        has_number = one is not None and bool(one.call.number)
        self._call_back.setEnabled(has_number)
        self._call_back.setToolTip("" if has_number or one is None else self.tr("No number known"))
        self._open.setEnabled(one is not None and one.account_id is not None)

    def _on_opened(self, one: LoggedCall) -> None:
        """Enter: a missed caller waits for a call; of others one wants to read."""
        if one.account_id is not None and not is_missed(one.call):
            self.context.interaction_control.open_account(one.account_id)
        elif one.call.number:
            self.context.dial(one.call.number)

    def _call_selected(self) -> None:
        one = self.list.selected()
        if one is not None and one.call.number:
            self.context.dial(one.call.number)

    def _open_selected(self) -> None:
        one = self.list.selected()
        if one is not None and one.account_id is not None:
            self.context.interaction_control.open_account(one.account_id)
