"""HID report descriptors: where in a device's reports which control lies. Pure.

Follows "Device Class Definition for Human Interface Devices 1.11" (the numbers of sections below
are its own). A descriptor comes from whatever is plugged in, so it is hostile: every length is
bounded, and what cannot be read raises `DescriptorRefused` and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from agent_desktop.errors import AgentDesktopError

#: The longest descriptor the operating systems hand over.
LONGEST_DESCRIPTOR = 4096
#: The longest report Linux accepts, in bits.
MOST_REPORT_BITS = 16_384 * 8
_MOST_ENTRIES = 1024  # local usages of one field, fields of one device
_DEEPEST = 32  # nested collections, pushed global states
_WIDEST_VALUE = 32
#: An array of more slots than a hand has fingers holds no keys.
_MOST_SLOTS = 64
_LONG_ITEM = 0xFE


class DescriptorRefused(AgentDesktopError):
    """A report descriptor that is broken, or larger than any device's; the text says where."""


class Way(Enum):
    """Which way a report goes, seen from the computer."""

    INPUT = "input"
    OUTPUT = "output"
    FEATURE = "feature"


# Main items by tag (6.2.2.4).
_WAYS = {0x8: Way.INPUT, 0x9: Way.OUTPUT, 0xB: Way.FEATURE}


@dataclass(frozen=True, slots=True)
class Usage:
    """The purpose of a control: a number within a page of the HID usage tables."""

    page: int
    id: int


@dataclass(frozen=True, slots=True)
class UsageRange:
    """Consecutive usages of one page, both ends included."""

    page: int
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class ReportField:
    """Values of one main item: `count` values of `size` bits, the first at bit `offset` behind
    the report id (6.2.2.5).

    `variable`: each value is a control of its own; else each value is a slot which names the
    control that is pressed. `relative`: a value tells a change, not a state. `returns`: the
    control goes back by itself when let go ("preferred state"), as a push button does.
    """

    way: Way
    report_id: int
    offset: int
    size: int
    count: int
    minimum: int
    usages: tuple[UsageRange, ...]
    variable: bool
    relative: bool
    returns: bool

    def find(self, usage: Usage) -> int | None:
        """The index of `usage` in this field; None if it is not there."""
        before = 0
        for part in self.usages:
            if part.page == usage.page and part.first <= usage.id <= part.last:
                index = before + usage.id - part.first
                return index if not self.variable or index < self.count else None
            before += len(part)
        return None

    def values(self, payload: bytes) -> Iterable[int]:
        """The values of a report without its id; what a short report lacks reads as 0."""
        bits = int.from_bytes(payload, "little") >> self.offset
        mask = (1 << self.size) - 1
        for index in range(min(self.count, _MOST_SLOTS)):
            yield bits >> (index * self.size) & mask


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The reports that a device declares. `numbered`: each report begins with its id.
    `lengths` holds the bytes of each report behind the id."""

    fields: tuple[ReportField, ...]
    numbered: bool
    lengths: dict[tuple[Way, int], int]


@dataclass(frozen=True, slots=True)
class _Globals:
    """The state that global items set and PUSH keeps (6.2.2.7)."""

    page: int = 0
    minimum: int = 0
    size: int = 0
    count: int = 0
    report_id: int = 0


@dataclass(slots=True)
class _Locals:
    """Local items apply to the next main item (6.2.2.8); a page of None is the global one
    in force when the main item comes, which may be set after the usage."""

    usages: list[tuple[int | None, int, int]] = field(default_factory=list)
    minimum: tuple[int | None, int] | None = None
    maximum: tuple[int | None, int] | None = None


class _Reader:
    """Walks through the items once and gathers the fields."""

    def __init__(self) -> None:
        self.fields: list[ReportField] = []
        self.bits: dict[tuple[Way, int], int] = {}
        self.numbered = False
        self._now = _Globals()
        self._pushed: list[_Globals] = []
        self._local = _Locals()
        self._depth = 0

    def take(self, tag: int, kind: int, data: bytes) -> None:
        """One short item (6.2.2.2): kinds are 0 main, 1 global, 2 local."""
        value = int.from_bytes(data, "little")
        if kind == 0:
            self._main(tag, value)
            self._local = _Locals()
        elif kind == 1:
            self._global(tag, value, int.from_bytes(data, "little", signed=True))
        elif kind == 2:
            self._note(tag, value, None if len(data) < 4 else value >> 16)

    def _main(self, tag: int, value: int) -> None:
        if tag in _WAYS:
            self._add(_WAYS[tag], value)
        elif tag == 0xA:
            self._depth += 1
            _require(self._depth <= _DEEPEST, "collections are nested too deeply")
        elif tag == 0xC:
            self._depth -= 1
            _require(self._depth >= 0, "a collection ends that did not begin")

    def _global(self, tag: int, value: int, signed: int) -> None:
        match tag:
            case 0x0:
                self._now = replace(self._now, page=value & 0xFFFF)
            case 0x1:
                self._now = replace(self._now, minimum=signed)
            case 0x7:
                self._now = replace(self._now, size=value)
            case 0x8:
                _require(0 < value <= 0xFF, "a report id out of range")
                self.numbered = True
                self._now = replace(self._now, report_id=value)
            case 0x9:
                self._now = replace(self._now, count=value)
            case 0xA:
                _require(len(self._pushed) < _DEEPEST, "too many states are pushed")
                self._pushed.append(self._now)
            case 0xB:
                _require(bool(self._pushed), "a state is popped that was not pushed")
                self._now = self._pushed.pop()

    def _note(self, tag: int, value: int, page: int | None) -> None:
        number = value & 0xFFFF
        match tag:
            case 0x0:
                self._local.usages.append((page, number, number))
            case 0x1:
                self._local.minimum = (page, number)
            case 0x2:
                self._local.maximum = (page, number)
        if self._local.minimum is not None and self._local.maximum is not None:
            (page, first), (_, last) = self._local.minimum, self._local.maximum
            self._local.minimum = self._local.maximum = None
            _require(first <= last, "a range of usages ends before it begins")
            self._local.usages.append((page, first, last))
        _require(len(self._local.usages) <= _MOST_ENTRIES, "too many usages")

    def _add(self, way: Way, flags: int) -> None:
        now, key = self._now, (way, self._now.report_id)
        _require(now.size * now.count <= MOST_REPORT_BITS, "a report is too long")
        offset = self.bits.get(key, 0)
        self.bits[key] = offset + now.size * now.count
        _require(self.bits[key] <= MOST_REPORT_BITS, "a report is too long")
        # Padding is constant and names no usage. A constant field that does name one is taken
        # for real: the buttons of some devices in the shops are declared so.
        if not self._local.usages or not 0 < now.size <= _WIDEST_VALUE or not now.count:
            return
        self.fields.append(
            ReportField(
                way=way,
                report_id=now.report_id,
                offset=offset,
                size=now.size,
                count=now.count,
                minimum=now.minimum,
                usages=tuple(
                    UsageRange(now.page if page is None else page, first, last)
                    for page, first, last in self._local.usages
                ),
                variable=bool(flags & 0x02),
                relative=bool(flags & 0x04),
                returns=not flags & 0x20,
            )
        )
        _require(len(self.fields) <= _MOST_ENTRIES, "too many fields")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DescriptorRefused(otherwise)


def parse(descriptor: bytes) -> Descriptor:
    """Read a report descriptor as the device gave it; `DescriptorRefused` if that cannot be."""
    _require(0 < len(descriptor) <= LONGEST_DESCRIPTOR, f"{len(descriptor)} bytes")
    reader = _Reader()
    place = 0
    while place < len(descriptor):
        prefix = descriptor[place]
        size = prefix & 0x03
        length = 4 if size == 3 else size
        begin = place + 1
        if prefix == _LONG_ITEM:  # 6.2.2.3: reserved; its length stands in the next byte
            _require(begin < len(descriptor), "it ends within an item")
            begin, length = begin + 2, descriptor[begin]
        _require(begin + length <= len(descriptor), "it ends within an item")
        if prefix != _LONG_ITEM:
            reader.take(prefix >> 4, prefix >> 2 & 0x03, descriptor[begin : begin + length])
        place = begin + length
    lengths = {key: (bits + 7) // 8 for key, bits in reader.bits.items()}
    return Descriptor(tuple(reader.fields), reader.numbered, lengths)


def split(descriptor: Descriptor, report: bytes) -> tuple[int, bytes]:
    """A report as it was read -> its id (0 without numbers) and what follows the id."""
    if descriptor.numbered and report:
        return report[0], report[1:]
    return 0, report
