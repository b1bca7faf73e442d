"""Sound as the rest of the program sees it: devices, what was chosen, levels. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Sound(Enum):
    """How sound reaches the headset."""

    NATIVE = "native"
    PULSE = "pulse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """A device that can be chosen. `id` is stable over unplugging, `name` is for people."""

    id: str
    name: str
    can_play: bool = True
    can_record: bool = False


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """The agent's choice of devices; empty means the system's default device.

    `headset` is where callers are heard, `microphone` where the agent speaks, `ringer` where it
    rings (empty: the headset), `ring_volume` is 0 (silent) to 100.
    """

    headset: str = ""
    microphone: str = ""
    ringer: str = ""
    ring_volume: int = 80


@dataclass(frozen=True, slots=True)
class SoundState:
    """The devices that are there, and those really in use now: ids of `devices`, also where the
    system chose; empty for none.

    `missing` names wanted devices that are not there, so that another one is in use. `keys` is
    the USB headset whose keys and lamps work, `keys_why` the reason when there is none
    (headset_device.Why).
    """

    kind: Sound = Sound.NONE
    devices: tuple[SoundDevice, ...] = ()
    headset: str = ""
    microphone: str = ""
    ringer: str = ""
    missing: tuple[str, ...] = ()
    keys: str = ""
    keys_why: str = ""


NO_SOUND = SoundState()


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness of the last tenth of a second, 0 (silence) to 100 (full scale), in decibels
    stretched linearly: 100 + dBFS * 100 / 60."""

    spoken: int = 0
    heard: int = 0
