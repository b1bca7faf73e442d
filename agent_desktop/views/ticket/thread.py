"""What was said about a ticket, oldest first: the customer, replies, internal notes, moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.models.ticket.record import NoteKind, TicketNote
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.layout import boxed, column, row
from agent_desktop.views.widgets.refill import refilled
from agent_desktop.views.widgets.shapes import Avatar, IconLabel
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.ticket.values import TicketView


class NoteCard(QWidget):
    """One thing that was said; internal ones lie on an amber ground, which says so in words."""

    def __init__(self, note: TicketNote, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._internal = note.internal
        head = row(Text(self._title(note), Role.H3, elide=False), gap=10)
        if note.internal:
            head.addWidget(IconLabel("lock", Tone.WARN, 14))
            head.addWidget(Text(self.tr("internal"), Role.SMALL, Tone.WARN))
        if note.pending:
            head.addWidget(IconLabel("cloud-upload", Tone.WARN, 14))
            head.addWidget(Text(self.tr("not sent yet"), Role.SMALL, Tone.WARN))
        head.addStretch(1)
        head.addWidget(Text(wording.moment(note.written_at), Role.SMALL, Tone.TEXT2))
        said = [Text(note.text, Role.BODY, wrap=True, selectable=True)] if note.text else []
        self.setLayout(column(head, *said, gap=4, margins=(13, 9, 13, 10)))
        self.setAccessibleName(f"{note.author}: {note.text}")

    def _title(self, note: TicketNote) -> str:
        if note.kind in (NoteKind.HANDOVER, NoteKind.ESCALATED):
            return self.tr("{name} → second level").format(name=note.author)
        if note.kind in (NoteKind.NOTE, NoteKind.REPLY):
            return note.author
        return f"{note.author} · {wording.note_kind(note.kind)}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens()
        painter.setPen(QPen(tokens.border, 1))
        painter.setBrush(tokens.warn_soft if self._internal else tokens.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)


class TicketThread(QWidget):
    """All of a ticket's notes below each other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 13, 4, 8)
        self._rows.setSpacing(9)
        self._shown: tuple[TicketNote, ...] = ()
        self.cards: list[NoteCard] = []

    def show_view(self, view: TicketView) -> None:
        """Show the description and every note; nothing is made anew when nothing changed."""
        notes = (*_opening(view), *view.notes)
        if notes == self._shown:
            return
        self._shown = notes
        with refilled(self._rows):
            self._fill(notes, view.account.name if view.account else "")

    def _fill(self, notes: tuple[TicketNote, ...], customer: str) -> None:
        self.cards = []
        for note in notes:
            tone = Tone.ACCENT if note.author == customer else Tone.VIOLET
            face = Avatar(note.author, tone, 30)
            card = NoteCard(note)
            self.cards.append(card)
            line = row(boxed(column(face, None)), card, gap=10)
            line.setStretch(1, 1)
            line.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._rows.addLayout(line)
        self._rows.addStretch(1)


def _opening(view: TicketView) -> tuple[TicketNote, ...]:
    """The description as the first thing said, unless the first note repeats it."""
    ticket = view.ticket
    repeated = bool(view.notes) and view.notes[0].text.startswith(ticket.description)
    if not ticket.description or repeated:
        return ()
    return (
        TicketNote(
            id=ticket.id,
            author=ticket.created_by,
            text=ticket.description,
            written_at=ticket.created_at,
        ),
    )
