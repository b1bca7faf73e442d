"""The headset thread over a library that is played; with a virtual device where there is one."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent_desktop.telephony.headset import headset_device
from agent_desktop.telephony.headset.headset import Control, HeadsetAction, HeadsetPress
from agent_desktop.telephony.headset.headset_device import Headset, Why
from tests.telephony import descriptors
from tests.waiting import until

PATIENCE_SECONDS = 20.0
ANSWER = HeadsetPress(Control.HOOK, HeadsetAction.ANSWER)


class PlayedDevice:
    """A headset on the desk: `send` presses, `lamps` holds what was written to it."""

    def __init__(self, name: str, descriptor: bytes, *, may_open: bool = True) -> None:
        self.name = name
        self.descriptor = descriptor
        self.may_open = may_open
        self.lamps: list[bytes] = []
        self.opened = 0
        self._reports: queue.Queue[bytes | None] = queue.Queue()

    def send(self, *report: int) -> None:
        self._reports.put(bytes(report))

    def is_pulled(self) -> None:
        self._reports.put(None)

    # -- the library's face
    def open_path(self, path: bytes) -> None:
        if not self.may_open:
            raise OSError("open failed")
        self.opened += 1

    def get_report_descriptor(self) -> list[int]:
        return list(self.descriptor)

    def read(self, max_length: int, timeout_ms: int) -> list[int]:
        try:
            report = self._reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return []
        if report is None:
            raise OSError("read error")
        return list(report)

    def write(self, buff: bytes) -> int:
        self.lamps.append(buff)
        return len(buff)

    def close(self) -> None:
        self.opened -= 1


class _Handle:
    """What `hid.device()` gives: it becomes the device of the path it opens."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._device: PlayedDevice | None = None

    def open_path(self, path: bytes) -> None:
        device = self._bus.plugged[path]
        device.open_path(path)
        self._device = device

    def __getattr__(self, name: str) -> Any:
        return getattr(self._device, name)


class Bus:
    """All that is plugged in."""

    def __init__(self) -> None:
        self.plugged: dict[bytes, PlayedDevice] = {}
        self.looks = 0

    def plug(self, path: bytes, device: PlayedDevice) -> PlayedDevice:
        self.plugged[path] = device
        return device

    def enumerate(self) -> list[dict[str, Any]]:
        self.looks += 1
        return [
            {"path": path, "product_string": device.name, "usage_page": page}
            for path, device in self.plugged.items()
            for page in (0x0C, 0x0B)
        ]

    def device(self) -> _Handle:
        return _Handle(self)


class Desk:
    """The engine's side."""

    def __init__(self, bus: Bus | None) -> None:
        self.presses: list[HeadsetPress] = []
        self.changes = 0
        self.threads: set[int] = set()
        self.headset = Headset(self._pressed, changed=self._changed, backend=bus, look_seconds=0.02)

    def _pressed(self, press: HeadsetPress) -> None:
        self.threads.add(threading.get_ident())
        self.presses.append(press)

    def _changed(self) -> None:
        self.changes += 1

    def until(self, holds: Callable[[], object]) -> None:
        def turn() -> None:
            self.headset.turn(time.monotonic())
            time.sleep(0.005)

        until(holds, PATIENCE_SECONDS, "what the headset does", meanwhile=turn)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Bus:
    played = Bus()
    monkeypatch.setattr(headset_device, "plugged_in", lambda: tuple(played.plugged))
    return played


@pytest.fixture
def desk(bus: Bus) -> Iterator[Desk]:
    made = Desk(bus)
    yield made
    made.headset.close()
    assert not made.headset._thread.is_alive()


def dell(**facts: Any) -> PlayedDevice:
    return PlayedDevice("Dell", descriptors.DELL_SP325, **facts)


def test_a_headset_that_is_plugged_in_rings_answers_and_lets_go(bus: Bus, desk: Desk) -> None:
    desk.until(lambda: bus.looks)
    assert (desk.headset.name, desk.headset.why) == ("", Why.NO_DEVICE)
    device = bus.plug(b"one", dell())
    desk.until(lambda: desk.headset.why is Why.OPEN)
    assert desk.headset.name == "Dell"
    desk.until(lambda: desk.changes == 1)
    desk.headset.show(ringing=True, in_call=False, muted=False, held=False)
    desk.until(lambda: bytes([5, 0b100]) in device.lamps)
    presses = iter(range(10_000))

    def rings_long_enough() -> bool:
        # Each press is a new one; those within the first 400 ms ask for nothing.
        device.send(5, next(presses) % 2)
        return ANSWER in desk.presses

    desk.until(rings_long_enough)
    assert desk.threads == {threading.get_ident()}
    desk.headset.show(ringing=False, in_call=True, muted=True, held=False)
    desk.until(lambda: device.lamps[-1] == bytes([5, 0b11]))
    desk.headset.close()
    assert device.lamps[-1] == bytes([5, 0])
    assert device.opened == 0


def test_a_headset_is_pulled_out_and_another_one_comes(bus: Bus, desk: Desk) -> None:
    first = bus.plug(b"one", dell())
    desk.until(lambda: desk.headset.name == "Dell")
    del bus.plugged[b"one"]
    first.is_pulled()
    desk.until(lambda: desk.headset.why is Why.NO_DEVICE)
    assert desk.headset.name == ""
    desk.headset.show(ringing=False, in_call=True, muted=False, held=False)
    second = bus.plug(b"two", PlayedDevice("Anker", descriptors.ANKER_POWERCONF))
    desk.until(lambda: desk.headset.name == "Anker")
    # The new one shows at once what the phone is doing.
    desk.until(lambda: second.lamps == [bytes([2, 1, 0])])
    assert first.opened == 0


def test_what_may_not_be_opened_is_told_and_tried_again(bus: Bus, desk: Desk) -> None:
    device = bus.plug(b"one", dell(may_open=False))
    desk.until(lambda: desk.headset.why is Why.NO_PERMISSION)
    looks = bus.looks
    desk.until(lambda: bus.looks > looks + 1)
    device.may_open = True
    desk.until(lambda: desk.headset.why is Why.OPEN)


def test_nothing_is_asked_again_while_nothing_is_plugged(
    bus: Bus, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def plugged() -> object:
        asked.append(True)
        return tuple(bus.plugged)

    desk.until(lambda: bus.looks)
    monkeypatch.setattr(headset_device, "plugged_in", plugged)
    before = bus.looks
    desk.until(lambda: len(asked) > 5)
    assert bus.looks <= before + 1


def test_a_broken_descriptor_is_told_and_harms_nobody(bus: Bus, desk: Desk) -> None:
    broken = bus.plug(b"one", PlayedDevice("broken", b"\x05\x0b\xc0"))
    desk.until(lambda: desk.headset.why is Why.BROKEN)
    assert broken.opened == 0
    bus.plug(b"two", dell())
    desk.until(lambda: desk.headset.name == "Dell")


def test_of_a_camera_and_a_headset_the_headset_is_taken(bus: Bus) -> None:
    camera = bus.plug(b"camera", PlayedDevice("camera", descriptors.LOGITECH_BRIO))
    bus.plug(b"headset", dell())
    desk = Desk(bus)
    desk.until(lambda: desk.headset.name == "Dell")
    assert camera.opened == 0
    desk.headset.close()


def test_without_the_library_there_is_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headset_device, "system_backend", lambda: None)
    desk = Desk(None)
    assert desk.headset.why is Why.NO_LIBRARY
    desk.headset.show(ringing=True, in_call=False, muted=False, held=False)
    desk.headset.turn(0.0)
    desk.headset.close()


def test_the_library_is_installed_and_has_the_face_we_use() -> None:
    backend = headset_device.system_backend()
    assert backend is not None
    assert isinstance(backend.enumerate(), list)
    device = backend.device()
    with pytest.raises(OSError):
        device.open_path(b"/dev/hidraw-none")
    for name in ("get_report_descriptor", "read", "write", "close"):
        assert callable(getattr(device, name))


@pytest.mark.skipif(
    not os.access("/dev/uhid", os.R_OK | os.W_OK), reason="no /dev/uhid: no virtual HID device"
)
def test_a_virtual_headset_of_the_kernel_answers_and_is_lit() -> None:
    from tests.telephony.virtual_headset import VirtualHeadset

    desk = Desk(None)
    with VirtualHeadset("Played by the kernel", descriptors.DELL_SP325) as device:
        desk.until(lambda: desk.headset.name == "Played by the kernel")
        desk.headset.show(ringing=True, in_call=False, muted=False, held=False)
        desk.until(lambda: bytes([5, 0b100]) in device.written())
        value = iter(range(10_000))

        def rings_long_enough() -> bool:
            device.send(bytes([5, next(value) % 2]))
            return ANSWER in desk.presses

        desk.until(rings_long_enough)
    desk.until(lambda: desk.headset.why is Why.NO_DEVICE)
    desk.headset.close()
