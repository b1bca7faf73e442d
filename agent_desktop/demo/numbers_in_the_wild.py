"""Telephone numbers the way people write them into records.

Real customer bases hold many notations of the same thing: trunk zeros and carrier codes,
numbers from before mobile numbers grew to nine digits, extensions, second lines behind a slash,
remarks, Russian habits, and typing errors. `written` shows a subscriber's number in one of
these; `reads` says whether an exact reader gets the number, its old eight-digit form or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from agent_desktop.demo.identity import faces, scattered


class Reads(Enum):
    """What can be read from a notation."""

    NUMBER = 1
    OLD_NUMBER = 2  # a mobile number without its first 9
    NOTHING = 3


@dataclass(frozen=True, slots=True)
class Notation:
    """A way to write a number.

    Places in the pattern: a area code, p and s the two parts of the number, q the first part
    without its first digit, t the last four as two pairs, r the second line's last four,
    x an extension.
    """

    pattern: str
    reads: Reads = Reads.NUMBER
    extension: bool = False


def _plain(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern)


def _with_extension(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern, extension=True)


def _old(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern, Reads.OLD_NUMBER)


def _mistyped(weight: int, pattern: str) -> tuple[int, Notation]:
    return weight, Notation(pattern, Reads.NOTHING)


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
    _plain(2, "tel: +55 {a} {p}-{s}"),
    _plain(2, "тел. +55 {a} {p}-{t}"),
    _plain(2, "+55 ({a}) {p}-{t}"),
    _plain(1, "＋５５ {a} {p}-{s}"),
    _plain(1, "  ({a})  {p} - {s} "),
    _mistyped(2, "({a}) {p}-{s}7"),
    _mistyped(1, "(1l) {p}-{s}"),
    _mistyped(1, "({a}) {q}"),
    _mistyped(1, "não tem"),
]
_MOBILE = faces([
    *_COMMON,
    _plain(6, "({a}) 9 {q}-{s}"),
    _plain(3, "{a} 9.{q}.{s}"),
    _plain(3, "({a}) {p}-{s} WhatsApp"),
    _plain(2, "({a}) {p}-{s} (recado com a vizinha)"),
    _plain(1, "моб. ({a}) {p}-{t}"),
    _old(6, "({a}) {q}-{s}"),
    _old(5, "+55 {a} {q}-{s}"),
    _old(3, "{a} {q}{s}"),
])  # fmt: skip
_LINE = faces([
    *_COMMON,
    _plain(6, "({a}) {p}-{s} com."),
    _plain(6, "({a}) {p}-{s}/{r}"),
    _plain(3, "({a}) {p}-{s} / {r}"),
    _plain(3, "{a} {p}-{s} falar com Dona Lurdes"),
    _plain(2, "({a}) {p}-{s} após 18h"),
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

# Generated numbers keep clear of the cast's: mobile 9 6000-0000 to 9 8699-9999, fixed lines
# 3300-0000 to 5999-9999. The prime makes each number different whatever its area code.
_SPAN = 26_999_981
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
    digits = _FIRST_MOBILE + scattered(index * NUMBERS_PER_ACCOUNT + slot, _SPAN)
    return Subscriber(area_code, str(digits), _MOBILE)


def line(index: int, slot: int, area_code: str) -> Subscriber:
    """The fixed line in a slot of an account."""
    digits = _FIRST_LINE + scattered(index * NUMBERS_PER_ACCOUNT + slot, _SPAN)
    return Subscriber(area_code, str(digits), _LINE)


def russian(index: int, slot: int) -> Subscriber:
    """A Russian mobile number; a million in each of six codes, and then the next."""
    number = scattered(index * NUMBERS_PER_ACCOUNT + slot, _SPAN)
    area = _RUSSIAN_AREA[number // 5_000_000]
    return Subscriber(area, f"{number % 5_000_000 + 2_000_000:07d}", _RUSSIAN, "7")


def written(subscriber: Subscriber, face: int, chance: int) -> tuple[str, int | None, str]:
    """(as written, E.164 as a number or None, extension): `face` chooses the notation."""
    notation = subscriber.notations[face]
    digits = subscriber.digits
    p, s = digits[:-4], digits[-4:]
    extension = str(10 + chance * 7) if notation.extension else ""
    text = notation.pattern.format(
        a=subscriber.area_code, p=p, s=s, q=p[1:], t=f"{s[:2]}-{s[2:]}",
        r=f"{(int(s) + 1) % 10_000:04d}", x=extension,
    )  # fmt: skip
    if notation.reads is Reads.NUMBER:
        return text, subscriber.e164, extension
    if notation.reads is Reads.NOTHING:
        return text, None, extension
    return text, int(subscriber.country + subscriber.area_code + digits[1:]), extension
