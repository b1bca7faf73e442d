"""Beside a service order: who goes there when, its clock, its history and its papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from agent_desktop.desk.session import PageKind
from agent_desktop.models.service_order.record import OrderState
from agent_desktop.views.look.theme import Role, Tone
from agent_desktop.views.ticket.side import LinkedBlock
from agent_desktop.views.widgets.block import Block
from agent_desktop.views.widgets.fact_rows import FactLine, FactRows
from agent_desktop.views.widgets.layout import row
from agent_desktop.views.widgets.refill import refills
from agent_desktop.views.widgets.shapes import Pill
from agent_desktop.views.widgets.sla_clock import SlaClock, SlaDue
from agent_desktop.views.widgets.text import Text
from agent_desktop.views.widgets.timeline import Timeline, TimelineEntry
from agent_desktop.views.words import wording
from agent_desktop.views.words.pills import order_pill, ticket_pill, window

if TYPE_CHECKING:
    from agent_desktop.models.installed_base.record import Unit
    from agent_desktop.models.service_order.values import ServiceOrderView

TONES = {
    OrderState.QUOTATION: Tone.WARN,
    OrderState.ORDER: Tone.OK,
    OrderState.DISPATCHED: Tone.ACCENT,
    OrderState.CONFIRMED: Tone.OK,
}


class DispatchBlock(Block):
    """The crew, the window, the place and the object."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("dispatch", "", "truck", parent)
        self.set_title(self.tr("Dispatch"))
        self.facts = FactRows(self, name="dispatch.facts", label_width=84)
        self.body.addWidget(self.facts)

    def show_view(self, view: ServiceOrderView) -> None:
        """Show where and when the work is done."""
        order = view.order
        planned = order.window_from is not None and order.window_until is not None
        when = window(order.window_from, order.window_until) if planned else ""  # type: ignore[arg-type]
        meter = view.meter.serial if view.meter else ""
        self.facts.set_facts(
            (
                FactLine(self.tr("Crew"), order.crew or self.tr("not planned yet")),
                FactLine(self.tr("Window"), when),
                FactLine(self.tr("Place"), place(view.unit)),
                FactLine(self.tr("Unit"), view.unit.number if view.unit else ""),
                FactLine(self.tr("Meter"), meter),
                FactLine(self.tr("Note"), order.note),
            )
        )


def place(unit: Unit | None) -> str:
    """Street and house of a unit."""
    return ", ".join(part for part in (unit.street, unit.house, unit.city) if part) if unit else ""


class OrderClockBlock(Block):
    """How long is left to finish the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("order_sla", "", "timer", parent)
        self.set_title(self.tr("SLA"))
        self._clock = SlaClock(SlaDue(None), self)
        self.body.addLayout(row(Text(self.tr("Completion"), Role.BODY), None, self._clock))

    def show_view(self, view: ServiceOrderView) -> None:
        """Show the clock of an order that still runs."""
        over = view.order.state in (
            OrderState.CONFIRMED,
            OrderState.BILLED,
            OrderState.CANCELLED,
        )
        self.setVisible(view.order.due_at is not None and not over)
        self._clock.set_due(SlaDue(view.order.due_at, view.order.created_at))


class FlowBlock(LinkedBlock):
    """The papers before and after this order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("flow", parent)
        self.set_title(self.tr("Document flow"))

    @refills("_rows")
    def show_flow(self, view: ServiceOrderView) -> None:
        """Ticket, order, and the bill in the ERP."""
        if view.ticket is not None:
            words = self.tr("Ticket {number}").format(number=view.ticket.number)
            shown = ticket_pill(view.ticket)
            pill = Pill(shown.text, shown.tone, shown.icon)
            self.add("ticket", words, PageKind.TICKET, view.ticket.id, pill)
        shown = order_pill(view.order.state)
        self.add("wrench", view.order.number, after=Pill(shown.text, shown.tone, shown.icon))
        billed = view.order.state is OrderState.BILLED
        told = self.tr("sent") if billed else self.tr("not yet")
        tone = Tone.OK if billed else Tone.NEUTRAL
        self.add("receipt-text", self.tr("Invoice in ERP"), after=Pill(told, tone))


class OrderHistoryBlock(Block):
    """Every move of the order, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("order_history", "", "history", parent)
        self.set_title(self.tr("History"))
        self.timeline = Timeline(self)
        self.body.addWidget(self.timeline)

    def show_view(self, view: ServiceOrderView) -> None:
        """Show the events."""
        self.timeline.show_entries(
            tuple(
                TimelineEntry(
                    wording.order_state(event.state),
                    wording.moment(event.happened_at),
                    " · ".join(part for part in (event.text, event.author) if part),
                    wording.order_icon(event.state),
                    TONES.get(event.state, Tone.NEUTRAL),
                )
                for event in reversed(view.events)
            )
        )
