"""The JSON lines between the desktop and the phone process.

Pure. One line is one message: `{"v": 1, "seq": n, "t": kind, ...}` in UTF-8, at most
`LONGEST_LINE` bytes. `seq` counts from 1 in each direction, without gaps. Unknown fields are
skipped (a newer partner may send them); anything else out of order is a `ProtocolError`. So is a
number that is not finite: JSON (RFC 8259 section 6) has none.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from agent_desktop.errors import AgentDesktopError
from agent_desktop.telephony.call import Call
from agent_desktop.telephony.message import KINDS, CallChanged, Message, name_of

# Raised only when an old partner could not even skip what is new; then both refuse to talk.
VERSION = 1
#: Bytes of one line with its end. The largest real one, a state with four calls, has some 3,000.
LONGEST_LINE = 64 * 1024


class ProtocolError(AgentDesktopError):
    """A line cannot be understood; the connection it came from must be given up."""


def encode(message: Message, seq: int) -> bytes:
    """One line with its end. `ProtocolError` if it would be longer than `LONGEST_LINE` or hold a
    number that is not finite."""
    head = {"v": VERSION, "seq": seq, "t": name_of(message)}
    data = {**head, **_to_json(message)}
    try:
        line = json.dumps(data, separators=(",", ":"), allow_nan=False).encode() + b"\n"
    except ValueError as fault:
        raise ProtocolError(f"a {head['t']} line has a number that is not finite") from fault
    if len(line) > LONGEST_LINE:
        raise ProtocolError(f"a {head['t']} line of {len(line)} bytes is too long")
    return line


def decode(line: bytes) -> tuple[int, Message]:
    """(seq, message) of one line; `ProtocolError` with the place of the fault."""
    if len(line) > LONGEST_LINE:
        raise ProtocolError(f"a line of {len(line)} bytes is too long")
    try:
        data = json.loads(line)
    # Deeply nested brackets exhaust the stack inside json, which is no ValueError.
    except (ValueError, RecursionError) as fault:
        raise ProtocolError("not a line of JSON") from fault
    if not isinstance(data, dict) or data.get("v") != VERSION:
        raise ProtocolError(f"not a message of version {VERSION}")
    seq, name = data.get("seq"), data.get("t")
    # True is an int for isinstance(), and no number of a line.
    if type(seq) is not int or seq < 1:
        raise ProtocolError("seq is not a positive whole number")
    if not isinstance(name, str) or name not in KINDS:
        raise ProtocolError("unknown kind of message")
    message: Message = _record(KINDS[name], data, name)
    return seq, message


def _to_json(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_to_json(each) for each in value]
    return value


def _hints(kind: type[Any]) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind)
    return _HINTS[kind]


# What a ring brings is looked up at import, and not while the first customer waits.
_HINTS: dict[type[Any], dict[str, Any]] = {
    kind: get_type_hints(kind) for kind in (CallChanged, Call)
}


def _record(kind: type[Any], data: Any, place: str) -> Any:
    if not isinstance(data, dict):
        raise ProtocolError(f"{place} is not an object")
    values = {}
    for field in fields(kind):
        if field.name in data:
            where = f"{place}.{field.name}"
            values[field.name] = _from_json(_hints(kind)[field.name], data[field.name], where)
        # A field with a default may be missing: an older partner does not know it yet.
        elif field.default is MISSING:
            raise ProtocolError(f"{place}.{field.name} is missing")
    return kind(**values)


def _from_json(kind: Any, data: Any, place: str) -> Any:
    if get_origin(kind) in (types.UnionType, Union):
        inner = next(each for each in get_args(kind) if each is not types.NoneType)
        return None if data is None else _from_json(inner, data, place)
    if get_origin(kind) is tuple:
        if not isinstance(data, list):
            raise ProtocolError(f"{place} is not a list")
        return tuple(_from_json(get_args(kind)[0], each, place) for each in data)
    if is_dataclass(kind):
        return _record(kind, data, place)  # type: ignore[arg-type]
    if issubclass(kind, Enum):
        return _enum(kind, data, place)
    if kind is datetime:
        return _time(data, place)
    return _scalar(kind, data, place)


def _enum(kind: type[Enum], data: Any, place: str) -> Enum:
    if not isinstance(data, str):
        raise ProtocolError(f"{place} is not a text")
    try:
        return kind(data)
    except ValueError as fault:
        raise ProtocolError(f"{place} is no {kind.__name__}") from fault


def _time(data: Any, place: str) -> datetime:
    try:
        at = datetime.fromisoformat(data)
    except (TypeError, ValueError) as fault:
        raise ProtocolError(f"{place} is not a time") from fault
    if at.tzinfo is None:
        raise ProtocolError(f"{place} has no time zone")
    return at


def _scalar(kind: type[Any], data: Any, place: str) -> Any:
    if kind is float:
        return _finite(data, place)
    # type() and not isinstance(): True is an int for Python, but not for us.
    if type(data) is not kind:
        raise ProtocolError(f"{place} is no {kind.__name__}")
    if kind is str:
        try:
            data.encode()
        except UnicodeEncodeError as fault:
            raise ProtocolError(f"{place} is not Unicode text") from fault
    return data


def _finite(data: Any, place: str) -> float:
    # A whole number is a figure too, as other writers of JSON leave ".0" out.
    if type(data) not in (int, float):
        raise ProtocolError(f"{place} is no float")
    try:
        number = float(data)
    except OverflowError as fault:
        raise ProtocolError(f"{place} is too large") from fault
    # Python reads NaN, Infinity and 1e999 where JSON knows none of them.
    if not math.isfinite(number):
        raise ProtocolError(f"{place} is not finite")
    return number


class Outbox:
    """Numbers and encodes what one side sends on one connection."""

    def __init__(self) -> None:
        self._seq = 0

    def line(self, message: Message) -> bytes:
        """The next line to send."""
        self._seq += 1
        return encode(message, self._seq)


class Inbox:
    """Cuts the bytes of one connection into messages and checks their numbers."""

    def __init__(self) -> None:
        self._rest = b""
        self._seq = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages completed by `data`; `ProtocolError` when the partner cannot be followed."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            seq, message = decode(line)
            if seq != self._seq + 1:
                raise ProtocolError(f"line {seq} follows line {self._seq}")
            self._seq = seq
            yield message
        if len(self._rest) > LONGEST_LINE:
            raise ProtocolError("a line without end")
