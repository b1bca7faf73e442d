"""One deadline of the law, as a frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from agent_desktop.models.ticket.record import Priority


class Certainty(Enum):
    """How sure we are of a figure of the law."""

    LAW = "law"
    SECONDARY = "secondary"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class LawRule:
    """A deadline of the country pack. `unit` is hours, days or business_days; an `amount` of
    0 means at once. `source` is the article, `standing` how sure we are of the figure;
    `starts` is any or service_hours, `priority` the least such a ticket may have."""

    code: str
    amount: int
    unit: str
    source: str
    standing: Certainty
    valid_from: date
    valid_until: date | None = None
    starts: str = "any"
    priority: Priority = Priority.OTHER
