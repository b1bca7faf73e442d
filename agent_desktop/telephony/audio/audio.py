"""Sound of the phone process: native device, else PulseAudio bridge, else none.

Whatever the path, the conference bridge of the library has a clock, so that calls work and RTP
flows without any sound device.
"""

from __future__ import annotations

from typing import Any, Protocol

from agent_desktop.telephony.audio import pulse
from agent_desktop.telephony.audio.bridge_port import NullClock, frame_layout_is_known
from agent_desktop.telephony.audio.native_sound import NativeSound
from agent_desktop.telephony.audio.pulse_sound import PulseSound
from agent_desktop.telephony.audio.ring_tone import sounds_folder as sounds_folder
from agent_desktop.telephony.sound import NO_SOUND, Levels, Sound, SoundChoice, SoundState


class SoundPath(Protocol):
    """How calls are heard. All methods are called by the engine's thread and never block."""

    @property
    def microphone(self) -> Any:
        """The media that a call hears when it is not muted."""

    @property
    def speaker(self) -> Any:
        """The media that is heard by the agent."""

    @property
    def silence(self) -> Any:
        """A source that sends silence as real frames, so that RTP and DTMF keep flowing."""

    @property
    def generation(self) -> int:
        """Grows when the three media above were made anew: calls must be connected again."""

    def state(self) -> SoundState:
        """Return the devices that are there and the ids of those in use, empty while unknown."""

    def wait_kind(self) -> Sound:
        """How sound will reach the headset; waits up to two seconds for a sound server."""

    def choose(self, choice: SoundChoice) -> None:
        """Use these devices from now on, also in a call, which goes on."""

    def wake(self) -> None:
        """A call is up: open the microphone and the headset."""

    def rest(self) -> None:
        """No call is up: let the microphone go."""

    def ring(self, on: bool) -> None:
        """Start or stop the ring tone on the ring device."""

    def try_ring(self) -> None:
        """Ring once, to hear where and how loud."""

    def beep(self) -> None:
        """A short signal into the headset, in a call or not."""

    def echo(self, on: bool) -> None:
        """Let the agent hear the own microphone a second late, for half a minute at most; ends
        by itself when a call wakes the sound."""

    def watch_levels(self, on: bool) -> None:
        """Somebody looks at `levels`, or no longer."""

    def levels(self) -> Levels:
        """How loud it is now; nought without a call or an echo test."""

    def turn(self, now: float) -> None:
        """Timed work, once each round of the engine; `now` is monotonic seconds."""

    def close(self) -> None:
        """Give everything back."""


def open_sound(endpoint: Any, choice: SoundChoice) -> SoundPath:
    """The best sound path of this machine."""
    if NativeSound.is_possible(endpoint):
        return NativeSound(endpoint, choice)
    if pulse.has_library() and frame_layout_is_known():
        return PulseSound(endpoint, choice)
    return NoSound(endpoint)


def device_names(endpoint: Any) -> tuple[str, ...]:
    """The names of the library's own sound devices; empty if it was built without any."""
    # A part of a library value dies with the whole: `devices` must stay.
    devices = endpoint.audDevManager().enumDev2()
    return tuple(str(each.name) for each in devices)


class NoSound:
    """No device: a null device gives the clock, callers hear silence."""

    generation = 0

    def __init__(self, endpoint: Any) -> None:
        manager = endpoint.audDevManager()
        self._clock = NullClock(manager)
        self.microphone = self.silence = manager.getCaptureDevMedia()
        self.speaker = manager.getPlaybackDevMedia()

    def state(self) -> SoundState:
        """Nothing is there."""
        return NO_SOUND

    def wait_kind(self) -> Sound:
        """None, at once."""
        return Sound.NONE

    def choose(self, choice: SoundChoice) -> None:
        """There is nothing to choose from."""

    def wake(self) -> None:
        """Only the clock starts."""
        self._clock.start()

    def rest(self) -> None:
        """Only the clock stops."""
        self._clock.stop()

    def ring(self, on: bool) -> None:
        """Nothing to ring on."""

    def try_ring(self) -> None:
        """Nothing to ring on."""

    def beep(self) -> None:
        """Nothing to be heard on."""

    def echo(self, on: bool) -> None:
        """Nobody would hear it."""

    def watch_levels(self, on: bool) -> None:
        """They are always nought."""

    def levels(self) -> Levels:
        """Silence."""
        return Levels()

    def turn(self, now: float) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to give back."""
