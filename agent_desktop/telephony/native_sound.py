"""The library's own sound device (Windows; Linux with a library built with ALSA)."""

from __future__ import annotations

from typing import Any

from agent_desktop.telephony.sound import SoundChoice


class NativeSound:
    """Sound through the library."""

    @staticmethod
    def is_possible(endpoint: Any) -> bool:
        """True if the library knows a device that can record and one that can play."""
        devices = endpoint.audDevManager().enumDev2()
        return any(d.inputCount for d in devices) and any(d.outputCount for d in devices)

    def __init__(self, endpoint: Any, choice: SoundChoice) -> None: ...
