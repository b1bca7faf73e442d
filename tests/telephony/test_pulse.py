"""A call over the sound server between two real SIP endpoints: the agent hears the caller and is
heard, and the sound chosen is the sound used."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from agent_desktop.demo.caller_control import DemoCustomer
from agent_desktop.telephony.call import CallState
from agent_desktop.telephony.sound import Levels, Sound, SoundChoice
from tests.telephony.endpoints import Desk
from tests.telephony.sound_server import Recorder, SoundServer, pactl
from tests.waiting import until_in_qt

pytestmark = [
    pytest.mark.sip,
    pytest.mark.skipif(
        not (shutil.which("pulseaudio") and shutil.which("parec")),
        reason="needs the Debian packages pulseaudio and pulseaudio-utils",
    ),
]

_OURS = "Agent Desktop"


def _is_loud(samples: np.ndarray) -> bool:
    return bool(np.abs(samples).max() > 500)


def _wait_quiet(recorder: Recorder) -> None:
    """Wait for two seconds of silence: voices and rings have pauses."""
    until_in_qt(lambda: np.abs(recorder.wait_for(2)).max() < 5, 20)


def _open_with_sound(desk: Desk) -> int:
    port = desk.open()
    until_in_qt(lambda: desk.phone.sound.kind is not Sound.NONE)
    if desk.phone.sound.kind is Sound.NATIVE:
        pytest.skip("this pjsua2 has a sound device of its own")
    desk.phone.choose_sound(SoundChoice(ringer="ringer"))
    until_in_qt(lambda: desk.phone.sound.ringer == "ringer")
    return port


def test_ring_voice_and_silence(server: SoundServer, desk: Desk, customer: DemoCustomer) -> None:
    port = _open_with_sound(desk)
    ringer, headset = server.record("ringer"), server.record("headset")
    ref = customer.call(port, "+551133334444")
    call = desk.wait_call(CallState.RINGING)
    ringer.wait(_is_loud)
    assert np.abs(headset.samples()).max() < 5
    desk.phone.answer(call.id)
    desk.wait_call(CallState.TALKING)
    customer.wait("talking", ref)
    headset.wait(_is_loud)
    until_in_qt(lambda: _OURS in pactl("list", "source-outputs"))
    desk.phone.hang_up(call.id)
    desk.wait_call(CallState.ENDED)
    # The microphone is let go between calls.
    until_in_qt(lambda: _OURS not in pactl("list", "source-outputs"))
    _wait_quiet(ringer)


def test_the_agent_is_heard_unless_muted(
    server: SoundServer, desk: Desk, customer: DemoCustomer
) -> None:
    ref = customer.call(_open_with_sound(desk), "+551133334444")
    call = desk.wait_call(CallState.RINGING)
    desk.phone.answer(call.id)
    desk.wait_call(CallState.TALKING)
    until_in_qt(lambda: customer.loudness(ref) > 20)
    desk.phone.mute(call.id, True)
    until_in_qt(lambda: customer.loudness(ref) < 2)
    desk.phone.mute(call.id, False)
    until_in_qt(lambda: customer.loudness(ref) > 20)


def test_a_headset_unplugged_in_a_call_is_told_and_replaced(
    server: SoundServer, desk: Desk, customer: DemoCustomer
) -> None:
    server.plug_sink("usb")
    port = _open_with_sound(desk)
    desk.phone.choose_sound(SoundChoice(headset="usb"))
    until_in_qt(lambda: desk.phone.sound.headset == "usb")
    usb, headset = server.record("usb"), server.record("headset")
    customer.call(port, "+551133334444")
    desk.phone.answer(desk.wait_call(CallState.RINGING).id)
    desk.wait_call(CallState.TALKING)
    usb.wait(_is_loud)
    server.unplug("usb")
    headset.wait(_is_loud)
    until_in_qt(lambda: desk.phone.sound.missing == ("usb",))
    assert desk.now(0).state is CallState.TALKING


def test_levels_are_told_while_somebody_watches(
    server: SoundServer, desk: Desk, customer: DemoCustomer
) -> None:
    told: list[Levels] = []
    desk.phone.levels_changed.connect(told.append)
    port = _open_with_sound(desk)
    desk.phone.watch_levels(True)
    customer.call(port, "+551133334444")
    desk.phone.answer(desk.wait_call(CallState.RINGING).id)
    until_in_qt(lambda: any(levels.heard > 30 for levels in told))
    until_in_qt(lambda: any(levels.spoken > 30 for levels in told))


def test_a_sound_server_that_restarts_is_found_again(
    server: SoundServer, desk: Desk, customer: DemoCustomer
) -> None:
    ref = customer.call(_open_with_sound(desk), "+551133334444")
    headset = server.record("headset")
    desk.phone.answer(desk.wait_call(CallState.RINGING).id)
    desk.wait_call(CallState.TALKING)
    headset.wait(_is_loud)
    server.stop()
    count = customer.counts(ref)["packets_in"]
    until_in_qt(lambda: customer.counts(ref)["packets_in"] > count + 10)
    until_in_qt(lambda: desk.phone.sound.kind is Sound.NONE)
    server.start()
    until_in_qt(lambda: desk.phone.sound.kind is Sound.PULSE)
    server.record("headset").wait(_is_loud)


def test_without_a_server_calls_still_work(
    desk: Desk, customer: DemoCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    ref = customer.call(desk.open(), "+551133334444")
    desk.phone.answer(desk.wait_call(CallState.RINGING).id)
    desk.wait_call(CallState.TALKING)
    count = customer.counts(ref)["packets_in"]
    until_in_qt(lambda: customer.counts(ref)["packets_in"] > count + 10)
    assert desk.phone.sound.kind is Sound.NONE
    assert "the sound server is not there" in desk.log()
