"""System-wide keys on X11: passive grabs (X11 protocol, GrabKey) over a connection of our own.

By libxcb through ctypes: it is there wherever Qt draws on X11, and tells the error of one request
without the process-wide error handler of Xlib, which would be Qt's as well.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, Structure, c_char_p, c_int, c_uint8, c_uint16, c_uint32, c_void_p
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier

from agent_desktop.system.hotkey import Hotkey, Modifier

_KEYSYM_F1 = 0xFFBE
_ASYNC = 1
_KEY_PRESS, _KEY_RELEASE, _MAPPING_NOTIFY = 2, 3, 34
#: The bits of the modifiers in a grab; on every keyboard map of today Alt is Mod1, Meta Mod4.
_MASKS = {Modifier.SHIFT: 1, Modifier.CTRL: 4, Modifier.ALT: 8, Modifier.META: 64}
_CAPS_LOCK, _NUM_LOCK = 2, 16
#: A grab holds for exactly its modifiers: there must be one for each state of the locks.
_LOCKS = (0, _CAPS_LOCK, _NUM_LOCK, _CAPS_LOCK | _NUM_LOCK)
#: What of an event's state tells one of our keys from another.
_TELLING = sum(_MASKS.values())


class _Screens(Structure):
    _fields_ = (("data", POINTER(c_uint32)), ("rem", c_int), ("index", c_int))


class _Cookie(Structure):
    _fields_ = (("sequence", c_uint32),)


class _Event(Structure):
    """The beginning of a key event (X11 protocol, appendix B, KeyPress)."""

    _fields_ = (
        ("response_type", c_uint8),
        ("detail", c_uint8),
        ("sequence", c_uint16),
        ("time", c_uint32),
        ("windows", c_uint32 * 3),
        ("where", c_uint16 * 4),
        ("state", c_uint16),
    )


_GRAB = (c_void_p, c_uint8, c_uint32, c_uint16, c_uint8, c_uint8, c_uint8)
_XCB: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "xcb_connect": (c_void_p, (c_char_p, c_void_p)),
    "xcb_connection_has_error": (c_int, (c_void_p,)),
    "xcb_disconnect": (None, (c_void_p,)),
    "xcb_get_setup": (c_void_p, (c_void_p,)),
    "xcb_setup_roots_iterator": (_Screens, (c_void_p,)),
    "xcb_get_file_descriptor": (c_int, (c_void_p,)),
    "xcb_poll_for_event": (POINTER(_Event), (c_void_p,)),
    "xcb_request_check": (c_void_p, (c_void_p, _Cookie)),
    "xcb_grab_key_checked": (_Cookie, _GRAB),
    "xcb_ungrab_key_checked": (_Cookie, (c_void_p, c_uint8, c_uint32, c_uint16)),
}
_KEYSYMS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "xcb_key_symbols_alloc": (c_void_p, (c_void_p,)),
    "xcb_key_symbols_free": (None, (c_void_p,)),
    "xcb_key_symbols_get_keycode": (POINTER(c_uint8), (c_void_p, c_uint32)),
}
_LIBC: dict[str, tuple[Any, tuple[Any, ...]]] = {"free": (None, (c_void_p,))}


def _load(file: str | None, functions: dict[str, tuple[Any, tuple[Any, ...]]]) -> ctypes.CDLL:
    """The library with its functions declared; `OSError` without it."""
    library = ctypes.CDLL(file)
    for name, (result, arguments) in functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class X11Grabber(QObject):
    """Grabs keys at the root window; its connection is watched by the event loop.

    `OSError` when there is no X server or no libxcb.
    """

    def __init__(self, pressed: Callable[[str], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pressed = pressed
        self._xcb = _load("libxcb.so.1", _XCB)
        self._keysyms = _load("libxcb-keysyms.so.1", _KEYSYMS)
        self._free = _load(None, _LIBC).free
        self._connection: Any = self._xcb.xcb_connect(None, None)
        if self._xcb.xcb_connection_has_error(self._connection):
            self._xcb.xcb_disconnect(self._connection)
            raise OSError("no X server")
        setup = self._xcb.xcb_get_setup(self._connection)
        self._root = int(self._xcb.xcb_setup_roots_iterator(setup).data[0])
        self._keys: dict[str, Hotkey] = {}
        #: (key code, modifiers) -> command id.
        self._grabs: dict[tuple[int, int], str] = {}
        self._down: dict[int, bool] = {}
        self._released = (0, 0)
        descriptor = self._xcb.xcb_get_file_descriptor(self._connection)
        self._notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def grab(self, command_id: str, key: Hotkey) -> bool:
        """Take the key; False if another program has it, or the keyboard lacks it."""
        code = self._code(key)
        mask = sum(bit for modifier, bit in _MASKS.items() if modifier in key.modifiers)
        taken = code and all(self._ask(code, mask | locks) for locks in _LOCKS)
        if not taken:
            self._let_go(code, mask)
            # An answer read an event, perhaps, for which the socket will not wake us again.
            self._read()
            return False
        self._keys[command_id] = key
        self._grabs[code, mask] = command_id
        self._read()
        return True

    def close(self) -> None:
        """Give all keys back and leave the server."""
        if self._connection is None:
            return
        self._notifier.setEnabled(False)
        connection, self._connection = self._connection, None
        # The server forgets the grabs of a client that leaves.
        self._xcb.xcb_disconnect(connection)
        self.deleteLater()

    def _code(self, key: Hotkey) -> int:
        """The code of an F-key on this keyboard; 0 if it has none."""
        symbols = self._keysyms.xcb_key_symbols_alloc(self._connection)
        found = self._keysyms.xcb_key_symbols_get_keycode(symbols, _KEYSYM_F1 + key.number - 1)
        code = int(found[0]) if found else 0
        self._free(found)
        self._keysyms.xcb_key_symbols_free(symbols)
        return code

    def _ask(self, code: int, mask: int) -> bool:
        cookie = self._xcb.xcb_grab_key_checked(
            self._connection, 0, self._root, mask, code, _ASYNC, _ASYNC
        )
        refused = self._xcb.xcb_request_check(self._connection, cookie)
        self._free(refused)
        return refused is None

    def _let_go(self, code: int, mask: int) -> None:
        for locks in _LOCKS if code else ():
            cookie = self._xcb.xcb_ungrab_key_checked(
                self._connection, code, self._root, mask | locks
            )
            self._free(self._xcb.xcb_request_check(self._connection, cookie))

    def _read(self) -> None:
        """All events that have come."""
        remapped = False
        while self._connection is not None:
            event = self._xcb.xcb_poll_for_event(self._connection)
            if not event:
                break
            found = event.contents
            kind, code, at, state = (
                found.response_type & 0x7F,
                found.detail,
                found.time,
                found.state,
            )
            self._free(event)
            if kind == _KEY_RELEASE:
                self._down[code] = False
                self._released = (code, at)
            elif kind == _KEY_PRESS:
                self._press(code, at, state & _TELLING)
            remapped = remapped or kind == _MAPPING_NOTIFY
        if self._connection is not None and self._xcb.xcb_connection_has_error(self._connection):
            self._notifier.setEnabled(False)  # the server is gone; so will Qt be
        elif remapped:
            self._grab_anew()
            # The answers brought events along, for which the socket will not wake us again.
            self._read()

    def _press(self, code: int, at: int, mask: int) -> None:
        # A key that is held comes as release and press of the same millisecond.
        is_repeat = self._down.get(code, False) or self._released == (code, at)
        self._down[code] = True
        command_id = self._grabs.get((code, mask))
        if command_id and not is_repeat:
            self._pressed(command_id)

    def _grab_anew(self) -> None:
        """The keyboard map has changed: the keys may lie elsewhere."""
        if {self._code(key) for key in self._keys.values()} == {code for code, _ in self._grabs}:
            return
        for code, mask in self._grabs:
            self._let_go(code, mask)
        self._grabs = {}
        for command_id, key in tuple(self._keys.items()):
            self.grab(command_id, key)
