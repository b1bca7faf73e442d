"""At a glance: the few lines worth knowing about a match before the call is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.layout import row
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.values import Glance


class GlanceBlock(Block):
    """Alerts, open tickets and the last contact; nothing that would name the customer's data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("glance", "", "eye", parent)
        self.set_title(self.tr("At a glance"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(9)
        self.body.addLayout(self._lines)
        self.texts: list[str] = []

    def show_nothing(self) -> None:
        """Nobody is chosen."""
        self._fill(None)

    def show_glance(self, glance: Glance) -> None:
        """The lines of one match."""
        self._fill(glance)

    @refills("_lines")
    def _fill(self, glance: Glance | None) -> None:
        self.texts = []
        if glance is None:
            return
        for alert in glance.alerts:
            tone = wording.alert_tone(alert)
            is_first = tone is Tone.BAD
            self._add(wording.alert_icon(alert), wording.alert_title(alert), tone, is_first)
        self._add("ticket", self._tickets(glance))
        last = glance.last_interaction
        if last is not None:
            when = wording.day(last.started_at)
            how = wording.channel(last.channel)
            words = self.tr("Last contact {when}, {how}").format(when=when, how=how)
            self._add("history", words)

    def _tickets(self, glance: Glance) -> str:
        if not glance.open_tickets:
            return self.tr("No open tickets")
        words = self.tr("%n open ticket(s)", "", glance.open_tickets)
        if glance.second_level_tickets:
            words += self.tr(", %n at 2nd level", "", glance.second_level_tickets)
        return words

    def _add(self, icon: str, words: str, tone: Tone = Tone.TEXT2, strong: bool = False) -> None:
        self.texts.append(words)
        colour = tone if strong else Tone.TEXT
        label = Text(words, Role.H3 if strong else Role.BODY, colour, wrap=True)
        self._lines.addLayout(row(IconLabel(icon, tone, 17), label, gap=8))
