"""A caller who speaks for the customer: a contact of the account, or any name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.text import Text

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session


class ActingForBlock(Block):
    """`named(name)` tells who is speaking; an empty name means the customer themself."""

    named = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("acting_for", "", "user-round", parent)
        self.set_title(self.tr("Caller acts for the customer"))
        self.field = QComboBox()
        self.field.setEditable(True)
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setObjectName("identify.acting_for")
        self.field.setAccessibleName(self.tr("Name of the person who is calling"))
        line = self.field.lineEdit()
        if line is not None:
            line.setPlaceholderText(self.tr("Name, if it is not the customer"))
            line.editingFinished.connect(self._on_edited)
        self.field.activated.connect(self._on_edited)
        self._said = ""
        self._account_id: object = None
        self._told = Text("", Role.SMALL, Tone.TEXT2, wrap=True)
        self._told.hide()
        self.body.addWidget(self.field)
        self.body.addWidget(self._told)

    def show_session(self, session: Session) -> None:
        """Offer the contacts that match this call, and show what was said."""
        found = session.identification
        account_id = session.account.id if session.account else None
        if account_id != self._account_id:
            self._account_id = account_id
            names = [
                candidate.contact.name
                for candidate in (found.candidates if found else ())
                if candidate.contact is not None and candidate.account.id == account_id
            ]
            self.field.clear()
            self.field.addItems(names)
            self.field.setCurrentText(session.acting_for)
        self._said = session.acting_for
        self._told.setVisible(bool(session.acting_for))
        words = self.tr("{name} speaks for the customer. Ask for the customer's facts.")
        self._told.say(words.format(name=session.acting_for))

    def _on_edited(self) -> None:
        name = self.field.currentText().strip()
        if name != self._said:
            self._said = name
            self.named.emit(name)
