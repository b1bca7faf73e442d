"""The account page: everything about one customer, and the notes of the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from agent_desktop.models import account as accounts
from agent_desktop.models import draft as drafts
from agent_desktop.models import verification
from agent_desktop.models.alert import AlertRank
from agent_desktop.models.draft import DraftField
from agent_desktop.session import PageKind
from agent_desktop.views import wording
from agent_desktop.views.blocks.account_form import AccountForm
from agent_desktop.views.blocks.account_head import AccountHead
from agent_desktop.views.blocks.contacts import ContactsBlock
from agent_desktop.views.blocks.erp import ErpBlock
from agent_desktop.views.blocks.history import HistoryBlock
from agent_desktop.views.blocks.identity import IdentityBlock
from agent_desktop.views.blocks.installed_base import InstalledBaseBlock
from agent_desktop.views.blocks.layout import column
from agent_desktop.views.blocks.move_sheet import MoveSheet
from agent_desktop.views.blocks.notes import NotesBlock
from agent_desktop.views.blocks.pills import DONE
from agent_desktop.views.blocks.verification import VerificationBlock, questions_for
from agent_desktop.views.blocks.work_rows import OrdersBlock, TicketsBlock
from agent_desktop.views.page import Context, Page
from agent_desktop.views.widgets.alert_row import AlertRow, AlertText
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.page_head import Tab

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.models.alert import Alert
    from agent_desktop.models.changes import Changes
    from agent_desktop.models.value import Answer, Overview, Question
    from agent_desktop.session import Session

#: Verbs of alerts this page carries out; an alert with another verb only informs.
VERBS = frozenset({"link_outage", "reconnect"})


class AccountPage(Page):
    """One account, from the head to the timeline."""

    KINDS = frozenset({"account"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._overview: Overview | None = None
        self._answer_waits: tuple[str, str] | None = None
        self._told: object = None
        self._make_head()
        self._make_blocks()
        self._lay_out()
        self._connect()

    # -- making -----------------------------------------------------------------------------
    def _make_head(self) -> None:
        self.head = AccountHead(self.context, self)
        menu = QMenu(self)
        for words, slot in (
            (self.tr("Edit customer data"), self.edit),
            (self.tr("Wrong account? Move this contact"), self.move_interaction),
            (self.tr("Copy protocol number"), self.copy_protocol),
            (self.tr("Refresh"), self.reload),
        ):
            menu.addAction(words, slot)
        self.head.set_menu(menu)

    def _make_blocks(self) -> None:
        self.alerts = AlertRow(self)
        self.questions = VerificationBlock(self)
        self.identity = IdentityBlock(self)
        self.contacts = ContactsBlock(self)
        self.erp = ErpBlock(self)
        self.tickets = TicketsBlock(self)
        self.orders = OrdersBlock(self)
        self.installed = InstalledBaseBlock(self)
        self.notes = NotesBlock(self.context, self)
        self.history = HistoryBlock(self)

    def _lay_out(self) -> None:
        self._columns = Columns(self)
        self._columns.above.addWidget(self.alerts)
        places: tuple[tuple[QWidget, ...], ...] = (
            (self.questions, self.identity, self.contacts, self.erp),
            (self.tickets, self.orders, self.installed),
            (self.notes, self.history),
        )
        columns = (self._columns.left, self._columns.middle, self._columns.right)
        for target, blocks in zip(columns, places, strict=True):
            for block in blocks:
                target.addWidget(block)
        self.setLayout(column(self.head, self._columns, gap=0))
        self.form = AccountForm(self.context, self)
        self.move_sheet = MoveSheet(self.context, self)

    def _connect(self) -> None:
        self.head.new_ticket.clicked.connect(self.new_ticket)
        self.head.new_order.clicked.connect(self.new_order)
        self.head.tab_chosen.connect(self._on_tab)
        self.alerts.verb_chosen.connect(self._on_alert)
        self.questions.asked.connect(self._on_answer)
        self.identity.edit_wanted.connect(self.edit)
        self.identity.call_wanted.connect(self._on_call)
        self.contacts.call_wanted.connect(self._on_call)
        self.tickets.opened.connect(partial(self.go, PageKind.TICKET))
        self.tickets.add_requested.connect(self.new_ticket)
        self.orders.opened.connect(partial(self.go, PageKind.ORDER))
        self.orders.add_requested.connect(self.new_order)
        self.notes.to_ticket.connect(self._on_to_ticket)
        for block in self._blocks():
            block.retry_requested.connect(self.reload)

    def _blocks(self) -> tuple[Block, ...]:
        return (
            self.identity,
            self.contacts,
            self.erp,
            self.tickets,
            self.orders,
            self.installed,
            self.history,
        )

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Another account: its name at once, bars where the rest will stand."""
        self._overview = None
        self._answer_waits = None
        session = self.session
        self.form.close_sheet()
        self.move_sheet.close_sheet()
        self.questions.show_questions(())
        self.alerts.show_alerts(())
        for block in self._blocks():
            block.start_loading()
        self.notes.open(session)
        known = session.account if session else None
        self.head.show_account(known if known and known.id == self.record_id else None, session)
        self.say_title(self.tr("Accounts"), known.name if known else "")
        self._show_session_parts(session)

    def leave(self) -> None:
        """Hand what was written to the interaction."""
        self.notes.close_notes()

    def reload(self) -> None:
        """Ask for everything about the account."""
        if self.record_id is None:
            return
        background = self.context.background
        background.run(accounts.overview, self.record_id).then(
            self._show_overview, failed=self._show_failed, key="account.overview"
        )
        session = self.session
        if session is not None and not session.may_show_data and not self.questions.rows:
            background.run(verification.questions, self.record_id).then(
                self._show_questions, key="account.questions"
            )

    def is_touched(self, changes: Changes) -> bool:
        """All that belongs to an account is told under its id."""
        return self.record_id is not None and changes.touches("account", self.record_id)

    def session_updated(self, session: Session) -> None:
        """Verification, interaction or call changed."""
        self.notes.follow(session)
        self._show_session_parts(session)
        if self._overview is not None and self._told_by(session) != self._told:
            self._show_overview(self._overview)
        self._ask_waiting()

    def first_focus(self) -> QWidget | None:
        """The first open question, else the call notes, else the tickets."""
        if not self.questions.isHidden():
            return self.questions.next_field()
        if not self.notes.isHidden():
            return self.notes.editor
        return self.tickets.table

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """What can be done by key here."""
        return {
            "ticket.new": self.new_ticket,
            "order.new": self.new_order,
            "notes.focus": self.notes.focus_notes,
            "account.edit": self.edit,
            "interaction.move": self.move_interaction,
            "page.confirm": self._confirm,
            "page.save": self.notes.save_now,
            "page.refresh": self.reload,
            **{f"tab.{number}": partial(self._on_tab_number, number) for number in range(1, 8)},
        }

    # -- showing ----------------------------------------------------------------------------
    def _told_by(self, session: Session | None) -> object:
        """What of a session is seen in the blocks; a call that only ticks changes nothing."""
        if session is None:
            return None
        interaction = session.interaction.id if session.interaction else None
        return session.verified, session.may_show_data, session.acting_for, interaction

    def _show_session_parts(self, session: Session | None) -> None:
        unverified = session is not None and not session.may_show_data
        self.questions.setVisible(unverified)
        if session is not None:
            self.questions.show_count(session.verified, session.verified_needed)
        self.notes.setVisible(session is not None and session.interaction is not None)

    def _show_questions(self, questions: tuple[Question, ...]) -> None:
        session = self.session
        if session is None:
            return
        self.questions.show_questions(questions_for(questions, session.contact_id))
        self.questions.show_count(session.verified, session.verified_needed)
        first = self.questions.next_field()
        if first is not None:
            self.take_focus(first)

    def _show_overview(self, overview: Overview) -> None:
        if overview.account.id != self.record_id:
            return
        session = self.session
        told = self._told_by(session)
        if overview == self._overview and told == self._told:
            return
        is_open = session is None or session.may_show_data
        self._overview, self._told = overview, told
        self.head.show_account(overview.account, session)
        self.head.set_tabs(self._tabs(overview))
        self.say_title(self.tr("Accounts"), overview.account.name)
        self.alerts.show_alerts(tuple(_alert_text(alert, is_open) for alert in overview.alerts))
        for block in (self.identity, self.contacts, self.erp):
            block.show_ready()
        self.identity.show_overview(overview, session)
        self.contacts.show_overview(overview, is_open)
        self.erp.show_overview(overview, is_open)
        self.tickets.show_tickets(overview.tickets)
        self.orders.show_orders(overview.orders)
        self.installed.show_overview(overview, is_open)
        self.history.show_overview(overview, session)
        self.form.follow(overview.account)

    def _show_failed(self, _error: Exception) -> None:
        """The account could not be read; what is on the screen stays."""
        if self._overview is not None:
            self.context.desk.say("not_refreshed")
            return
        for block in self._blocks():
            block.show_error(
                self.tr("Could not be read"), self.tr("The desk's copy gave no answer")
            )

    def _tabs(self, overview: Overview) -> tuple[Tab, ...]:
        open_tickets = sum(ticket.status not in DONE for ticket in overview.tickets)
        installed = len(overview.contracts)
        return (
            Tab("overview", self.tr("Overview")),
            Tab("contacts", self.tr("Contacts"), len(overview.contacts)),
            Tab("tickets", self.tr("Tickets"), open_tickets),
            Tab("orders", self.tr("Orders"), len(overview.orders)),
            Tab("installed", self.tr("Contracts"), installed),
            Tab("history", self.tr("Interactions"), len(overview.interactions)),
            Tab("erp", self.tr("ERP data")),
        )

    def _on_tab(self, key: str) -> None:
        if key == "overview":
            self._columns.verticalScrollBar().setValue(0)
            return
        block = getattr(self, key)
        self._columns.show_block(block)
        block.focusNextChild()

    def _on_tab_number(self, number: int) -> None:
        if self._overview is not None:
            key = self._tabs(self._overview)[number - 1].key
            self.head.show_tab(key)
            self._on_tab(key)

    # -- verification -----------------------------------------------------------------------
    def _on_answer(self, kind: str, typed: str) -> None:
        self._answer_waits = (kind, typed)
        self._ask_waiting()

    def _ask_waiting(self) -> None:
        session = self.session
        if self._answer_waits is None or session is None or self.record_id is None:
            return
        if session.interaction is None:
            return
        (kind, typed), self._answer_waits = self._answer_waits, None
        self.context.background.run(
            verification.check,
            session.interaction.id,
            self.record_id,
            kind,
            typed,
            self.questions.contact_of(kind),
        ).then(partial(self._show_answer, kind), failed=partial(self._answer_failed, kind))

    def _show_answer(self, kind: str, answer: Answer) -> None:
        self.questions.show_answer(kind, answer)
        self.context.handling.answered(self.session_id, kind, answer)
        session = self.session
        if session is not None and session.may_show_data:
            self.notes.focus_notes()

    def _answer_failed(self, kind: str, error: Exception) -> None:
        self.questions.show_refused(kind, error)

    # -- doing ------------------------------------------------------------------------------
    def new_ticket(self) -> None:
        """A new ticket for this account."""
        self.go(PageKind.TICKET_NEW, self.record_id)

    def new_order(self) -> None:
        """A new service order for this account."""
        self.go(PageKind.ORDER_NEW, self.record_id)

    def edit(self) -> None:
        """Open the form, once the caller is verified."""
        session = self.session
        if self._overview is None or (session is not None and not session.may_show_data):
            return
        self.form.edit(self._overview.account, self.session_id)

    def move_interaction(self) -> None:
        """Give the interaction to another account."""
        session = self.session
        if session is not None and session.interaction is not None:
            self.move_sheet.open_for(session.id)

    def copy_protocol(self) -> None:
        """Put the protocol number on the clipboard."""
        session = self.session
        if session is not None and session.interaction is not None:
            QGuiApplication.clipboard().setText(session.interaction.protocol)
            self.context.desk.say("copied", text=wording.protocol(session.interaction.protocol))

    def _confirm(self) -> None:
        if self.form.isVisible():
            self.form.save()
        elif self.move_sheet.isVisible():
            self.move_sheet.move_there()

    def _on_call(self, number: str) -> None:
        self.context.dial(number)

    def _on_to_ticket(self, text: str) -> None:
        self._new_ticket_with({"description": DraftField(text, len(text))})

    def _on_alert(self, code: str) -> None:
        alert = next((one for one in self._alerts() if one.code == code), None)
        if alert is None:
            return
        outage: UUID | None = alert.params.get("id")  # type: ignore[assignment]
        fields = {"outage": DraftField(str(outage))} if outage else {}
        self._new_ticket_with({**fields, "subject": DraftField(wording.alert_title(alert))})

    def _alerts(self) -> tuple[Alert, ...]:
        return self._overview.alerts if self._overview is not None else ()

    def _new_ticket_with(self, fields: Mapping[str, DraftField]) -> None:
        """Put these into the draft of the new ticket, then open it."""
        place = f"ticket:new:{self.session_id or self.record_id}"
        self.context.background.run(drafts.save, place, dict(fields)).then(self._on_prepared)

    def _on_prepared(self, _result: object) -> None:
        self.new_ticket()


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
