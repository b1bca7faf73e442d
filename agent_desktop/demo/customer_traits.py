"""Traits of a customer, read from the account's random bytes. All tables agree because of these.

Most functions take the 64 bytes of `account_dice(index)`; bytes 0 to 19 are used here and
in people.py, 20 to 57 in places.py.
"""

from __future__ import annotations

from functools import lru_cache

from agent_desktop.demo.chance import Deck, dice, faces, scattered
from agent_desktop.demo.places import in_outage

#: The first indexes belong to the people of demo/callers.py, whose records are written by hand.
CAST_SIZE = 10
#: Work of the generated accounts below this index is given to the demo's agents by name.
NAMED_WORK_BELOW = 2_000

_STAGES = faces([
    (4, "suspect"), (6, "candidate"), (10, "buyer"), (216, "client"), (20, "defender"),
])  # fmt: skip
_PHONES = faces([(16, 1), (76, 2), (84, 3), (50, 4), (22, 5), (8, 6)])
_CONTACTS = faces([(150, 0), (66, 1), (30, 2), (10, 3)])
_UNITS_OF_PERSONS = faces([(232, 1), (18, 2), (6, 3)])
_UNITS_OF_COMPANIES = faces([(170, 1), (50, 2), (24, 3), (12, 5)])
_COMPANY_SEGMENTS = faces([(180, "commercial"), (44, "industrial"), (32, "public")])
_BELOW_NUMBERS = 99_999_989


@lru_cache(maxsize=64)
def account_dice(index: int) -> bytes:
    """The account's dice; customers on the feeder of the known outage are active and supplied."""
    d = dice(Deck.ACCOUNT, index)
    if in_outage(index):
        return b"".join((d[:2], b"\xff", d[3:4], b"\x80", d[5:]))
    return d


def is_company(d: bytes) -> bool:
    """About one account in eight."""
    return d[0] < 32


def is_russian(d: bytes) -> bool:
    """About three in a hundred people have a Russian name and speak Russian."""
    return d[1] < 8 and not is_company(d)


def is_active(d: bytes) -> bool:
    """About 29 in 30."""
    return d[2] >= 9


def needs_life_support(d: bytes) -> bool:
    """About one in 250: somebody at the first unit depends on a machine."""
    return d[3] == 0 and not is_company(d)


def stage(d: bytes) -> str:
    """How far the customer has come."""
    return _STAGES[d[4]]


def is_supplied(d: bytes) -> bool:
    """False for prospects: they have no unit, meter, contract or bill yet."""
    return stage(d) not in ("suspect", "candidate")


def segment(d: bytes, rural: bool) -> str:
    """The class of consumer."""
    if is_company(d):
        return _COMPANY_SEGMENTS[d[5]]
    return "rural" if rural else "residential"


def phone_count(d: bytes) -> int:
    """Three on average."""
    return _PHONES[d[6]]


def contact_count(d: bytes) -> int:
    """Companies always have somebody to speak with."""
    count = _CONTACTS[d[7]]
    return count or 1 if is_company(d) else count


def unit_count(d: bytes) -> int:
    """Places supplied."""
    if not is_supplied(d):
        return 0
    return (_UNITS_OF_COMPANIES if is_company(d) else _UNITS_OF_PERSONS)[d[8]]


def account_number(index: int) -> str:
    """Nine digits; 400 000 000 and above, clear of named customers and of numbers desks give."""
    return str(400_000_000 + scattered(index, _BELOW_NUMBERS))


def last_bill_cents(d: bytes, n: int = 0) -> int:
    """The amount of the `n`th latest bill."""
    usual = 4_500 + (d[58] << 8 | d[59]) * (6 if is_company(d) else 1)
    return usual + (d[60] * (n + 3) * 37) % 2_000
