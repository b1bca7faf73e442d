"""Sound through the library's own device (Windows; Linux with a library built with ALSA).

The library has one device at a time. Between calls it has none, while it rings the ringer alone,
in a call the headset and the microphone; so a ringer apart needs no second device, since it
never rings while the agent talks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony.audio import native_devices, ring_tone
from agent_desktop.telephony.audio.bridge_port import FRAME_BYTES, BridgePort
from agent_desktop.telephony.audio.echo_line import ECHO_SECONDS, EchoLine
from agent_desktop.telephony.audio.levels import level_of_library
from agent_desktop.telephony.audio.sound_choice import InUse, in_use
from agent_desktop.telephony.sound import Levels, Sound, SoundChoice, SoundState

log = logging.getLogger(__name__)

# In a call a pulled headset must be noticed at once; between calls nobody hears the difference.
_WATCH_SECONDS, _IDLE_WATCH_SECONDS = 0.3, 2.0
_TRY_SECONDS = 1.2


class _Use(Enum):
    """The purpose for which the device is open."""

    NOTHING = "nothing"
    RING = "ring"
    TALK = "talk"


class _Clip:
    """A sound known beforehand, played into the bridge frame by frame."""

    def __init__(self) -> None:
        self.port = BridgePort("clip", lambda _: None, self._next)
        self._data = b""
        self._at = 0
        self._repeats = False
        self._speaker: Any = None

    @property
    def has_ended(self) -> bool:
        """True when all of it has been taken."""
        return not self._repeats and self._at >= len(self._data)

    @property
    def is_playing(self) -> bool:
        """True until `stop`, also after the end."""
        return self._speaker is not None

    def play(self, data: bytes, speaker: Any, *, repeats: bool) -> None:
        """Begin, instead of what was played before."""
        self._data, self._at, self._repeats = data, 0, repeats
        if not self.is_playing:
            self._speaker = speaker
            self.port.startTransmit(speaker)

    def stop(self) -> None:
        """Silence at once; twice is allowed."""
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            self.port.stopTransmit(speaker)

    def _next(self) -> bytes:
        frame = self._data[self._at : self._at + FRAME_BYTES]
        self._at += FRAME_BYTES
        if self._repeats and self._at >= len(self._data):
            self._at = 0
        return frame.ljust(FRAME_BYTES, b"\0")


class NativeSound:
    """The library opens and closes its device; which one, and when, is decided here."""

    generation = 0

    @staticmethod
    def is_possible(endpoint: Any) -> bool:
        """True if the library knows a device that can record and one that can play."""
        devices = native_devices.look(endpoint.audDevManager()).devices
        return any(d.can_record for d in devices) and any(d.can_play for d in devices)

    def __init__(
        self,
        endpoint: Any,
        choice: SoundChoice,
        *,
        fingerprint: Callable[[], object] = native_devices.fingerprint,
    ) -> None:
        self._manager = endpoint.audDevManager()
        self._manager.setNoDev()
        # An echo canceller is for loudspeakers; it would double the cost of a call.
        self._manager.setEcOptions(0, 0)
        self.microphone = self._manager.getCaptureDevMedia()
        self.speaker = self._manager.getPlaybackDevMedia()
        self.silence = _faint_tone()
        self._choice = choice
        self._fingerprint = fingerprint
        self._seen = fingerprint()
        self._look_at = 0.0
        self._devices = native_devices.look(self._manager)
        self._broken: set[str] = set()
        self._is_awake = self._rings = False
        self._open_as: tuple[_Use, str, str] = (_Use.NOTHING, "", "")
        self._ring_clip, self._signal = _Clip(), _Clip()
        self._ring_until = 0.0
        # Made once: a port must not go while the bridge may be calling it.
        self._echo_line = EchoLine()
        self._echo_port = BridgePort("echo", self._echo_line.put, self._echo_line.take)
        self._has_echo = False
        self._echo_until = 0.0
        self._settle()

    # --- what is there

    def state(self) -> SoundState:
        """Return the devices that are there and those in use."""
        used = self._used()
        kind = Sound.NATIVE if used.headset and used.microphone else Sound.NONE
        return SoundState(
            kind, self._devices.devices, used.headset, used.microphone, used.ringer, used.missing
        )

    def wait_kind(self) -> Sound:
        """Native, at once, if there is a device."""
        return self.state().kind

    def choose(self, choice: SoundChoice) -> None:
        """Use these devices from now on, also in a call."""
        rings_anew = self._rings and choice.ring_volume != self._choice.ring_volume
        self._choice = choice
        # What did not open before may open now: another program may have let it go.
        self._broken.clear()
        self._settle()
        if rings_anew:
            self._ring_clip.play(ring_tone.ring(choice.ring_volume), self.speaker, repeats=True)

    def _used(self) -> InUse:
        there = self._devices.without(self._broken)
        return in_use(
            self._choice,
            there.devices,
            default_play=there.default_play,
            default_record=there.default_record,
        )

    # --- the one device

    def _wanted(self) -> tuple[_Use, str, str]:
        used = self._used()
        if self._rings:
            return _Use.RING, "", used.ringer
        if self._is_awake or self._has_echo or self._signal.is_playing:
            return _Use.TALK, used.microphone, used.headset
        return _Use.NOTHING, "", ""

    def _settle(self) -> None:
        """Open what is wanted now; what does not open is left out until devices change."""
        while self._wanted() != self._open_as:
            wanted = self._wanted()
            try:
                self._open(*wanted)
            except pj.Error as fault:
                log.warning("%s does not open: %s", wanted[1:], fault.reason)
                if not self._leave_out(wanted):
                    return
            else:
                self._open_as = wanted

    def _open(self, use: _Use, microphone: str, speaker: str) -> None:
        self._manager.setNoDev()
        if use is _Use.NOTHING:
            return
        if not speaker or (use is _Use.TALK and not microphone):
            # The bridge needs a clock, so that RTP flows.
            self._manager.setNullDev()
            return
        mode = pj.PJSUA_SND_DEV_SPEAKER_ONLY if use is _Use.RING else 0
        if microphone:
            self._manager.setCaptureDev(self._devices.number(microphone))
        self._manager.setPlaybackDev(self._devices.number(speaker))
        # The numbers are only noted until the mode without delay opens the device.
        self._manager.setSndDevMode(mode)

    def _leave_out(self, wanted: tuple[_Use, str, str]) -> bool:
        """Do without the device that did not open; False if there was none."""
        _, microphone, speaker = wanted
        if not speaker:
            return False
        self._broken.add(microphone if microphone and self._opens_alone(speaker) else speaker)
        return True

    def _opens_alone(self, speaker: str) -> bool:
        try:
            self._open(_Use.RING, "", speaker)
        except pj.Error:
            return False
        return True

    # --- calls

    def wake(self) -> None:
        """Open microphone and headset."""
        if not self._is_awake:
            self.echo(False)
            self._is_awake = True
            self._settle()

    def rest(self) -> None:
        """Let microphone and headset go."""
        if self._is_awake:
            self._is_awake = False
            self._settle()

    # --- signals

    def ring(self, on: bool) -> None:
        """Start or stop the ring tone on the ring device."""
        if on and (not self._rings or self._ring_until):
            self._start_ring(until=0.0)
        elif not on and self._rings and not self._ring_until:
            self._stop_ring()

    def try_ring(self) -> None:
        """Ring once, unless it rings or a call is up."""
        if not self._rings and not self._is_awake:
            self._start_ring(until=-1.0)

    def _start_ring(self, *, until: float) -> None:
        self._rings, self._ring_until = True, until
        self._settle()
        clip = ring_tone.ring(self._choice.ring_volume)
        self._ring_clip.play(clip, self.speaker, repeats=True)

    def _stop_ring(self) -> None:
        self._rings, self._ring_until = False, 0.0
        self._ring_clip.stop()
        self._settle()

    def beep(self) -> None:
        """A short signal into the headset."""
        self._signal.play(ring_tone.beep(), self.speaker, repeats=False)
        self._settle()

    def echo(self, on: bool) -> None:
        """The agent hears the own microphone, a second late; never in a call."""
        if on and not self._is_awake and not self._has_echo:
            self._has_echo, self._echo_until = True, 0.0
            self._echo_line.clear()
            self._settle()
            self.microphone.startTransmit(self._echo_port)
            self._echo_port.startTransmit(self.speaker)
        elif not on and self._has_echo:
            self._has_echo = False
            self.microphone.stopTransmit(self._echo_port)
            self._echo_port.stopTransmit(self.speaker)
            self._settle()

    # --- levels

    def watch_levels(self, on: bool) -> None:
        """The library measures them all the time."""

    def levels(self) -> Levels:
        """Return the loudness that the library measured at the device."""
        if self._open_as[0] is not _Use.TALK:
            return Levels()
        device = self.microphone
        return Levels(level_of_library(device.getRxLevel()), level_of_library(device.getTxLevel()))

    # --- time

    def turn(self, now: float) -> None:
        """Look for devices that come and go, and end what is over."""
        if now >= self._look_at:
            is_idle = self._open_as[0] is _Use.NOTHING
            self._look_at = now + (_IDLE_WATCH_SECONDS if is_idle else _WATCH_SECONDS)
            self._watch_devices()
        if self._signal.is_playing and self._signal.has_ended:
            self._signal.stop()
            self._settle()
        if self._ring_until:
            self._turn_trial(now)
        if self._has_echo:
            self._echo_until = self._echo_until or now + ECHO_SECONDS
            if now >= self._echo_until:
                self.echo(False)

    def _turn_trial(self, now: float) -> None:
        if self._ring_until < 0:
            self._ring_until = now + _TRY_SECONDS
        elif now >= self._ring_until:
            self._stop_ring()

    def _watch_devices(self) -> None:
        seen = self._fingerprint()
        if seen == self._seen:
            return
        self._seen = seen
        self._manager.refreshDevs()
        before, self._devices = self._devices, native_devices.look(self._manager)
        self._broken.clear()
        gone = {device.id for device in before.devices} - {d.id for d in self._devices.devices}
        if gone & set(self._open_as[1:]):
            # It may come back under its name, and is another device then.
            self._open_as = (_Use.NOTHING, "", "")
        self._settle()

    def close(self) -> None:
        """Free the device for other programs."""
        self.echo(False)
        self._ring_clip.stop()
        self._signal.stop()
        self._is_awake = self._rings = False
        # Without a clock, since our ports go next.
        self._settle()


def _faint_tone() -> Any:
    """A tone of the least amplitude: inaudible after G.711, yet a source of real frames."""
    tone = pj.ToneDesc()
    tone.freq1, tone.on_msec, tone.off_msec, tone.volume = 100, 1000, 0, 1
    tones = pj.ToneDescVector()
    tones.append(tone)
    generator = pj.ToneGenerator()
    generator.createToneGenerator()
    generator.play(tones, True)
    return generator
