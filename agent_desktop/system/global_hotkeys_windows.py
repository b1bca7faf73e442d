"""System-wide keys on Windows: RegisterHotKey. Not yet tried on a Windows PC (docs/keys.md)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication

from agent_desktop.system.hotkey import Hotkey, Modifier

_WM_HOTKEY = 0x0312
_VK_F1 = 0x70
#: The system repeats a key that is held; with this it tells it once.
_MOD_NOREPEAT = 0x4000
_MASKS = {Modifier.ALT: 0x1, Modifier.CTRL: 0x2, Modifier.SHIFT: 0x4, Modifier.META: 0x8}


def hot_key(key: Hotkey) -> tuple[int, int]:
    """(modifiers, virtual key) as RegisterHotKey wants them."""
    mask = sum(bit for modifier, bit in _MASKS.items() if modifier in key.modifiers)
    return mask | _MOD_NOREPEAT, _VK_F1 + key.number - 1


class WindowsGrabber(QAbstractNativeEventFilter):
    """Registers keys for this thread, whose messages pass through Qt's event loop."""

    def __init__(self, pressed: Callable[[str], object]) -> None:
        super().__init__()
        self._pressed = pressed
        self._user32: Any = ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined]
        self._commands: list[str] = []
        application = QCoreApplication.instance()
        if application is not None:
            application.installNativeEventFilter(self)

    def grab(self, command_id: str, key: Hotkey) -> bool:
        """Register the key; False if another program has it."""
        number = len(self._commands)
        if not self._user32.RegisterHotKey(None, number, *hot_key(key)):
            return False
        self._commands.append(command_id)
        return True

    def close(self) -> None:
        """Give all keys back."""
        for number in range(len(self._commands)):
            self._user32.UnregisterHotKey(None, number)
        self._commands = []
        application = QCoreApplication.instance()
        if application is not None:
            application.removeNativeEventFilter(self)

    def nativeEventFilter(self, kind: QByteArray | bytes | Any, message: int) -> object:
        """Takes our keys out of the thread's messages."""
        told = wintypes.MSG.from_address(int(message))
        if told.message != _WM_HOTKEY or not 0 <= told.wParam < len(self._commands):
            return False, 0
        self._pressed(self._commands[told.wParam])
        return True, 0
