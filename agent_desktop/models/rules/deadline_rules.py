"""The country pack: deadlines of the law as data with their source and how sure we are. Pure.

The figures stand in resources/country/<country>.toml and never in code; a rule holds from
`valid_from` to `valid_until`, so a ticket keeps the rule of the day it was opened.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from agent_desktop.models.installed_base.record import Area, Voltage
from agent_desktop.models.rules import business_time
from agent_desktop.models.rules.law_rule import Certainty, LawRule
from agent_desktop.models.ticket.record import Priority, TicketKind

_PACKAGE = Path(__file__).parents[2]
_ORDER = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.VERY_HIGH)


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is chosen by. `on` is the day the case was opened."""

    kind: TicketKind
    category: str
    on: date
    priority: Priority = Priority.NORMAL
    area: Area = Area.URBAN
    voltage: Voltage = Voltage.LOW
    life_support: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """A rule with the conditions under which it holds; an empty condition always holds."""

    rule: LawRule
    kinds: frozenset[str] = frozenset()
    categories: tuple[str, ...] = ()
    priorities: frozenset[str] = frozenset()
    area: str = ""
    voltage: str = ""
    life_support: bool = False

    def fits(self, case: Case) -> bool:
        until = self.rule.valid_until
        return (
            self.rule.valid_from <= case.on
            and (until is None or case.on <= until)
            and (not self.kinds or case.kind in self.kinds)
            and (not self.priorities or case.priority in self.priorities)
            and (not self.categories or any(is_under(case.category, c) for c in self.categories))
            and self.area in ("", case.area)
            and self.voltage in ("", case.voltage)
            and (case.life_support or not self.life_support)
        )


@dataclass(frozen=True, slots=True)
class CountryPack:
    """All rules of a country; the first that fits wins."""

    country: str
    entries: tuple[_Entry, ...]
    response_hours: Mapping[str, int] = field(default_factory=dict)

    def rule(self, case: Case) -> LawRule | None:
        """The deadline that holds for a case; None if the law says nothing."""
        return next((entry.rule for entry in self.entries if entry.fits(case)), None)


def is_under(code: str, parent: str) -> bool:
    """Whether a code is `parent` or lies under it: outage.feeder is under outage."""
    return code == parent or code.startswith(f"{parent}.")


@cache
def country_pack(country: str = "br") -> CountryPack:
    """The pack that ships with the program; `ValueError` or KeyError if it is malformed."""
    found = country_file(country)
    entries = tuple(_entry(rule) for rule in found["rule"])
    return CountryPack(found["country"], entries, found["response_hours"])


@cache
def country_file(country: str) -> Mapping[str, Any]:
    """Everything in resources/country/<country>.toml; `FileNotFoundError` if there is none."""
    folder = _PACKAGE / "resources"
    if not folder.is_dir():
        folder = _PACKAGE.parent / "resources"
    with (folder / "country" / f"{country}.toml").open("rb") as file:
        return tomllib.load(file)


def _entry(found: Mapping[str, Any]) -> _Entry:
    rule = LawRule(
        code=found["code"],
        amount=int(found["amount"]),
        unit=found["unit"],
        source=found["source"],
        standing=Certainty(found["standing"]),
        valid_from=found["valid_from"],
        valid_until=found.get("valid_until"),
        starts=found.get("starts", "any"),
        priority=Priority(found.get("priority", "")),
    )
    if rule.unit not in ("hours", "days", "business_days"):
        raise ValueError(f"{rule.code}: unknown unit {rule.unit}")
    return _Entry(
        rule,
        frozenset(found.get("kinds", ())),
        tuple(found.get("categories", ())),
        frozenset(found.get("priorities", ())),
        found.get("area", ""),
        found.get("voltage", ""),
        found.get("life_support", False),
    )


def due_at(rule: LawRule, opened_at: datetime, zone: str) -> datetime:
    """When a deadline that began at `opened_at` (the protocol was told) ends, in UTC."""
    start = opened_at
    if rule.starts == "service_hours":
        start = business_time.service_start(opened_at, zone)
    if rule.unit == "hours":
        return (start + timedelta(hours=rule.amount)).astimezone(UTC)
    if rule.unit == "days":
        return business_time.days_later(start, rule.amount, zone)
    return business_time.business_days_later(start, rule.amount, zone)


def response_due_at(pack: CountryPack, priority: Priority, opened_at: datetime) -> datetime | None:
    """When the first answer is promised for a priority; None if nothing is promised."""
    hours = pack.response_hours.get(priority)
    return None if hours is None else opened_at + timedelta(hours=hours)


def raised(priority: Priority, least: Priority) -> Priority:
    """The higher of two priorities."""
    known = [word for word in (priority, least) if word in _ORDER]
    return max(known, key=_ORDER.index, default=Priority.NORMAL)
