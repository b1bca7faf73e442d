"""The phone identity engine: what a written or signalled telephone number means. Pure.

It reads E.164, national forms, trunk and carrier codes (0 15 11 ...), collect calls (9090),
extensions, several numbers in one field, SIP and tel addresses, withheld callers and the old
Brazilian mobile numbers of eight digits. tests/models/rules/phone_corpus.tsv is its specification.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
from phonenumbers import PhoneNumberFormat

from agent_desktop.models.rules.number_meaning import PhoneNumber as PhoneNumber

#: What PBXs and people write instead of a number that is not known, folded as `_plain` does
#: (266696687 is ANONYMOUS on a keypad).
WITHHELD = frozenset(
    word.strip()
    for word in """
    anonymous, unavailable, unknown, withheld, restricted, private, blocked, confidential, nobody,
    private number, caller id blocked, no caller id, id unavailable, not available, out of area,
    privado, bloqueado, oculto, anonimo, nao identificado, desconhecido, confidencial, restrito,
    sem identificacao, numero privado, numero restrito, numero oculto, numero confidencial,
    indisponivel, fora de area, asterisk, null, none, 266696687, скрыт, скрытыи номер, номер скрыт,
    неизвестныи, неизвестен, аноним, анонимно
    """.split(",")
)
#: Area codes of Brazil (the numbering plan of the regulator).
AREA_CODES = frozenset(
    "11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51"
    " 53 54 55 61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94"
    " 95 96 97 98 99".split()
)
#: The longest number that can only be a telephone inside the house or a short code (190).
LONGEST_INTERNAL = 6
#: Area code and nine digits.
LONGEST_NATIONAL = 11

_EXTENSION = re.compile(
    r"[\s,;(]*(?:ramais|ramal|rml|ram|extensao|extension|extn|ext|доб(?:авочный)?|вн|r|x|,,|#)"
    r"[.:=]*\s*(\d{1,7})\)?\s*$"
)
_BETWEEN = re.compile(
    r"\s*(?:/|\||\n|;(?!\s*(?:ext|ramal))|,\s(?!\s*(?:ext|r[a.\s]|доб))|\s(?:e|ou|or|and|и|или)\s)\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:^|<|\s)(sips?|tel|callto):([^>\s]+)", re.IGNORECASE)
_ALL_ZEROS = re.compile(r"\+?0{3,}")
_REMARK = re.compile(r"\([^()]*[^\W\d_x]{2,}[^()]*\)")
# When to call, behind the number: "apos 18h", "das 8 as 18", "8h-18h".
_HOURS = re.compile(
    r"(?<=[\d)])[\s,;]+(?:so |somente )?"
    r"(?:(?:apos|depois|antes|ate|das|entre|a partir|after|before|until|from|после|до)\b"
    r"|\d{1,2}(?:h|:\d\d)).*$"
)
# A word of digits in which somebody typed the letters that look like 1 and 0.
_LOOKALIKES = re.compile(r"(?<![^\W\d_])[\dilo]*\d[\dilo]*(?![^\W\d_])")
_DIGIT_FOR = str.maketrans("ilo", "110")
# An area code in brackets; what follows it is the subscriber's number and nothing else.
_BRACKETED_AREA = re.compile(r"\((?!55)(\d\d)\)")
_HIDING_PREFIX = re.compile(r"^[*#]3[01]#|^\*67")


def parse(text: str, region: str = "BR", area: str = "") -> PhoneNumber:
    """What a written number means; of several in one text the first.

    `region` is the country national forms belong to, `area` the area code of numbers written
    without one (empty: such numbers stay incomplete).
    """
    return parse_many(text, region, area)[0]


def parse_many(text: str, region: str = "BR", area: str = "") -> tuple[PhoneNumber, ...]:
    """All numbers in one text: "3222-9000/9001" are two, "3222-9000 r. 12/13" are two as well."""
    whole = _from_address(text)
    if whole is not None:
        return (_read(whole, text.strip(), region, area),)
    found: list[PhoneNumber] = []
    before = ""
    for part in _BETWEEN.split(text.strip()):
        before = _completed(part, before)
        found.append(_read(before, part, region, area))
    if not _is_outside(found[0]):
        return (_read(text, text.strip(), region, area),)
    return (found[0], *filter(_is_outside, found[1:]))


def _is_outside(number: PhoneNumber) -> bool:
    return number.e164 is not None or bool(number.national)


def in_brazil(digits: str) -> int | None:
    """The number of Brazil that plain digits are; None if they are none. No other country's plan
    is asked: the first question to each takes milliseconds."""
    found = (_valid(guess) for guess in _brazilian(digits, ""))
    return next((_e164(number) for number in found if number is not None), None)


@lru_cache(maxsize=4096)
def shown(e164: int) -> str:
    """A number the way it is shown everywhere: +55 11 98765-4321."""
    try:
        number = phonenumbers.parse(f"+{e164}")
    except phonenumbers.NumberParseException:
        return f"+{e164}"
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def twins(e164: int) -> tuple[int, ...]:
    """The number and the other way it may be stored: with or without Brazil's ninth digit.

    Mobile numbers grew from 8 to 9 digits between 2012 and 2016; lists, PBXs and customers
    still hold both.
    """
    digits = str(e164)
    if not digits.startswith("55") or digits[2:4] not in AREA_CODES:
        return (e164,)
    area, subscriber = digits[:4], digits[4:]
    if len(subscriber) == 9 and subscriber[0] == "9" and subscriber[1] in "6789":
        return (e164, int(area + subscriber[1:]))
    if len(subscriber) == 8 and subscriber[0] in "6789":
        return (e164, int(f"{area}9{subscriber}"))
    return (e164,)


def last_eight(number: PhoneNumber) -> int | None:
    """The last eight digits of a number written without its area code; None for others.

    They are the same with and without the ninth digit, so they find both.
    """
    digits = re.sub(r"\D", "", number.national)
    return int(digits[-8:]) if number.e164 is None and len(digits) in (8, 9) else None


# -- from text to one candidate -----------------------------------------------------------------
def _from_address(text: str) -> str | None:
    """The number in a SIP or tel address, with its extension; None if the text is no address."""
    found = _ADDRESS.search(text)
    if found is None:
        return None
    user, _, after = found[2].partition("@")
    number, *params = unquote(user).split(";")
    if found[1].lower() == "tel":
        params += after.split(";")
    named = dict(param.partition("=")[::2] for param in params)
    context = named.get("phone-context", "")
    if context.startswith("+") and not number.startswith("+"):
        number = context + number
    return f"{number} ext {named['ext']}" if named.get("ext") else number


def _completed(part: str, before: str) -> str:
    """A part of a list of numbers with what it leaves out taken from the one before it."""
    digits = re.sub(r"\D", "", part)
    if not before or not re.fullmatch(r"[\d\s.-]+", part) or not digits:
        return part
    extension = _EXTENSION.search(_plain(before))
    if extension and len(digits) <= len(extension[1]) + 1:
        return f"{before[: extension.start(1)]}{digits}"
    stem = before[: extension.start()] if extension else before
    known = re.sub(r"\D", "", stem)
    if len(digits) < 8 and len(known) >= 8:
        return stem.rstrip()[: -len(_tail(stem.rstrip(), len(digits)))] + digits
    if len(digits) in (8, 9) and len(known) > 9:
        subscriber = 9 if known[-9] == "9" and known[-8] in "6789" else 8
        return known[:-subscriber].join(("+" if "+" in stem else "", digits))
    return part


def _tail(text: str, digits: int) -> str:
    """The end of a text that holds that many digits."""
    at = len(text)
    while digits:
        at -= 1
        digits -= text[at].isdigit()
    return text[at:]


def _plain(text: str) -> str:
    """Lower case without accents, other digits made ours; the length may change."""
    wide = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        str(unicodedata.digit(letter)) if letter.isdigit() else letter
        for letter in wide
        if not unicodedata.combining(letter)
    )


def _read(text: str, written: str, region: str, area: str) -> PhoneNumber:
    plain = _HIDING_PREFIX.sub("", _plain(text).strip(" \t\"'<>"))
    if " ".join(plain.split()) in WITHHELD or _ALL_ZEROS.fullmatch(plain):
        return PhoneNumber(None, "", "", True, False, written)
    plain = _LOOKALIKES.sub(lambda word: word[0].translate(_DIGIT_FOR), _HOURS.sub("", plain))
    extension = _EXTENSION.search(plain)
    if extension is None:
        plain = _REMARK.sub("", plain)
    if extension and re.search(r"\d", plain[: extension.start()]):
        plain = plain[: extension.start()]
    elif extension and re.fullmatch(r"\D+\d+\D*", plain):
        return PhoneNumber(None, "", extension[1], False, False, written)
    else:
        extension = None
    digits = re.sub(r"\D", "", plain)
    if digits in WITHHELD:
        return PhoneNumber(None, "", "", True, False, written)
    if region == "BR" and _BRACKETED_AREA.match(plain) and len(digits) > LONGEST_NATIONAL:
        return PhoneNumber(None, "", "", False, False, written)
    return _number(
        f"+{digits}" if re.match(r"\D*\+", plain) else digits,
        extension[1] if extension else "",
        written,
        region,
        area,
        internal=re.search(r"[^\W\d_]", plain) is None,
    )


def _number(
    digits: str, extension: str, written: str, region: str, area: str, internal: bool
) -> PhoneNumber:
    bare = digits.lstrip("+")
    if internal and not extension and digits == bare and 2 <= len(bare) <= LONGEST_INTERNAL:
        return PhoneNumber(None, "", bare, False, False, written)
    for guess in _guesses(digits, region, area):
        found = _valid(guess)
        if found is not None:
            national = _national(found, region)
            return PhoneNumber(_e164(found), national, extension, False, True, written)
    if region == "BR" and (local := _local(bare)):
        return PhoneNumber(None, f"{local[:-4]}-{local[-4:]}", extension, False, False, written)
    return PhoneNumber(None, "", extension, False, False, written)


# -- from digits to E.164 -----------------------------------------------------------------------
def _guesses(digits: str, region: str, area: str) -> list[str]:
    """Everything the digits may stand for as +E.164, the likeliest first."""
    bare = digits.lstrip("+")
    home = _brazilian(bare, area) if region == "BR" else _other(bare, region)
    if digits.startswith("+"):
        return [digits, *_trunk_after_country(bare), *home]
    if bare.startswith("00"):
        return [f"+{bare[2:]}", *_trunk_after_country(bare[2:]), f"+{bare[4:]}", *home]
    return [*home, *([f"+{bare}"] if len(bare) >= 11 else [])]


def _trunk_after_country(bare: str) -> list[str]:
    """+55 (011) 98765-4321: the trunk zero has no place after the country code."""
    return _brazilian(bare[2:], "") if bare.startswith("55") else []


def _brazilian(digits: str, area: str) -> list[str]:
    """A Brazilian number behind trunk zero, carrier code, collect prefix or country code."""
    forms = [digits]
    if digits.startswith("9090") or (digits.startswith("90") and len(digits) >= 14):
        forms.append(digits[4:])
    if digits.startswith("0") and digits[:4] not in ("0800", "0300", "0500", "0900"):
        bare = digits.lstrip("0")
        forms += [bare, bare[2:]]
    if digits.startswith("55") and len(digits) > 11:
        forms.append(digits[2:])
    if len(digits) in (12, 13):
        forms.append(digits[2:])
    if area:
        forms += [area + form for form in forms if len(form) in (8, 9)]
    return [guess for form in forms for guess in _with_country(form)]


def _with_country(form: str) -> list[str]:
    """A national form with its country code; old mobile numbers get their ninth digit."""
    if form.startswith("0"):
        return [f"+55{form[1:]}"]
    if len(form) == 10 and form[:2] in AREA_CODES and form[2] in "6789":
        return [f"+55{form[:2]}9{form[2:]}"]
    long_enough = len(form) in (10, 11) and form[:2] in AREA_CODES
    shared_cost = len(form) == 8 and form[:4] in ("4003", "4004", "4020", "3003")
    return [f"+55{form}"] if long_enough or shared_cost else []


def _other(digits: str, region: str) -> list[str]:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return []
    return [phonenumbers.format_number(number, PhoneNumberFormat.E164)]


def _local(digits: str) -> str:
    """The subscriber's part of a Brazilian number written without area code, else empty."""
    if digits.startswith("9090") and len(digits) in (12, 13):
        digits = digits[4:]
    mobile = len(digits) == 9 and digits[0] == "9"
    return digits if mobile or (len(digits) == 8 and digits[0] in "2345678") else ""


@lru_cache(maxsize=4096)
def _valid(guess: str) -> phonenumbers.PhoneNumber | None:
    """The number if some numbering plan knows it; a (0) after the country code is dropped."""
    try:
        number = phonenumbers.parse(guess)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _e164(number: phonenumbers.PhoneNumber) -> int:
    return int(f"{number.country_code}{phonenumbers.national_significant_number(number)}")


def _national(number: phonenumbers.PhoneNumber, region: str) -> str:
    at_home = phonenumbers.region_code_for_number(number) == region
    kind = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, kind))
