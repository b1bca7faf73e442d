"""The ticket page: clocks, levels and links at the left, what was said in the middle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from agent_desktop.errors import Refused
from agent_desktop.models.site import code_list
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import TicketStatus
from agent_desktop.models.ticket.values import TicketDraft, TicketView
from agent_desktop.views.kit.page import Context
from agent_desktop.views.kit.record_page import RecordPage, RecordWords
from agent_desktop.views.look import theme
from agent_desktop.views.ticket.clock import TicketClockBlock
from agent_desktop.views.ticket.editor import TicketEditor
from agent_desktop.views.ticket.sheets import EscalateSheet, ResolveSheet
from agent_desktop.views.ticket.side import (
    EscalationBlock,
    LinkedBlock,
    TicketDetailsBlock,
    category_pill,
)
from agent_desktop.views.ticket.thread import TicketThread
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.layout import boxed, column, row, scrolled
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import DONE, code_name, priority_pill, ticket_pill

if TYPE_CHECKING:
    from agent_desktop.models.site.record import CodeEntry
    from agent_desktop.models.ticket.record import Ticket

LEFT = 292


class TicketPage(RecordPage[TicketView]):
    """One ticket with all that was said about it."""

    NAME, TABLE, ICON = "ticket", "ticket", "ticket"
    read = staticmethod(tickets.view)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._names: dict[str, str] = {}
        self._make_head()
        self.clock = TicketClockBlock(self)
        self.levels = EscalationBlock(self)
        self.linked = LinkedBlock(parent=self)
        self.linked.opened.connect(self.open_linked)
        self.details = TicketDetailsBlock(self)
        self.thread_view = TicketThread(self)
        self.editor = TicketEditor(context, self)
        self._lay_out()
        self.escalate_sheet = EscalateSheet(context, self)
        self.resolve_sheet = ResolveSheet(context, self)

    # -- making -----------------------------------------------------------------------------
    def _make_head(self) -> None:
        self.escalate_button = Button(
            self.tr("Escalate"), icon_name="arrow-up-right", name="ticket.escalate"
        )
        self.escalate_button.clicked.connect(self.escalate)
        self.resolve_button = Button(
            self.tr("Resolve"),
            ButtonKind.PRIMARY,
            icon_name="check",
            key=self.tr("Ctrl+⇧+Enter"),
            name="ticket.resolve",
        )
        self.resolve_button.clicked.connect(self.resolve)
        self.head.add_button(self.escalate_button)
        self.head.add_button(self.resolve_button)
        menu = QMenu(self)
        self._moves = {
            TicketStatus.IN_WORK: self._menu_action(menu, self.tr("Begin work")),
            TicketStatus.WAITING: self._menu_action(menu, self.tr("Wait for the customer")),
        }
        for status, action in self._moves.items():
            action.triggered.connect(partial(self._set_status, status))
        menu.addAction(self.tr("Refresh"), self.reload)
        self.head.set_menu(menu)

    def _menu_action(self, menu: QMenu, words: str) -> QAction:
        return menu.addAction(words)

    def _lay_out(self) -> None:
        side = boxed(
            column(
                self.clock,
                self.levels,
                self.linked,
                self.details,
                None,
                gap=12,
                margins=(0, 13, 6, 14),
            )
        )
        left = scrolled(side)
        left.setFixedWidth(theme.px(LEFT))
        self._scroll = scrolled(self.thread_view)
        middle = column(self._scroll, self.editor, gap=8, margins=(0, 0, 0, 13))
        middle.setStretch(0, 1)
        body = row(left, middle, gap=12, margins=(16, 0, 16, 0))
        body.setStretch(1, 1)
        rest = (left, self._scroll, self.editor, self.escalate_button, self.resolve_button)
        self.lay_out(body, rest)

    # -- the page ---------------------------------------------------------------------------
    def words(self) -> RecordWords:
        """A ticket."""
        not_read = self.tr("The ticket could not be read.")
        return RecordWords(self.tr("Tickets"), self.tr("Ticket"), not_read)

    def record_of(self, view: TicketView) -> Ticket:
        """The ticket."""
        return view.ticket

    def forget(self) -> None:
        """Texts and sheets of the ticket before."""
        self.editor.close_drafts()
        self.escalate_sheet.close_sheet()
        self.resolve_sheet.close_sheet()

    def leave(self) -> None:
        """What was typed is kept."""
        self.editor.close_drafts()

    def read_more(self) -> None:
        """Once, the names of categories."""
        if not self._names:
            self.context.background.run(code_list.categories).then(
                self._on_names, key="ticket.names"
            )

    def retranslate(self) -> None:
        """The names of categories are read anew in the language in force."""
        self._names = {}
        super().retranslate()

    def first_focus(self) -> QWidget | None:
        """The reply."""
        return self.editor.editor

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """What can be done by key here."""
        return {
            "form.send": self._confirm,
            "form.save": self.editor.save_now,
            "form.resolve": self.resolve,
            "page.refresh": self.reload,
            "ticket.escalate": self.escalate,
        }

    # -- showing ----------------------------------------------------------------------------
    def show_view(self, view: TicketView, *, is_first: bool) -> None:
        """Clocks, levels, links, and what was said."""
        self._show_head(view)
        self.clock.show_view(view)
        self.levels.show_view(view)
        self.linked.show_view(view)
        self.details.show_view(view, self._names)
        self.thread_view.show_view(view)
        self._show_moves(view.ticket)
        if is_first:
            self.editor.open(view.ticket, self.session_id)

    def _show_head(self, view: TicketView) -> None:
        ticket = view.ticket
        owner = ticket.assignee_name or self.tr("nobody yet")
        words = self.tr("Owner: {name}").format(name=owner)
        team = f" · {view.team.name}" if view.team else ""
        self.head.set_identity(
            ticket.number, subject=ticket.subject, under=words + team, icon_name="ticket"
        )
        pills = [ticket_pill(ticket), priority_pill(ticket.priority)]
        if ticket.category:
            pills.append(category_pill(ticket.category, self._names))
        self.head.set_pills((*pills, *self.pending_pills()), below=True)

    def _show_moves(self, ticket: Ticket) -> None:
        over = ticket.status in DONE
        if over:
            self.resolve_button.set_off(self.tr("It is solved already"))
            self.escalate_button.set_off(self.tr("It is solved already"))
        else:
            self.resolve_button.set_on()
            self.escalate_button.set_on()
        if ticket.level > 1 and not over:
            self.escalate_button.set_off(self.tr("It is at the second level already"))
        for status, action in self._moves.items():
            action.setEnabled(tickets.may_move(ticket.status, status) and ticket.status != status)

    def _on_names(self, categories: tuple[CodeEntry, ...]) -> None:
        self._names = {entry.code: code_name(entry) for entry in categories}
        if self.view is not None:
            self._show_head(self.view)
            self.details.show_view(self.view, self._names)

    # -- doing ------------------------------------------------------------------------------
    def escalate(self) -> None:
        """Open the sheet that hands the ticket over."""
        if self.view is not None and self.escalate_button.isEnabled():
            self.escalate_sheet.open_for(self.view.ticket, self.session_id)

    def resolve(self) -> None:
        """Open the sheet with the solution; in it, the same key solves."""
        if self.view is None or not self.resolve_button.isEnabled():
            return
        if self.resolve_sheet.isVisible():
            self.resolve_sheet.save()
        else:
            self.resolve_sheet.open_for(self.view.ticket, self.session_id)

    def _confirm(self) -> None:
        for sheet in (self.escalate_sheet, self.resolve_sheet):
            if sheet.isVisible():
                sheet.save()
                return
        self.editor.send()

    def _set_status(self, status: TicketStatus) -> None:
        if self.view is None:
            return
        draft = TicketDraft(self.view.ticket, {"status": status.value})
        self.context.background.run(tickets.change, draft).then(
            self._on_changed, failed=self._on_refused
        )

    def _on_changed(self, ticket: Ticket) -> None:
        self.context.desk.say("ticket_saved", number=ticket.number)

    def _on_refused(self, error: Exception) -> None:
        code = next(iter(error.reasons.values())) if isinstance(error, Refused) else ""
        self.context.desk.say("not_saved", why=wording.refusal(code) or str(error))
