"""Which devices are used: those chosen, else the system's, else any. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent_desktop.telephony.sound import SoundChoice, SoundDevice


@dataclass(frozen=True, slots=True)
class InUse:
    """The ids of the devices to use now, empty where there is none; and what was wanted, but is
    not there."""

    headset: str = ""
    microphone: str = ""
    ringer: str = ""
    missing: tuple[str, ...] = ()


def in_use(
    choice: SoundChoice,
    devices: Sequence[SoundDevice],
    *,
    default_play: str = "",
    default_record: str = "",
) -> InUse:
    """Pick from `devices` for this choice; the defaults are the system's."""
    play = [device.id for device in devices if device.can_play]
    record = [device.id for device in devices if device.can_record]
    headset = _first(play, choice.headset, default_play)
    microphone = _first(record, choice.microphone, default_record)
    ringer = _first(play, choice.ringer, headset)
    wanted = ((choice.headset, play), (choice.microphone, record), (choice.ringer, play))
    missing = dict.fromkeys(id_ for id_, there in wanted if id_ and id_ not in there)
    return InUse(headset, microphone, ringer, tuple(missing))


def _first(there: Sequence[str], *wanted: str) -> str:
    for id_ in wanted:
        if id_ and id_ in there:
            return id_
    return there[0] if there else ""
