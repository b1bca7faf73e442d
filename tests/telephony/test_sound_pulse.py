"""Sound through a real sound server whose devices come and go."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.telephony.sound_server import (
    MOST_MISSED,
    RATE,
    SoundServer,
    clock_seconds,
    least_missed,
    longest_silence,
    missed_seconds,
    pactl,
    write_clock,
)
from tests.telephony.steered_sound import Driver
from tests.waiting import until_in_qt

pytestmark = [
    pytest.mark.sip,
    pytest.mark.skipif(
        not (shutil.which("pulseaudio") and shutil.which("parec")),
        reason="needs the Debian packages pulseaudio and pulseaudio-utils",
    ),
]


@pytest.fixture
def driver(server: SoundServer, tmp_path: Path) -> Iterator[Driver]:
    write_clock(tmp_path / "clock.wav", 60)
    driver = Driver("pulse", tmp_path)
    assert driver.has_started
    assert driver.do("wait_kind") == "pulse"
    yield driver
    driver.close()


def _ids(state: dict[str, Any]) -> set[str]:
    return {device["id"] for device in state["devices"]}


def test_devices_are_listed_and_watched(server: SoundServer, driver: Driver) -> None:
    state = driver.state
    # The monitor of the headset is listed since it is the default microphone.
    assert _ids(state) == {"headset", "ringer", "headset.monitor"}
    assert (state["headset"], state["microphone"]) == ("headset", "headset.monitor")
    assert all(device["name"] for device in state["devices"])
    server.plug_sink("new")
    until_in_qt(lambda: "new" in _ids(driver.state))
    server.unplug("new")
    until_in_qt(lambda: "new" not in _ids(driver.state))


def test_the_default_of_the_system_is_followed(server: SoundServer, driver: Driver) -> None:
    pactl("set-default-sink", "ringer")
    until_in_qt(lambda: driver.state["headset"] == "ringer")


def _is_whole(recording: np.ndarray) -> bool:
    """Without a gap of 60 ms, and nothing heard twice or left out for as long."""
    steps = np.diff(clock_seconds(recording))
    return longest_silence(recording) < 0.06 and np.abs(steps).max() < 0.06


def test_ten_seconds_go_both_ways_without_a_gap(server: SoundServer, driver: Driver) -> None:
    heard = server.record("headset")
    driver.do("talk")
    heard.wait(lambda samples: samples.max() > 400)
    # A busy machine may stop the test's own sound server for a moment: one of four must do.
    wholes = [_is_whole(heard.wait_for(10)) for _ in range(4)]
    driver.do("hush")
    said = driver.said()
    start = said.nonzero()[0][0] + RATE
    parts = [said[at : at + 10 * RATE] for at in range(start, len(said) - 10 * RATE, 5 * RATE)]
    assert any(wholes)
    assert any(map(_is_whole, parts))


def test_headset_unplugged_and_plugged_in_again_in_a_call(
    server: SoundServer, driver: Driver
) -> None:
    driver.do("choose", {"headset": "usb"})

    def once() -> float:
        server.plug_sink("usb")
        usb, headset = server.record("usb"), server.record("headset")
        until_in_qt(lambda: driver.state["headset"] == "usb")
        driver.do("talk")
        usb.wait(lambda samples: samples.max() > 400)
        usb.wait_for(1)
        assert headset.samples().max() == 0
        server.unplug("usb")
        headset.wait(lambda samples: samples.max() > 400)
        at_first = missed_seconds(usb.samples(), headset.samples())
        state = driver.state
        assert (state["headset"], state["missing"]) == ("headset", ["usb"])
        server.plug_sink("usb")
        again = server.record("usb")
        again.wait(lambda samples: samples.max() > 400)
        headset.wait(lambda samples: samples.max() == 0)
        state = driver.state
        assert (state["headset"], state["missing"]) == ("usb", [])
        driver.do("hush")
        server.unplug("usb")
        until_in_qt(lambda: driver.state["missing"] == ["usb"])
        return max(at_first, missed_seconds(headset.samples(), again.samples()))

    assert least_missed(once) < MOST_MISSED


def test_microphone_unplugged_in_a_call(server: SoundServer, driver: Driver) -> None:
    server.plug_source("spare", of="headset")
    heard = server.record("headset")
    driver.do("choose", {"microphone": "usb"})

    def once() -> float:
        server.plug_source("usb", of="headset")
        until_in_qt(lambda: driver.state["microphone"] == "usb")
        driver.do("talk")
        heard.wait(lambda samples: samples.max() > 400)
        heard.wait_for(3)
        server.unplug("usb")
        until_in_qt(lambda: driver.state["missing"] == ["usb"])
        heard.wait_for(3)
        driver.do("hush")
        told = clock_seconds(driver.said())
        assert told[-1] - told[0] > 4
        return float(np.diff(told).max())

    assert least_missed(once) < MOST_MISSED


def test_devices_chosen_in_a_call_are_used_at_once(server: SoundServer, driver: Driver) -> None:
    def once() -> float:
        driver.do("choose", {"headset": "headset"})
        headset, ringer = server.record("headset"), server.record("ringer")
        driver.do("talk")
        headset.wait(lambda samples: samples.max() > 400)
        driver.do("choose", {"headset": "ringer"})
        ringer.wait(lambda samples: samples.max() > 400)
        headset.wait(lambda samples: samples.max() == 0)
        driver.do("hush")
        return missed_seconds(headset.samples(), ringer.samples())

    assert least_missed(once) < MOST_MISSED


def test_ring_on_its_own_device_and_as_loud_as_chosen(server: SoundServer, driver: Driver) -> None:
    driver.do("choose", {"ringer": "ringer", "ring_volume": 100})
    ringer, headset = server.record("ringer"), server.record("headset")
    driver.do("ring", True)
    # A ring is three seconds long: it repeats.
    loud = np.abs(ringer.wait_for(7)).max()
    driver.do("choose", {"ringer": "ringer", "ring_volume": 50})
    ringer.wait_for(1)
    soft = np.abs(ringer.wait_for(4)).max()
    driver.do("ring", False)
    ringer.wait(lambda samples: len(samples) > 1600 and samples[-1600:].max() == 0)
    assert np.abs(headset.samples()).max() == 0
    assert loud > 8000
    assert soft == pytest.approx(loud / 4, rel=0.05)


def test_ring_goes_on_where_there_is_a_device(server: SoundServer, driver: Driver) -> None:
    driver.do("choose", {"ringer": "ringer"})
    ringer, headset = server.record("ringer"), server.record("headset")
    driver.do("ring", True)
    ringer.wait(lambda samples: samples.max() > 1000)
    server.unplug("ringer")
    headset.wait(lambda samples: samples.max() > 1000)
    driver.do("ring", False)


def test_the_signal_is_heard_and_ends(server: SoundServer, driver: Driver) -> None:
    headset = server.record("headset")
    driver.do("beep")
    headset.wait(lambda samples: samples.max() > 3000)
    until_in_qt(lambda: "Agent Desktop" not in pactl("list", "sink-inputs"))
    loud = np.flatnonzero(np.abs(headset.samples()) > 200)
    assert 0.2 < (loud[-1] - loud[0]) / 16_000 < 0.3


def test_trying_the_ring_ends_by_itself(server: SoundServer, driver: Driver) -> None:
    ringer = server.record("ringer")
    driver.do("choose", {"ringer": "ringer", "ring_volume": 100})
    driver.do("try_ring")
    ringer.wait(lambda samples: samples.max() > 8000)
    until_in_qt(lambda: "Agent Desktop" not in pactl("list", "sink-inputs"))


def test_echo_comes_a_second_late_and_only_while_it_is_on(
    server: SoundServer, driver: Driver
) -> None:
    server.plug_sink("mouth")
    server.plug_source("usb", of="mouth")
    driver.do("choose", {"microphone": "usb"})
    headset, mouth = server.record("headset"), server.record("mouth")
    driver.do("echo", True)
    headset.wait_for(1)
    voice = subprocess.Popen(["paplay", "--device=mouth", str(driver.folder / "clock.wav")])
    headset.wait(lambda samples: samples.max() > 400)
    until_in_qt(lambda: driver.do("levels")["spoken"] > 10)
    late = clock_seconds(mouth.samples()).max() - clock_seconds(headset.samples()).max()
    assert 0.7 < late < 1.6
    voice.kill()
    voice.wait()
    driver.do("echo", False)
    until_in_qt(lambda: "Agent Desktop" not in pactl("list", "source-outputs"))
    assert driver.do("levels") == {"spoken": 0, "heard": 0}


def test_the_microphone_is_open_only_in_a_call(server: SoundServer, driver: Driver) -> None:
    assert "Agent Desktop" not in pactl("list", "source-outputs")
    driver.do("talk")
    until_in_qt(lambda: "Agent Desktop" in pactl("list", "source-outputs"))
    driver.do("hush")
    until_in_qt(lambda: "Agent Desktop" not in pactl("list", "source-outputs"))


def test_levels_in_a_call(server: SoundServer, driver: Driver) -> None:
    driver.do("talk")
    until_in_qt(lambda: driver.do("levels")["heard"] > 30)
    until_in_qt(lambda: driver.do("levels")["spoken"] > 30)


def test_a_server_that_restarts_in_a_call_is_found_again(
    server: SoundServer, driver: Driver
) -> None:
    heard = server.record("headset")
    driver.do("talk")
    heard.wait(lambda samples: samples.max() > 400)
    server.stop()
    until_in_qt(lambda: driver.state["kind"] == "none")
    assert driver.state["devices"] == []
    server.start()
    until_in_qt(lambda: driver.state["kind"] == "pulse")
    server.record("headset").wait(lambda samples: samples.max() > 400)
