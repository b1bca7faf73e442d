"""Sound through a PulseAudio or PipeWire server, for a library without a device of its own.

The streams are open only while a call is up, so the microphone is let go between calls. Which
devices they use is decided here and nowhere else: whenever the server's devices change, each
stream that is not where it should be is opened anew there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from agent_desktop.telephony.audio import ring_tone
from agent_desktop.telephony.audio.bridge_port import FRAME_BYTES, BridgePort, NullClock
from agent_desktop.telephony.audio.echo_line import ECHO_SECONDS, EchoLine
from agent_desktop.telephony.audio.levels import level_of_library, level_of_samples
from agent_desktop.telephony.audio.pulse import PulseServer
from agent_desktop.telephony.audio.pulse_stream import (
    ClipStream,
    PlayStream,
    PulseStream,
    RecordStream,
)
from agent_desktop.telephony.audio.sound_choice import InUse, in_use
from agent_desktop.telephony.sound import Levels, Sound, SoundChoice, SoundState

log = logging.getLogger(__name__)

_FRAME_SECONDS = 0.02
_LOOK_SECONDS = 0.05
_SERVER_SECONDS = 2.0

_Stream = TypeVar("_Stream", bound=PulseStream)


class _Place(Generic[_Stream]):
    """Where one stream belongs: open while it is wanted, on the device it should be on."""

    _RETRY_SECONDS = 0.5

    def __init__(self, make: Callable[[str], _Stream]) -> None:
        self._make = make
        self._opened_at = 0.0
        self.is_wanted = False
        self.stream: _Stream | None = None

    def look(self, device: str, now: float) -> None:
        """Open, move or close the stream, whichever it needs; `device` empty: there is none."""
        stream = self.stream
        if stream is None:
            if self.is_wanted and device:
                self._open(device, now)
        elif not self.is_wanted or stream.device != device or self._is_broken(stream, now):
            self.close()
            self.look(device, now)

    def _is_broken(self, stream: _Stream, now: float) -> bool:
        return now - self._opened_at > self._RETRY_SECONDS and stream.is_dead

    def _open(self, device: str, now: float) -> None:
        self._opened_at = now
        self.stream = self._make(device)

    def close(self) -> None:
        """Let the stream go; `look` opens it again if it is wanted."""
        stream, self.stream = self.stream, None
        if stream:
            stream.close()


class PulseSound:
    """The bridge between the library's conference bridge and the sound server."""

    generation = 0
    silence: Any

    def __init__(self, endpoint: Any, choice: SoundChoice) -> None:
        manager = endpoint.audDevManager()
        self._clock = NullClock(manager)
        self.silence = manager.getCaptureDevMedia()
        self.microphone = self.speaker = BridgePort("headset", self._heard, self._spoken)
        self._choice = choice
        self._server = server = PulseServer()
        self._headset = _Place(lambda device: PlayStream(server, "headset", device))
        self._microphone = _Place(lambda device: RecordStream(server, "microphone", device))
        self._ringer = _Place(self._ring_clip)
        self._signal = _Place(self._signal_clip)
        self._rings_once = False
        self._echo: EchoLine | None = None
        self._echo_until = self._echo_frame_at = 0.0
        self._echo_level = 0
        self._seen_version = -1
        self._look_at = 0.0
        self._in_use = InUse()
        self._state = SoundState()

    def _ring_clip(self, device: str) -> ClipStream:
        clip = ring_tone.ring(self._choice.ring_volume)
        return ClipStream(self._server, "ring", device, clip, repeats=not self._rings_once)

    def _signal_clip(self, device: str) -> ClipStream:
        return ClipStream(self._server, "signal", device, ring_tone.beep(), repeats=False)

    # --- what is there

    def state(self) -> SoundState:
        """Return the devices that are there and those in use."""
        return self._state

    def wait_kind(self) -> Sound:
        """PULSE if a server answers within two seconds."""
        self._server.ready.wait(_SERVER_SECONDS)
        self._devices_changed()
        return self._state.kind

    def choose(self, choice: SoundChoice) -> None:
        """Use these devices from now on; streams that run elsewhere move."""
        if choice.ring_volume != self._choice.ring_volume:
            self._ringer.close()
        self._choice = choice
        self._devices_changed()

    def _devices_changed(self) -> None:
        self._seen_version = self._server.version
        there = self._server.devices
        devices = (*there.sinks, *there.sources)
        self._in_use = now_used = in_use(
            self._choice,
            devices,
            default_play=there.default_sink,
            default_record=there.default_source,
        )
        self._state = SoundState(
            Sound.PULSE if self._server.ready.is_set() else Sound.NONE,
            devices,
            now_used.headset,
            now_used.microphone,
            now_used.ringer,
            now_used.missing,
        )
        self._look_at = 0.0

    # --- calls

    def wake(self) -> None:
        """Open microphone and headset; the first frames are silence until they are there."""
        if not self._clock.is_running:
            self.echo(False)
            self._clock.start()
            self._open_headset(True)

    def rest(self) -> None:
        """Let microphone and headset go."""
        if self._clock.is_running:
            self._clock.stop()
            self._open_headset(False)

    def _open_headset(self, on: bool) -> None:
        self._headset.is_wanted = self._microphone.is_wanted = on
        self._look_at = 0.0

    def _heard(self, frame: bytes) -> None:
        """A frame for the headset; the bridge's thread."""
        stream = self._headset.stream
        if stream:
            stream.write(frame)

    def _spoken(self) -> bytes:
        """A frame of the microphone; the bridge's thread."""
        stream = self._microphone.stream
        return stream.take() if stream else bytes(FRAME_BYTES)

    # --- signals

    def ring(self, on: bool) -> None:
        """Start or stop the ring tone on its own device."""
        if on and (self._rings_once or not self._ringer.is_wanted):
            self._start_ring(once=False)
        elif not on and not self._rings_once:
            self._stop_ring()

    def try_ring(self) -> None:
        """Ring once, unless it rings."""
        if not self._ringer.is_wanted:
            self._start_ring(once=True)

    def _start_ring(self, *, once: bool) -> None:
        self._ringer.close()
        self._ringer.is_wanted, self._rings_once = True, once
        self._look_at = 0.0

    def _stop_ring(self) -> None:
        self._ringer.is_wanted = self._rings_once = False
        self._ringer.close()

    def beep(self) -> None:
        """A short signal into the headset, beside what is heard there."""
        self._signal.close()
        self._signal.is_wanted = True
        self._look_at = 0.0

    def echo(self, on: bool) -> None:
        """The agent hears the own microphone, a second late; never in a call."""
        if on and not self._clock.is_running and not self._echo:
            self._echo = EchoLine()
            self._echo_until = self._echo_frame_at = 0.0
            self._open_headset(True)
        elif not on and self._echo:
            self._echo = None
            self._open_headset(self._clock.is_running)

    # --- levels

    def watch_levels(self, on: bool) -> None:
        """The library measures them all the time."""

    def levels(self) -> Levels:
        """Return the loudness that the library measured, or the echo test while it runs."""
        if self._echo:
            return Levels(spoken=self._echo_level)
        if not self._clock.is_running:
            return Levels()
        port = self.microphone
        return Levels(level_of_library(port.getRxLevel()), level_of_library(port.getTxLevel()))

    # --- time

    def turn(self, now: float) -> None:
        """Look after the server, the devices and the streams."""
        self._server.turn(now)
        if self._seen_version != self._server.version:
            self._devices_changed()
        if self._echo:
            self._turn_echo(self._echo, now)
        if now >= self._look_at:
            self._look_at = now + _LOOK_SECONDS
            self._look(now)

    def _look(self, now: float) -> None:
        used = self._in_use
        self._headset.look(used.headset, now)
        self._microphone.look(used.microphone, now)
        for place, device in ((self._ringer, used.ringer), (self._signal, used.headset)):
            place.look(device, now)
            if place.stream:
                place.stream.turn(now)
        if self._signal.stream and self._signal.stream.has_ended(now):
            self._signal.is_wanted = False
        if self._rings_once and self._ringer.stream and self._ringer.stream.has_ended(now):
            self._stop_ring()

    def _turn_echo(self, line: EchoLine, now: float) -> None:
        if not self._echo_until:
            self._echo_until, self._echo_frame_at = now + ECHO_SECONDS, now
        if now >= self._echo_until:
            return self.echo(False)
        # After a pause of the engine not everything is made up for.
        self._echo_frame_at = max(self._echo_frame_at, now - 3 * _FRAME_SECONDS)
        while self._echo_frame_at <= now:
            self._echo_frame_at += _FRAME_SECONDS
            frame = self._spoken()
            self._echo_level = level_of_samples(frame)
            line.put(frame)
            self._heard(line.take())
        return None

    def close(self) -> None:
        """End all streams and leave the server."""
        self._echo = None
        self._clock.stop()
        for place in (self._headset, self._microphone, self._ringer, self._signal):
            place.is_wanted = False
            place.close()
        self._server.close()
