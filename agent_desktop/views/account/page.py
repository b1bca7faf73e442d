"""The account page: everything about one customer, and the notes of the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.store import draft as drafts
from agent_desktop.models.store import opened_accounts, working_set
from agent_desktop.models.store.draft import DraftField
from agent_desktop.views.account.do_not_call import CallWish
from agent_desktop.views.account.edit_sheet import AccountForm
from agent_desktop.views.account.page_blocks import AccountBody
from agent_desktop.views.account.page_head import AccountHead
from agent_desktop.views.account.questioning import Questioning
from agent_desktop.views.interaction.move_sheet import MoveSheet
from agent_desktop.views.kind_views import FORMS_OF_ACCOUNT
from agent_desktop.views.kit.kind_view import KindView
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_gone import close_gone
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.alerts import Alert
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.store.changes import Changes


class AccountPage(Page):
    """One account, from the head to the timeline."""

    KINDS = frozenset({"account"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._overview: Overview | None = None
        self._told: object = None
        self._form: AccountForm | None = None
        self._make_head()
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

    def _lay_out(self) -> None:
        self.body = AccountBody(self.context, self)
        self.questions, self.notes = self.body.questions, self.body.notes
        self.tickets = self.body.tickets
        self.setLayout(column(self.head, self.body, gap=0))
        self.move_sheet = MoveSheet(self.context, self)
        self.wish = CallWish(self.context, self)
        self.questioning = Questioning(self.context, self.questions, self.take_focus, self)
        self.questioning.judged.connect(self._on_judged)

    def _connect(self) -> None:
        body = self.body
        self.head.new_ticket.clicked.connect(self.new_ticket)
        self.head.new_order.clicked.connect(self.new_order)
        self.head.tab_chosen.connect(body.show_tab)
        body.alerts.verb_chosen.connect(self._on_alert)
        body.identity.edit_wanted.connect(self.edit)
        body.identity.call_wanted.connect(self.context.dial)
        body.contacts.call_wanted.connect(self.context.dial)
        body.tickets.opened.connect(partial(self.go, PageKind.TICKET))
        body.tickets.add_requested.connect(self.new_ticket)
        body.orders.opened.connect(partial(self.go, PageKind.ORDER))
        body.orders.add_requested.connect(self.new_order)
        body.notes.to_ticket.connect(self._on_to_ticket)
        body.retry_requested.connect(self.reload)
        body.filled.connect(lambda _overview: self.arrived.emit())

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """Another account: its name at once, bars where the rest will stand."""
        self._overview = None
        self.head.show_standing(working_set.Standing(working_set.Held.HELD))
        session = self.session
        if self._form is not None:
            self._form.close_sheet()
        self.move_sheet.close_sheet()
        self.questioning.stop()
        self.body.start_loading()
        self.notes.open(session)
        known = session.account if session else None
        self.head.show_account(known if known and known.id == self.record_id else None, session)
        self.say_title(self.tr("Accounts"), known.name if known else "")
        self._follow(session)

    def leave(self) -> None:
        """Hand what was written to the interaction."""
        self.notes.close_notes()

    def reload(self) -> None:
        """Ask for everything about the account."""
        if self.record_id is None:
            return
        self.context.background.run(opened_accounts.opened, self.record_id).then(
            self.head.show_standing, key="account.standing"
        )
        self.context.background.run(accounts.overview, self.record_id).then(
            self._show_overview, failed=self._show_failed, key="account.overview"
        )

    def is_touched(self, changes: Changes) -> bool:
        """All that belongs to an account is told under its id."""
        return self.record_id is not None and changes.touches("account", self.record_id)

    def session_updated(self, session: Session) -> None:
        """Verification, interaction or call changed."""
        self.notes.follow(session)
        self._follow(session)
        if self._overview is not None and self._told_by(session) != self._told:
            self._show_overview(self._overview)

    @property
    def awaits_record(self) -> bool:
        """Until the account is read."""
        return self._overview is None

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
            **{view.new_command: partial(self.new_record, view) for view in FORMS_OF_ACCOUNT},
            "notes.focus": self.notes.focus_notes,
            "account.edit": self.edit,
            "account.do_not_call": self._turn_wish,
            "interaction.move": self.move_interaction,
            "form.send": self._confirm,
            "form.save": self.notes.save_now,
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

    def _follow(self, session: Session | None) -> None:
        """Ask the caller until they are verified."""
        self.body.show_session(session)
        if session is None or self.record_id is None:
            return
        if not session.may_show_data:
            self.questioning.begin(session, self.record_id)
        self.questioning.follow(session)

    def _show_overview(self, overview: Overview) -> None:
        if overview.account.id != self.record_id:
            return
        session = self.session
        told = self._told_by(session)
        if overview == self._overview and told == self._told:
            return
        self._overview, self._told = overview, told
        self.head.show_account(overview.account, session)
        self.head.set_tabs(self.body.tabs(overview))
        self.say_title(self.tr("Accounts"), overview.account.name)
        self.body.show_overview(overview, session)
        if self._form is not None:
            self._form.follow(overview.account)

    def _show_failed(self, error: Exception) -> None:
        """The account could not be read; what is on the screen stays."""
        if isinstance(error, Refused) and self.head.is_fetching:
            return  # the centre knows it, and it is on its way
        if self._overview is not None:
            if not close_gone(self, error):
                self.context.desk.say("not_refreshed")
            return
        self.body.show_failed()
        self.arrived.emit()

    def _on_tab_number(self, number: int) -> None:
        if self._overview is not None:
            key = self.body.tabs(self._overview)[number - 1].key
            self.head.show_tab(key)
            self.body.show_tab(key)

    def _on_judged(self) -> None:
        session = self.session
        if session is not None and session.may_show_data:
            self.notes.focus_notes()

    @property
    def form(self) -> AccountForm:
        """The form for editing the account; made when it is first needed."""
        if self._form is None:
            self._form = AccountForm(self.context, self)
        return self._form

    # -- doing ------------------------------------------------------------------------------
    def new_record(self, view: KindView) -> None:
        """A new record of that kind for this account."""
        if view.form_kind is not None:
            self.go(view.form_kind, self.record_id)

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

    def _turn_wish(self) -> None:
        """The customer does not want to be called on the number shown, or does again."""
        session = self.session
        if self._overview is not None and session is not None and session.may_show_data:
            self.wish.turn(self._overview.phones)

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
        if self._form is not None and self._form.isVisible():
            self._form.save()
        elif self.move_sheet.isVisible():
            self.move_sheet.move_there()

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
