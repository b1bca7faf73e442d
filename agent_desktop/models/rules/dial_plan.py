"""The dial plan: what is sent to the PBX when somebody dials what somebody wrote. Pure.

The habits of a country (trunk prefix, carrier codes, short numbers, emergency numbers) are data
in resources/country; what the site's PBX wants comes with the sign-in (models/site/site.py). An
emergency number goes out as it is, whatever the site's settings say and however it was typed.
tests/models/rules/dial_corpus.tsv is the specification.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import cache

from agent_desktop.models.rules import phone_number
from agent_desktop.models.rules.deadline_rules import country_file
from agent_desktop.models.site.site import DialSettings, NumberForm

_SCHEME = re.compile(r"^\s*(?:tel|sips?|callto):(?://)?", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"[\s().,\-/]+")
#: A number in an address ends here.
_END = re.compile(r"[@;?]")
#: The longest number there is (ITU-T E.164), and the shortest that is worth a call abroad.
_LONGEST, _SHORTEST_ABROAD = 15, 7
_LONGEST_WITH_PREFIXES = 24


class NumberKind(Enum):
    """What kind of number was dialled."""

    EMERGENCY = "emergency"
    EXTENSION = "extension"
    SERVICE = "service"
    NATIONAL = "national"
    INTERNATIONAL = "international"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a written number is for the telephone.

    `number` is what the PBX is told, empty when it cannot be dialled; `shown` is how it is shown
    to people. `e164` (without plus) is known for public numbers with their area; `extension` is
    to be asked for when they answer.
    """

    number: str
    kind: NumberKind
    shown: str
    e164: int | None = None
    extension: str = ""

    @property
    def again(self) -> str:
        """What to write down, and to dial once more. What was sent may mean something else: with
        9 for an outside line, 9 4004-1234 looks like a mobile."""
        return f"+{self.e164}" if self.e164 is not None else self.number


@dataclass(frozen=True, slots=True)
class CountryDialling:
    """How people dial in a country. Without a file for it, only what holds everywhere: 112 and
    911 (3GPP TS 22.101 section 10.1), and 00 for abroad (ITU-T E.164)."""

    country_code: str = ""
    trunk_prefix: str = ""
    international_prefix: str = "00"
    carriers: frozenset[str] = frozenset()
    non_geographic: tuple[str, ...] = ()
    nationwide: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ("112", "911")


@cache
def country_dialling(country: str) -> CountryDialling:
    """What ships for a country (two letters); for an unknown one what holds everywhere."""
    try:
        found = country_file(country)["dialling"]
    except (FileNotFoundError, KeyError):
        return CountryDialling()
    return CountryDialling(
        country_code=found["country_code"],
        trunk_prefix=found["trunk_prefix"],
        international_prefix=found["international_prefix"],
        carriers=frozenset(found["carriers"]),
        non_geographic=tuple(found["non_geographic"]),
        nationwide=tuple(found["nationwide"]),
        services=tuple(found["services"]),
        emergency=tuple(entry["number"] for entry in found["emergency"]),
    )


@dataclass(frozen=True, slots=True)
class DialPlan:
    """How one site dials."""

    settings: DialSettings

    @property
    def country(self) -> CountryDialling:
        """The habits of the site's country."""
        return country_dialling(self.settings.country)

    @property
    def emergency_numbers(self) -> tuple[str, ...]:
        """What can be dialled always: by everybody, also with the last line busy."""
        return self.country.emergency

    def number(self, written: str) -> Dialled:
        """What is sent for a written number; `UNREADABLE` with an empty number if nothing is.

        The first rule that fits wins: emergency, feature code of the PBX (`*97`), extension,
        public service, public number, and at last digits nobody knows, which go out as they are.
        """
        text = unicodedata.normalize("NFKC", written).strip()
        typed = _typed(text)
        emergency = self._emergency(text, typed)
        if emergency:
            return Dialled(emergency, NumberKind.EMERGENCY, emergency)
        if re.fullmatch(r"[*#][\d*#]*", typed):
            return Dialled(typed, NumberKind.SERVICE, typed)
        if typed.isdecimal() and len(typed) in self.settings.extension_lengths:
            return Dialled(typed, NumberKind.EXTENSION, typed)
        return self._service(typed) or self._public(text, typed) or self._as_it_stands(text, typed)

    # -- short numbers --------------------------------------------------------------------------
    def _emergency(self, text: str, typed: str) -> str:
        """The emergency number that was typed: with blanks, behind the outside prefix, the trunk
        prefix or the country, or with its name behind it ("190 PM")."""
        named = re.fullmatch(r"([\d\s().,-]*\d)[^\d*#]*", text)
        digits = _BETWEEN_DIGITS.sub("", named[1]) if named else typed
        before = {"", self.settings.outside_prefix, self.country.trunk_prefix}
        before.add(f"+{self.country.country_code}")
        return next((n for n in self.country.emergency for b in before if digits == b + n), "")

    def _service(self, typed: str) -> Dialled | None:
        for digits in (typed, typed.removeprefix(self.settings.outside_prefix)):
            if any(re.fullmatch(pattern, digits) for pattern in self.country.services):
                return Dialled(self._outside(digits), NumberKind.SERVICE, digits)
        return None

    def _as_it_stands(self, text: str, typed: str) -> Dialled:
        """Digits no rule knows: the PBX may."""
        if re.fullmatch(rf"\d{{2,{_LONGEST_WITH_PREFIXES}}}", typed):
            return Dialled(typed, NumberKind.SERVICE, text)
        if re.fullmatch(rf"\+\d{{{_SHORTEST_ABROAD},{_LONGEST}}}", typed):
            # A range so new that no list has it yet.
            return self._sent(int(typed[1:]), typed, "")
        return Dialled("", NumberKind.UNREADABLE, text)

    # -- public numbers -------------------------------------------------------------------------
    def _public(self, text: str, typed: str) -> Dialled | None:
        """A number of the public network, read in the likeliest of the ways it can be read."""
        region, area = self.settings.country.upper(), self.settings.area_code
        reads = [phone_number.parse(way, region, area) for way in self._ways(text, typed)]
        for read in reads:
            if read.e164 is not None:
                return self._sent(read.e164, phone_number.shown(read.e164), read.extension)
        local = next((read for read in reads if read.national), None)
        if local is not None:
            digits = re.sub(r"\D", "", local.national)
            number = self._outside(digits)
            return Dialled(number, NumberKind.NATIONAL, local.national, None, local.extension)
        inside = next((read.extension for read in reads if read.extension), "")
        return Dialled(inside, NumberKind.EXTENSION, inside) if inside and inside != typed else None

    def _ways(self, text: str, typed: str) -> list[str]:
        """The texts a number may have been meant by, the likeliest first: without a carrier after
        the international prefix, without the outside prefix, and as it stands."""
        ways, abroad = [], self.country.international_prefix
        for digits in (typed, typed.removeprefix(self.settings.outside_prefix)):
            after = digits.removeprefix(abroad)
            if after != digits and after[:2] in self.country.carriers:
                ways.append(f"+{after[2:]}")
        prefix = self.settings.outside_prefix
        if not prefix or not typed.startswith(prefix):
            return [*ways, text]
        stripped = text[text.index(prefix) + len(prefix) :]
        apart = re.match(rf"{re.escape(prefix)}[\s,.-]+\d", text) is not None
        # Twelve digits and more are too many for a number without its prefix.
        too_long = (
            prefix != self.country.trunk_prefix and len(typed) > phone_number.LONGEST_NATIONAL
        )
        return [*ways, stripped, text] if apart or too_long else [*ways, text, stripped]

    def _sent(self, e164: int, shown: str, extension: str) -> Dialled:
        digits, code = str(e164), self.country.country_code
        if not code or not digits.startswith(code):
            return Dialled(self._abroad(digits), NumberKind.INTERNATIONAL, shown, e164, extension)
        national = digits.removeprefix(code)
        kind, number = NumberKind.NATIONAL, self._national(national)
        if self._is_non_geographic(national):
            kind, number = NumberKind.SERVICE, self._without_area(national)
        if self.settings.number_form is NumberForm.E164:
            number = f"+{digits}"
        return Dialled(number, kind, shown, e164, extension)

    def _national(self, national: str) -> str:
        area, carrier = self.settings.area_code, self.settings.carrier_code
        if self.settings.number_form is NumberForm.NATIONAL:
            return self._outside(national)
        if area and national.startswith(area):
            return self._outside(national.removeprefix(area))
        return self._outside(f"{self.country.trunk_prefix}{carrier}{national}")

    def _abroad(self, digits: str) -> str:
        if self.settings.number_form is NumberForm.E164:
            return f"+{digits}"
        carrier = self.settings.carrier_code
        return self._outside(f"{self.country.international_prefix}{carrier}{digits}")

    def _is_non_geographic(self, national: str) -> bool:
        nationwide = len(national) == 8 and national.startswith(self.country.nationwide)
        return nationwide or national.startswith(self.country.non_geographic)

    def _without_area(self, national: str) -> str:
        """0800 and its like have a trunk prefix and no carrier; 4004-... have neither."""
        if national.startswith(self.country.non_geographic):
            national = f"{self.country.trunk_prefix}{national}"
        return self._outside(national)

    def _outside(self, number: str) -> str:
        return f"{self.settings.outside_prefix}{number}"


def _typed(text: str) -> str:
    """What was typed without what people put between digits, and without the parts of an address
    around the number."""
    bare = _SCHEME.sub("", text)
    if bare != text:
        bare = _END.split(bare)[0]
    return _BETWEEN_DIGITS.sub("", bare)
