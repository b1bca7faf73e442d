"""Accounts by what people type of a name.

Folded (accents, case, Cyrillic), found by their trigrams, compared and ranked here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from rapidfuzz import fuzz
from sqlalchemy import Connection

from agent_desktop.models.rules.text_fold import fold, rarest_first
from agent_desktop.models.store import directory
from agent_desktop.models.store.directory import Entry
from agent_desktop.models.store.reading import Reading

#: How many names the index may offer at a time.
MOST_NAMES, MOST_STARTS = 40, 30
#: How many trigrams the index is asked for (or one of each word, if these are more), how many
#: more then, and how often at most: reading their lists is what costs.
TRIGRAMS, MORE, MOST_ROUNDS = 3, 2, 4
#: A word of a name spelled otherwise is taken from this likeness (of 100) on.
ALIKE = 75


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed: folded, its words, and whether in Latin letters."""

    folded: str
    words: list[str]
    latin: bool


@dataclass(slots=True)
class _Offers:
    """Accounts the index offered so far, by their stored ids, with their folded names."""

    names: dict[bytes, tuple[Entry, str]] = field(default_factory=dict)

    def add(self, found: Iterable[Entry]) -> None:
        """Take over more."""
        self.names |= {one.id: (one, _read(one.name)[0]) for one in found}

    def count(self, agrees: Callable[[str], bool]) -> int:
        """How many agree."""
        return sum(agrees(folded) for _, folded in self.names.values())


def find(r: Reading, typed: str, limit: int) -> list[Entry]:
    """Accounts by parts of their names in any order; spelled otherwise if nothing agrees."""
    folded = fold(typed)
    words = folded.split()
    if not words:
        return []
    asked, offers = _Asked(folded, words, _is_latin(typed)), _Offers()

    def has_all(name: str) -> bool:
        return _has_all(words, name)

    @cache  # namesakes are many, and who was offered is compared again to be ranked
    def is_like_all(name: str) -> bool:
        return _is_like_all(words, name)

    here = r.set_here("account", "name")
    _offer(r.c, offers, asked, has_all, limit)
    agreeing = _best(r, offers, here, asked, has_all, limit)
    if agreeing:
        return agreeing
    if offers.count(is_like_all) < limit:
        _by_trigrams(r.c, offers, [_stem(word) for word in words], is_like_all, limit)
    return _best(r, offers, here, asked, is_like_all, limit)


def _best(
    r: Reading,
    offers: _Offers,
    here: Mapping[bytes, str | None],
    asked: _Asked,
    agrees: Callable[[str], bool],
    limit: int,
) -> list[Entry]:
    """The best of the names the mirror offers, and of those made or changed `here`."""
    names = [name for one, name in offers.names.items() if not here.get(one) and agrees(name[1])]
    names += [
        (Entry(one, name, True, "", ""), _read(name)[0])
        for one, name in here.items()
        if name and agrees(_read(name)[0])
    ]
    best = _ranked(asked, names)[:limit]
    changed = [one.id for one in best if one.id in here]
    if not changed:
        return best
    now = [one for one in best if one.id not in here] + list(r.entries(changed).values())
    still = [(one, _read(one.name)[0]) for one in now]
    return _ranked(asked, [name for name in still if agrees(name[1])])


def _offer(
    c: Connection, offers: _Offers, asked: _Asked, agrees: Callable[[str], bool], limit: int
) -> None:
    """Names that begin with what was typed, and names with all its parts; the latter only if
    the former leave room, since they stand behind them."""
    folded, words = asked.folded, asked.words
    has_word = any(len(word) > 2 for word in words)
    if has_word and len(folded) > directory.START:
        parts = _behind_the_start(folded)
        most = max(TRIGRAMS, len(words))
        offers.add(directory.names_like(c, folded, parts[:most], MOST_NAMES))
    else:
        offers.add(directory.names_from(c, folded if has_word else words[0], MOST_STARTS))
    begin = [one for one, name in offers.names.values() if name.startswith(folded)]
    if sum(one.active for one in begin) < limit:
        _by_trigrams(c, offers, words, agrees, limit, rounds=1 if begin else MOST_ROUNDS)


def _behind_the_start(folded: str) -> tuple[str, ...]:
    """Trigrams of what stands behind the letters that are kept in order; those of a word's
    beginning have the end of the word before."""
    tail = folded[directory.START - 2 :]
    first, *later = tail.split(" ")
    before = first
    segments = [first]
    for word in later:
        segments.append(f"{before[-1:]} {word}")
        before = word
    return rarest_first(segments)


def _by_trigrams(
    c: Connection,
    offers: _Offers,
    words: Collection[str],
    agrees: Callable[[str], bool],
    limit: int,
    rounds: int = MOST_ROUNDS,
) -> None:
    """Offer names with the trigrams of these words. Only a few are asked for; while too few of
    what is found agrees, also those that it has not."""
    parts = rarest_first(words)
    of_each = sum(len(word) > 2 for word in words)
    asked = parts[: max(TRIGRAMS, of_each)]
    later: tuple[str, ...] = ()
    for _ in range(rounds if parts else 0):
        found = directory.names_with(c, asked, MOST_NAMES)
        offers.add(found)
        names = [_read(one.name)[0] for one in found]
        if len(names) < MOST_NAMES or sum(map(agrees, names)) >= limit:
            return
        had = {part: sum(part in name for name in names) for part in parts if part not in asked}
        lacking = [part for part in sorted(had, key=had.__getitem__) if had[part] < len(names)]
        if not lacking:
            return
        later = (*later, *lacking[:MORE])
        asked = (*later, *parts[:of_each])


@lru_cache(4_000)  # the same names come again with each key
def _read(name: str) -> tuple[str, bool]:
    """A name folded, and whether it is written in Latin letters."""
    return fold(name), _is_latin(name)


def _is_latin(name: str) -> bool:
    return name.isascii() or all(
        unicodedata.name(sign, "").startswith("LATIN") for sign in name if sign.isalpha()
    )


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
    return all(any(fuzz.ratio(word, part, score_cutoff=ALIKE) for part in parts) for word in words)


def _word_score(word: str, name: str) -> int:
    """How a typed word stands in a folded name: a word of it, the start of one, inside one."""
    padded = f" {name} "
    if f" {word} " in padded:
        return 3
    return 2 if f" {word}" in padded else int(word in name and len(word) > 2)


def _ranked(asked: _Asked, names: Iterable[tuple[Entry, str]]) -> list[Entry]:
    """The best first."""
    return [one for one, _ in sorted(names, key=lambda name: _order(asked, *name))]


def _order(asked: _Asked, one: Entry, folded: str) -> tuple[object, ...]:
    score = sum(_word_score(word, folded) for word in asked.words)
    likeness = fuzz.ratio(asked.folded, folded)
    as_typed = _read(one.name)[1] == asked.latin
    return (
        not one.active, not folded.startswith(asked.folded), -score, not as_typed, -likeness,
        folded, one.id,
    )  # fmt: skip
