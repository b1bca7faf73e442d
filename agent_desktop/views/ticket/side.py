"""Beside a ticket: who had it when, what it is linked to, and its details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.models.ticket.record import NoteKind
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Avatar, IconLabel, Pill, PillText
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import order_pill

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.models.agent.record import Team
    from agent_desktop.models.ticket.record import Ticket, TicketNote
    from agent_desktop.models.ticket.values import TicketView


class EscalationBlock(Block):
    """First level, second level, who accepted it and when."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("escalation", "", "git-branch", parent)
        self.set_title(self.tr("Escalation"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(9)
        self.body.addLayout(self._rows)

    def show_view(self, view: TicketView) -> None:
        """Show the levels a ticket went through."""
        self._fill(view.ticket, view.notes, view.team)

    @refills("_rows")
    def _fill(self, ticket: Ticket, notes: tuple[TicketNote, ...], team: Team | None) -> None:
        kinds = (NoteKind.HANDOVER, NoteKind.ESCALATED)
        given = next((note for note in notes if note.kind in kinds), None)
        taken = next((note for note in notes if note.kind is NoteKind.ACCEPTED), None)
        opened = wording.moment(ticket.created_at)
        words = self.tr("First level · {name}").format(name=ticket.created_by)
        until = f"{opened} - {wording.time(given.written_at)}" if given else opened
        self._add("user", Tone.NEUTRAL, words, until)
        if ticket.level < 2:
            return
        name = team.name if team else self.tr("team unknown")
        words = self.tr("Second level · {team}").format(team=name)
        told = self.tr("not accepted yet")
        if taken is not None:
            told = self.tr("accepted {moment} by {name}").format(
                moment=wording.moment(taken.written_at), name=taken.author
            )
        self._add("wrench", Tone.VIOLET, words, told, strong=True)

    def _add(self, icon: str, tone: Tone, words: str, under: str, strong: bool = False) -> None:
        texts = column(
            Text(words, Role.H3 if strong else Role.BODY, elide=True),
            Text(under, Role.SMALL, Tone.TEXT2, elide=True),
            gap=0,
        )
        line = row(Avatar("", tone, 26, icon_name=icon), texts, gap=10)
        line.setStretch(1, 1)
        self._rows.addLayout(line)


class LinkedBlock(Block):
    """Account, outage, meter and orders. `opened(kind, id)` opens one."""

    opened = Signal(object, object)

    def __init__(self, name: str = "linked", parent: QWidget | None = None) -> None:
        super().__init__(name, "", "link", parent)
        self.set_title(self.tr("Linked"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        self.body.addLayout(self._rows)

    @refills("_rows")
    def show_view(self, view: TicketView) -> None:
        """Show what a ticket is linked to."""
        account = view.account
        if account is not None:
            number = Text(wording.account_number(account.number), Role.SMALL, Tone.TEXT2)
            self.add("user", account.name, PageKind.ACCOUNT, account.id, number)
        if view.outage is not None:
            count = self.tr("%n customer(s)", "", view.outage.customers or 0)
            words = self.tr("Outage {code}").format(code=view.outage.code)
            self.add("zap", words, None, None, Pill(count, Tone.WARN))
        if view.unit is not None:
            self.add("house", self.tr("Unit {number}").format(number=view.unit.number))
        for order in view.orders:
            shown = order_pill(order.state)
            pill = Pill(shown.text, shown.tone, shown.icon)
            self.add("wrench", order.number, PageKind.ORDER, order.id, pill)

    def add(
        self,
        icon: str,
        words: str,
        kind: PageKind | None = None,
        record_id: UUID | None = None,
        after: QWidget | None = None,
    ) -> None:
        """A line; with a kind of page it opens that record."""
        line = row(IconLabel(icon, Tone.TEXT2, 17), gap=8 if kind is None else 6)
        line.addStrut(theme.px(26))
        if kind is None:
            line.addWidget(Text(words, Role.BODY, elide=True), 1)
        else:
            button = Button(words, ButtonKind.LINK, name=f"{self.objectName()}.{words}", small=True)
            button.clicked.connect(lambda: self.opened.emit(kind, record_id))
            line.addWidget(button)
            line.addStretch(1)
        if after is not None:
            line.addWidget(after)
        self._rows.addLayout(line)


class TicketDetailsBlock(Block):
    """Kind, regulated type, channel, when it was opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("details", "", "file-text", parent)
        self.set_title(self.tr("Details"))
        self.facts = FactRows(self, name="ticket.facts", label_width=96)
        self.body.addWidget(self.facts)

    def show_view(self, view: TicketView, names: Mapping[str, str]) -> None:
        """Show a ticket's details; `names` are the names of categories by code."""
        ticket = view.ticket
        channel = wording.channel(view.interaction.channel) if view.interaction else ""
        protocol = wording.protocol(view.interaction.protocol) if view.interaction else ""
        opened = f"{wording.moment(ticket.created_at)} · {ticket.created_by}"
        typed = ticket.complaint_type
        regulated = names.get(f"complaint.{typed}") or names.get(typed, typed)
        self.facts.set_facts(
            (
                FactLine(self.tr("Kind"), wording.ticket_kind(ticket.kind)),
                FactLine(self.tr("Regulated type"), regulated),
                FactLine(self.tr("Channel"), channel),
                FactLine(self.tr("Protocol"), protocol),
                FactLine(self.tr("Opened"), opened),
                FactLine(self.tr("Solution"), ticket.solution),
            )
        )


def category_pill(code: str, names: Mapping[str, str]) -> PillText:
    """The category of a ticket as a pill."""
    return PillText(names.get(code, code), Tone.NEUTRAL, "tag")
