"""Contacts of an account: who they are to it, and a call by one key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.models.word import Relation
from agent_desktop.views import wording
from agent_desktop.views.blocks.layout import boxed, column, row
from agent_desktop.views.blocks.pills import dialled
from agent_desktop.views.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Avatar
from agent_desktop.views.widgets.text import Text

if TYPE_CHECKING:
    from agent_desktop.models.record import Contact, Phone
    from agent_desktop.models.value import Overview

#: Circles of people who may speak for the account stand out from the others.
TONES = {True: Tone.ACCENT, False: Tone.NEUTRAL}


class ContactsBlock(Block):
    """One line for each contact. `call_wanted(number)` dials."""

    call_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("contacts", "", "contact", parent)
        self.set_title(self.tr("Contacts"))
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

    @refills("_rows")
    def _fill(self, contacts: tuple[Contact, ...], phones: tuple[Phone, ...]) -> None:
        for contact in contacts:
            own = [phone for phone in phones if phone.contact_id == contact.id]
            self._rows.addWidget(self._row(contact, own[:1]))

    def _row(self, contact: Contact, phones: list[Phone]) -> QWidget:
        relation = wording.relation(contact.relation)
        if contact.authorised and contact.relation is not Relation.AUTHORISED:
            relation = self.tr("{relation} · authorised").format(relation=relation)
        texts = column(
            Text(contact.name, Role.H3, elide=True),
            Text(relation, Role.SMALL, Tone.TEXT2, elide=True),
            gap=0,
        )
        line = row(Avatar(contact.name, TONES[contact.authorised], 28), texts, gap=9)
        line.setStretch(1, 1)
        for phone in phones:
            line.addWidget(self._call_button(contact, phone))
        return boxed(line)

    def _call_button(self, contact: Contact, phone: Phone) -> QWidget:
        words = self.tr("Call {name}, {number}")
        icon = "phone"
        if phone.do_not_call:
            words = self.tr("Call {name}, {number}, who asked not to be called")
            icon = "ban"
        words = words.format(name=contact.name, number=wording.phone(phone))
        button = IconButton(icon, words, name=f"block.contacts.call.{contact.id}", size=26)
        button.clicked.connect(partial(self._call, dialled(phone)))
        return button

    def _call(self, number: str) -> None:
        self.call_wanted.emit(number)
