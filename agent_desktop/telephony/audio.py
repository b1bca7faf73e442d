"""Sound of the phone process: native device, else PulseAudio bridge, else none.

With engine.py the only code that imports pjsua2. Whatever the path, the conference bridge
runs on a clock of its own, so that calls work and RTP flows without any sound device.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
import wave
from pathlib import Path
from typing import Any, Protocol

import pjsua2 as pj

from agent_desktop.telephony import pulse
from agent_desktop.telephony.call import LineSettings, Sound
from agent_desktop.telephony.frame_ring import FrameRing

log = logging.getLogger(__name__)


def sounds_folder() -> Path:
    """Where the sound files lie: inside the installed package, else beside it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources" / "sounds"
    return inside if inside.is_dir() else package.parent / "resources" / "sounds"


class SoundPath(Protocol):
    """How calls are heard. All methods are called by the engine's thread and never block."""

    @property
    def kind(self) -> Sound:
        """How sound reaches the headset right now."""

    @property
    def device(self) -> str:
        """The device in use; empty for the system's default or for none."""

    @property
    def microphone(self) -> Any:
        """The media that a call hears when it is not muted."""

    @property
    def speaker(self) -> Any:
        """The media that is heard by the agent."""

    @property
    def silence(self) -> Any:
        """A source that sends silence as real frames, so that RTP and DTMF keep flowing."""

    def wait_kind(self) -> Sound:
        """How sound will reach the headset; waits up to two seconds for a sound server."""

    def wake(self) -> None:
        """A call is up: open the microphone and the headset."""

    def rest(self) -> None:
        """No call is up: let the microphone go."""

    def ring(self, on: bool) -> None:
        """Start or stop the ring tone on the ring device."""

    def close(self) -> None:
        """Give everything back."""


def open_sound(endpoint: Any, settings: LineSettings) -> SoundPath:
    """The best sound path of this machine."""
    if NativeSound.is_possible(endpoint):
        return NativeSound(endpoint, settings)
    if pulse.has_library() and frame_layout_is_known():
        return PulseSound(endpoint, settings)
    return NoSound(endpoint)


def device_names(endpoint: Any) -> tuple[str, ...]:
    """The names of the library's own sound devices; empty if it was built without any."""
    # A part of a library value dies with the whole: `devices` must stay.
    devices = endpoint.audDevManager().enumDev2()
    return tuple(str(each.name) for each in devices)


class _NullClock:
    """The null device, which drives the bridge. It stands still between calls: fifty times a
    second it would compete for the interpreter just when an INVITE arrives."""

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self.is_running = False
        manager.setNoDev()

    def start(self) -> None:
        """Let the bridge run; no effect when it does."""
        if not self.is_running:
            self.is_running = True
            self._manager.setNullDev()

    def stop(self) -> None:
        """Let the bridge stand; no effect when it does."""
        if self.is_running:
            self.is_running = False
            self._manager.setNoDev()


class NoSound:
    """No device: a null device gives the clock, callers hear silence."""

    kind = Sound.NONE
    device = ""

    def __init__(self, endpoint: Any) -> None:
        manager = endpoint.audDevManager()
        self._clock = _NullClock(manager)
        self.microphone = self.silence = manager.getCaptureDevMedia()
        self.speaker = manager.getPlaybackDevMedia()

    def wait_kind(self) -> Sound:
        """None, at once."""
        return self.kind

    def wake(self) -> None:
        """Only the clock starts."""
        self._clock.start()

    def rest(self) -> None:
        """Only the clock stops."""
        self._clock.stop()

    def ring(self, on: bool) -> None:
        """Nothing to ring on."""

    def close(self) -> None:
        """Nothing to give back."""


class NativeSound:
    """The library's own sound device (Windows; Linux with a library built with ALSA)."""

    kind = Sound.NATIVE

    @staticmethod
    def is_possible(endpoint: Any) -> bool:
        """True if the library knows a device that can record and one that can play."""
        devices = endpoint.audDevManager().enumDev2()
        return any(d.inputCount for d in devices) and any(d.outputCount for d in devices)

    def __init__(self, endpoint: Any, settings: LineSettings) -> None:
        self._manager = endpoint.audDevManager()
        self.device = settings.sound_device
        self._select(settings.sound_device)
        self.microphone = self._manager.getCaptureDevMedia()
        self.speaker = self._manager.getPlaybackDevMedia()
        self.silence = _faint_tone()
        self._ringer = pj.AudioMediaPlayer()
        self._ringer.createPlayer(str(sounds_folder() / "ring.wav"))

    def _select(self, wanted: str) -> None:
        devices = self._manager.enumDev2()
        for number, info in enumerate(devices):
            if wanted and info.name == wanted and info.inputCount:
                self._manager.setCaptureDev(number)
            if wanted and info.name == wanted and info.outputCount:
                self._manager.setPlaybackDev(number)

    def wait_kind(self) -> Sound:
        """Native, at once."""
        return self.kind

    def wake(self) -> None:
        """The library opens the device by itself when something is connected to it."""

    def rest(self) -> None:
        """The library closes the device by itself a second after the last connection."""

    def ring(self, on: bool) -> None:
        """Play the ring tone into the headset; a ring device apart is not possible here."""
        with contextlib.suppress(pj.Error):
            if on:
                self._ringer.startTransmit(self.speaker)
            else:
                self._ringer.stopTransmit(self.speaker)

    def close(self) -> None:
        """Free the device for other programs."""
        self.ring(False)
        self._manager.setNullDev()


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


class PulseSound:
    """Sound through a PulseAudio server, for a library without a device of its own.

    The streams are open only while a call is up, so the microphone is let go between calls.
    """

    silence: Any

    def __init__(self, endpoint: Any, settings: LineSettings) -> None:
        manager = endpoint.audDevManager()
        self._clock = _NullClock(manager)
        self.silence = manager.getCaptureDevMedia()
        self.device = settings.sound_device
        self.heard = FrameRing(pulse.FRAME_BYTES)
        self.spoken = FrameRing(pulse.FRAME_BYTES)
        self.microphone = self.speaker = _BridgePort(self.heard, self.spoken)
        self._ring_frames = _ring_frames()
        self._next_ring_frame = 0
        device = settings.sound_device
        self._headset = pulse.StreamThread("headset", device, self._play)
        self._capture = pulse.StreamThread(
            "microphone", settings.microphone_device, self._record, record=True
        )
        self._ringer = pulse.StreamThread("ring", settings.ring_device or device, self._ring)
        self._server_found = threading.Event()
        self._probe = pulse.StreamThread("probe", device, self._found)
        self._probe.start()

    @property
    def kind(self) -> Sound:
        """PULSE as soon as a server has answered, and while it does."""
        is_there = self._server_found.is_set() and not self._is_failing()
        return Sound.PULSE if is_there else Sound.NONE

    def _is_failing(self) -> bool:
        return self._headset.is_failing or self._capture.is_failing

    def wait_kind(self) -> Sound:
        """PULSE if a server answers within two seconds."""
        self._server_found.wait(2.0)
        return self.kind

    def wake(self) -> None:
        """Open microphone and headset; the first frames are silence until they are there."""
        if not self._clock.is_running:
            self._clock.start()
            self.heard.clear()
            self.spoken.clear()
            self._headset.start()
            self._capture.start()

    def rest(self) -> None:
        """Let microphone and headset go."""
        if self._clock.is_running:
            self._clock.stop()
            self._headset.stop()
            self._capture.stop()
            if self._is_failing():
                self._server_found.clear()
                self._probe.start()

    def ring(self, on: bool) -> None:
        """Start or stop the ring tone on its own device."""
        if on:
            self._next_ring_frame = 0
            self._ringer.start()
        else:
            self._ringer.stop()

    def close(self) -> None:
        """End all streams; waits a moment for frames under way."""
        for each in (self._probe, self._headset, self._capture, self._ringer):
            each.stop(wait_seconds=0.2)

    def _found(self, stream: pulse.PulseStream) -> None:
        self._server_found.set()
        self._probe.stop()

    def _play(self, stream: pulse.PulseStream) -> None:
        stream.write(self.heard.take())

    def _record(self, stream: pulse.PulseStream) -> None:
        self.spoken.put(stream.read())

    def _ring(self, stream: pulse.PulseStream) -> None:
        stream.write(self._ring_frames[self._next_ring_frame])
        self._next_ring_frame = (self._next_ring_frame + 1) % len(self._ring_frames)


class _BridgePort(pj.AudioMediaPort):  # type: ignore[misc]
    """A port of the conference bridge whose two sides are frame rings.

    The callbacks run in the bridge's clock thread, once each 20 ms.
    """

    def __init__(self, heard: FrameRing, spoken: FrameRing) -> None:
        super().__init__()
        self._heard = heard
        self._spoken = spoken
        form = pj.MediaFormatAudio()
        form.type = pj.PJMEDIA_TYPE_AUDIO
        form.clockRate, form.channelCount, form.bitsPerSample = pulse.RATE, 1, 16
        form.frameTimeUsec = pulse.FRAME_MILLISECONDS * 1000
        form.avgBps = form.maxBps = pulse.RATE * 16
        self.createPort("headset", form)

    def onFrameReceived(self, frame: Any) -> None:
        """The caller's voice on its way to the headset."""
        try:
            if frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO and frame.size:
                self._heard.put(read_vector(frame.buf))
        except Exception:
            log.exception("a frame for the headset was lost")

    def onFrameRequested(self, frame: Any) -> None:
        """The agent's voice on its way to the caller."""
        try:
            fill_vector(frame.buf, self._spoken.take())
            frame.size = pulse.FRAME_BYTES
            frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        except Exception:
            log.exception("a frame of the microphone was lost")


def _span(vector: Any) -> tuple[int, int]:
    """First address and length of a std::vector<unsigned char>: its first two pointers."""
    begin, end = (ctypes.c_size_t * 2).from_address(int(vector.this))
    return begin, end - begin


def read_vector(vector: Any) -> bytes:
    """The bytes of a vector; through SWIG's own iteration this takes 300 times as long."""
    begin, length = _span(vector)
    return ctypes.string_at(begin, length) if length else b""


def fill_vector(vector: Any, data: bytes) -> None:
    """Make `data` the contents of a vector."""
    vector.resize(len(data))
    begin, length = _span(vector)
    ctypes.memmove(begin, data, min(length, len(data)))


def frame_layout_is_known() -> bool:
    """Self-test of the two functions above: another compiler may lay a vector out differently."""
    vector = pj.ByteVector()
    for value in range(7):
        vector.append(value)
    try:
        begin, length = (ctypes.c_size_t * 2).from_address(int(vector.this))
        if length - begin != 7 or read_vector(vector) != bytes(range(7)):
            return False
        fill_vector(vector, b"\xff\x00\x7f")
        return tuple(vector) == (255, 0, 127)
    except (TypeError, ValueError, AttributeError):
        return False


def _ring_frames() -> tuple[bytes, ...]:
    """The ring tone in frames; it repeats with its own pause."""
    with wave.open(str(sounds_folder() / "ring.wav")) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (pulse.RATE, 1, 2):
            raise ValueError("ring.wav must be 16 kHz, mono, 16 bit")
        data = file.readframes(file.getnframes())
    size = pulse.FRAME_BYTES
    return tuple(data[at : at + size] for at in range(0, len(data) - size + 1, size))
