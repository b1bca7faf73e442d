"""Identity: which facts the caller proved, and the data that stay masked until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.models.account.record import FactKind
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.button import IconButton
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.widgets.layout import row
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Hairline, IconLabel
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import dialled

if TYPE_CHECKING:
    from agent_desktop.desk.session import Session
    from agent_desktop.models.account.record import Account, Phone
    from agent_desktop.models.account.values import Overview


class IdentityBlock(Block):
    """Facts proved, phone, e-mail, address. `edit_wanted` opens the form (F2), `call_wanted`
    dials the preferred number."""

    edit_wanted = Signal()
    call_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("identity", "", "shield-check", parent)
        self.set_title(self.tr("Identity and verification"))
        self.edit = IconButton(
            "pencil",
            self.tr("Edit customer data"),
            self,
            key=self.tr("F2"),
            name="block.identity.edit",
        )
        self.edit.clicked.connect(self.edit_wanted)
        self.head_layout().addWidget(self.edit)
        self._number = ""
        self._proved = QVBoxLayout()
        self._proved.setSpacing(6)
        self.facts = FactRows(self, name="identity.facts", label_width=82)
        self.facts.verb_chosen.connect(self._on_verb)
        self.body.addLayout(self._proved)
        self.body.addWidget(Hairline(self))
        self.body.addWidget(self.facts)

    def show_overview(self, overview: Overview, session: Session | None) -> None:
        """Show an account as far as the caller may hear of it."""
        self._show_proved(session)
        is_open = session is None or session.may_show_data
        self.edit.setEnabled(is_open)
        self.facts.set_facts(self._open_facts(overview) if is_open else self._masked(overview))

    def _show_proved(self, session: Session | None) -> None:
        called = session is not None and bool(session.calls)
        self._fill_proved(session.verified if session else frozenset(), called)

    @refills("_proved")
    def _fill_proved(self, verified: frozenset[str], called: bool) -> None:
        for kind in sorted(verified):
            label = Text(wording.fact(FactKind(kind)), Role.BODY)
            told = Text(self.tr("answered rightly"), Role.SMALL, Tone.TEXT2)
            self._proved.addLayout(row(IconLabel("circle-check", Tone.OK, 17), label, None, told))
        if not verified:
            icon = IconLabel("lock" if called else "info", Tone.TEXT2, 17)
            words = Text(self._why_nothing(called), Role.BODY, Tone.TEXT2, wrap=True)
            line = row(icon, words)
            line.setStretch(1, 1)
            self._proved.addLayout(line)

    def _why_nothing(self, called: bool) -> str:
        if called:
            return self.tr("Not verified yet")
        return self.tr("Nobody on the line: opened for own work")

    def _open_facts(self, overview: Overview) -> tuple[FactLine, ...]:
        account = overview.account
        phones = sorted(overview.phones, key=lambda phone: not phone.preferred)
        shown = wording.phone(phones[0]) if phones else ""
        self._number = dialled(phones[0]) if phones else ""
        call = self.tr("Call {number}").format(number=shown)
        return (
            FactLine(self.tr("Phone"), shown, key="call", verb=call, verb_icon="phone"),
            *self._wish(phones[:1]),
            FactLine(self.tr("E-mail"), account.email),
            FactLine(self.tr("Address"), street(account)),
            FactLine(self.tr("City"), city(account)),
        )

    def _wish(self, phones: list[Phone]) -> tuple[FactLine, ...]:
        """That the customer does not want to be called on this number, and why."""
        if not phones or not phones[0].do_not_call:
            return ()
        words = phones[0].do_not_call_reason or self.tr("asked not to be called")
        return (FactLine(self.tr("Calls"), words, Tone.WARN, "ban"),)

    def _masked(self, overview: Overview) -> tuple[FactLine, ...]:
        """That there is a value, not which."""
        account = overview.account
        masked = self.tr("verify to see")
        there = (
            (self.tr("Phone"), bool(overview.phones)),
            (self.tr("E-mail"), bool(account.email)),
            (self.tr("Address"), bool(address(account))),
        )
        return tuple(
            FactLine(label, f"•••••• {masked}", Tone.TEXT2, "lock")
            for label, known in there
            if known
        )

    def _on_verb(self, _key: str) -> None:
        self.call_wanted.emit(self._number)


def address(account: Account) -> str:
    """The address in one line, as people say it."""
    return ", ".join(part for part in (street(account), city(account)) if part)


def street(account: Account) -> str:
    """Street, house and what is added to it."""
    return ", ".join(part for part in (account.street, account.house, account.complement) if part)


def city(account: Account) -> str:
    """District, city and state."""
    town = " ".join(part for part in (account.city, account.state_code) if part)
    return ", ".join(part for part in (account.district, town) if part)
