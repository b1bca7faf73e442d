"""A process with the SIP library and a sound path, and no call: `python -m ... PATH FOLDER`.

PATH is pulse or native; the first line says whether the library has it. Orders are JSON lists on
standard input, `["ring", true]`, named like the methods of `audio.SoundPath`; besides: ["talk"]
plays FOLDER/clock.wav to the headset and records the microphone as FOLDER/said.raw, ["hush"] ends
both, ["cpu"] tells the seconds of processor time so far. Each is answered by a line with what it
gave.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import select
import sys
import time
from enum import Enum
from pathlib import Path
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony.audio import audio
from agent_desktop.telephony.audio.bridge_port import FRAME_BYTES, BridgePort
from agent_desktop.telephony.audio.native_sound import NativeSound
from agent_desktop.telephony.audio.pulse_sound import PulseSound
from agent_desktop.telephony.sound import SoundChoice


def _library() -> Any:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.logConfig.level = config.logConfig.consoleLevel = 2
    config.medConfig.clockRate = config.medConfig.sndClockRate = 16_000
    config.medConfig.audioFramePtime = 20
    config.medConfig.noVad = True
    endpoint.libInit(config)
    endpoint.libStart()
    return endpoint


class Driver:
    def __init__(self, endpoint: Any, path: str, folder: Path) -> None:
        choice = SoundChoice()
        self._folder = folder
        self.sound: audio.SoundPath = (
            PulseSound(endpoint, choice)
            if path == "pulse"
            else NativeSound(endpoint, choice, fingerprint=self._cards)
        )
        self._voice: Any = None
        self._ear: Any = None
        self._said = bytearray()

    def _cards(self) -> object:
        """What changes when a card comes or goes: here a file."""
        path = self._folder / "cards"
        return path.read_text() if path.exists() else ""

    def obey(self, order: str, *arguments: Any) -> object:
        if order == "choose":
            return self.sound.choose(SoundChoice(**arguments[0]))
        if order in ("talk", "hush", "cpu"):
            return getattr(self, f"_{order}")()
        return getattr(self.sound, order)(*arguments)

    def _talk(self) -> None:
        self.sound.wake()
        self._voice = pj.AudioMediaPlayer()
        self._voice.createPlayer(str(self._folder / "clock.wav"), pj.PJMEDIA_FILE_NO_LOOP)
        self._voice.startTransmit(self.sound.speaker)
        self._said.clear()
        # The library's own recorder writes its file whenever the bridge gets to it.
        self._ear = BridgePort("ear", self._said.extend, lambda: bytes(FRAME_BYTES))
        self.sound.microphone.startTransmit(self._ear)

    def _hush(self) -> None:
        self._voice.stopTransmit(self.sound.speaker)
        self.sound.microphone.stopTransmit(self._ear)
        self.sound.rest()
        (self._folder / "said.raw").write_bytes(self._said)

    def _cpu(self) -> float:
        return time.process_time()


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else value  # type: ignore


def main() -> None:
    reports = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    endpoint = _library()
    has_device = sys.argv[1] == "pulse" or NativeSound.is_possible(endpoint)
    reports.write(json.dumps(has_device) + "\n")
    if not has_device:
        return endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
    driver = Driver(endpoint, sys.argv[1], Path(sys.argv[2]))
    has_ended = False
    while not has_ended:
        endpoint.libHandleEvents(10)
        driver.sound.turn(time.monotonic())
        if select.select([0], [], [], 0)[0]:
            line = sys.stdin.readline()
            order = json.loads(line) if line else ["close"]
            answer = driver.obey(*order)
            has_ended = order == ["close"]
            reports.write(json.dumps(_plain(answer), default=_plain) + "\n")
    del driver
    gc.collect()
    endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
    return None


if __name__ == "__main__":
    main()
