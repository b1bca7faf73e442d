"""The sound server (PulseAudio, PipeWire): its connection and its devices, through libpulse.

A thread of libpulse's own, in C, serves the connection; it sleeps while nothing happens, and
runs Python only when a device comes or goes. Everything here is called by one thread of ours,
except for the callbacks; what both touch is exchanged whole.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from agent_desktop.telephony.safe_callback import guarded
from agent_desktop.telephony.sound import SoundDevice

log = logging.getLogger(__name__)

# Which sound server runs is the session's affair: none is started from here.
_NO_AUTOSPAWN = 1
_READY, _FAILED, _TERMINATED = 4, 5, 6
_SINKS, _SOURCES, _SERVER = 0x1, 0x2, 0x80
_EVENT_OF_KIND, _EVENT_IS_CHANGE = 0xF, 0x10
_SERVER_EVENT = 0x7
#: libpulse counts cards, sinks and servers from nought; this means none.
_NONE = 0xFFFFFFFF


class SampleSpec(ctypes.Structure):
    """pa_sample_spec."""

    _fields_ = (
        ("format", ctypes.c_int),
        ("rate", ctypes.c_uint32),
        ("channels", ctypes.c_uint8),
    )


class _ChannelMap(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("map", ctypes.c_int * 32))


class _Volume(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("values", ctypes.c_uint32 * 32))


class _DeviceInfo(ctypes.Structure):
    """The beginning of pa_sink_info and of pa_source_info, which is the same."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("index", ctypes.c_uint32),
        ("description", ctypes.c_char_p),
        ("sample_spec", SampleSpec),
        ("channel_map", _ChannelMap),
        ("owner_module", ctypes.c_uint32),
        ("volume", _Volume),
        ("mute", ctypes.c_int),
        ("monitor", ctypes.c_uint32),
    )


class _ServerInfo(ctypes.Structure):
    """The beginning of pa_server_info."""

    _fields_ = (
        ("user_name", ctypes.c_char_p),
        ("host_name", ctypes.c_char_p),
        ("server_version", ctypes.c_char_p),
        ("server_name", ctypes.c_char_p),
        ("sample_spec", SampleSpec),
        ("default_sink", ctypes.c_char_p),
        ("default_source", ctypes.c_char_p),
    )


_P = ctypes.c_void_p
_OnState = ctypes.CFUNCTYPE(None, _P, _P)
_OnEvent = ctypes.CFUNCTYPE(None, _P, ctypes.c_int, ctypes.c_uint32, _P)
_OnDevice = ctypes.CFUNCTYPE(None, _P, ctypes.POINTER(_DeviceInfo), ctypes.c_int, _P)
_OnServer = ctypes.CFUNCTYPE(None, _P, ctypes.POINTER(_ServerInfo), _P)

#: name -> what it gives back, what it takes.
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "threaded_mainloop_new": (_P, ()),
    "threaded_mainloop_start": (ctypes.c_int, (_P,)),
    "threaded_mainloop_stop": (None, (_P,)),
    "threaded_mainloop_free": (None, (_P,)),
    "threaded_mainloop_lock": (None, (_P,)),
    "threaded_mainloop_unlock": (None, (_P,)),
    "threaded_mainloop_get_api": (_P, (_P,)),
    "context_new": (_P, (_P, ctypes.c_char_p)),
    "context_connect": (ctypes.c_int, (_P, ctypes.c_char_p, ctypes.c_int, _P)),
    "context_disconnect": (None, (_P,)),
    "context_unref": (None, (_P,)),
    "context_get_state": (ctypes.c_int, (_P,)),
    "context_set_state_callback": (None, (_P, _OnState, _P)),
    "context_set_subscribe_callback": (None, (_P, _OnEvent, _P)),
    "context_subscribe": (_P, (_P, ctypes.c_int, _P, _P)),
    "context_get_server_info": (_P, (_P, _OnServer, _P)),
    "context_get_sink_info_list": (_P, (_P, _OnDevice, _P)),
    "context_get_source_info_list": (_P, (_P, _OnDevice, _P)),
    "operation_unref": (None, (_P,)),
    "proplist_new": (_P, ()),
    "proplist_free": (None, (_P,)),
    "proplist_sets": (ctypes.c_int, (_P, ctypes.c_char_p, ctypes.c_char_p)),
    "stream_new_with_proplist": (_P, (_P, ctypes.c_char_p, _P, _P, _P)),
    "stream_connect_playback": (
        ctypes.c_int,
        (_P, ctypes.c_char_p, _P, ctypes.c_int, _P, _P),
    ),
    "stream_connect_record": (ctypes.c_int, (_P, ctypes.c_char_p, _P, ctypes.c_int)),
    "stream_disconnect": (ctypes.c_int, (_P,)),
    "stream_unref": (None, (_P,)),
    "stream_get_state": (ctypes.c_int, (_P,)),
    "stream_get_buffer_attr": (_P, (_P,)),
    "stream_writable_size": (ctypes.c_size_t, (_P,)),
    "stream_readable_size": (ctypes.c_size_t, (_P,)),
    "stream_write": (
        ctypes.c_int,
        (_P, ctypes.c_char_p, ctypes.c_size_t, _P, ctypes.c_int64, ctypes.c_int),
    ),
    "stream_peek": (ctypes.c_int, (_P, ctypes.POINTER(_P), ctypes.POINTER(ctypes.c_size_t))),
    "stream_drop": (ctypes.c_int, (_P,)),
}


@cache
def library() -> dict[str, Any] | None:
    """libpulse's functions by name, without their `pa_`; None if it is not installed."""
    try:
        loaded = ctypes.CDLL(ctypes.util.find_library("pulse") or "libpulse.so.0")
        functions = {}
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(loaded, f"pa_{name}")
            function.restype, function.argtypes = result, arguments
            functions[name] = function
    except (OSError, AttributeError):
        return None
    return functions


def has_library() -> bool:
    """True if libpulse is installed; says nothing about a running server."""
    return library() is not None


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices of the server. Monitors (what a sink plays, as a source) count as devices only if
    the system's default microphone is one."""

    sinks: tuple[SoundDevice, ...] = ()
    sources: tuple[SoundDevice, ...] = ()
    default_sink: str = ""
    default_source: str = ""


class PulseServer:
    """The connection to the sound server; `turn` opens it again when it broke.

    `devices` is exchanged as a whole; `version` grows with each change of it, and when the
    connection comes or goes.
    """

    RETRY_SECONDS = 2.0

    def __init__(self) -> None:
        functions = library()
        if functions is None:
            raise RuntimeError("libpulse is not installed")
        self.call = functions
        self.devices = Devices()
        self.version = 0
        self.ready = threading.Event()
        self._context: int | None = None
        self._has_failed = False
        self._retry_at = 0.0
        self._fetch = _Fetch(functions, self._fetched)
        # Kept as attributes: ctypes frees a callback nobody holds, and C would call into nothing.
        self._on_state = _OnState(guarded(self._state_changed))
        self._on_event = _OnEvent(guarded(self._event))
        self._loop = functions["threaded_mainloop_new"]()
        functions["threaded_mainloop_start"](self._loop)
        self._connect()

    def __enter__(self) -> int | None:
        """Hold libpulse's thread; the connection, if it is ready."""
        self.call["threaded_mainloop_lock"](self._loop)
        return self._context if self.ready.is_set() else None

    def __exit__(self, *_: object) -> None:
        self.call["threaded_mainloop_unlock"](self._loop)

    def _connect(self) -> None:
        with self:
            api = self.call["threaded_mainloop_get_api"](self._loop)
            self._context = self.call["context_new"](api, b"Agent Desktop")
            self._has_failed = False
            self.call["context_set_state_callback"](self._context, self._on_state, None)
            if self.call["context_connect"](self._context, None, _NO_AUTOSPAWN, None) < 0:
                self._has_failed = True

    def turn(self, now: float) -> None:
        """Connect again if it broke; `now` is monotonic seconds. Cheap."""
        if self._has_failed:
            if not self._retry_at:
                self._retry_at = now + self.RETRY_SECONDS
            elif now >= self._retry_at:
                self._retry_at = 0.0
                self._drop()
                self._connect()

    def _drop(self) -> None:
        self._fetch.stop()
        with self:
            context, self._context = self._context, None
            if context:
                # Without it the old connection's end would be taken for the new one's.
                self.call["context_set_state_callback"](context, _OnState(), None)
                self.call["context_disconnect"](context)
                self.call["context_unref"](context)

    def close(self) -> None:
        """Leave the server and end libpulse's thread. Streams must have been closed."""
        self._drop()
        self.ready.clear()
        loop, self._loop = self._loop, None
        if loop:
            self.call["threaded_mainloop_stop"](loop)
            self.call["threaded_mainloop_free"](loop)

    # --- called by libpulse's thread

    def _state_changed(self, context: int, _: int) -> None:
        state = self.call["context_get_state"](context)
        if state == _READY:
            self.call["context_set_subscribe_callback"](context, self._on_event, None)
            mask = _SINKS | _SOURCES | _SERVER
            forget(self.call, self.call["context_subscribe"](context, mask, None, None))
            self._fetch.begin(context)
        elif state in (_FAILED, _TERMINATED):
            if self.ready.is_set() or not self.version:
                log.warning("the sound server is not there")
            self.ready.clear()
            self.devices = Devices()
            self.version += 1
            self._has_failed = True

    def _event(self, context: int, event: int, _index: int, _: int) -> None:
        # Volumes change all the time; only what comes, goes, or is the default now, counts.
        is_server = event & _EVENT_OF_KIND == _SERVER_EVENT
        if is_server or not event & _EVENT_IS_CHANGE:
            self._fetch.begin(context)

    def _fetched(self, devices: Devices) -> None:
        if devices != self.devices or not self.ready.is_set():
            self.devices = devices
            self.version += 1
        self.ready.set()


class _Fetch:
    """Asks for the default devices, the sinks and the sources, in this order."""

    def __init__(self, functions: dict[str, Any], done: Callable[[Devices], None]) -> None:
        self._call = functions
        self._done = done
        self._is_running = self._is_outdated = False
        self._defaults = ("", "")
        self._sinks: list[SoundDevice] = []
        self._sources: list[SoundDevice] = []
        self._on_server = _OnServer(guarded(self._server))
        self._on_sink = _OnDevice(guarded(self._sink))
        self._on_source = _OnDevice(guarded(self._source))

    def begin(self, context: int) -> None:
        """Ask anew; while an answer is under way, once more after it."""
        if self._is_running:
            self._is_outdated = True
            return
        self._is_running, self._is_outdated = True, False
        self._sinks, self._sources = [], []
        for name, callback in (
            ("context_get_server_info", self._on_server),
            ("context_get_sink_info_list", self._on_sink),
            ("context_get_source_info_list", self._on_source),
        ):
            forget(self._call, self._call[name](context, callback, None))

    def stop(self) -> None:
        """Answers under way will not come."""
        self._is_running = False

    def _server(self, _context: int, info: Any, _: int) -> None:
        if info:
            answer = info.contents
            self._defaults = (_text(answer.default_sink), _text(answer.default_source))

    def _sink(self, _context: int, info: Any, end: int, _: int) -> None:
        if not end:
            answer = info.contents
            device = SoundDevice(_text(answer.name), _text(answer.description))
            self._sinks.append(device)

    def _source(self, context: int, info: Any, end: int, _: int) -> None:
        if not end:
            self._add_source(info.contents)
            return
        self._is_running = False
        if self._is_outdated:
            self.begin(context)
        else:
            self._done(Devices(tuple(self._sinks), tuple(self._sources), *self._defaults))

    def _add_source(self, answer: Any) -> None:
        name = _text(answer.name)
        if answer.monitor == _NONE or name == self._defaults[1]:
            title = _text(answer.description)
            self._sources.append(SoundDevice(name, title, can_play=False, can_record=True))


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def forget(functions: dict[str, Any], operation: int | None) -> None:
    """Let go of an operation whose end nobody waits for."""
    if operation:
        functions["operation_unref"](operation)
