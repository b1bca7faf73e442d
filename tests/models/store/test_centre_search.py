"""When the centre is asked, and which of its hits say something new."""

from __future__ import annotations

from uuid import UUID

import pytest

from agent_desktop.models.store.centre_search import (
    CentreFound,
    CentreHit,
    CentreMatch,
    account_of,
    beside,
    is_wanted,
)
from agent_desktop.models.store.found import Found, FoundKind, Hit, HitKind

MARINA, PAULO = UUID(int=1), UUID(int=2)
HERE = Hit(HitKind.ACCOUNT, MARINA, MARINA, "Marina", "Campinas", "100200300")
UNIT_HERE = Hit(HitKind.UNIT, UUID(int=9), MARINA, "Marina", "", "UC-1234567")


def hit(match: CentreMatch, account: UUID, code: str = "100200300") -> CentreHit:
    return CentreHit(match, UUID(int=7), account, "Somebody", "Osasco", "100200300", code)


@pytest.mark.parametrize(
    ("typed", "kind", "hits", "wanted"),
    [
        ("4321", FoundKind.PHONE, 0, True),
        ("4321", FoundKind.PHONE, 8, True),  # the beginning of a number may be in the middle, too
        ("432", FoundKind.PHONE, 0, False),
        ("529.982.247-25", FoundKind.TAX_ID, 1, False),
        ("529.982.247-25", FoundKind.TAX_ID, 0, True),
        ("2026112200012347", FoundKind.PROTOCOL, 1, False),
        ("TK-1042", FoundKind.TICKET, 1, False),
        ("marina", FoundKind.NAME, 3, True),
        ("marina", FoundKind.NAME, 4, False),
        ("ma", FoundKind.NAME, 0, False),
        ("a b c", FoundKind.NAME, 0, False),
        ("9" * 101, FoundKind.NOTHING, 0, False),
    ],
)
def test_the_centre_is_asked_when_it_may_know_more(
    typed: str, kind: FoundKind, hits: int, wanted: bool
) -> None:
    assert is_wanted(typed, Found(kind, (HERE,) * hits)) is wanted


def test_what_stands_above_is_not_said_again() -> None:
    found = Found(FoundKind.PHONE, (HERE, UNIT_HERE))
    new = (
        hit(CentreMatch.TAX_ID, PAULO, "•••.982.247-••"),
        hit(CentreMatch.UNIT, MARINA, "UC-9123456"),
        hit(CentreMatch.PROTOCOL, MARINA, "2026112200012347"),
    )
    old = (hit(CentreMatch.PHONE, MARINA), hit(CentreMatch.UNIT, MARINA, "UC-1234567"))
    assert beside(CentreFound(hits=(*old, *new)), found) == new


def test_a_hit_stands_for_its_account_until_the_rest_is_there() -> None:
    stub = account_of(hit(CentreMatch.TAX_ID, PAULO, "•••.982.247-••"))
    assert (stub.id, stub.name, stub.number, stub.city) == (
        PAULO, "Somebody", "100200300", "Osasco",
    )  # fmt: skip
