"""What the directory keeps of a row, packed small, and back again. Pure.

At a million accounts every byte of a row is a megabyte on each agent's disk, so code words
become one number, digits become integers, and what is rare stands in one column that is mostly
empty. Nothing is rounded: what comes out is what went in, for the columns the directory has.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from agent_desktop.models.account.record import (
    Account,
    AccountKind,
    ErpState,
    Phone,
    PhoneKind,
    Segment,
    Stage,
)

Row = Sequence[Any]

#: Columns of an account of which there are few different sets; one number stands for a set.
PROFILE = (
    "kind", "segment", "stage", "language", "erp_state", "tax_id_kind",
    "city", "state_code", "active", "life_support",
)  # fmt: skip
_PHONE_KINDS = tuple(kind.value for kind in PhoneKind)
_KIND_NUMBERS = {kind: number for number, kind in enumerate(_PHONE_KINDS)}
#: Bits of the flags of a telephone number.
_KIND_BITS, PREFERRED, DO_NOT_CALL, OF_CONTACT = 7, 8, 16, 32
#: The longest run of digits that is surely an integer of SQLite's.
MOST_DIGITS = 18


def tag_of(record_id: bytes) -> int:
    """47 bits of a record's id, by which the directory knows a telephone number or a place
    again. The end of a UUID is its random part; two of one account never meet in practice."""
    return int.from_bytes(record_id[-6:]) >> 1


def as_number(text: str) -> int | str:
    """A number as an integer if nothing gets lost by it."""
    plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if plain and str(int(text)) == text else text


# -- accounts -----------------------------------------------------------------------------------
@cache
def _masks(kind: str) -> str:
    """How a masked tax id of a kind is written; `#` is a sign that may be seen."""
    return {"cpf": "•••.###.###-••", "cnpj": "##.•••.•••/####-••"}.get(kind, "")


def seen_of_tax_id(kind: str, masked: str) -> str:
    """The signs of a masked tax id that may be seen; one that is masked otherwise stays whole
    behind a `=`."""
    mask = _masks(kind)
    if masked and len(mask) == len(masked):
        seen = "".join(sign for sign, place in zip(masked, mask, strict=True) if place == "#")
        if masked_tax_id(kind, seen) == masked:
            return seen
    return f"={masked}" if masked else ""


def masked_tax_id(kind: str, seen: str) -> str:
    """The masked tax id again."""
    if not seen or seen.startswith("="):
        return seen[1:]
    signs = iter(seen)
    return "".join(next(signs, "") if place == "#" else place for place in _masks(kind))


def account_of(record_id: bytes, entry: Row, profile: Row) -> Account:
    """The account as far as the directory knows it: no address, no e-mail, no times.

    `entry` is (number, name, tax_id_digest, tax_id_seen), `profile` the columns of `PROFILE`.
    """
    number, name, digest, seen = entry
    kind, segment, stage, language, erp_state, tax_id_kind, city, state, active, support = profile
    return Account(
        id=UUID(bytes=record_id), number=str(number), name=name, tax_id_digest=digest,
        tax_id_kind=tax_id_kind, tax_id_masked=masked_tax_id(tax_id_kind, seen or ""),
        kind=AccountKind(kind), segment=Segment(segment), stage=Stage(stage),
        erp_state=ErpState(erp_state), language=language, city=city, state_code=state,
        active=bool(active), life_support=bool(support),
    )  # fmt: skip


# -- telephone numbers --------------------------------------------------------------------------
def kind_number(kind: str) -> int:
    """The number that stands for a kind of telephone number."""
    return _KIND_NUMBERS.get(kind, _KIND_NUMBERS[""])


def phone_flags(row: Row, at: dict[str, int]) -> int:
    """Kind, preferred, not to be called, of a contact: one small number."""
    flags = kind_number(row[at["kind"]])
    flags |= PREFERRED if row[at["preferred"]] else 0
    flags |= DO_NOT_CALL if row[at["do_not_call"]] else 0
    return flags | (OF_CONTACT if row[at["contact_id"]] is not None else 0)


def phone_rest(row: Row, at: dict[str, int]) -> int | str | None:
    """What few numbers have: until when it was valid (a day's ordinal, if that is all), the
    extension, and of a wish not to be called all that is asked for."""
    until, extension = row[at["valid_until"]], row[at["extension"]]
    rest = {"extension": extension} if extension else {}
    if row[at["do_not_call"]]:
        rest |= {"id": bytes(row[0]).hex(), "reason": row[at["do_not_call_reason"]]}
        rest |= {"on": row[at["do_not_call_on"]]}
    if not rest:
        return date.fromisoformat(until).toordinal() if until else None
    return json.dumps({**rest, "until": until}, ensure_ascii=False, separators=(",", ":"))


def phone_of(account_id: UUID, tag: int, e164: int, flags: int, rest: int | str | None) -> Phone:
    """The number as far as the directory knows it. Its id is the real one only where a wish
    not to be called hangs on it; the contact it may belong to is not known."""
    more = json.loads(rest) if isinstance(rest, str) else {}
    until = date.fromordinal(rest) if isinstance(rest, int) else _day(more.get("until"))
    return Phone(
        id=UUID(hex=more["id"]) if "id" in more else UUID(int=tag),
        account_id=account_id, e164=e164, written=f"+{e164}",
        extension=more.get("extension", ""), kind=PhoneKind(_PHONE_KINDS[flags & _KIND_BITS]),
        preferred=bool(flags & PREFERRED), valid_until=until,
        do_not_call=bool(flags & DO_NOT_CALL), do_not_call_reason=more.get("reason", ""),
        do_not_call_on=_day(more.get("on")),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# -- units and meters ---------------------------------------------------------------------------
def split_code(code: str) -> tuple[int | None, str | None]:
    """The digits a code ends with, as a number, and what stands before them (None: nothing).

    ELS-00443 is (443, "ELS-00"): people say the digits and leave the letters out.
    """
    start = len(code)
    while start and code[start - 1] in "0123456789":
        start -= 1
    digits = code[start:].lstrip("0")[-MOST_DIGITS:]
    before = code[: len(code) - len(digits)]
    return (int(digits) if digits else None), before or None


def joined_code(number: int | None, before: str | None) -> str:
    """The code again."""
    return f"{before or ''}{'' if number is None else number}"
