"""Chance without randomness: ids, dice and unique numbers as pure functions of an index.

`dice(deck, index)` gives 64 bytes that are the same for ever; each byte decides one thing.
`scattered` spreads consecutive indexes over a range without ever giving a number twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from hashlib import blake2b
from typing import TypeVar

#: Raise this when the same index would give other records: caches of filled mirrors depend on it.
GENERATOR_VERSION = 4

_SEED = b"luz do planalto"
_Item = TypeVar("_Item")


class Deck(IntEnum):
    """Which dice are thrown: one deck per noun, so that a new noun changes no other."""

    ACCOUNT = 1
    PHONE = 2
    CONTACT = 3
    SUPPLY = 4
    TICKET = 5
    ORDER = 6
    INTERACTION = 7


_PREFIX = {deck: _SEED + bytes((deck,)) for deck in Deck}


def dice(deck: Deck, index: int) -> bytes:
    """64 bytes of chance that belong to this index for ever."""
    return blake2b(_PREFIX[deck] + index.to_bytes(5, "big")).digest()


def faces(weighted: Sequence[tuple[int, _Item]]) -> tuple[_Item, ...]:
    """A table of 256 items, so that one byte of dice chooses one by the given weights."""
    total = sum(weight for weight, _ in weighted)
    table: list[_Item] = []
    reached = 0
    for weight, item in weighted:
        reached += weight
        table.extend([item] * (round(256 * reached / total) - len(table)))
    return tuple(table)


def evenly(items: Sequence[_Item]) -> tuple[_Item, ...]:
    """A table of 256 items in which each of `items` (at most 256) is about as frequent."""
    return faces([(1, item) for item in items])


def scattered(index: int, prime: int) -> int:
    """A number below `prime`, different for each index below `prime`."""
    return (index * 1_618_033_989 + 271_828) % prime


class IdKind(IntEnum):
    """The table an id belongs to; the number is part of the id."""

    TEAM = 1
    AGENT = 2
    PRODUCT = 3
    CODE_ENTRY = 4
    OUTAGE = 5
    ACCOUNT = 10
    PHONE = 11
    CONTACT = 12
    FACT = 13
    UNIT = 14
    METER = 15
    CONTRACT = 16
    INVOICE = 17
    TICKET = 18
    TICKET_NOTE = 19
    SERVICE_ORDER = 20
    ORDER_ITEM = 21
    ORDER_EVENT = 22
    INTERACTION = 23
    INTERACTION_CALL = 24


# RFC 9562, version 7: 48 bits of milliseconds, version, 12 bits, variant, 62 bits. The account
# with index i was "taken over" in minute i after this start, so ids rise with the index and
# both databases append instead of splitting pages. The low bits rise too, by a step that lets
# them look random and that two million indexes do not carry over the 62.
_TAKEN_OVER_MS = 1_546_300_800_000
_STEP = (60_000 << 80) + 0x9E3779B97F
_FIRST = {
    kind: (_TAKEN_OVER_MS << 80)
    | (7 << 76)
    | (2 << 62)
    | (kind * 0x2545F4914F6CDD1D & ((1 << 61) - 1))
    for kind in IdKind
}


def id_number(kind: IdKind, index: int, n: int = 0) -> int:
    """The id of the `n`th (below 4096) record of this kind at this index, as a number."""
    return _FIRST[kind] + index * _STEP + (n << 64)
