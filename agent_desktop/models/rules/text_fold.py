"""Names made comparable: without accents, without case, Cyrillic in Latin letters.

Pure. The same folding is applied to what is stored and to what is typed, so "Сергей", "Sergei"
and "SÉRGEI" meet. It is for finding only and never shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

#: Russian letters as they are most often written in Latin ones; "й" and "ы" become "i", so that
#: Sergei/Sergey do not meet by rule but by the two spellings sharing all other trigrams.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u",
}  # fmt: skip
#: Letters that do not fall apart into a letter and an accent.
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d", "þ": "th"}


def _unaccented(text: str) -> str:
    """The text without its combining accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).lower()


_LIGATURES = str.maketrans({**_LATIN})
#: Letters with accents of the Latin alphabets, so that most names need no more than one look.
_ACCENTED = {
    letter: _unaccented(letter).translate(_LIGATURES) for letter in map(chr, range(0xC0, 0x250))
}
_LETTERS = str.maketrans({**_ACCENTED, **_CYRILLIC, **_LATIN})


def fold(text: str) -> str:
    """Lower case, no accents, Latin letters, digits kept, everything else one space."""
    lower = text.lower()
    if not lower.isascii():
        lower = lower.translate(_LETTERS)
        if not lower.isascii():
            lower = _unaccented(lower)
    if not lower.replace(" ", "").isalnum():
        lower = "".join(sign if sign.isalnum() else " " for sign in lower)
    return " ".join(lower.split())


def trigrams(folded: str) -> tuple[str, ...]:
    """Each run of three signs once, in order; empty for fewer than three."""
    return tuple(dict.fromkeys(folded[i : i + 3] for i in range(len(folded) - 2)))


#: Letters of names in Portuguese and transliterated Russian, the most frequent first.
_FREQUENT = "aeoirsnldtcmupgvbfhjzxqkyw"


def rarest_first(words: Collection[str]) -> tuple[str, ...]:
    """The trigrams of these words, each once: the one of each word that probably the fewest
    names have, then the second of each, and so on. The first few say something of every word."""
    ranked = [sorted(trigrams(word), key=_frequency) for word in words]
    longest = max(map(len, ranked), default=0)
    in_turn = (parts[at] for at in range(longest) for parts in ranked if at < len(parts))
    return tuple(dict.fromkeys(in_turn))


def _frequency(part: str) -> tuple[int, str]:
    return -sum(map(_FREQUENT.find, part)), part
