"""Contacts of an account: who they are to it, and a call by one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.models.account.record import Relation
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.shapes import Avatar
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import dialled

if TYPE_CHECKING:
    from agent_desktop.models.account.record import Contact, Phone
    from agent_desktop.models.account.values import Overview

#: Circles of people who may speak for the account stand out from the others.
TONES = {True: Tone.ACCENT, False: Tone.NEUTRAL}


class ContactsBlock(Block):
    """One line for each contact. `call_wanted(number)` dials."""

    call_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("contacts", "", "contact", parent)
        self.set_title(self.tr("Contacts"))
        self._lines: list[_Line] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        self.body.addLayout(self._rows)

    def show_overview(self, overview: Overview, is_open: bool) -> None:
        """Show the contacts; nobody is called before the caller is verified."""
        self.set_count(len(overview.contacts))
        if not overview.contacts:
            self.show_empty(self.tr("No contacts"), self.tr("The customer speaks for themself."))
            return
        self.show_ready()
        self._fill(overview.contacts, overview.phones if is_open else ())

    def _fill(self, contacts: tuple[Contact, ...], phones: tuple[Phone, ...]) -> None:
        while len(self._lines) > len(contacts):
            line = self._lines.pop()
            line.hide()
            line.deleteLater()
        while len(self._lines) < len(contacts):
            self._lines.append(_Line(self))
            self._rows.addWidget(self._lines[-1])
        for line, contact in zip(self._lines, contacts, strict=True):
            own = (phone for phone in phones if phone.contact_id == contact.id)
            line.show_contact(contact, self._relation(contact), next(own, None))

    def _relation(self, contact: Contact) -> str:
        relation = wording.relation(contact.relation)
        if contact.authorised and contact.relation is not Relation.AUTHORISED:
            relation = self.tr("{relation} · authorised").format(relation=relation)
        return relation

    def words_of(self, contact: Contact, phone: Phone) -> str:
        """What the button of a contact does."""
        words = self.tr("Call {name}, {number}")
        if phone.do_not_call:
            words = self.tr("Call {name}, {number}, who asked not to be called")
        return words.format(name=contact.name, number=wording.phone(phone))


class _Line(QWidget):
    """One contact. Another one only says other words."""

    def __init__(self, block: ContactsBlock) -> None:
        super().__init__(block)
        self._block, self._number = block, ""
        self._face = Avatar("", Tone.NEUTRAL, 28, self)
        self._name = Text("", Role.H3, parent=self, elide=True)
        self._relation = Text("", Role.SMALL, Tone.TEXT2, self, elide=True)
        self._call = IconButton("phone", "", self, size=26)
        self._call.clicked.connect(lambda: block.call_wanted.emit(self._number))
        line = row(self._face, column(self._name, self._relation, gap=0), self._call, gap=9)
        line.setStretch(1, 1)
        self.setLayout(line)

    def show_contact(self, contact: Contact, relation: str, phone: Phone | None) -> None:
        self._face.set(contact.name, TONES[contact.authorised])
        self._name.say(contact.name)
        self._relation.say(relation)
        self._number = dialled(phone) if phone else ""
        self._call.setVisible(phone is not None)
        self._call.setObjectName(f"block.contacts.call.{contact.id}" if phone else "")
        if phone is not None:
            icon = "ban" if phone.do_not_call else "phone"
            self._call.say(icon, self._block.words_of(contact, phone))
