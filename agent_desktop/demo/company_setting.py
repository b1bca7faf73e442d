"""When and how big a demo company is, and how its rows are spelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from agent_desktop.demo import row_format
from agent_desktop.demo.row_format import DAY, EPOCH_ORDINAL, HOUR, MINUTE, SITE_OFFSET, RowFormat

#: The key of fact digests of every demo company (docs/data.md, Facts). No secret: all answers
#: are invented. A real site makes its own.
DEMO_FACT_KEY = sha256(b"luz do planalto facts").digest()


@dataclass(frozen=True, slots=True)
class CompanySetting:
    """One company at one moment: `today` is an ordinal of the site's calendar, `now` is UTC
    microseconds; clocks of open work run relative to it."""

    accounts: int
    today: int
    now: int
    fact_key: bytes
    spelling: RowFormat

    def digest(self, kind: str, answer: str) -> bytes:
        """Return the digest that a desk keeps of a fact; `answer` is normalised already."""
        return sha256(self.fact_key + f"{kind}:{answer}".encode()).digest()[:16]


def setting(
    accounts: int,
    today: date,
    *,
    now: datetime | None = None,
    fact_key: bytes = DEMO_FACT_KEY,
    spelled: RowFormat = row_format.PYTHON,
) -> CompanySetting:
    """The company on a day; without `now` it is eleven in the morning at the site."""
    if now is None:
        at = (today.toordinal() - EPOCH_ORDINAL) * DAY + 11 * HOUR - SITE_OFFSET
    else:
        at = row_format.microseconds(now.astimezone(UTC)) // MINUTE * MINUTE
    return CompanySetting(accounts, today.toordinal(), at, fact_key, spelled)
