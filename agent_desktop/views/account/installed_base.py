"""Contracts and installed base: what the customer has, where, and what still covers it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.rows import Cell, Column, Row, RowsTable, Styled
from agent_desktop.views.widgets.shapes import PillText
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import supply_pill

if TYPE_CHECKING:
    from agent_desktop.models.account.values import Overview
    from agent_desktop.models.installed_base.record import Contract, Meter, Unit


class InstalledBaseBlock(Block):
    """Units, contracts and meters of an account."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("installed_base", "", "plug", parent, flush=True)
        self.set_title(self.tr("Contracts and installed base"))
        columns = (Column("what", ""), Column("where", "", 150), Column("cover", "", 136))
        self.table = RowsTable(columns, self, name="installed.table", most_rows=8, header=False)
        self.table.setAccessibleName(self.tr("Contracts and installed base"))
        self.body.addWidget(self.table)

    def show_overview(self, overview: Overview, is_open: bool) -> None:
        """Show one account. Addresses and serial numbers, which callers are asked for, are
        there only for a verified caller."""
        streets = {unit.id: unit.street for unit in overview.units} if is_open else {}
        rows = [
            *(self._unit(unit, is_open) for unit in overview.units),
            *(self._contract(contract) for contract in overview.contracts),
            *(self._meter(meter, streets.get(meter.unit_id or meter.id, ""), is_open)
              for meter in overview.meters),
        ]  # fmt: skip
        self.set_count(len(rows))
        if not rows:
            self.show_empty(self.tr("No contract and no meter"))
            return
        self.show_ready()
        self.table.set_rows(rows)

    def _unit(self, unit: Unit, is_open: bool) -> Row:
        words = self.tr("Unit {number} · {area}, {voltage}").format(
            number=unit.number,
            area=wording.term("area", unit.area),
            voltage=wording.term("voltage", unit.voltage),
        )
        street = f"{unit.street}, {unit.house}" if is_open else ""
        cover: Cell = supply_pill(unit.supply)
        if unit.life_support:
            cover = PillText(self.tr("Life support"), Tone.BAD, "octagon-alert")
        return Row(unit.id, (Styled(words, icon="house"), Styled(street, Tone.TEXT2), cover))

    def _contract(self, contract: Contract) -> Row:
        words = self.tr("Contract {number} · {tariff}")
        words = words.format(number=contract.number, tariff=contract.tariff)
        until = ""
        if contract.ends_on:
            until = self.tr("to {day}").format(day=wording.date_long(contract.ends_on))
        sla: Cell = ""
        if contract.sla_hours:
            sla = PillText(
                self.tr("SLA {hours} h").format(hours=contract.sla_hours), Tone.NEUTRAL, "timer"
            )
        cells = (Styled(words, icon="file-text"), Styled(until, Tone.TEXT2), sla)
        return Row(contract.id, cells, words)

    def _meter(self, meter: Meter, street: str, is_open: bool) -> Row:
        serial = meter.serial if is_open else "••••••"
        words = self.tr("Meter {serial}").format(serial=serial)
        if meter.installed_on:
            year = self.tr("installed {year}").format(year=meter.installed_on.year)
            words = f"{words} · {year}"
        cells = (Styled(words, icon="gauge"), Styled(street, Tone.TEXT2), self._warranty(meter))
        return Row(meter.id, cells, words)

    def _warranty(self, meter: Meter) -> Cell:
        if meter.warranty_until is None:
            return ""
        if meter.warranty_until < date.today():  # noqa: DTZ011 - a warranty ends by local date
            return PillText(self.tr("Warranty ended"), Tone.WARN)
        return PillText(self.tr("Under warranty"), Tone.OK)
