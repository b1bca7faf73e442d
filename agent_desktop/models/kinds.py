"""Every kind of record, one line a kind; what follows from them is derived from here.

docs/kinds.md is printed from this list (tools/kinds_table.py).
"""

from __future__ import annotations

from typing import Any

from agent_desktop.models.account.record import ACCOUNT, CONTACT, FACT, PHONE
from agent_desktop.models.agent.record import AGENT, TEAM
from agent_desktop.models.installed_base.record import CONTRACT, INVOICE, METER, OUTAGE, UNIT
from agent_desktop.models.interaction.record import INTERACTION, INTERACTION_CALL
from agent_desktop.models.kind import Kind, Record
from agent_desktop.models.service_order.record import ORDER_EVENT, ORDER_ITEM, SERVICE_ORDER
from agent_desktop.models.site.record import CODE_ENTRY, PRODUCT
from agent_desktop.models.ticket.record import TICKET, TICKET_NOTE

KINDS: tuple[Kind[Any], ...] = (
    ACCOUNT,
    PHONE,
    CONTACT,
    FACT,
    UNIT,
    METER,
    CONTRACT,
    INVOICE,
    OUTAGE,
    TICKET,
    TICKET_NOTE,
    SERVICE_ORDER,
    ORDER_ITEM,
    ORDER_EVENT,
    INTERACTION,
    INTERACTION_CALL,
    TEAM,
    AGENT,
    PRODUCT,
    CODE_ENTRY,
)

BY_NAME: dict[str, Kind[Any]] = {kind.name: kind for kind in KINDS}
BY_RECORD: dict[type[Record], Kind[Any]] = {kind.record: kind for kind in KINDS}

#: The kinds whose records have a number that people say.
NUMBERED = tuple(kind for kind in KINDS if kind.number is not None)
