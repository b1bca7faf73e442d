"""Searching at the centre for what this desk cannot find: parts of tax ids, which no desk knows,
and parts in the middle of numbers. Pure; the centre's side stands in docs/data.md §2."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from agent_desktop.models.account.record import Account
from agent_desktop.models.store.found import Found, FoundKind

#: From how many digits on, or letters in a row, the centre is asked at all; as it counts itself.
FEWEST_DIGITS, FEWEST_LETTERS = 4, 3
#: With fewer hits than this for a name, the centre may know more.
FEW_NAMES = 4
#: What is found whole here is what was meant.
_WHOLE = (
    FoundKind.TICKET,
    FoundKind.ORDER,
    FoundKind.PROTOCOL,
    FoundKind.TAX_ID,
    FoundKind.ACCOUNT,
)


class CentreMatch(Enum):
    """What of a record the text is a part of."""

    NAME = "name"
    TAX_ID = "tax_id"
    PHONE = "phone"
    UNIT = "unit"
    METER = "meter"
    PROTOCOL = "protocol"


#: What stands for itself; all others stand for their account.
_RECORDS = (CentreMatch.UNIT, CentreMatch.METER, CentreMatch.PROTOCOL)


@dataclass(frozen=True, slots=True)
class CentreHit:
    """A record the centre found. `id` is the record's, `code` what the text is a part of: of a
    tax id only the signs that may be seen."""

    match: CentreMatch
    id: UUID
    account_id: UUID
    name: str
    city: str
    number: str
    code: str


@dataclass(frozen=True, slots=True)
class CentreFound:
    """The centre's answer; `code` says why it did not search (search_too_short,
    search_too_often), `more` that there were more than it tells."""

    code: str = ""
    hits: tuple[CentreHit, ...] = ()
    more: bool = False


def account_of(hit: CentreHit) -> Account:
    """What is known of the account of a hit, until the rest is there."""
    return Account(id=hit.account_id, number=hit.number, name=hit.name, city=hit.city)


def is_wanted(typed: str, found: Found) -> bool:
    """Whether the centre may know what this desk does not: a part of a number that was not found
    whole, or a name of which there is little here."""
    if sum(sign.isdigit() for sign in typed) >= FEWEST_DIGITS:
        whole = found.kind in _WHOLE and bool(found.hits)
        return not whole and len(typed.strip()) <= 100
    longest = max((len(word) for word in typed.split() if any(map(str.isalpha, word))), default=0)
    return longest >= FEWEST_LETTERS and len(found.hits) < FEW_NAMES


def beside(answer: CentreFound, found: Found) -> tuple[CentreHit, ...]:
    """The centre's hits that do not stand above already, an account once for each match."""
    here = {(hit.account_id, hit.code) for hit in found.hits}
    shown = {hit.account_id for hit in found.hits}

    def is_here(hit: CentreHit) -> bool:
        if hit.match in _RECORDS:
            return (hit.account_id, hit.code) in here
        return hit.account_id in shown

    return tuple(hit for hit in answer.hits if not is_here(hit))
