"""Answer the customer or write an internal note, at the foot of a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from agent_desktop.errors import Refused
from agent_desktop.models.ticket import verbs as tickets
from agent_desktop.models.ticket.record import NoteKind
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.colleagues import TypistMark
from agent_desktop.views.widgets.field import NoteEdit
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.page_head import AnchorTabs, Tab
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.ticket.record import Ticket, TicketNote
    from agent_desktop.views.kit.page import Context

REPLY = "reply"
NOTE = "note"


class TicketEditor(QWidget):
    """Two kinds of text, each with a draft of its own. Ctrl+Enter sends."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ticket.editor")
        self._context = context
        self._ticket: Ticket | None = None
        self._drafts = {kind: self._new_draft() for kind in (REPLY, NOTE)}
        self._sent_text = ""
        self.kind = REPLY
        self.tabs = AnchorTabs(self, name="ticket.editor.kind")
        self.tabs.set_tabs((Tab(REPLY, self.tr("Reply")), Tab(NOTE, self.tr("Internal note"))))
        self.tabs.chosen.connect(self.choose)
        self.texts = {
            REPLY: self._text("ticket.reply", self.tr("Reply to the customer")),
            NOTE: self._text("ticket.note", self.tr("Only colleagues read this")),
        }
        self.strip = WritingStrip(context, self)
        self._told = Text("", Role.SMALL, Tone.TEXT2, elide=True, name="ticket.editor.told")
        self.send_button = Button(
            self.tr("Send"),
            ButtonKind.PRIMARY,
            icon_name="send",
            key=self.tr("Ctrl+Enter"),
            name="ticket.send",
        )
        self.send_button.clicked.connect(self.send)
        self._typists = {REPLY: TypistMark(self, name="ticket.reply.typist")}
        self._typists[NOTE] = TypistMark(self, name="ticket.note.typist")
        foot = row(self._told, *self._typists.values(), self.send_button)
        parts = (self.strip, self.tabs, self.texts[REPLY], self.texts[NOTE], foot)
        self.setLayout(column(*parts, gap=6, margins=(12, 4, 12, 10)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.choose(REPLY)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]

    def _new_draft(self) -> FormDraft:
        made = FormDraft(self._context.drafts, self)
        made.kept.connect(self._on_saved)
        return made

    def _text(self, name: str, hint: str) -> NoteEdit:
        made = NoteEdit(lines=3)
        made.setObjectName(name)
        made.setAccessibleName(hint)
        made.setPlaceholderText(hint)
        made.setProperty("look", "bare")
        return made

    @property
    def editor(self) -> NoteEdit:
        """The text in front."""
        return self.texts[self.kind]

    def choose(self, kind: str) -> None:
        """Write a reply or a note."""
        self.kind = kind
        self.tabs.mark(kind)
        for name, text in self.texts.items():
            text.setVisible(name == kind)
        words = self.tr("Send") if kind == REPLY else self.tr("Add note")
        self.send_button.set_words(words)

    def open(self, ticket: Ticket, session_id: str) -> None:
        """Write about this ticket, with what was typed before."""
        self.close_drafts()
        self._ticket = ticket
        self._told.say("")
        self.strip.follow(session_id)
        for kind in self.texts:
            self._keep(kind, ticket)

    def _keep(self, kind: str, ticket: Ticket) -> None:
        self.texts[kind].setPlainText("")
        self._drafts[kind].begin(f"ticket:{ticket.id}:{kind}", {"text": self.texts[kind]})

    def close_drafts(self) -> None:
        """Another ticket comes: keep what was typed."""
        for draft in self._drafts.values():
            draft.close()
        self._ticket = None

    def save_now(self) -> None:
        """Keep what is typed without waiting (Ctrl+S)."""
        for draft in self._drafts.values():
            draft.save()

    def send(self) -> None:
        """Send the text in front; it stays until it is written down."""
        text = self.editor.toPlainText()
        if self._ticket is None or not text.strip() or not self.send_button.isEnabled():
            self.editor.setFocus()
            return
        self.send_button.set_off(self.tr("Being sent"))
        self._sent_text = text
        kind = NoteKind.REPLY if self.kind == REPLY else NoteKind.NOTE
        self._context.background.run(tickets.add_note, self._ticket.id, text, kind).then(
            self._on_sent, failed=self._on_failed
        )

    def _on_sent(self, note: TicketNote) -> None:
        self.send_button.set_on()
        kind = REPLY if note.kind is NoteKind.REPLY else NOTE
        if note.ticket_id == (self._ticket and self._ticket.id):
            self._clear_sent(kind)
        self._told.say(self.tr("Sent") if kind == REPLY else self.tr("Note added"))

    def _clear_sent(self, kind: str) -> None:
        """Take out what was sent; what was typed since then stays."""
        since = self.texts[kind].toPlainText().removeprefix(self._sent_text)
        self._drafts[kind].drop()
        if self._ticket is not None:
            self._keep(kind, self._ticket)
        if since:
            self.texts[kind].insertPlainText(since)

    def _on_failed(self, error: Exception) -> None:
        self.send_button.set_on()
        code = next(iter(error.reasons.values())) if isinstance(error, Refused) else ""
        self._told.set_tone(Tone.BAD)
        kept = self.tr("Not sent. What you typed is kept.")
        self._told.say(wording.refusal(code) if code else kept)

    def _on_saved(self) -> None:
        self._told.set_tone(Tone.TEXT2)
        self._told.say(self.tr("Saved"))

    def typed_names(self) -> tuple[str, ...]:
        """What colleagues' desks call the two texts."""
        return tuple(self._typists)

    def show_typist(self, name: str, words: str) -> None:
        """Say which colleague writes a reply or a note here too, beside the button."""
        hint = self.tr("{words}: reply") if name == REPLY else self.tr("{words}: internal note")
        self._typists[name].say(hint.format(words=words) if words else "")

    def _on_focus(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.tokens()
        focused = self.editor.hasFocus()
        painter.setPen(QPen(tokens.focus, 2) if focused else QPen(tokens.border_strong, 1))
        painter.setBrush(tokens.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)
