"""The sound of all calls: what is connected, what rings, and how well each call is heard."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pjsua2 as pj

from agent_desktop.telephony import message
from agent_desktop.telephony.audio.audio import SoundPath, open_sound
from agent_desktop.telephony.call import CallState, Notice
from agent_desktop.telephony.engine import audio_routing, tones
from agent_desktop.telephony.engine.audio_routing import MICROPHONE, SILENCE, SPEAKER, AudioRouting
from agent_desktop.telephony.engine.live_calls import LiveCalls
from agent_desktop.telephony.engine.sip_call import SipCall
from agent_desktop.telephony.sound import NO_SOUND, SoundChoice, SoundState

# A pulled plug must be told while the agent still wonders; quality is read by a person, so every
# other second is enough.
_STATE_SECONDS, _WATCH_SECONDS, _QUALITY_SECONDS, _LEVEL_SECONDS = 0.25, 0.4, 2.0, 0.1
#: A caller on hold is brought to mind once a minute.
_REMIND_SECONDS = 60.0


class CallSound:
    """Connects calls with the headset; `send` writes a report to the desktop."""

    def __init__(
        self,
        endpoint: Any,
        calls: LiveCalls,
        *,
        send: Callable[[message.Report], None],
        tell: Callable[[Notice], None],
    ) -> None:
        self._endpoint = endpoint
        self._calls = calls
        self._send = send
        self._tell = tell
        self._audio_routing = AudioRouting()
        self._path: SoundPath | None = None
        self._choice = SoundChoice()
        self._generation = 0
        self._ringback: tones.Ringback | None = None
        self._next_state = self._next_watch = self._next_quality = self._next_level = 0.0
        self._told_ringing: set[str] = set()
        self._reminded: dict[str, int] = {}
        self._watches_levels = False
        self._keys = ("", "")
        self.state: SoundState = NO_SOUND
        calls.sound_moved = self.rewire
        calls.stream_is_new = lambda call: self._audio_routing.forget(call.id)

    # --- orders

    def open(self) -> None:
        """Open the best sound path of this machine, if it is not open."""
        if self._path is None:
            self._path = open_sound(self._endpoint, self._choice)
            self._path.watch_levels(self._watches_levels)
            self._generation = self._path.generation
            self._ringback = tones.Ringback()
            self._audio_routing.forget_all()

    def close(self) -> None:
        """Give devices back."""
        path, self._path = self._path, None
        if path:
            if self._ringback:
                self._ringback.sound(path.speaker, on=False)
            self._ringback = None
            path.close()
        self._audio_routing.forget_all()

    def choose(self, choice: SoundChoice) -> None:
        """Use these devices from now on, also in a call."""
        self._choice = choice
        if self._path:
            self._path.choose(choice)
            self._next_state = 0.0

    def watch_levels(self, on: bool) -> None:
        """Tell how loud it is, or no longer."""
        self._watches_levels = on
        if self._path:
            self._path.watch_levels(on)

    def echo(self, on: bool) -> None:
        """Let the agent hear the own microphone; never while a call is up."""
        if self._path and (not on or not self._calls.all()):
            self._path.echo(on)

    def set_keys(self, headset: str, why: str) -> None:
        """A USB headset with keys has come, or has gone (and why there is none)."""
        self._keys = (headset, why)
        self._tell_state(self.state)

    def try_ring(self) -> None:
        """Ring for a moment."""
        if self._path and not self._calls.all():
            self._path.try_ring()

    # --- connecting

    def rewire(self) -> None:
        """Connect what should be heard now, and ring if somebody waits."""
        path = self._path
        if not path:
            return
        calls = self._calls.all()
        heard = [call for call in calls if _is_heard(call)]
        # Opened while it still rings there, so that the device is ready at the first word.
        if heard or any(call.state is CallState.DIALLING for call in calls):
            path.echo(False)
            path.wake()
        ends = {MICROPHONE: path.microphone, SPEAKER: path.speaker, SILENCE: path.silence}
        ends.update((call.id, call.getAudioMedia(-1)) for call in heard)
        self._audio_routing.join(
            audio_routing.wanted_joints(tuple(c.value for c in heard if c.value)), ends
        )
        self._ring(path, calls)
        for call in heard:
            if call.is_automatic and call.state is CallState.TALKING:
                call.is_automatic = False
                path.beep()

    def _ring(self, path: SoundPath, calls: tuple[SipCall, ...]) -> None:
        """Ring while somebody waits, but never into the ear of an agent who is talking: there a
        short tone tells of the second call."""
        ringing = {call.id for call in calls if call.state is CallState.RINGING}
        is_busy = any(call.state in (CallState.TALKING, CallState.DIALLING) for call in calls)
        path.ring(bool(ringing) and not is_busy)
        if is_busy and ringing - self._told_ringing:
            path.beep()
        self._told_ringing = ringing
        # Early media carries the PBX's own tone; ours beside it would be heard twice.
        waits_there = any(call.rings_there and not _is_heard(call) for call in calls)
        if self._ringback:
            self._ringback.sound(path.speaker, on=waits_there)

    # --- in each round

    def turn(self, now: float) -> None:
        """Do what is due at the monotonic second `now`: follow devices, tell levels and quality."""
        path = self._path
        if not path:
            return
        path.turn(now)
        # The device was opened anew: the library has forgotten every connection to it.
        if path.generation != self._generation:
            self._generation = path.generation
            self._audio_routing.forget_all()
            self.rewire()
        if not self._calls.all():
            path.rest()
        if now >= self._next_state:
            self._next_state = now + _STATE_SECONDS
            self._tell_state(path.state())
        if self._watches_levels and now >= self._next_level:
            self._next_level = now + _LEVEL_SECONDS
            self._send(message.LevelsChanged(path.levels()))
        if now >= self._next_watch:
            self._next_watch = now + _WATCH_SECONDS
            self._watch(path, now)

    def _tell_state(self, found: SoundState) -> None:
        state = replace(found, keys=self._keys[0], keys_why=self._keys[1])
        before, self.state = self.state, state
        if state != before:
            self._send(message.SoundChanged(state))
            in_use = next((d.name for d in state.devices if d.id == state.headset), "")
            if self._calls.all() and state.headset != before.headset:
                self._tell(Notice("sound_changed", detail=in_use))

    def _watch(self, path: SoundPath, now: float) -> None:
        tells_quality = now >= self._next_quality
        if tells_quality:
            self._next_quality = now + _QUALITY_SECONDS
        for call in self._calls.all():
            value = call.value
            if not value:
                continue
            is_talking = value.state is CallState.TALKING and call.has_sound
            if is_talking:
                call.meter.read(call)
            if not is_talking or value.held_there:
                call.meter.expect_nothing(now)
            is_lost = is_talking and call.meter.is_silent(now)
            self._calls.set(call, replace(value, media_lost=is_lost))
            quality = call.meter.quality()
            if is_talking and tells_quality and quality:
                self._send(message.QualityChanged(value.id, quality))
            self._remind(path, call)

    def _remind(self, path: SoundPath, call: SipCall) -> None:
        value = call.value
        if value and value.state is CallState.HELD and value.state_since:
            minutes = int((time.time() - value.state_since.timestamp()) / _REMIND_SECONDS)
            if minutes > self._reminded.get(value.id, 0):
                self._reminded[value.id] = minutes
                path.beep()
        elif value:
            self._reminded.pop(value.id, None)


def _is_heard(call: SipCall) -> bool:
    """True if the agent and the other side should hear each other."""
    value = call.value
    if not value or not call.has_sound:
        return False
    try:
        is_active = call.isActive() and call.hasMedia()
    except pj.Error:
        return False
    is_up = value.state is CallState.TALKING or value.early_media
    return is_active and is_up
