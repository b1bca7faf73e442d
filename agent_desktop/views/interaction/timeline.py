"""The interaction timeline: every contact over all channels, the one going on at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.models.interaction.record import Channel, InteractionStatus
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.timeline import Timeline, TimelineEntry
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.interaction.record import Interaction

#: Entries of one page of the timeline.
PAGE = 30
ICONS = {
    Channel.CALL: "phone-incoming",
    Channel.EMAIL: "mail",
    Channel.CHAT: "message-square",
    Channel.FAX: "file-text",
    Channel.NOTE: "notebook-pen",
}


class HistoryBlock(Block):
    """Contacts of an account, newest first, thirty at a time."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("timeline", "", "history", parent)
        self.set_title(self.tr("Interaction timeline"))
        self._shown = PAGE
        self._interactions: tuple[Interaction, ...] = ()
        self._current: Interaction | None = None
        self.timeline = Timeline(self)
        self.timeline.entry_chosen.connect(self.opened)
        self._more = Button(self.tr("Show older"), ButtonKind.GHOST, self, name="timeline.more")
        self._more.clicked.connect(self._on_more)
        self.body.addWidget(self.timeline)
        self.body.addWidget(self._more)

    def show_overview(self, overview: Overview, session: Session | None) -> None:
        """Show an account's contacts."""
        self._interactions = overview.interactions
        self._current = session.interaction if session else None
        self.set_count(len(overview.interactions))
        if not overview.interactions:
            self.show_empty(self.tr("No contact so far"))
            return
        self.show_ready()
        self._show_entries()

    def _show_entries(self) -> None:
        entries = [self._entry(found) for found in self._interactions[: self._shown]]
        self.timeline.show_entries(tuple(entries))
        self._more.setVisible(len(self._interactions) > self._shown)

    def _entry(self, found: Interaction) -> TimelineEntry:
        is_now = self._current is not None and found.id == self._current.id
        title = wording.channel(found.channel)
        if is_now:
            title = self.tr("Now: {channel}").format(channel=title)
        if found.queue:
            title = f"{title} · {found.queue}"
        open_tone = Tone.ACCENT if found.status is InteractionStatus.OPEN else Tone.NEUTRAL
        return TimelineEntry(
            title,
            wording.moment(found.started_at),
            self._text(found, is_now),
            ICONS.get(found.channel, "history"),
            open_tone,
        )

    def _text(self, found: Interaction, is_now: bool) -> str:
        if is_now:
            return self.tr("You are on this contact. Protocol {number}").format(
                number=wording.protocol(found.protocol)
            )
        parts = (found.summary or found.notes, found.agent_name)
        return " · ".join(part for part in parts if part)

    def _on_more(self) -> None:
        self._shown += PAGE
        self._show_entries()
