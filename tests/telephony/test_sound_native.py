"""Sound through the library's own device: ALSA, whose cards lead to a private sound server.

The library of the lock has no device; these run with the one that installer/linux/pjsua2 builds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.telephony.sound_server import (
    MOST_MISSED,
    SoundServer,
    least_missed,
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

_CARD = """
pcm.{name} {{
  type asym
  playback.pcm {{ type pulse device {sink} }}
  capture.pcm {{ type pulse device {sink}.monitor }}
  hint {{ show on description "{name}" }}
}}
"""


class Cards:
    """ALSA's configuration: a name for each card and the sink it leads to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def are(self, **sinks: str) -> None:
        """These are the cards now."""
        text = "".join(_CARD.format(name=name, sink=sink) for name, sink in sinks.items())
        (self._folder / ".asoundrc").write_text(text)
        (self._folder / "cards").write_text(text)


@pytest.fixture
def cards(server: SoundServer, tmp_path: Path) -> Cards:
    server.plug_sink("usb")
    cards = Cards(tmp_path)
    cards.are(desk="headset", room="ringer", usb="usb")
    return cards


@pytest.fixture
def driver(server: SoundServer, cards: Cards, tmp_path: Path) -> Iterator[Driver]:
    write_clock(tmp_path / "clock.wav", 60)
    driver = Driver("native", tmp_path, HOME=str(tmp_path))
    if not driver.has_started:
        driver.end()
        pytest.skip("this pjsua2 has no sound device: installer/linux/pjsua2 builds one that has")
    yield driver
    driver.close()


def test_devices_are_listed(driver: Driver) -> None:
    state = driver.state
    assert state["kind"] == "native"
    assert {"desk", "room", "default"} <= {device["id"] for device in state["devices"]}
    assert state["headset"] == "default"


def test_a_call_is_heard_and_said_on_the_device_chosen(server: SoundServer, driver: Driver) -> None:
    driver.do("choose", {"headset": "room", "microphone": "room"})
    room, headset = server.record("ringer"), server.record("headset")
    driver.do("talk")
    room.wait(lambda samples: samples.max() > 400)
    until_in_qt(lambda: driver.do("levels")["heard"] > 30)
    until_in_qt(lambda: driver.do("levels")["spoken"] > 30)
    assert headset.samples().max() == 0
    driver.do("hush")
    until_in_qt(lambda: "ALSA" not in pactl("list", "source-outputs"))


def test_a_card_that_goes_and_comes_in_a_call(
    server: SoundServer, driver: Driver, cards: Cards
) -> None:
    driver.do("choose", {"headset": "room", "microphone": "desk"})

    def once() -> float:
        room, headset = server.record("ringer"), server.record("headset")
        driver.do("talk")
        room.wait(lambda samples: samples.max() > 400)
        cards.are(desk="headset", usb="usb")
        headset.wait(lambda samples: samples.max() > 400)
        room.wait(lambda samples: samples.max() == 0)
        at_first = missed_seconds(room.samples(), headset.samples())
        assert driver.state["missing"] == ["room"]
        first = len(room.samples())
        cards.are(desk="headset", room="ringer", usb="usb")
        room.wait(lambda samples: samples.max() > 400)
        headset.wait(lambda samples: samples.max() == 0)
        assert driver.state["missing"] == []
        driver.do("hush")
        return max(at_first, missed_seconds(headset.samples(), room.samples()[first:]))

    assert least_missed(once) < MOST_MISSED


def test_a_device_that_does_not_open_is_left_out(server: SoundServer, driver: Driver) -> None:
    driver.do("choose", {"headset": "usb"})
    # The card is still in the list when it is opened.
    server.unplug("usb")
    headset = server.record("headset")
    driver.do("talk")
    headset.wait(lambda samples: samples.max() > 400)
    assert driver.state["missing"] == ["usb"]


def test_ringer_apart_opens_no_microphone(server: SoundServer, driver: Driver) -> None:
    driver.do("choose", {"headset": "desk", "microphone": "desk", "ringer": "room"})
    ringer, headset = server.record("ringer"), server.record("headset")
    driver.do("ring", True)
    ringer.wait(lambda samples: samples.max() > 1000)
    assert "ALSA" not in pactl("list", "source-outputs")
    driver.do("ring", False)
    until_in_qt(lambda: "ALSA" not in pactl("list", "sink-inputs"))
    assert headset.samples().max() == 0


def test_signal_and_echo(server: SoundServer, driver: Driver) -> None:
    driver.do("choose", {"headset": "desk", "microphone": "desk"})
    headset = server.record("headset")
    driver.do("beep")
    headset.wait(lambda samples: samples.max() > 3000)
    until_in_qt(lambda: "ALSA" not in pactl("list", "sink-inputs"))
    driver.do("echo", True)
    until_in_qt(lambda: "ALSA" in pactl("list", "source-outputs"))
    driver.do("echo", False)
    until_in_qt(lambda: "ALSA" not in pactl("list", "source-outputs"))
    assert np.abs(headset.wait_for(0.5)).max() == 0
