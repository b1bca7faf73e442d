"""Numbers people say (protocol, ticket, order, account): given at the desk from leased blocks.

A number is final the moment it is taken, also with the centre down. Taking happens inside the
caller's `local.writing()`, so a number and the intent that uses it are one commit.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, insert, select

from agent_desktop.errors import Refused
from agent_desktop.models.kinds import NUMBERED
from agent_desktop.models.store.encrypted_file import bare
from agent_desktop.models.store.local import number_block

#: What numbers are leased for, and what stands before those that people say with a prefix.
PREFIXES = {kind.number.series: kind.number.prefix for kind in NUMBERED if kind.number}
BLOCK = 500
SEQUENCES = 10_000_000


def take(c: Connection, kind: str, today: date) -> str:
    """The next number of a kind; `today` is the day at the site (only protocols carry it).

    Raises Refused({"": "numbers_used_up"}) when nothing is leased any more.
    """
    return written(kind, _next(c, kind), today)


_FIRST_BLOCK = (
    'SELECT "first", "next", "last" FROM number_block WHERE kind = ? ORDER BY "first" LIMIT 1'
)
_USED_UP = 'DELETE FROM number_block WHERE kind = ? AND "first" = ?'
_ONE_TAKEN = 'UPDATE number_block SET "next" = "next" + 1 WHERE kind = ? AND "first" = ?'


def _next(c: Connection, kind: str) -> int:
    found = bare(c).execute(_FIRST_BLOCK, (kind,)).fetchone()
    if found is None:
        raise Refused({"": "numbers_used_up"}, kind=kind)
    first, taken, last = found
    bare(c).execute(_USED_UP if taken == last else _ONE_TAKEN, (kind, first))
    return int(taken)


def put_block(c: Connection, kind: str, first: int, last: int) -> None:
    """Keep a block the centre has leased to this file."""
    row = {"kind": kind, "first": first, "next": first, "last": last}
    c.execute(insert(number_block), row)


def left(c: Connection, kind: str) -> int:
    """How many numbers of a kind can still be taken without the centre."""
    block = number_block.c
    total = select(func.sum(block.last - block.next + 1)).where(block.kind == kind)
    return c.execute(total).scalar() or 0


def written(kind: str, sequence: int, today: date) -> str:
    """A number as people say it (docs/data.md, Numbers)."""
    if kind == "protocol":
        digits = f"{today:%Y%m%d}{sequence % SEQUENCES:07d}"
        return digits + check_digit(digits)
    if kind == "account":
        return f"{sequence:09d}"
    return PREFIXES[kind] + str(sequence)


def check_digit(digits: str) -> str:
    """Modulus 11, weights 2 to 9 again and again from the right; 10 and 11 become 0."""
    weights = (2 + place % 8 for place in range(len(digits)))
    total = sum(int(sign) * weight for sign, weight in zip(reversed(digits), weights, strict=True))
    digit = 11 - total % 11
    return "0" if digit > 9 else str(digit)


def is_protocol(text: str) -> bool:
    """Whether these are the 16 digits of a protocol number with the right check digit."""
    return len(text) == 16 and text.isdecimal() and check_digit(text[:15]) == text[15]
