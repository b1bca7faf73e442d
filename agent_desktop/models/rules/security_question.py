"""Facts a caller may be asked for: reading typed answers, and the digests they are compared by.

Pure. The desk holds facts only as digests keyed by the site's fact key (docs/data.md, Facts), so
an answer can be judged here and cannot be read off here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date

from agent_desktop.models.account.record import FactKind
from agent_desktop.models.rules import tax_id
from agent_desktop.models.rules.text_fold import fold

DIGEST_BYTES = 16
#: The first three letters of the months in Portuguese, English and Russian (folded).
_MONTHS = {
    name: number
    for names in (
        "jan fev mar abr mai jun jul ago set out nov dez",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "yan fev mar apr mai iyu iyu avg sen okt noy dek",
    )
    for number, name in enumerate(names.split(), start=1)
}
_OLDEST_YEAR = 1900


def digest(fact_key: bytes, kind: FactKind, normalised: str) -> bytes:
    """The digest under which the centre keeps a normalised answer."""
    text = f"{kind.value}:{normalised}".encode()
    return hashlib.sha256(fact_key + text).digest()[:DIGEST_BYTES]


def agrees(fact_key: bytes, kind: FactKind, normalised: str, kept: bytes | None) -> bool:
    """Whether a normalised answer is the one kept."""
    return kept is not None and hmac.compare_digest(digest(fact_key, kind, normalised), kept)


def normalised(kind: FactKind, typed: str, today: date) -> str | None:
    """An answer as it is digested, however it was typed; None if it cannot be such an answer."""
    if kind is FactKind.BIRTH_ON:
        day = birth_day(typed, today)
        return day.isoformat() if day else None
    if kind is FactKind.TAX_ID:
        return tax_id.compact(typed) or None
    if kind is FactKind.POSTCODE:
        digits = re.sub(r"\D", "", typed)
        return digits if len(digits) == 8 else None
    if kind is FactKind.LAST_BILL:
        cents = amount_cents(typed)
        return None if cents is None else str(cents)
    return tax_id.compact(typed) or None


def birth_day(typed: str, today: date) -> date | None:
    """A day of birth: 01/02/1986, 1.2.86, 1986-02-01, 01021986, 1 fev 1986, 1 de fevereiro..."""
    parts = _day_parts(fold(typed))
    if parts is None:
        return None
    day, month, year = parts
    if year < 100:
        year += 2000 if 2000 + year <= today.year else 1900
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if date(_OLDEST_YEAR, 1, 1) <= found <= today else None


def _day_parts(folded: str) -> tuple[int, int, int] | None:
    """Day, month and year in folded text; the order is the one of Brazil and Russia."""
    if re.fullmatch(r"\d{6}|\d{8}", folded):
        return int(folded[:2]), int(folded[2:4]), int(folded[4:])
    words = [word for word in folded.split() if word not in ("de", "g", "of")]
    if len(words) != 3:
        return None
    if re.fullmatch(r"\d{4} \d{1,2} \d{1,2}", " ".join(words)):
        words.reverse()
    day, month, year = words
    number = _month(month)
    day = re.sub(r"(?<=\d)(st|nd|rd|th|o)$", "", day)
    if number is None or not (day.isdigit() and year.isdigit()) or len(year) not in (2, 4):
        return None
    return int(day), number, int(year)


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    # Russian June and July share their first three letters.
    if word.startswith("iyu"):
        return 7 if word[3:4] == "l" else 6
    return _MONTHS.get(word[:3])


def amount_cents(typed: str) -> int | None:
    """An amount of money in cents: 214,37, R$ 1.214,37, 1,214.37, 214, 214 reais."""
    text = re.sub(r"r\$|brl|reais|real|руб\.?|₽|\s", "", typed.lower())
    if not re.fullmatch(r"\d[\d.,]*", text):
        return None
    whole, cents = text, "00"
    last = max(text.rfind(","), text.rfind("."))
    if last >= 0 and len(text) - last - 1 in (1, 2):
        whole, cents = text[:last], text[last + 1 :].ljust(2, "0")
    groups = re.split(r"[.,]", whole)
    if any(len(group) != 3 for group in groups[1:]):
        return None
    return int("".join(groups)) * 100 + int(cents)
