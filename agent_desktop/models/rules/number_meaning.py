"""What a written telephone number means, as a frozen value. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """What a written number means.

    `e164` is None for withheld, internal and unreadable numbers; `national` is the way people of
    the country write it; `valid` says that the numbering plan knows it. A short internal number
    stands in `extension` alone.
    """

    e164: int | None
    national: str
    extension: str
    withheld: bool
    valid: bool
    written: str
