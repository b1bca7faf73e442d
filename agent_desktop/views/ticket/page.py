"""The ticket page: clocks, levels and links at the left, what was said in the middle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused
from agent_desktop.models.site import code_list
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import TicketStatus
from agent_desktop.models.ticket.values import TicketDraft
from agent_desktop.views.kit.fetching import Fetching
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_gone import close_gone
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Tone
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
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.shapes import PillText
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import DONE, code_name, priority_pill, ticket_pill

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.models.site.record import CodeEntry
    from agent_desktop.models.store.changes import Changes
    from agent_desktop.models.ticket.record import Ticket
    from agent_desktop.models.ticket.values import TicketView

LEFT = 292


class TicketPage(Page):
    """One ticket with all that was said about it."""

    KINDS = frozenset({"ticket", "ticket_note"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._view: TicketView | None = None
        self._names: dict[str, str] = {}
        self._make_head()
        self.clock = TicketClockBlock(self)
        self.levels = EscalationBlock(self)
        self.linked = LinkedBlock(parent=self)
        self.linked.opened.connect(self._on_linked)
        self.details = TicketDetailsBlock(self)
        self.thread_view = TicketThread(self)
        self.editor = TicketEditor(context, self)
        self._lay_out()
        self.escalate_sheet = EscalateSheet(context, self)
        self.resolve_sheet = ResolveSheet(context, self)

    # -- making -----------------------------------------------------------------------------
    def _make_head(self) -> None:
        self.head = PageHead(self, name="ticket.head")
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
        self.fetching = Fetching(self.context, "ticket", rest, self)
        whole = column(self.head, self.fetching, body, gap=0)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Another ticket: nothing of the one before stays."""
        self._view = None
        self.editor.close_drafts()
        self.escalate_sheet.close_sheet()
        self.resolve_sheet.close_sheet()
        self.fetching.end()
        self.head.set_identity(self.tr("Loading"), icon_name="ticket")
        self.head.set_pills((), below=True)
        self.say_title(self.tr("Tickets"), "")

    def leave(self) -> None:
        """What was typed is kept."""
        self.editor.close_drafts()

    def reload(self) -> None:
        """Ask for the ticket, and once for the names of categories."""
        if self.record_id is None:
            return
        background = self.context.background
        background.run(tickets.view, self.record_id).then(
            self._show_view, failed=self._show_failed, key="ticket.view"
        )
        if not self._names:
            background.run(code_list.categories).then(self._on_names, key="ticket.names")

    def is_touched(self, changes: Changes) -> bool:
        """The ticket itself, or something of its account that stands beside it."""
        if self.record_id is None or self._view is None:
            return changes.everything or self.fetching.is_touched(changes)
        account_id = self._view.ticket.account_id
        return changes.touches("ticket", self.record_id) or (
            account_id is not None and changes.touches("account", account_id)
        )

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
    def _show_view(self, view: TicketView) -> None:
        if view.ticket.id != self.record_id:
            return
        first = self._view is None
        self.fetching.end()
        self._view = view
        ticket = view.ticket
        self._show_head(view)
        self.say_title(self.tr("Tickets"), ticket.number)
        self.clock.show_view(view)
        self.levels.show_view(view)
        self.linked.show_view(view)
        self.details.show_view(view, self._names)
        self.thread_view.show_view(view)
        self._show_moves(ticket)
        if first:
            self.editor.open(ticket, self.session_id)

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
        if ticket.pending:
            pills.append(PillText(self.tr("Waiting to sync"), Tone.WARN, "cloud-upload"))
        self.head.set_pills(pills, below=True)

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

    def _show_failed(self, error: Exception) -> None:
        if self.fetching.takes(self.record_id, error):
            self.head.set_identity(self.tr("Ticket"), icon_name="ticket")
            return
        if self._view is not None and close_gone(self, error):
            return
        code = error.reasons.get("", "") if isinstance(error, Refused) else ""
        words = wording.refusal(code) if code else self.tr("The ticket could not be read.")
        self.head.set_identity(self.tr("Ticket"), under=words, icon_name="ticket")

    def _on_names(self, categories: tuple[CodeEntry, ...]) -> None:
        self._names = {entry.code: code_name(entry) for entry in categories}
        if self._view is not None:
            self._show_head(self._view)
            self.details.show_view(self._view, self._names)

    # -- doing ------------------------------------------------------------------------------
    def escalate(self) -> None:
        """Open the sheet that hands the ticket over."""
        if self._view is not None and self.escalate_button.isEnabled():
            self.escalate_sheet.open_for(self._view.ticket, self.session_id)

    def resolve(self) -> None:
        """Open the sheet with the solution; in it, the same key solves."""
        if self._view is None or not self.resolve_button.isEnabled():
            return
        if self.resolve_sheet.isVisible():
            self.resolve_sheet.save()
        else:
            self.resolve_sheet.open_for(self._view.ticket, self.session_id)

    def _confirm(self) -> None:
        for sheet in (self.escalate_sheet, self.resolve_sheet):
            if sheet.isVisible():
                sheet.save()
                return
        self.editor.send()

    def _set_status(self, status: TicketStatus) -> None:
        if self._view is None:
            return
        draft = TicketDraft(self._view.ticket, {"status": status.value})
        self.context.background.run(tickets.change, draft).then(
            self._on_changed, failed=self._on_refused
        )

    def _on_changed(self, ticket: Ticket) -> None:
        self.context.desk.say("ticket_saved", number=ticket.number)

    def _on_refused(self, error: Exception) -> None:
        code = next(iter(error.reasons.values())) if isinstance(error, Refused) else ""
        self.context.desk.say("not_saved", why=wording.refusal(code) or str(error))

    def _on_linked(self, kind: PageKind, record_id: UUID) -> None:
        if kind is PageKind.ACCOUNT and not self.session_id:
            self.context.interaction_control.open_account(record_id)
        else:
            self.context.desk.open(Place(kind, record_id, self.session_id))
