"""Words for what the telephone is and can do."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from agent_desktop.telephony.call import Line, LineState
from agent_desktop.telephony.missing_features import missing_features
from agent_desktop.telephony.sound import Sound, SoundState

_STATES = {
    LineState.OFF: QT_TRANSLATE_NOOP("phone", "Off"),
    LineState.STARTING: QT_TRANSLATE_NOOP("phone", "Starting"),
    LineState.REGISTERING: QT_TRANSLATE_NOOP("phone", "Connecting"),
    LineState.READY: QT_TRANSLATE_NOOP("phone", "Ready"),
    LineState.FAILED: QT_TRANSLATE_NOOP("phone", "Not connected"),
}
_PATHS = {
    Sound.NATIVE: QT_TRANSLATE_NOOP("phone", "Sound device of this PC"),
    Sound.PULSE: QT_TRANSLATE_NOOP("phone", "Sound server of this PC (PulseAudio)"),
    Sound.NONE: QT_TRANSLATE_NOOP("phone", "None: callers hear silence"),
}

#: telephony/missing_features.py
_LACKS = {
    "tls": QT_TRANSLATE_NOOP("phone", "encrypted signalling (TLS)"),
    "srtp": QT_TRANSLATE_NOOP("phone", "encrypted sound (SRTP)"),
    "devices": QT_TRANSLATE_NOOP("phone", "sound devices of its own"),
    "opus": QT_TRANSLATE_NOOP("phone", "Opus"),
}
#: headset_device.Why
_NO_KEYS = {
    "no_device": QT_TRANSLATE_NOOP("phone", "No USB headset with keys"),
    "no_library": QT_TRANSLATE_NOOP("phone", "Not possible here: hidapi is not installed"),
    "no_permission": QT_TRANSLATE_NOOP("phone", "Not allowed: the udev rule is not installed"),
}


def _say(source: object) -> str:
    return QCoreApplication.translate("phone", str(source))


def line_state(state: LineState) -> str:
    """What the line does."""
    return _say(_STATES[state])


def sound_path(kind: Sound) -> str:
    """How sound reaches the headset."""
    return _say(_PATHS[kind])


def no_keys(sound: SoundState) -> str:
    """Why no key of a headset works; empty while that is not known."""
    found = _NO_KEYS.get(sound.keys_why)
    return _say(found) if found else ""


def missing(line: Line, kind: Sound) -> tuple[str, ...]:
    """What the engine of this phone cannot do, and another build of it could."""
    return tuple(_say(_LACKS[code]) for code in missing_features(line, kind))
