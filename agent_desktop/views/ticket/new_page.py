"""A new ticket: few fields, the call notes as its description, errors at the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind, Place
from agent_desktop.errors import Refused
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.site import code_list
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import Priority, TicketKind
from agent_desktop.models.ticket.values import NewTicket
from agent_desktop.views.account.work_rows import TicketsBlock
from agent_desktop.views.kit.category_field import CategoryField
from agent_desktop.views.kit.page import Context, Page
from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.columns import Columns
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.layout import column
from agent_desktop.views.widgets.page_head import PageHead
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import code_name

if TYPE_CHECKING:
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.site.record import CodeEntry
    from agent_desktop.models.ticket.record import Ticket
    from agent_desktop.views.kit.draft_keeper import Draft


#: The regulated types of complaint stand under this category (see code_list.complaint_types).
COMPLAINT = "complaint"


class NewTicketPage(Page):
    """The form of a new ticket of one account."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._overview: Overview | None = None
        self._categories: tuple[CodeEntry, ...] | None = None
        self._draft: Draft | None = None
        self._is_complete = self._send_when_complete = False
        self._make_form()
        self._build()

    # -- making -----------------------------------------------------------------------------
    def _make_form(self) -> None:
        self.form = RecordForm(self, name="ticket.fields", columns=4)
        kinds = [(one.value, wording.ticket_kind(one)) for one in TicketKind if one.value]
        urgent = [(one.value, wording.priority(one)) for one in Priority if one.value]
        add = self._add
        add("subject", Field(self.tr("Subject"), name="ticket.subject", required=True), 4)
        self.category = CategoryField(self.tr("Category"), name="ticket.category")
        add("category", self.category, 2)
        add("kind", Field(self.tr("Kind"), name="ticket.kind", choices=kinds), 1)
        add("priority", Field(self.tr("Priority"), name="ticket.priority", choices=urgent), 1)
        self._type = Field(
            self.tr("Regulated type"), name="ticket.complaint_type", required=True, choices=()
        )
        add("complaint_type", self._type, 4)
        add("unit_id", Field(self.tr("Unit"), name="ticket.unit", choices=()), 2)
        add("outage", Field(self.tr("Known outage"), name="ticket.outage", choices=()), 2)
        add("description", Field(self.tr("Description"), name="ticket.description", lines=9), 4)
        self.form.edited.connect(self._on_edited)

    def _add(self, key: str, field: Field, span: int) -> None:
        self.form.add(key, field, span=span)

    def _build(self) -> None:
        self._head = PageHead(self, name="ticket_new.head")
        self.cancel = Button(self.tr("Discard"), ButtonKind.TEXT, name="ticket_new.discard")
        self.cancel.clicked.connect(self.discard)
        self.save_button = Button(
            self.tr("Create ticket"),
            ButtonKind.PRIMARY,
            icon_name="check",
            key=self.tr("Ctrl+Enter"),
            name="ticket_new.save",
        )
        self.save_button.clicked.connect(self.save)
        self._head.add_button(self.cancel)
        self._head.add_button(self.save_button)
        self._block = Block("ticket_new", self.tr("What it is about"), "ticket", self)
        self.strip = WritingStrip(self.context, self)
        self._told = Text("", Role.SMALL, Tone.TEXT2, name="ticket_new.told")
        for part in (self.strip, self.form, self._told):
            self._block.body.addWidget(part)
        self.others = TicketsBlock(self)
        self.others.opened.connect(partial(self.go, PageKind.TICKET))
        self.others.set_title(self.tr("Open tickets of this customer"))
        body = Columns(self, left=0, right=0)
        body.middle.addWidget(self._block)
        body.middle.addWidget(self.others)
        self.setLayout(column(self._head, body, gap=0))

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """An empty form for another customer."""
        self._overview = self._categories = None
        self._is_complete = self._send_when_complete = False
        self.form.show_errors({})
        self.form.set_values(dict.fromkeys(self.form.names(), ""))
        self.form.set_values({"kind": TicketKind.DEMAND.value, "priority": Priority.NORMAL.value})
        self._type.hide()
        self._told.say("")
        self.save_button.set_on()
        self.strip.follow(self.session_id)
        self._head.set_identity(self.tr("New ticket"), icon_name="ticket")
        self.say_title(self.tr("Tickets"), self.tr("New ticket"))

    def leave(self) -> None:
        """What was typed is kept."""
        if self._draft is not None:
            self._draft.save()
            self._draft.close()
            self._draft = None

    def reload(self) -> None:
        """Ask for what the form offers: units, outages, categories."""
        if self.record_id is None:
            return
        background = self.context.background
        background.run(accounts.overview, self.record_id).then(
            self._show_overview, failed=self._on_failed, key="ticket_new.overview"
        )
        background.run(code_list.categories).then(self._show_categories, key="ticket_new.codes")

    def first_focus(self) -> QWidget | None:
        """The subject."""
        return self.form.field("subject").editor

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """Ctrl+Enter creates, Ctrl+S keeps."""
        return {"form.send": self.save, "form.save": self.keep}

    # -- showing ----------------------------------------------------------------------------
    def _show_overview(self, overview: Overview) -> None:
        self._overview = overview
        account = overview.account
        under = f"{account.name} · {wording.account_number(account.number)}"
        self._head.set_identity(self.tr("New ticket"), under=under, icon_name="ticket")
        units = [(str(u.id), f"{u.number} · {u.street}, {u.house}") for u in overview.units]
        outages = [(str(one.id), self._outage(one.code, one.customers)) for one in overview.outages]
        self.form.field("unit_id").set_choices([*units, ("", self.tr("no unit"))])
        self.form.field("outage").set_choices([("", self.tr("none")), *outages])
        self.form.field("outage").setVisible(bool(outages))
        self.others.show_tickets(overview.tickets)
        self._begin_draft()

    def _outage(self, code: str, customers: int | None) -> str:
        return self.tr("{code}, {count} customers").format(code=code, count=customers or 0)

    def _show_categories(self, categories: tuple[CodeEntry, ...]) -> None:
        self._categories = categories
        self.category.set_entries(categories)
        types = [one for one in categories if one.parent_code == COMPLAINT]
        self._type.set_choices([("", ""), *((one.code, code_name(one)) for one in types)])
        self._begin_draft()

    def _begin_draft(self) -> None:
        """Once everything that can be chosen is there, bring back what was typed before."""
        if self._draft is not None or self._overview is None or self._categories is None:
            return
        session = self.session
        notes = session.interaction.notes if session and session.interaction else ""
        if notes and not self.form.field("description").value():
            self.form.set_values({"description": notes})
        fields = {name: self.form.field(name).editor for name in self.form.names()}
        self._draft = self.context.drafts.keep(self._draft_place(), fields, self)
        self._draft.restored.connect(self._on_restored)
        self._draft.saved.connect(self._on_kept)

    def _draft_place(self) -> str:
        return f"ticket:new:{self.session_id or self.record_id}"

    def _on_restored(self, back: tuple[str, ...]) -> None:
        self._on_edited("kind", self.form.field("kind").value())
        if back:
            self._told.say(self.tr("Brought back what you had typed"))
        self._is_complete = True
        if self._send_when_complete:
            self.save()

    def _on_kept(self) -> None:
        self._told.say(self.tr("Saved on this workstation"))

    def _on_edited(self, name: str, value: str) -> None:
        if name == "kind":
            self._type.setVisible(value == TicketKind.COMPLAINT.value)

    # -- saving -----------------------------------------------------------------------------
    def save(self) -> None:
        """Create the ticket; refusals are shown at their fields and the form stays."""
        if not self.save_button.isEnabled():
            return
        if self._overview is None or not self._is_complete:
            self._send_when_complete = True
            self._told.say(self.tr("Is created as soon as the form is complete"))
            return
        self.save_button.set_off(self.tr("Being created"))
        self.context.background.run(tickets.create, self._new(self._overview.account.id)).then(
            self._on_created, failed=self._on_failed
        )

    def _new(self, account_id: UUID) -> NewTicket:
        values = self.form.values()
        session = self.session
        interaction = session.interaction if session else None
        is_complaint = values["kind"] == TicketKind.COMPLAINT.value
        return NewTicket(
            account_id=account_id,
            subject=values["subject"],
            kind=TicketKind(values["kind"]),
            category=values["category"],
            description=values["description"],
            complaint_type=values["complaint_type"] if is_complaint else "",
            priority=Priority(values["priority"]),
            unit_id=_id(values["unit_id"]),
            interaction_id=interaction.id if interaction else None,
            outage_id=_id(values["outage"]),
        )

    def _on_created(self, ticket: Ticket) -> None:
        if self._draft is not None:
            self._draft.drop()
            self._draft = None
        session_id, self.place = self.session_id, None
        self.context.desk.say("ticket_created", number=ticket.number)
        self.context.desk.replace_page(Place(PageKind.TICKET, ticket.id, session_id))

    def _on_failed(self, error: Exception) -> None:
        self._send_when_complete = False
        self.save_button.set_on()
        if isinstance(error, Refused):
            self.form.show_errors(wording.refusals(error.reasons, **error.details))
        else:
            self.form.show_errors({"": self.tr("Not saved. What you typed is kept.")})

    def keep(self) -> None:
        """Keep what is typed now."""
        if self._draft is not None:
            self._draft.save()

    def discard(self) -> None:
        """Throw the form away and go back."""
        if self._draft is not None:
            self._draft.drop()
            self._draft = None
        self.place = None
        self.context.desk.back()


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None
