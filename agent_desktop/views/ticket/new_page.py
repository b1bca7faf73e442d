"""A new ticket: few fields, the call notes as its description, errors at the fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.models.account import verbs as accounts
from agent_desktop.models.site import code_list
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import Priority, TicketKind
from agent_desktop.models.ticket.values import NewTicket
from agent_desktop.views.account.work_rows import TicketsBlock
from agent_desktop.views.kit.category_field import CategoryField
from agent_desktop.views.kit.form_page import FormPage, FormWords
from agent_desktop.views.kit.page import Context
from agent_desktop.views.kit.record_form import FormField
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import code_name

if TYPE_CHECKING:
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.site.record import CodeEntry

#: The regulated types of complaint stand under this category (see code_list.complaint_types).
COMPLAINT = "complaint"


class NewTicketPage(FormPage):
    """The form of a new ticket of one account, which is the record of the place."""

    NAME, FIELDS, DRAFT, ICON, COLUMNS = "ticket_new", "ticket", "ticket:new", "ticket", 4
    WAITS_FOR = frozenset({"overview", "categories"})
    RECORD, CREATED = PageKind.TICKET, "ticket_created"
    create = staticmethod(tickets.create)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.form.edited.connect(self._on_edited)

    # -- what the form is -------------------------------------------------------------------
    def words(self) -> FormWords:
        """A ticket."""
        return FormWords(
            self.tr("Tickets"),
            self.tr("New ticket"),
            self.tr("What it is about"),
            self.tr("Create ticket"),
        )

    def fields(self) -> Iterable[FormField]:
        """What, how urgent, where, and the words of the customer."""
        kinds = tuple((one.value, wording.ticket_kind(one)) for one in TicketKind if one.value)
        urgent = tuple((one.value, wording.priority(one)) for one in Priority if one.value)
        return (
            FormField("subject", self.tr("Subject"), 4, required=True),
            FormField("category", self.tr("Category"), 2, made_by=CategoryField),
            FormField("kind", self.tr("Kind"), choices=kinds),
            FormField("priority", self.tr("Priority"), choices=urgent),
            FormField("complaint_type", self.tr("Regulated type"), 4, required=True, choices=()),
            FormField("unit_id", self.tr("Unit"), 2, choices=(), name="unit"),
            FormField("outage", self.tr("Known outage"), 2, choices=()),
            FormField("description", self.tr("Description"), 4, lines=9),
        )

    def below(self) -> Iterable[QWidget]:
        """The open tickets of the customer, so that none is made twice."""
        self.others = TicketsBlock(self)
        self.others.opened.connect(partial(self.go, PageKind.TICKET))
        self.others.set_title(self.tr("Open tickets of this customer"))
        return (self.others,)

    def defaults(self) -> Mapping[str, str]:
        """A demand of normal priority."""
        return {"kind": TicketKind.DEMAND.value, "priority": Priority.NORMAL.value}

    # -- the page ---------------------------------------------------------------------------
    def enter(self) -> None:
        """An empty form for another customer."""
        super().enter()
        self._on_edited("kind", self.form.field("kind").value())

    def reload(self) -> None:
        """Ask for what the form offers: units, outages, categories."""
        if self.record_id is None:
            return
        background = self.context.background
        background.run(accounts.overview, self.record_id).then(
            self._show_overview, failed=self.show_failed, key="ticket_new.overview"
        )
        background.run(code_list.categories).then(self._show_categories, key="ticket_new.codes")

    # -- showing ----------------------------------------------------------------------------
    def _show_overview(self, overview: Overview) -> None:
        account = overview.account
        self.say_under(f"{account.name} · {wording.account_number(account.number)}")
        units = [(str(u.id), f"{u.number} · {u.street}, {u.house}") for u in overview.units]
        outages = [(str(one.id), self._outage(one.code, one.customers)) for one in overview.outages]
        self.form.field("unit_id").set_choices([*units, ("", self.tr("no unit"))])
        self.form.field("outage").set_choices([("", self.tr("none")), *outages])
        self.form.field("outage").setVisible(bool(outages))
        self.others.show_tickets(overview.tickets)
        self.is_here("overview")

    def _outage(self, code: str, customers: int | None) -> str:
        return self.tr("{code}, {count} customers").format(code=code, count=customers or 0)

    def _show_categories(self, categories: tuple[CodeEntry, ...]) -> None:
        category = self.form.field("category")
        if isinstance(category, CategoryField):
            category.set_entries(categories)
        types = [one for one in categories if one.parent_code == COMPLAINT]
        choices = [("", ""), *((one.code, code_name(one)) for one in types)]
        self.form.field("complaint_type").set_choices(choices)
        self.is_here("categories")

    def prefill(self) -> None:
        """The call notes are the description, unless somebody was quicker."""
        session = self.session
        notes = session.interaction.notes if session and session.interaction else ""
        if notes and not self.form.field("description").value():
            self.form.set_values({"description": notes})

    def restored(self, back: tuple[str, ...]) -> None:
        """The kind may have come back."""
        self._on_edited("kind", self.form.field("kind").value())

    def _on_edited(self, name: str, value: str) -> None:
        if name == "kind":
            is_complaint = value == TicketKind.COMPLAINT.value
            self.form.field("complaint_type").setVisible(is_complaint)

    # -- saving -----------------------------------------------------------------------------
    def gather(self, values: Mapping[str, str]) -> NewTicket:
        """The ticket of the account, in the contact in which it is written."""
        session = self.session
        interaction = session.interaction if session else None
        is_complaint = values["kind"] == TicketKind.COMPLAINT.value
        return NewTicket(
            account_id=self.about_account(),
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


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None
