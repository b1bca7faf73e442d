"""A ticket on the screen."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from agent_desktop.models.ticket.record import TICKET
from agent_desktop.views.kit.kind_view import KindView

TICKET_VIEW = KindView(
    TICKET,
    "ticket",
    QT_TRANSLATE_NOOP("KindView", "Ticket"),
    QT_TRANSLATE_NOOP("KindView", "Tickets"),
    word="ticket",
    page="ticket.page.TicketPage",
    form="ticket.new_page.NewTicketPage",
    new=QT_TRANSLATE_NOOP("KindView", "New ticket"),
)
