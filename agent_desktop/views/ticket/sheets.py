"""Escalate and resolve: each one sheet with what must be said."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtWidgets import QWidget

from agent_desktop.errors import Refused
from agent_desktop.models.site import code_list
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.record_form import RecordForm
from agent_desktop.views.kit.side_sheet import SideSheet
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.field import Field
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.agent.record import Team
    from agent_desktop.models.ticket.record import Ticket
    from agent_desktop.views.kit.page import Context


class TicketSheet(SideSheet):
    """What both have in common: a form, its draft, and refusals at the fields."""

    def __init__(self, context: Context, page: QWidget, name: str, icon_name: str) -> None:
        super().__init__(page, name, "", "", icon_name)
        self._context = context
        self._ticket: Ticket | None = None
        self._draft = FormDraft(context.drafts, self)
        self._draft.kept.connect(self._on_kept)
        self.strip = WritingStrip(context, self)
        self._about = Text("", Role.BODY, Tone.TEXT2, wrap=True)
        self.form = RecordForm(self, name=f"{name}.fields")
        for part in (self.strip, self._about, self.form):
            self.body.addWidget(part)
        self.done.connect(self.save)
        self.closed.connect(self._draft.close)

    def open_for(self, ticket: Ticket, session_id: str) -> None:
        """Open the sheet for a ticket, with what was typed here before."""
        self._draft.close()
        self._ticket = ticket
        self.strip.follow(session_id)
        self.form.show_errors({})
        self.form.set_values(dict.fromkeys(self.form.names(), ""))
        self.told.say("")
        self._begin(ticket)

    def save(self) -> None:
        """Do it; a subclass says what."""
        raise NotImplementedError

    def _begin(self, ticket: Ticket) -> None:
        self._keep_draft(ticket)
        self.open_sheet(self.form.field(self.form.names()[0]).editor)

    def _keep_draft(self, ticket: Ticket) -> None:
        place = f"ticket:{ticket.id}:{self.objectName()}"
        self._draft.begin(place, self.form.editors())

    def _on_done(self, _ticket: Ticket) -> None:
        self.verb.setEnabled(True)
        self._draft.drop()
        self.close_sheet()

    def _on_failed(self, error: Exception) -> None:
        self.verb.setEnabled(True)
        if isinstance(error, Refused):
            self.form.show_errors(wording.refusals(error.reasons, **error.details))
        else:
            self.form.show_errors({"": self.tr("Not done. What you typed is kept.")})

    def _on_kept(self) -> None:
        self.told.say(self.tr("Saved on this workstation"))


class EscalateSheet(TicketSheet):
    """Give a ticket to a team of the second level, with a hand-over note."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(context, page, "escalate", "arrow-up-right")
        self._teams: dict[str, str] = {}
        self.title.say(self.tr("Escalate to second level"))
        self.setAccessibleName(self.title.text())
        self.verb.set_words(self.tr("Escalate"))
        words = self.tr(
            "Say what was checked and what the customer expects, so that nobody asks twice."
        )
        self._about.say(words)
        team = Field(self.tr("Team"), name="escalate.team", required=True, choices=())
        handover = Field(
            self.tr("Hand-over note"), name="escalate.handover", required=True, lines=8
        )
        self.form.add("team_id", team)
        self.form.add("handover", handover)

    def _begin(self, ticket: Ticket) -> None:
        """Open at once, so that no key goes astray; the teams come in a moment."""
        self.open_sheet(self.form.field("handover").editor)
        self._context.background.run(code_list.teams).then(self._on_teams, key="escalate.teams")

    def _on_teams(self, teams: tuple[Team, ...]) -> None:
        second = [team for team in teams if team.level > 1]
        self._teams = {str(team.id): team.name for team in second}
        self.form.field("team_id").set_choices([(str(team.id), team.name) for team in second])
        if self._ticket is not None and self.isVisible():
            self._keep_draft(self._ticket)

    def save(self) -> None:
        """Escalate; asked for while the teams are on their way, as soon as they are there."""
        if not self._draft.when_complete(self._escalate):
            self.told.say(self.tr("Is escalated as soon as the form is complete"))

    def _escalate(self) -> None:
        team = self.form.field("team_id").value()
        if self._ticket is None:
            return
        if not team:
            self.form.show_errors({"team_id": wording.refusal("required")})
            return
        self.verb.setEnabled(False)
        handover = self.form.field("handover").value()
        self._context.background.run(tickets.escalate, self._ticket.id, UUID(team), handover).then(
            self._on_done, failed=self._on_failed
        )

    def _on_done(self, ticket: Ticket) -> None:
        name = self._teams.get(str(ticket.team_id), "")
        super()._on_done(ticket)
        self._context.desk.say("ticket_escalated", number=ticket.number, team=name)


class ResolveSheet(TicketSheet):
    """Solve a ticket; the solution is what the customer is told."""

    def __init__(self, context: Context, page: QWidget) -> None:
        super().__init__(context, page, "resolve", "check")
        self.title.say(self.tr("Resolve ticket"))
        self.setAccessibleName(self.title.text())
        self.verb.set_words(self.tr("Resolve"))
        self._about.say(self.tr("The customer gets this answer."))
        solution = Field(self.tr("Solution"), name="resolve.solution", required=True, lines=8)
        self.form.add("solution", solution)

    def save(self) -> None:
        """Resolve."""
        if self._ticket is None:
            return
        self.verb.setEnabled(False)
        solution = self.form.field("solution").value()
        self._context.background.run(tickets.resolve, self._ticket.id, solution).then(
            self._on_done, failed=self._on_failed
        )

    def _on_done(self, ticket: Ticket) -> None:
        super()._on_done(ticket)
        self._context.desk.say("ticket_resolved", number=ticket.number)
