"""ERP status: lamps that inform and never block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.models.account.record import ErpState
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.layout import column, row
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import IconLabel, Lamp, LampState
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.record import Account
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.installed_base.record import Invoice

LAMPS = {ErpState.ACTIVE: LampState.ACTIVE, ErpState.INACTIVE: LampState.INACTIVE}


def lamp_state(account: Account) -> LampState:
    """The lamp of an account; what the ERP does not know is not integrated."""
    return LAMPS.get(account.erp_state, LampState.NOT_INTEGRATED)


class ErpBlock(Block):
    """The account's state in the ERP, when it was asked, and unpaid bills."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("erp", "", "building-2", parent)
        self.set_title(self.tr("ERP status"))
        self._lamp = Lamp(parent=self)
        self._when = Text("", Role.SMALL, Tone.TEXT2, self)
        self._when.setToolTip(self.tr("Last time the ERP was asked"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(7)
        self.body.addLayout(column(row(self._lamp, None, self._when), self._rows, gap=7))

    def show_overview(self, overview: Overview, is_open: bool) -> None:
        """Show one account; money only to a verified caller."""
        unpaid = tuple(bill for bill in overview.invoices if bill.paid_on is None)
        account = overview.account
        self._lamp.set(lamp_state(account), wording.erp_state(account.erp_state))
        self._when.say(wording.moment(account.erp_checked_at))
        self._fill(unpaid, is_open)

    @refills("_rows")
    def _fill(self, unpaid: tuple[Invoice, ...], is_open: bool) -> None:
        if not unpaid:
            self._rows.addWidget(Text(self.tr("No unpaid bills"), Role.SMALL, Tone.TEXT2))
        for bill in unpaid if is_open else ():
            words = self.tr("Bill due {day}").format(day=wording.day(bill.due_on))
            amount = Text(wording.money(bill.amount_cents), Role.SMALLB, tabular=True)
            icon = IconLabel("receipt-text", Tone.TEXT2, 16)
            self._rows.addLayout(row(icon, Text(words, Role.SMALL, Tone.TEXT2), None, amount))
