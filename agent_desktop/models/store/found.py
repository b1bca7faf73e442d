"""What a search found, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class FoundKind(Enum):
    """What the search box was given."""

    NOTHING = "nothing"
    NAME = "name"
    PHONE = "phone"
    TAX_ID = "tax_id"
    PROTOCOL = "protocol"
    TICKET = "ticket"
    ORDER = "order"
    ACCOUNT = "account"
    UNIT = "unit"
    METER = "meter"


class HitKind(Enum):
    """What kind of record a hit opens; units and meters open their account."""

    ACCOUNT = "account"
    TICKET = "ticket"
    ORDER = "order"
    INTERACTION = "interaction"
    UNIT = "unit"
    METER = "meter"


@dataclass(frozen=True, slots=True)
class Hit:
    """One found record: `code` is the number people say, `detail` what tells it from others."""

    kind: HitKind
    id: UUID
    account_id: UUID | None
    title: str
    detail: str
    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search, the best hit first."""

    kind: FoundKind
    hits: tuple[Hit, ...] = ()
