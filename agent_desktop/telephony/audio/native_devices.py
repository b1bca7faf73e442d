"""The library's own sound devices: their list, and when to look at it again."""

from __future__ import annotations

import ctypes
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_desktop.telephony.sound import SoundDevice

#: ALSA's and Windows' drivers list "whatever the system prefers" under these names.
_DEFAULTS = ("default", "Wave mapper")
#: Other ways to the same ALSA cards: raw, of one format, or a part of it. One is enough.
_DOUBLES = re.compile(r"(hw|front|rear|center_lfe|side|surround\w+|iec958|dmix|dsnoop):|null$")
_ALSA_CARD = re.compile(r"(\w+):CARD=([^,]+),?(?:DEV=(\d+))?")
_CARDS = Path("/proc/asound/cards")


@dataclass(frozen=True, slots=True)
class NativeDevices:
    """Devices by the number that the library gives them until the next look."""

    devices: tuple[SoundDevice, ...] = ()
    numbers: tuple[int, ...] = ()
    default_play: str = ""
    default_record: str = ""

    def number(self, id_: str) -> int:
        """The library's number of a device that is in the list."""
        ids = [device.id for device in self.devices]
        return self.numbers[ids.index(id_)]

    def without(self, ids: set[str]) -> NativeDevices:
        """The list without devices that do not open."""
        kept = [
            pair for pair in zip(self.devices, self.numbers, strict=True) if pair[0].id not in ids
        ]
        return NativeDevices(
            tuple(device for device, _ in kept),
            tuple(number for _, number in kept),
            self.default_play,
            self.default_record,
        )


def look(manager: Any) -> NativeDevices:
    """All devices that the library can open, once each."""
    # A part of a library value dies with the whole: `infos` must stay.
    infos = manager.enumDev2()
    found: dict[str, tuple[int, SoundDevice]] = {}
    for number, info in enumerate(infos):
        name, plays, records = str(info.name), info.outputCount > 0, info.inputCount > 0
        if (plays or records) and name not in found and not _DOUBLES.match(name):
            found[name] = (number, SoundDevice(name, _title(name), plays, records))
    devices = tuple(device for _, device in found.values())
    return NativeDevices(
        devices,
        tuple(number for number, _ in found.values()),
        next((d.id for d in devices if d.can_play and d.id in _DEFAULTS), ""),
        next((d.id for d in devices if d.can_record and d.id in _DEFAULTS), ""),
    )


def _title(name: str) -> str:
    """ALSA's names are meant for its own parser; the card is what people know."""
    card = _ALSA_CARD.match(name)
    return f"{card[2]} ({card[1]}{' ' + card[3] if card[3] else ''})" if card else name


def fingerprint() -> object:
    """Something cheap that differs when a sound card has come or gone."""
    if sys.platform == "win32":
        winmm = ctypes.WinDLL("winmm")
        return winmm.waveInGetNumDevs(), winmm.waveOutGetNumDevs()
    try:
        return _CARDS.read_text()
    except OSError:
        return None
