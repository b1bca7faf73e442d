"""What a site asks of a password, and how long the present one is good. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: The agent is told this long before the password ends.
TOLD_BEFORE = timedelta(days=14)
#: No site may ask for more; PostgreSQL takes longer ones, people do not.
LONGEST = 128


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """`length` is how many signs a new one needs at least. `ends_at` is when the present one ends,
    None if it does not; `has_ended` is the centre's own word for that."""

    length: int = 12
    ends_at: datetime | None = None
    has_ended: bool = False

    def days_left(self, now: datetime) -> int | None:
        """Whole days until the end, once it is time to tell of it; None before."""
        if self.ends_at is None or self.ends_at - now > TOLD_BEFORE:
            return None
        return max(0, (self.ends_at - now).days)


def rule_from(answer: Mapping[str, Any]) -> PasswordRule:
    """The rule from the centre's answer to `api_v1.password_rule`."""
    ends_at = answer.get("ends_at")
    return PasswordRule(
        length=int(answer.get("length") or PasswordRule().length),
        ends_at=None if ends_at is None else datetime.fromisoformat(ends_at),
        has_ended=bool(answer.get("has_ended")),
    )


def faults(rule: PasswordRule, user: str, current: str, new: str) -> dict[str, str]:
    """What is wrong with a new password, by field; empty if nothing is.

    Length is what counts against guessing (NIST SP 800-63B); signs of all kinds are not asked for.
    """
    wrong = {}
    if len(new) < rule.length:
        wrong["new"] = "password_short"
    elif len(new) > LONGEST:
        wrong["new"] = "password_long"
    elif new == current:
        wrong["new"] = "password_same"
    elif len(user) > 2 and user.casefold() in new.casefold():
        wrong["new"] = "password_has_name"
    elif len(set(new)) < 5:
        wrong["new"] = "password_simple"
    return wrong
