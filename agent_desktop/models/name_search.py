"""Accounts by what people type of a name.

Folded (accents, case, Cyrillic), found by their trigrams, compared and ranked here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import Connection, false

from agent_desktop.models import directory
from agent_desktop.models.folding import fold, rarest_first
from agent_desktop.models.record import Account
from agent_desktop.models.row import Reading

#: How many names the index may offer before they are ranked.
MOST_NAMES, MOST_STARTS = 40, 30
#: How many trigrams the index is asked for: at first, and when they say too little.
TRIGRAMS = (3, 6, 9)
#: A word of a name spelled otherwise is taken from this likeness (of 100) on.
ALIKE = 75


@dataclass(frozen=True, slots=True)
class _Name:
    """A folded name of the mirror: all that ranking needs. `as_typed` is False for a name in
    other letters (Cyrillic, say) than the search."""

    id: bytes
    folded: str
    active: bool
    as_typed: bool = True


def find(r: Reading, typed: str, limit: int) -> list[Account]:
    """Accounts by parts of their names in any order; spelled otherwise if nothing agrees."""
    folded = fold(typed)
    words = folded.split()
    if not words:
        return []
    agreeing = _agreeing(r, _offered(r.c, folded, words, limit), typed, _has_all, limit)
    if agreeing:
        return agreeing
    stems = [_stem(word) for word in words]
    alike = _by_trigrams(r.c, stems, lambda name: _is_like_all(words, name), limit)
    return _agreeing(r, alike, typed, _is_like_all, limit)


def _is_latin(name: str) -> bool:
    return name.isascii() or all(
        unicodedata.name(sign, "").startswith("LATIN") for sign in name if sign.isalpha()
    )


def _agreeing(
    r: Reading,
    offered: Iterable[_Name],
    typed: str,
    agrees: Callable[[list[str], str], bool],
    limit: int,
) -> list[Account]:
    """The best of the names the mirror offers, and of those made or changed here."""
    folded, latin = fold(typed), _is_latin(typed)
    words = folded.split()
    good = sorted(
        (name for name in offered if agrees(words, name.folded)),
        key=lambda name: _order(folded, words, name),
    )
    found = r.by_ids(Account, [UUID(bytes=name.id) for name in good[:limit]])
    if "account" in r.touched:
        found |= {one.id: one for one in r.selected(Account, false(), lambda a: True)}
    now = [
        _Name(one.id.bytes, fold(one.name), one.active, _is_latin(one.name) == latin)
        for one in found.values()
    ]
    still = [name for name in now if agrees(words, name.folded)]
    ranked = sorted(still, key=lambda name: _order(folded, words, name))
    return [found[UUID(bytes=name.id)] for name in ranked[:limit]]


def _offered(c: Connection, folded: str, words: list[str], limit: int) -> set[_Name]:
    """Names that begin with what was typed, and names with all its parts; the latter only if
    the former leave room, since they stand behind them."""
    start = folded if any(len(word) > 2 for word in words) else words[0]
    found = {_name(row) for row in directory.names_from(c, start, MOST_STARTS)}
    if sum(name.active and name.folded.startswith(folded) for name in found) >= limit:
        return found
    return found | _by_trigrams(c, words, lambda name: _has_all(words, name), limit)


def _by_trigrams(
    c: Connection, words: list[str], agrees: Callable[[str], bool], limit: int
) -> set[_Name]:
    """Names with the trigrams of these words; at first only a few are asked for, since reading
    their lists is what costs, and more while too few of what is found agrees."""
    parts = rarest_first(words)
    found: set[_Name] = set()
    for most in (max(TRIGRAMS[0], len(words)), *TRIGRAMS[1:]) if parts else ():
        numbers = directory.numbers_with(c, parts[:most], MOST_NAMES)
        found = {_name(row) for row in directory.names_of(c, numbers)}
        if len(numbers) < MOST_NAMES or most >= len(parts):
            break
        if sum(agrees(name.folded) for name in found) >= limit:
            break
    return found


def _name(row: directory.Name) -> _Name:
    return _Name(row[0], _folded(row[1]), row[2])


#: The same names come again with each key.
_folded = lru_cache(4_000)(fold)


def _stem(word: str) -> str:
    """A longer word without its end, where most spellings differ."""
    return word[:-2] if len(word) > 4 else word


def _has_all(words: list[str], name: str) -> bool:
    """Whether each stands somewhere in the name; one or two letters only begin a word. The same
    as having a `_word_score`."""
    for word in words:
        if word not in name or (len(word) < 3 and f" {word}" not in f" {name}"):
            return False
    return True


def _is_like_all(words: list[str], name: str) -> bool:
    parts = name.split()
    return all(any(fuzz.ratio(word, part) >= ALIKE for part in parts) for word in words)


def _word_score(word: str, name: str) -> int:
    """How a typed word stands in a folded name: a word of it, the start of one, inside one."""
    padded = f" {name} "
    if f" {word} " in padded:
        return 3
    return 2 if f" {word}" in padded else int(word in name and len(word) > 2)


def _order(folded: str, words: list[str], name: _Name) -> tuple[object, ...]:
    score = sum(_word_score(word, name.folded) for word in words)
    likeness = fuzz.ratio(folded, name.folded)
    return (
        not name.active, not name.folded.startswith(folded), -score, not name.as_typed, -likeness,
        name.folded, name.id,
    )  # fmt: skip
