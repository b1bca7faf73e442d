"""The USB headset in the phone process: found, opened, read and lit in a thread of its own.

It works while the window hangs. Everything is optional: without the library, a headset or the
permission to open it the phone is a phone without headset keys, and `why` tells which it is.
The library gives the interpreter back while it waits, so the sound beside it is not disturbed.
"""

from __future__ import annotations

import importlib
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Protocol

from agent_desktop.telephony.headset import hid_report
from agent_desktop.telephony.headset.headset import (
    TELEPHONY_PAGE,
    HeadsetKeys,
    HeadsetLamp,
    HeadsetPress,
    Layout,
    Shown,
    layout_of,
)

log = logging.getLogger(__name__)

_LOOK_SECONDS = 2.0
#: So long a lamp may wait for the reader; also what a stop waits for.
_READ_MILLISECONDS = 100
_LONGEST_REPORT = 4096
_STOP_SECONDS = 2.0


class HidDevice(Protocol):
    """An open device, as the library gives it. Every call but `close` raises `OSError`."""

    def open_path(self, path: bytes) -> None:
        """Open the device of that path."""

    def get_report_descriptor(self) -> Sequence[int]:
        """Read the device's report descriptor."""

    def read(self, max_length: int, timeout_ms: int) -> Sequence[int]:
        """The next report; empty when none came in time."""

    def write(self, buff: bytes) -> int:
        """Send a report, its id (or 0) first; -1 if the device did not take it."""

    def close(self) -> None:
        """Let go of the device."""


class HidBackend(Protocol):
    """The part of the module `hid` that is used."""

    def enumerate(self) -> list[dict[str, Any]]:
        """The devices that are plugged in."""

    def device(self) -> HidDevice:
        """A device that is not open yet."""


class Why(Enum):
    """Why there is no headset; OPEN: there is one."""

    OPEN = "open"
    NO_LIBRARY = "no_library"
    NO_DEVICE = "no_device"
    NO_PERMISSION = "no_permission"
    BROKEN = "broken"


def system_backend() -> HidBackend | None:
    """The library of this system, None without one. On Linux the one over hidraw, which leaves
    the headset to the kernel's drivers too; the other would take it from them."""
    try:
        module: Any = importlib.import_module("hidraw" if sys.platform == "linux" else "hid")
    except ImportError:
        return None
    return module  # type: ignore[no-any-return]


class _Open:
    """One open headset."""

    def __init__(self, device: HidDevice, name: str, layout: Layout) -> None:
        self.device = device
        self.name = name
        self.keys = HeadsetKeys(layout)

    @property
    def rank(self) -> int:
        """How much of a headset it is; cameras with a mute key have a telephony page as well."""
        return len(self.keys.layout.controls) + 10 * (HeadsetLamp.RING in self.keys.layout.lamps)


class Headset:
    """The headset beside the engine. `turn` and `show` are called by the engine's thread and
    never wait; `pressed` and `changed` are called from within `turn`."""

    def __init__(
        self,
        pressed: Callable[[HeadsetPress], None],
        *,
        changed: Callable[[], None] = lambda: None,
        backend: HidBackend | None = None,
        look_seconds: float = _LOOK_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pressed = pressed
        self._changed = changed
        self._clock = clock
        self._look_seconds = look_seconds
        self._shown = Shown()
        self._presses: queue.SimpleQueue[HeadsetPress] = queue.SimpleQueue()
        self._told: tuple[str, Why] = ("", Why.NO_DEVICE)
        self._state = self._told
        self._stopping = threading.Event()
        self._seen: object = None
        self._backend = backend or system_backend()
        self._thread = threading.Thread(target=self._run, name="headset", daemon=True)
        if self._backend is None:
            self._state = ("", Why.NO_LIBRARY)
        else:
            self._thread.start()

    @property
    def name(self) -> str:
        """The name that the headset gives itself; empty without one."""
        return self._state[0]

    @property
    def why(self) -> Why:
        """Why there is none."""
        return self._state[1]

    def show(self, ringing: bool, in_call: bool, muted: bool, held: bool) -> None:
        """Set the lamps. `in_call`: a call that does not ring here, held or not."""
        self._shown = Shown(ringing, in_call, muted, held)

    def turn(self, now: float) -> None:
        """Hand on what was pressed since, and that a headset came or went."""
        if self._state != self._told:
            self._told = self._state
            self._changed()
        while True:
            try:
                press = self._presses.get_nowait()
            except queue.Empty:
                return
            self._pressed(press)

    def close(self) -> None:
        """Switch the lamps off and let the headset go; waits for the thread, but not for long."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    # -- the thread -------------------------------------------------------------------------
    def _run(self) -> None:
        while not self._stopping.is_set():
            headset = None
            try:
                headset = self._find()
                if headset is not None:
                    self._serve(headset)
            except (OSError, ValueError) as fault:  # unplugged, or closed under the reader
                log.info("headset: %s", fault)
                self._seen = None
                self._state = ("", Why.NO_DEVICE)
            # The edge of the thread: without it the headset would be dead until the next start.
            except Exception:
                log.exception("headset")
                self._state = ("", Why.BROKEN)
            if headset is not None:
                headset.device.close()
            self._stopping.wait(self._look_seconds)

    def _find(self) -> _Open | None:
        """Open the best headset there is now; None if there is none, or nothing has changed."""
        plugged = plugged_in()
        if plugged is not None and plugged == self._seen:
            return None
        assert self._backend is not None
        found: dict[bytes, str] = {}
        for facts in self._backend.enumerate():
            if facts["usage_page"] == TELEPHONY_PAGE:
                found.setdefault(facts["path"], str(facts["product_string"] or ""))
        whys = {Why.NO_DEVICE}
        opened: list[_Open] = []
        for path, name in found.items():
            made = self._open(path, name)
            if isinstance(made, _Open):
                opened.append(made)
            else:
                whys.add(made)
        best = max(opened, key=lambda one: one.rank, default=None)
        for other in opened:
            if other is not best:
                other.device.close()
        if best is None:
            # What may not be opened yet is tried again: the system's rules come after the plug.
            self._seen = None if Why.NO_PERMISSION in whys else plugged
            order = (Why.NO_PERMISSION, Why.BROKEN, Why.NO_DEVICE)
            self._state = ("", next(why for why in order if why in whys))
        return best

    def _open(self, path: bytes, name: str) -> _Open | Why:
        assert self._backend is not None
        device = self._backend.device()
        try:
            device.open_path(path)
        except OSError:
            return Why.NO_PERMISSION
        try:
            layout = layout_of(hid_report.parse(bytes(device.get_report_descriptor())))
        except (OSError, ValueError, hid_report.DescriptorRefused) as fault:
            log.warning("%s cannot be used as a headset: %s", name, fault)
            device.close()
            return Why.BROKEN
        if layout.is_headset:
            return _Open(device, name or "USB", layout)
        device.close()
        return Why.NO_DEVICE

    def _serve(self, headset: _Open) -> None:
        """Read and light this headset until it is gone or we are."""
        log.info("headset: %s", headset.name)
        self._state = (headset.name, Why.OPEN)
        try:
            while not self._stopping.is_set():
                self._light(headset, self._shown)
                report = bytes(headset.device.read(_LONGEST_REPORT, _READ_MILLISECONDS))
                if report:
                    # What is shown may have changed while the reader waited.
                    headset.keys.show(self._shown, self._clock())
                    for press in headset.keys.read(report, self._clock()):
                        self._presses.put(press)
        finally:
            if self._stopping.is_set():
                self._light(headset, Shown())

    def _light(self, headset: _Open, shown: Shown) -> None:
        headset.keys.show(shown, self._clock())
        for report in headset.keys.due():
            if headset.device.write(report) < 0:
                log.info("%s did not take lamps %s", headset.name, report.hex())


def plugged_in() -> object:
    """Which devices there are, cheaply; None where that is not to be had cheaply."""
    try:
        return tuple(sorted(os.listdir("/sys/class/hidraw")))
    except OSError:
        return None
