"""Rows of the outages: one that is known and lasts, one that has just begun, others over."""

from __future__ import annotations

from collections.abc import Iterator

from agent_desktop.demo.chance import IdKind, id_number
from agent_desktop.demo.company_setting import CompanySetting
from agent_desktop.demo.places import OUTAGE_CUSTOMERS, OUTAGE_FEEDER
from agent_desktop.demo.row_format import MINUTE, Row

#: Minutes since the known outage began; Marina's ticket was written seven minutes later.
KNOWN_SINCE_MINUTES = 259
KNOWN_FORECAST_MINUTES = 31

# (code, feeder, city, began minutes ago, forecast in minutes, ended minutes ago, customers)
_OUTAGES = (
    (OUTAGE_FEEDER, OUTAGE_FEEDER, "Osasco", KNOWN_SINCE_MINUTES, KNOWN_FORECAST_MINUTES, None,
     OUTAGE_CUSTOMERS),
    ("BAR-03", "BAR-03", "Barueri", 24, 96, None, 1_312),
    ("SOR-17", "SOR-17", "Sorocaba", 1_730, -1_560, 1_545, 486),
    ("CAM-08", "CAM-08", "Campinas", 4_300, -4_120, 4_162, 2_040),
    ("COT-21", "COT-21", "Cotia", 9_980, -9_700, 9_655, 97),
)  # fmt: skip


def outage(s: CompanySetting) -> Iterator[Row]:
    """All outages; the known one comes first (tickets.KNOWN_OUTAGE)."""
    at = s.spelling.at
    for n, (code, feeder, city, began, forecast, ended, customers) in enumerate(_OUTAGES):
        begun = s.now - began * MINUTE
        yield (
            s.spelling.id(id_number(IdKind.OUTAGE, 0, n)), code, feeder, city, at(begun),
            at(s.now + forecast * MINUTE), None if ended is None else at(s.now - ended * MINUTE),
            customers,
        )  # fmt: skip
