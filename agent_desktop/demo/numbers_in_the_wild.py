"""Telephone numbers the way people write them into records.

Real customer bases hold many notations of the same thing: trunk zeros and carrier codes,
numbers from before mobile numbers grew to nine digits, extensions, second lines behind a slash,
remarks, Russian habits, and typing errors. `written` shows a subscriber's number in one of
these; whatever the notation, the number meant is the same, unless it cannot be read at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent_desktop.demo.chance import faces, scattered


@dataclass(frozen=True, slots=True)
class Notation:
    """A way to write a number.

    Places in the pattern: a area code, p and s the two parts of the number, q the first part
    without its 9 (the number before 2012), t the last four as two pairs, r the last four of
    the second line, u the last four without the very last, x an extension.
    """

    pattern: str
    readable: bool = True
    extension: bool = False


def _plain(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern)


def _with_extension(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern, extension=True)


def _mistyped(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern, readable=False)


_COMMON = [
    _plain(54, "({a}) {p}-{s}"),
    _plain(30, "+55 {a} {p}-{s}"),
    _plain(24, "{a}{p}{s}"),
    _plain(20, "+55{a}{p}{s}"),
    _plain(14, "{a} {p}-{s}"),
    _plain(10, "{a} {p} {s}"),
    _plain(10, "0{a} {p}-{s}"),
    _plain(8, "(0{a}) {p}-{s}"),
    _plain(8, "(0xx{a}) {p}-{s}"),
    _plain(6, "0xx{a} {p}-{s}"),
    _plain(4, "0 15 {a} {p}-{s}"),
    _plain(4, "021 {a} {p}-{s}"),
    _plain(6, "55 {a} {p}-{s}"),
    _plain(4, "+55 ({a}) {p}.{s}"),
    _plain(3, "+55-{a}-{p}-{s}"),
    _plain(3, "({a}){p}{s}"),
    _plain(3, "{a}.{p}.{s}"),
    _plain(2, "{a}/{p}-{s}"),
    _plain(2, "Tel. +55 {a} {p}-{s}"),
    _plain(2, "тел. +55 {a} {p}-{t}"),
    _plain(2, "+55 ({a}) {p}-{t}"),
    _plain(1, "＋５５ {a} {p}-{s}"),
    _plain(1, "  ({a})  {p} - {s} "),
    _mistyped(3, "{p}-{s}"),
    _mistyped(1, "a confirmar"),
    _mistyped(1, "não tem"),
]
_MOBILE = faces([
    *_COMMON,
    _plain(6, "({a}) 9 {q}-{s}"),
    _plain(3, "{a} 9.{q}.{s}"),
    _plain(3, "({a}) {p}-{s} WhatsApp"),
    _plain(2, "({a}) {p}-{s} (recado com a vizinha)"),
    _plain(1, "моб. ({a}) {p}-{t}"),
    _plain(6, "({a}) {q}-{s}"),
    _plain(5, "+55 {a} {q}-{s}"),
    _plain(3, "{a} {q}{s}"),
])  # fmt: skip
_LINE = faces([
    *_COMMON,
    _plain(6, "({a}) {p}-{s} com."),
    _plain(6, "({a}) {p}-{s}/{r}"),
    _plain(3, "({a}) {p}-{s} / {r}"),
    _plain(3, "{a} {p}-{s} falar com Dona Lurdes"),
    _plain(2, "({a}) {p}-{s} só à noite"),
    _mistyped(2, "({a}) {p}-{u}"),
    _with_extension(7, "({a}) {p}-{s} r. {x}"),
    _with_extension(5, "0xx{a} {p}-{s} r. {x}"),
    _with_extension(5, "({a}) {p}-{s} ramal {x}"),
    _with_extension(3, "+55 {a} {p}-{s} ext. {x}"),
    _with_extension(2, "+55 {a} {p}-{s} x{x}"),
    _with_extension(2, "+55 {a} {p}-{t} доб. {x}"),
])  # fmt: skip
_RUSSIAN = faces([
    _plain(5, "+7 ({a}) {p}-{t}"),
    _plain(4, "+7 {a} {p}-{t}"),
    _plain(2, "+7{a}{p}{s}"),
    _plain(1, "моб. +7 {a} {p} {t}"),
])  # fmt: skip

#: A number's place in the sequence of all numbers: this many may belong to one account.
NUMBERS_PER_ACCOUNT = 8
#: The slot of the number that several accounts share.
SHARED_SLOT = 7

# Generated numbers keep clear of named callers': mobile 9 6000-0000 to 9 6999-9999 and 9 8000-0000
# to 9 8689-9999 (before 2012, those with a 7 belonged to a network of another kind), fixed lines
# 3300-0000 to 4989-9999. The prime makes each number different whatever its area code.
SPAN = 16_899_973
_SIXES = 10_000_000
_FIRST_MOBILE = 960_000_000
_FIRST_LINE = 33_000_000
_RUSSIAN_AREA = ("905", "911", "916", "921", "926", "962")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A number apart from how it is written: area code and the digits behind it."""

    area_code: str
    digits: str
    notations: tuple[Notation, ...]
    country: str = "55"

    @property
    def e164(self) -> int:
        """The number in full, without the plus."""
        return int(self.country + self.area_code + self.digits)


def mobile(index: int, slot: int, area_code: str) -> Subscriber:
    """The mobile number in a slot of an account."""
    number = scattered(index * NUMBERS_PER_ACCOUNT + slot, SPAN)
    digits = _FIRST_MOBILE + (number if number < _SIXES else number + _SIXES)
    return Subscriber(area_code, str(digits), _MOBILE)


def line(index: int, slot: int, area_code: str) -> Subscriber:
    """The fixed line in a slot of an account."""
    digits = _FIRST_LINE + scattered(index * NUMBERS_PER_ACCOUNT + slot, SPAN)
    return Subscriber(area_code, str(digits), _LINE)


def russian(index: int, slot: int) -> Subscriber:
    """A Russian mobile number; three million in each of six codes."""
    number = scattered(index * NUMBERS_PER_ACCOUNT + slot, SPAN)
    area = _RUSSIAN_AREA[number // 3_000_000]
    return Subscriber(area, f"{number % 3_000_000 + 2_000_000:07d}", _RUSSIAN, "7")


def written(subscriber: Subscriber, face: int, chance: int) -> tuple[str, int | None, str]:
    """(as written, E.164 as a number or None, extension): `face` chooses the notation."""
    notation = subscriber.notations[face]
    digits = subscriber.digits
    p, s = digits[:-4], digits[-4:]
    extension = str(10 + chance * 7) if notation.extension else ""
    text = notation.pattern.format(
        a=subscriber.area_code, p=p, s=s, q=p[1:], t=f"{s[:2]}-{s[2:]}", u=s[:3],
        r=f"{(int(s) + 1) % 10_000:04d}", x=extension,
    )  # fmt: skip
    return text, subscriber.e164 if notation.readable else None, extension
