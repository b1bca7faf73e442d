"""Call notes: written during the call, kept with the interaction, made into a ticket by one key.

What is typed goes to local.db at once (draft) and to the interaction after a short pause.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from agent_desktop.models.interaction import verbs as interactions
from agent_desktop.views.kit.form_draft import FormDraft
from agent_desktop.views.kit.writing_strip import WritingStrip
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.field import NoteEdit
from agent_desktop.views.widgets.layout import row
from agent_desktop.views.widgets.text import Text

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.interaction.record import Interaction
    from agent_desktop.views.kit.page import Context

#: Milliseconds from the last key until the notes are written to the interaction.
PAUSE_MS = 1_500


class NotesBlock(Block):
    """The notes of one session's interaction. `to_ticket(text)` wants a ticket made of them."""

    to_ticket = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("notes", "", "notebook-pen", parent)
        self.set_title(self.tr("Call notes"))
        self._context = context
        self._session_id = ""
        self._written = ""
        self._is_writing = False
        self._draft = FormDraft(context.drafts, self)
        self._draft.restored.connect(self._on_restored)
        self._draft.kept.connect(self._on_draft_saved)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._write)
        self._build()
        context.interaction_control.finishing.connect(self._on_finishing)

    def _build(self) -> None:
        self.strip = WritingStrip(self._context, self)
        self.editor = NoteEdit(lines=4)
        self.editor.setObjectName("notes.text")
        self.editor.setAccessibleName(self.tr("Call notes"))
        self.editor.setPlaceholderText(self.tr("What the customer says"))
        self.editor.textChanged.connect(self._on_typed)
        self._told = Text("", Role.SMALL, Tone.TEXT3, elide=True, name="notes.state")
        self.ticket = Button(self.tr("To ticket"), ButtonKind.SOFT, name="notes.to_ticket")
        self.ticket.clicked.connect(self._on_to_ticket)
        self.body.addWidget(self.strip)
        self.body.addWidget(self.editor)
        self.body.addLayout(row(self._told, self.ticket))

    def open(self, session: Session | None) -> None:
        """Show the notes of a session, with what was typed and not written yet."""
        self.close_notes()
        self._session_id = session.id if session else ""
        self._is_writing = False
        self.strip.follow(self._session_id)
        self._show_notes(session.interaction if session else None)
        if session is not None:
            self._draft.begin(f"notes:{session.id}", {"text": self.editor})

    def follow(self, session: Session) -> None:
        """The session changed; text from elsewhere is shown unless something is typed here.

        Until what was written is confirmed, the session still holds the text before it.
        """
        if session.id != self._session_id:
            return
        self.strip.follow(session.id)
        if self._is_writing:
            return
        if session.interaction is not None and self.editor.toPlainText() == self._written:
            self._show_notes(session.interaction)
        elif session.interaction is not None and not self._pause.isActive():
            self._pause.start()

    def close_notes(self) -> None:
        """Write what is left and stop watching."""
        self._write()
        self._draft.close()

    def focus_notes(self) -> None:
        """Put the keyboard into the notes, behind the last word."""
        self.editor.setFocus()
        end = self.editor.textCursor()
        end.movePosition(end.MoveOperation.End)
        self.editor.setTextCursor(end)

    def save_now(self) -> None:
        """Write without waiting for a pause (Ctrl+S)."""
        self._draft.save()
        self._write()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: nothing waits for a pause any more."""
        super().hideEvent(event)
        self._write()

    def _show_notes(self, interaction: Interaction | None) -> None:
        self._written = interaction.notes if interaction else ""
        if self.editor.toPlainText() == self._written:
            return
        self.editor.blockSignals(True)
        self.editor.setPlainText(self._written)
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.editor.blockSignals(False)
        self._say("")

    def _on_finishing(self, session_id: str) -> None:
        """What waits for a pause is written first: it goes before the end of the contact."""
        if session_id == self._session_id:
            self._write()

    def _on_typed(self) -> None:
        self._say(self.tr("Writing"))
        self._pause.start()

    def _on_restored(self, back: tuple[str, ...]) -> None:
        if back:
            self._say(self.tr("Brought back what you had typed"), Tone.TEXT2)
            self._pause.start()

    def _on_draft_saved(self) -> None:
        self._say(self.tr("Saved on this workstation"))

    def _write(self) -> None:
        """Write the notes to the interaction; before there is one the draft keeps them."""
        self._pause.stop()
        session = self._context.desk.session(self._session_id)
        text = self.editor.toPlainText()
        if session is None or session.interaction is None or text == self._written:
            return
        self._written, self._is_writing = text, True
        self._context.background.run(interactions.note, session.interaction.id, text).then(
            partial(self._on_written, session.id), failed=self._on_failed, key=f"note:{id(self)}"
        )

    def _on_written(self, session_id: str, interaction: Interaction) -> None:
        if session_id == self._session_id:
            self._is_writing = False
        self._context.desk.update(session_id, interaction=interaction)
        if session_id == self._session_id and not self._pause.isActive():
            self._say(self.tr("Saved to this interaction"))

    def _on_failed(self, _error: Exception) -> None:
        self._written, self._is_writing = "", False
        self._say(self.tr("Not written yet. Your text is kept here."), Tone.BAD)

    def _say(self, words: str, tone: Tone = Tone.TEXT3) -> None:
        self._told.set_tone(tone)
        self._told.say(words)

    def _on_to_ticket(self) -> None:
        self._write()
        self.to_ticket.emit(self.editor.toPlainText())
