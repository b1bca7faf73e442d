"""States of records as pills, and the few words that only pages need."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from agent_desktop.models.installed_base.record import Supply
from agent_desktop.models.service_order.record import Charge, OrderState
from agent_desktop.models.ticket.record import Priority, TicketStatus
from agent_desktop.views.look.theme import Tone
from agent_desktop.views.widgets.shapes import PillText
from agent_desktop.views.words import wording

if TYPE_CHECKING:
    from agent_desktop.models.account.record import Phone
    from agent_desktop.models.site.record import CodeEntry
    from agent_desktop.models.ticket.record import Ticket

translate = QCoreApplication.translate
DONE = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})


def ticket_pill(ticket: Ticket) -> PillText:
    """The state of a ticket; at the second level the level says more than the status."""
    if ticket.level == 2 and ticket.status not in DONE:
        return PillText(translate("pills", "2nd level"), Tone.VIOLET, "arrow-up-right")
    icon = "check" if ticket.status is TicketStatus.RESOLVED else ""
    return PillText(wording.ticket_status(ticket.status), wording.tone(ticket.status), icon)


def priority_pill(priority: Priority) -> PillText:
    """The priority; only what is urgent gets a colour."""
    return PillText(wording.priority(priority), wording.tone(priority), "flag")


def order_pill(state: OrderState) -> PillText:
    """The state of a service order."""
    return PillText(wording.order_state(state), wording.tone(state), wording.order_icon(state))


def charge_pill(charge: Charge) -> PillText:
    """Who pays a line of an order."""
    return PillText(wording.charge(charge), wording.tone(charge))


def supply_pill(supply: Supply) -> PillText:
    """Whether a unit is supplied."""
    tone, icon = (Tone.BAD, "unplug") if supply is Supply.CUT else (Tone.OK, "plug")
    return PillText(wording.term("supply", supply), tone, icon)


def code_name(entry: CodeEntry) -> str:
    """The name of a code in the language in force."""
    named = {
        QLocale.Language.Portuguese: entry.name_pt,
        QLocale.Language.Russian: entry.name_ru,
    }.get(QLocale().language(), entry.name_en)
    return named or entry.name_en or entry.code


def dialled(phone: Phone) -> str:
    """A number as the telephone system wants it."""
    return f"+{phone.e164}" if phone.e164 else phone.written


def window(start: datetime, end: datetime) -> str:
    """The span of a visit: `today 14:00-16:00`."""
    on = wording.day(start.astimezone().date())
    return f"{on} {wording.time(start)}-{wording.time(end)}"


def milli_of(text: str) -> int | None:
    """Thousandths of a typed number; the last comma or point is the decimal one."""
    plain = text.strip().removeprefix("R$").replace(" ", "").replace("\u00a0", "")
    at = max(plain.rfind(","), plain.rfind("."))
    whole, rest = (plain, "") if at < 0 else (plain[:at], plain[at + 1 :])
    whole = whole.replace(",", "").replace(".", "")
    if not whole.isdigit() or (rest and not rest.isdigit()):
        return None
    return int(whole) * 1000 + (int((rest + "000")[:3]) if rest else 0)
