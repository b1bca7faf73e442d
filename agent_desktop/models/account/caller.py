"""Who is calling, as frozen values: what the call says, the candidates, the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from agent_desktop.models.account.record import Account, Contact, FactKind
from agent_desktop.models.rules.number_meaning import PhoneNumber


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """What a call says about who is calling. `typed_tax_id` came from the voice menu."""

    number: str
    withheld: bool = False
    typed_tax_id: str = ""
    display_name: str = ""


class Rank(Enum):
    """How good a match is; in this order."""

    BEST = "best"
    POSSIBLE = "possible"
    OLD_NUMBER = "old_number"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class MatchReason:
    """Why an account matches; `views/words/wording.py` has the words for `code`."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that may be the caller's: a match, not yet verified."""

    account: Account
    contact: Contact | None
    rank: Rank
    reasons: tuple[MatchReason, ...]
    city: str
    tax_id_masked: str


@dataclass(frozen=True, slots=True)
class Identification:
    """The candidates of a call, the best first; with none, `nothing` says why
    (withheld, internal, unreadable, unknown_number)."""

    candidates: tuple[Candidate, ...]
    number: PhoneNumber
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class SecurityQuestion:
    """A question that can be put to the caller; `contact_id` is whose fact it is."""

    kind: FactKind
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """The result of one typed answer: `count` of `needed` facts are right by now, and
    `tries_left` more wrong ones are allowed for this fact."""

    passed: bool
    count: int
    needed: int
    tries_left: int = 0
