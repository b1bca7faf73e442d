"""Open tickets and service orders of an account as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.models.service_order.record import OrderState
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.rows import Cell, Column, Link, Row, RowsTable, Styled
from agent_desktop.views.widgets.sla_clock import SlaDue
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import DONE, order_pill, ticket_pill, window

if TYPE_CHECKING:
    from agent_desktop.models.service_order.record import ServiceOrder
    from agent_desktop.models.ticket.record import Ticket

MOST_ROWS = 8


def ticket_clock(ticket: Ticket) -> Cell:
    """The resolution clock of a ticket as a cell, or how it ended."""
    if ticket.status in DONE:
        return Styled(wording.day(ticket.resolved_at), Tone.TEXT2)
    return SlaDue(ticket.due_at, ticket.created_at, ticket.paused_at is not None)


def number_cell(number: str, pending: bool) -> Cell:
    """The number people say; what was not sent yet has a cloud before it."""
    return Styled(number, Tone.ACCENT, bold=True, icon="cloud-upload") if pending else Link(number)


class TicketsBlock(Block):
    """Open tickets, the most urgent first. `opened(id)` opens one."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        new = QCoreApplication.translate("TicketsBlock", "New ticket (Ctrl+Shift+T)")
        super().__init__("tickets", "", "ticket", parent, add=new, flush=True)
        self.set_title(self.tr("Open tickets"))
        columns = (
            Column("number", self.tr("No."), 96),
            Column("subject", self.tr("Subject")),
            Column("status", self.tr("Status"), 136),
            Column("sla", self.tr("SLA"), 112),
        )
        self.table = RowsTable(columns, self, name="tickets.table", most_rows=MOST_ROWS)
        self.table.row_opened.connect(self.opened)
        self.table.setAccessibleName(self.tr("Open tickets"))
        self.body.addWidget(self.table)

    def show_tickets(self, tickets: tuple[Ticket, ...]) -> None:
        """Show the open ones of these; when there are none, say when the last was closed."""
        open_ones = [ticket for ticket in tickets if ticket.status not in DONE]
        self.set_count(len(open_ones))
        if not open_ones:
            self.show_empty(
                self.tr("No open tickets"), self._last_closed(tickets), self.tr("New ticket")
            )
            return
        self.show_ready()
        self.table.set_rows([self._row(ticket) for ticket in open_ones])

    def _row(self, ticket: Ticket) -> Row:
        cells = (
            number_cell(ticket.number, ticket.pending),
            ticket.subject,
            ticket_pill(ticket),
            ticket_clock(ticket),
        )
        return Row(ticket.id, cells, ticket.subject)

    def _last_closed(self, tickets: tuple[Ticket, ...]) -> str:
        ends = [ticket.resolved_at for ticket in tickets if ticket.resolved_at]
        if not ends:
            return ""
        return self.tr("The last one was solved {day}").format(day=wording.day(max(ends)))


class OrdersBlock(Block):
    """Service orders, the newest first. `opened(id)` opens one."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        new = QCoreApplication.translate("OrdersBlock", "New service order (Ctrl+Shift+O)")
        super().__init__("orders", "", "wrench", parent, add=new, flush=True)
        self.set_title(self.tr("Service orders"))
        columns = (
            Column("number", self.tr("No."), 96),
            Column("title", self.tr("Title")),
            Column("state", self.tr("State"), 136),
            Column("when", self.tr("When"), 164),
        )
        self.table = RowsTable(
            columns, self, name="orders.table", most_rows=MOST_ROWS, header=False
        )
        self.table.row_opened.connect(self.opened)
        self.table.setAccessibleName(self.tr("Service orders"))
        self.body.addWidget(self.table)

    def show_orders(self, orders: tuple[ServiceOrder, ...]) -> None:
        """Show these orders."""
        self.set_count(len(orders))
        if not orders:
            self.show_empty(self.tr("No service orders"), "", self.tr("New service order"))
            return
        self.show_ready()
        self.table.set_rows([self._row(order) for order in orders])

    def _row(self, order: ServiceOrder) -> Row:
        when = order_when(order)
        cells = (
            number_cell(order.number, order.pending),
            order.title,
            order_pill(order.state),
            Styled(when, Tone.TEXT2),
        )
        return Row(order.id, cells, order.title)


def order_when(order: ServiceOrder) -> str:
    """The one time that counts for an order: the visit while it is dispatched, else its age."""
    if order.state is OrderState.DISPATCHED and order.window_from and order.window_until:
        return window(order.window_from, order.window_until)
    return wording.day(order.updated_at or order.created_at)
