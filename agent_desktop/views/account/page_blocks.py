"""The blocks of the account page in their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.models.account.alerts import AlertRank
from agent_desktop.views.account.contacts import ContactsBlock
from agent_desktop.views.account.erp import ErpBlock
from agent_desktop.views.account.identity import IdentityBlock
from agent_desktop.views.account.installed_base import InstalledBaseBlock
from agent_desktop.views.account.verification import VerificationBlock
from agent_desktop.views.account.work_rows import OrdersBlock, TicketsBlock
from agent_desktop.views.interaction.notes import NotesBlock
from agent_desktop.views.interaction.timeline import HistoryBlock
from agent_desktop.views.widgets.alert_row import AlertRow, AlertText
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.page_head import Tab
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import DONE

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.alerts import Alert
    from agent_desktop.models.account.values import Overview
    from agent_desktop.views.kit.page import Context

#: Verbs of alerts that are carried out; an alert with another verb only informs.
VERBS = frozenset({"link_outage", "reconnect"})


class AccountBody(Columns):
    """Alerts above; identity, contacts, ERP; tickets, orders, what is installed; notes, history.

    `retry_requested` is the button of any block that could not be read, `filled(overview)` comes
    when everything about an account stands there.
    """

    retry_requested = Signal()
    filled = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.alerts = AlertRow(self)
        self.questions = VerificationBlock(self)
        self.identity = IdentityBlock(self)
        self.contacts = ContactsBlock(self)
        self.erp = ErpBlock(self)
        self.tickets = TicketsBlock(self)
        self.orders = OrdersBlock(self)
        self.installed = InstalledBaseBlock(self)
        self.notes = NotesBlock(context, self)
        self.history = HistoryBlock(self)
        self._newest: Overview | None = None
        self._place_blocks()
        for block in self.blocks():
            block.retry_requested.connect(self.retry_requested)

    def _place_blocks(self) -> None:
        self.above.addWidget(self.alerts)
        for left in (self.questions, self.identity, self.contacts, self.erp):
            self.left.addWidget(left)
        for middle in (self.tickets, self.orders, self.installed):
            self.middle.addWidget(middle)
        self.right.addWidget(self.notes)
        self.right.addWidget(self.history)

    def blocks(self) -> tuple[Block, ...]:
        """The blocks that show the account."""
        return (
            self.identity,
            self.contacts,
            self.erp,
            self.tickets,
            self.orders,
            self.installed,
            self.history,
        )

    def start_loading(self) -> None:
        """Another account: bars, and nothing of the one before."""
        self._newest = None
        with self.arranged_once():
            self.alerts.show_alerts(())
            for block in self.blocks():
                block.start_loading()

    def show_failed(self) -> None:
        """The account could not be read."""
        words = self.tr("Could not be read"), self.tr("The desk's copy gave no answer")
        for block in self.blocks():
            block.show_error(*words)

    def show_session(self, session: Session | None) -> None:
        """Questions until the caller is verified, notes once there is an interaction."""
        self.questions.setVisible(session is not None and not session.may_show_data)
        self.notes.setVisible(session is not None and session.interaction is not None)

    def show_overview(self, overview: Overview, session: Session | None) -> None:
        """Show everything about an account, as far as the caller may hear of it; the lower
        blocks come one turn of the event loop later, so that keys never wait for all of it."""
        is_open = session is None or session.may_show_data
        with self.arranged_once():
            self.alerts.show_alerts(tuple(_alert_text(alert, is_open) for alert in overview.alerts))
            for block in (self.identity, self.contacts, self.erp):
                block.show_ready()
            self.identity.show_overview(overview, session)
            self.contacts.show_overview(overview, is_open)
            self.erp.show_overview(overview, is_open)
            self.tickets.show_tickets(overview.tickets)
        self._newest = overview
        QTimer.singleShot(0, self, lambda: self._show_lower(overview, session, is_open))

    def _show_lower(self, overview: Overview, session: Session | None, is_open: bool) -> None:
        if overview is not self._newest:
            return
        with self.arranged_once():
            self.orders.show_orders(overview.orders)
            self.installed.show_overview(overview, is_open)
            self.history.show_overview(overview, session)
        self.filled.emit(overview)

    def tabs(self, overview: Overview) -> tuple[Tab, ...]:
        """The anchors of the page's head; a key is the name of a block here."""
        open_tickets = sum(ticket.status not in DONE for ticket in overview.tickets)
        return (
            Tab("overview", self.tr("Overview")),
            Tab("contacts", self.tr("Contacts"), len(overview.contacts)),
            Tab("tickets", self.tr("Tickets"), open_tickets),
            Tab("orders", self.tr("Orders"), len(overview.orders)),
            Tab("installed", self.tr("Contracts"), len(overview.contracts)),
            Tab("history", self.tr("Interactions"), len(overview.interactions)),
            Tab("erp", self.tr("ERP data")),
        )

    def show_tab(self, key: str) -> None:
        """Scroll to the block of an anchor and give it the keyboard."""
        if key == "overview":
            self.verticalScrollBar().setValue(0)
            return
        block: QWidget = getattr(self, key)
        self.show_block(block)
        block.focusNextChild()


def _alert_text(alert: Alert, is_open: bool) -> AlertText:
    """An alert in words. Amounts are what callers are asked for, so they wait for the answer."""
    told = is_open or alert.rank is not AlertRank.MONEY
    return AlertText(
        alert.code,
        wording.alert_title(alert),
        wording.alert_text(alert) if told else "",
        wording.alert_tone(alert),
        wording.alert_icon(alert),
        wording.alert_verb(alert) if alert.verb in VERBS else "",
    )
