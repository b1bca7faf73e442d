"""Verification: the agent types what the caller says, the program compares, nothing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from agent_desktop.errors import Refused
from agent_desktop.views.look import theme
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import Button, ButtonKind
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import IconLabel
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from uuid import UUID

    from agent_desktop.models.account.caller import AnswerResult, SecurityQuestion


#: Questions shown before somebody asks for others.
FIRST_SHOWN = 3


class AnswerField(QLineEdit):
    """One answer. Enter checks it once; a held key does nothing more."""

    checked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter means: compare this."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not event.isAutoRepeat() and self.text().strip():
                self.checked.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class FactRow(QWidget):
    """One question: its label, the field for the answer, and what came of it."""

    asked = Signal(str, str)

    def __init__(self, question: SecurityQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = question.kind
        self.contact_id = question.contact_id
        self.is_right = False
        label = wording.fact(question.kind)
        self.mark = IconLabel("circle-dot", Tone.TEXT3, 18)
        self.field = AnswerField()
        self.field.setObjectName(f"identify.answer.{question.kind.value}")
        self.field.setAccessibleName(label)
        self.field.setPlaceholderText(wording.fact_example(question.kind))
        self.field.checked.connect(self._on_checked)
        self.told = Text("", Role.SMALL, Tone.TEXT3)
        self.told.hide()
        self.told.setContentsMargins(theme.px(26), 0, 0, 0)
        name = Text(label, Role.BODYB, wrap=True)
        name.setFixedWidth(theme.px(112))
        line = row(self.mark, name, self.field, gap=8)
        self.setLayout(column(line, self.told, gap=2))

    def show_right(self) -> None:
        """The answer was right: what was typed goes out of sight."""
        self.is_right = True
        self.field.clear()
        self.field.setEnabled(False)
        self.field.setPlaceholderText("")
        self.mark.set("circle-check", Tone.OK)
        self._tell(self.tr("Right"), Tone.OK)

    def show_wrong(self, tries_left: int) -> None:
        """The answer does not match; it stays, selected, to be typed over."""
        self.mark.set("circle-x", Tone.BAD)
        self._tell(self.tr("Does not match. Tries left: %n", "", tries_left), Tone.BAD)
        self.field.setEnabled(tries_left > 0)
        self.field.selectAll()

    def show_refused(self, words: str) -> None:
        """The answer could not be read at all."""
        self._tell(words, Tone.BAD)
        self.field.selectAll()

    def _tell(self, words: str, tone: Tone) -> None:
        self.told.set_tone(tone)
        self.told.say(words)
        self.told.show()

    def _on_checked(self) -> None:
        self.asked.emit(self.kind.value, self.field.text())


class VerificationBlock(Block):
    """The questions for one account and how many were answered rightly.

    `asked(kind, typed)` wants an answer compared.
    """

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("verification", "", "shield-check", parent)
        self.set_title(self.tr("Verify before opening data"))
        self.rows: dict[str, FactRow] = {}
        self.questions: tuple[SecurityQuestion, ...] = ()
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self._count = Text("", Role.SMALL, Tone.TEXT2, name="identify.count")
        self._empty = Text(
            self.tr("Choose an account to see its questions."), Role.SMALL, Tone.TEXT2, wrap=True
        )
        self._missing = Text(
            self.tr(
                "Of this customer only the directory is on this PC. More questions come from the"
                " centre as soon as it answers."
            ),
            Role.SMALL, Tone.WARN, wrap=True, name="identify.missing",
        )  # fmt: skip
        self._missing.hide()
        self.body.addWidget(self._missing)
        self.body.addWidget(self._empty)
        self.body.addLayout(self._list)
        self._more = Button(self.tr("Ask something else"), ButtonKind.LINK, self, small=True)
        self._more.setObjectName("identify.more_questions")
        self._more.clicked.connect(self._on_more)
        self._more.hide()
        self._tail = Text("", Role.SMALL, Tone.TEXT2, elide=True, name="identify.masked")
        self.body.addLayout(column(row(self._count, None, self._more), self._tail, gap=0))

    def show_questions(self, questions: tuple[SecurityQuestion, ...]) -> None:
        """The questions of the account that was chosen, the strongest first. What is typed into
        one that stays is kept, and so is the caret."""
        typed = {kind: made.field for kind, made in self.rows.items() if made.field.text()}
        kept = {kind: (field.text(), field.cursorPosition()) for kind, field in typed.items()}
        asked = next((kind for kind, made in self.rows.items() if made.field.hasFocus()), "")
        self.questions = questions
        self._fill(questions)
        self._put_back(kept, asked)
        self._empty.setVisible(not questions)
        self._more.setVisible(len(questions) > FIRST_SHOWN)

    def _put_back(self, kept: dict[str, tuple[str, int]], asked: str) -> None:
        for kind, (text, cursor) in kept.items():
            if kind in self.rows:
                self.rows[kind].field.setText(text)
                self.rows[kind].field.setCursorPosition(cursor)
                self.rows[kind].show()
        if asked in self.rows:
            self.rows[asked].field.setFocus()

    def show_missing(self, *, is_missing: bool) -> None:
        """Say that the centre knows more to ask about this customer than this PC."""
        self._missing.setVisible(is_missing)

    @refills("_list")
    def _fill(self, questions: tuple[SecurityQuestion, ...]) -> None:
        self.rows = {}
        for number, question in enumerate(questions):
            made = FactRow(question, self)
            made.asked.connect(self.asked)
            self.rows[question.kind.value] = made
            self._list.addWidget(made)
            made.setVisible(number < FIRST_SHOWN)

    def show_count(self, verified: frozenset[str], needed: int) -> None:
        """How far the verification has come."""
        for kind, made in self.rows.items():
            if kind in verified and not made.is_right:
                made.show_right()
        done = len(verified) >= needed
        words = self.tr("{count} of {needed} checks").format(count=len(verified), needed=needed)
        tail = self.tr("Data are open") if done else self.tr("Sensitive data stay masked")
        self._count.set_tone(Tone.OK if done else Tone.TEXT2)
        self._count.say(words)
        self._tail.say(tail)
        for part in (self._count, self._tail):
            part.setVisible(bool(self.rows))

    def show_answer(self, kind: str, answer: AnswerResult) -> None:
        """What came of an answer; after a right one the next question gets the keyboard."""
        made = self.rows.get(kind)
        if made is None:
            return
        if not answer.passed:
            made.show_wrong(answer.tries_left)
            return
        made.show_right()
        following = self.next_field()
        if following is not None:
            following.setFocus()

    def show_refused(self, kind: str, error: Exception) -> None:
        """An answer that could not be compared."""
        made = self.rows.get(kind)
        if made is not None:
            code = next(iter(error.reasons.values())) if isinstance(error, Refused) else ""
            made.show_refused(wording.refusal(code))

    def _on_more(self) -> None:
        for made in self.rows.values():
            made.show()
        self._more.hide()

    def contact_of(self, kind: str) -> UUID | None:
        """Whose fact a question is; None for the account's own."""
        return self.rows[kind].contact_id if kind in self.rows else None

    def next_field(self) -> AnswerField | None:
        """The first question still to be asked."""
        open_rows = (
            made for made in self.rows.values() if not made.is_right and not made.isHidden()
        )
        return next((made.field for made in open_rows if made.field.isEnabled()), None)


def questions_for(
    questions: tuple[SecurityQuestion, ...], contact_id: UUID | None
) -> tuple[SecurityQuestion, ...]:
    """One question of each kind: a contact is asked for their own facts first."""
    own = [one for one in questions if contact_id is not None and one.contact_id == contact_id]
    common = [one for one in questions if one.contact_id is None]
    kinds = {one.kind for one in own}
    return (*own, *(one for one in common if one.kind not in kinds))
