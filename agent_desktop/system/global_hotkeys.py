"""Keys of the telephone that work while another program has the focus.

On X11 and on Windows the system hands such a key to us and to nobody else; on Wayland only the
compositor may, through a portal that is not used yet. A key that another program holds already
is refused by the system: it stands in `refused` and its command keeps its key in the window.

A key is written like all keys of this program ("Meta+F9"; Meta is the Windows key). The words of
the telephone's rules hold here as well: one press is told once, however long it is held.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from agent_desktop.system.hotkey import Hotkey, parse_key

log = logging.getLogger(__name__)


class Grabber(Protocol):
    """The part that knows the window system. `pressed` is called in the GUI thread."""

    def grab(self, command_id: str, key: Hotkey) -> bool:
        """Take the key from everybody else; False if another program has it."""

    def close(self) -> None:
        """Give all keys back."""


class GlobalHotkeys(QObject):
    """Tells `pressed(command id)` when one of the given keys is pressed, whoever has the focus."""

    pressed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grabber: Grabber | None = None
        #: Command id -> the key's text, of the keys that were not to be had.
        self.refused: dict[str, str] = {}
        #: Why there are none at all: "", "wayland" or "no_window_system".
        self.why = ""

    def start(self, keys: Mapping[str, str]) -> None:
        """Take these keys (command id -> text; an empty text is no key), letting go of others."""
        self.stop()
        self._grabber = self._make_grabber()
        for command_id, text in keys.items():
            if not text.strip():
                continue
            if self._grabber is None or not self._take(self._grabber, command_id, text):
                self.refused[command_id] = text

    def stop(self) -> None:
        """Give the keys back."""
        if self._grabber is not None:
            self._grabber.close()
            self._grabber = None
        self.refused = {}
        self.why = ""

    def _take(self, grabber: Grabber, command_id: str, text: str) -> bool:
        try:
            key = parse_key(text)
        except ValueError as fault:
            log.warning("system-wide key of %s: %s", command_id, fault)
            return False
        taken = grabber.grab(command_id, key)
        if not taken:
            log.warning("another program has %s: %s works in the window only", text, command_id)
        return taken

    def _make_grabber(self) -> Grabber | None:
        platform = QGuiApplication.platformName()
        try:
            if platform == "xcb":
                from agent_desktop.system.global_hotkeys_x11 import X11Grabber

                return X11Grabber(self.pressed.emit, self)
            if sys.platform == "win32" and platform == "windows":
                from agent_desktop.system.global_hotkeys_windows import WindowsGrabber

                return WindowsGrabber(self.pressed.emit)
        except OSError as fault:
            log.warning("no system-wide keys: %s", fault)
        self.why = "wayland" if platform.startswith("wayland") else "no_window_system"
        return None
