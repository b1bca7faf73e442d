"""The agent's calls: missed ones first to hand, each called back or opened with one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.models.interaction import call_log
from agent_desktop.models.interaction.call_log import Which, is_missed
from agent_desktop.views.interaction.call_list import CallListBlock, EmptyWords
from agent_desktop.views.kit.list_page import ListPage, ListWords
from agent_desktop.views.kit.page import Context
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.filter_chips import Chip

if TYPE_CHECKING:
    from agent_desktop.models.interaction.call_log import LoggedCall

#: How many calls are shown first, and how many more each time.
PAGE = 100


class CallsPage(ListPage[CallListBlock]):
    """One table over the whole page, and chips that choose which calls are in it.

    Missed calls count as seen once they were on the screen; they stand out until the page is
    left. Enter calls a missed caller back and opens the account of any other call.
    """

    NAME = "calls"
    KINDS = frozenset({"interaction_call", "account", "phone"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._limit, self._unseen = PAGE, 0
        self._new: set[UUID] = set()
        super().__init__(context, CallListBlock(), parent)
        self._call_back = Button(
            self.tr("Call back"), ButtonKind.PRIMARY, self, icon_name="phone-outgoing",
            key="Ctrl+Shift+F9", name="calls.call_back",
        )  # fmt: skip
        self._open = Button(self.tr("Open account"), parent=self, key="Ctrl+O", name="calls.open")
        self._call_back.clicked.connect(self._call_selected)
        self._open.clicked.connect(self._open_selected)
        self.head.buttons.addWidget(self._open)
        self.head.buttons.addWidget(self._call_back)
        self.list.marked.connect(self._show_verbs)
        self.list.more_requested.connect(self._show_more)

    def words(self) -> ListWords:
        """Own calls."""
        return ListWords(
            self.tr("Calls"),
            self.tr("Your own calls of the last 30 days, newest first"),
            self.tr("The calls could not be read"),
        )

    def filters(self) -> tuple[Chip, ...]:
        """All calls, missed ones with the number of those not seen yet, and own ones."""
        return (
            Chip(Which.ALL.value, self.tr("All")),
            Chip(Which.MISSED.value, self.tr("Missed"), self._unseen),
            Chip(Which.OUTBOUND.value, self.tr("Outbound")),
        )

    def enter(self) -> None:
        """Bars, and nothing marked."""
        super().enter()
        self._show_verbs(None)

    def leave(self) -> None:
        """What was new has been seen."""
        self._new.clear()

    def ask(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        """The calls of the filter, one more than are shown."""
        return call_log.recent, (Which(self.chosen), self._limit + 1)

    def reload(self) -> None:
        """The calls, and how many missed ones nobody has seen."""
        super().reload()
        self.context.background.run(call_log.missed_unseen).then(
            self._show_unseen, key="calls.chips"
        )

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Shift+F9 and Ctrl+O mean the marked call."""
        return {
            **super().acts(),
            "call.back": self._call_selected,
            "account.open": self._open_selected,
        }

    # -- what is shown ----------------------------------------------------------------------
    def choose(self, key: str) -> None:
        """Another filter begins with its newest calls."""
        self._limit = PAGE
        super().choose(key)

    def _show_more(self) -> None:
        self._limit += PAGE
        self.reload()

    def _show_unseen(self, number: int) -> None:
        self._unseen = number
        self.show_filters()

    def show_rows(self, found: tuple[LoggedCall, ...]) -> None:
        """Those not seen before stand out, and count as seen from now on."""
        shown = found[: self._limit]
        unseen = [one.call.id for one in shown if is_missed(one.call) and not one.call.seen_at]
        self._new.update(unseen)
        has_more = len(found) > self._limit
        self.list.show_calls(shown, new=self._new, has_more=has_more, empty=self._empty())
        self._show_verbs(self.list.selected())
        if unseen and self.isVisible():
            self.context.background.run(call_log.mark_seen, unseen).then()

    def _empty(self) -> EmptyWords:
        if self.chosen == Which.MISSED.value:
            return EmptyWords(self.tr("No missed calls"))
        if self.chosen == Which.OUTBOUND.value:
            return EmptyWords(self.tr("You have called nobody in the last 30 days"))
        return EmptyWords(self.tr("No calls yet"), self.tr("Each call stands here once it rings."))

    # -- what is done -----------------------------------------------------------------------
    def _show_verbs(self, one: LoggedCall | None) -> None:
        """The verbs that the marked call allows."""
        has_number = one is not None and bool(one.call.number)
        self._call_back.setEnabled(has_number)
        self._call_back.setToolTip("" if has_number or one is None else self.tr("No number known"))
        self._open.setEnabled(one is not None and one.account_id is not None)

    def open_row(self, item: LoggedCall) -> None:
        """Enter: a missed caller waits for a call; of others one wants to read."""
        if item.account_id is not None and not is_missed(item.call):
            self.context.interaction_control.open_account(item.account_id)
        elif item.call.number:
            self.context.dial(item.call.number)

    def _call_selected(self) -> None:
        one = self.list.selected()
        if one is not None and one.call.number:
            self.context.dial(one.call.number)

    def _open_selected(self) -> None:
        one = self.list.selected()
        if one is not None and one.account_id is not None:
            self.context.interaction_control.open_account(one.account_id)
