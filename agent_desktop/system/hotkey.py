"""A key that works while another program has the focus, as it is written in the settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto


class Modifier(Flag):
    """A key that is held while another one is pressed."""

    SHIFT = auto()
    CTRL = auto()
    ALT = auto()
    META = auto()


_MODIFIERS = {
    "shift": Modifier.SHIFT,
    "ctrl": Modifier.CTRL,
    "alt": Modifier.ALT,
    "meta": Modifier.META,
}
#: Function keys only: they lie on the same place of every layout.
_LAST_F_KEY = 24


@dataclass(frozen=True, slots=True)
class Hotkey:
    """A function key with modifiers."""

    number: int
    modifiers: Modifier


def parse_key(text: str) -> Hotkey:
    """Read "Ctrl+Meta+F9"; `ValueError` for what cannot be a system-wide key: other than F-keys,
    an F-key alone (other programs need it), and Ctrl+Alt, which is AltGr on Windows."""
    *held, last = (part.strip().lower() for part in text.split("+"))
    modifiers = Modifier(0)
    for word in held:
        if word not in _MODIFIERS:
            raise ValueError(f"{text!r}: {word!r} is no modifier")
        modifiers |= _MODIFIERS[word]
    number = int(last[1:]) if last[:1] == "f" and last[1:].isascii() and last[1:].isdigit() else 0
    if not 1 <= number <= _LAST_F_KEY:
        raise ValueError(f"{text!r}: only F1 to F{_LAST_F_KEY} can be pressed system-wide")
    if not modifiers & ~Modifier.SHIFT:
        raise ValueError(f"{text!r}: an F-key of its own belongs to the program in front")
    if Modifier.CTRL | Modifier.ALT in modifiers:
        raise ValueError(f"{text!r}: Ctrl+Alt is AltGr")
    return Hotkey(number, modifiers)
